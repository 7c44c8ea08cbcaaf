"""PNGs that carry much besides their pixels, or carry it oddly: what is not of the pixels does not count."""

import random
import zlib
from collections.abc import Callable

import pytest
from PIL import Image, ImageCms

from bot.imaging.raster import UnfitPicture, look
from tests.imaging.imaging_lab import chunk, drawing, encoded, png

ICC = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
NOISE = random.Random(1).randbytes(1_500_000)


def told(*chunks: bytes, body: bytes = b"") -> bytes:
    """Return a PNG with these chunks behind its header."""
    plain = body or png()
    return plain[:33] + b"".join(chunks) + plain[33:]


def miscounted(made: bytes) -> bytes:
    return made[:-1] + bytes((made[-1] ^ 1,))


def at_the_end(made: bytes) -> bytes:
    return png()[:-12] + made + png()[-12:]


SAYING = {
    "5 MB of XMP": told(chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + b"<a>layer</a>" * 430_000)),
    "a workflow of 5 MB": told(chunk(b"tEXt", b"workflow\0" + b'{"node":1},' * 460_000)),
    "1.5 MB, packed": told(chunk(b"zTXt", b"Raw profile type xmp\0\0" + zlib.compress(NOISE))),
    "64 MB in 64 kB": told(chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(64 << 20)))),
    "XMP that unpacks to 2 MB": told(
        chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + zlib.compress(b"<a>x</a>" * 250_000))
    ),
    "a profile of 1.2 MB": told(chunk(b"iCCP", b"x\0\0" + zlib.compress(ICC + bytes(1_200_000)))),
    "a profile of 20 MB": told(chunk(b"iCCP", b"x\0\0" + zlib.compress(bytes(20 << 20)))),
    "a profile that is not packed": told(chunk(b"iCCP", b"x\0\0" + ICC)),
    "a torn profile": told(chunk(b"iCCP", b"x\0\0" + zlib.compress(ICC)[:-50])),
    "a text with a wrong checksum": told(miscounted(chunk(b"tEXt", b"Author\0me"))),
    "an Exif with a wrong checksum": told(miscounted(chunk(b"eXIf", b"MM\0*\0\0\0\x08\0\0"))),
    "a text that is not packed": told(chunk(b"zTXt", b"Comment\0\0" + b"not packed")),
    "a text without a name": told(chunk(b"tEXt", b"")),
    "two of what there should be one of": told(chunk(b"pHYs", bytes(9)), chunk(b"pHYs", bytes(9))),
    "a density of one byte": told(chunk(b"pHYs", b"1")),
    "a large text at the end": at_the_end(chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + bytes(9_000_000))),
}


@pytest.mark.parametrize("what", SAYING)
def test_what_a_png_says_besides_its_pixels_may_be_large_and_odd(what: str) -> None:
    seen = look(SAYING[what])
    assert (seen.format, seen.width, seen.height) == ("PNG", 300, 200)
    assert seen.small.tobytes() == look(png()).small.tobytes()


def test_a_large_profile_is_heeded_and_not_passed_over() -> None:
    swapped = ICC.replace(b"rXYZ", b"?XYZ").replace(b"bXYZ", b"rXYZ").replace(b"?XYZ", b"bXYZ")
    body = encoded(Image.new("RGB", (300, 200), (200, 30, 30)))
    red, _, blue = _first_pixel(
        told(chunk(b"iCCP", b"x\0\0" + zlib.compress(swapped + bytes(1_500_000))), body=body)
    )
    assert (red < 60, blue > 150) == (True, True)


def _first_pixel(body: bytes) -> tuple[int, ...]:
    pixel = look(body).small.getpixel((5, 5))
    assert isinstance(pixel, tuple)
    return tuple(int(value) for value in pixel)


def wrong_sum_of(kind: bytes, body: bytes) -> bytes:
    """Return the PNG with the checksum of its first `kind` changed by one bit."""
    at = body.index(kind) - 4
    end = at + 12 + int.from_bytes(body[at : at + 4], "big")
    return body[:at] + miscounted(body[at:end]) + body[end:]


def with_palette() -> bytes:
    image = drawing(2, mode="P")
    return encoded(image, transparency=image.getpixel((0, 0)))


@pytest.mark.parametrize("kind", [b"IHDR", b"IDAT", b"PLTE", b"tRNS"])
@pytest.mark.parametrize("more", [b"", chunk(b"tEXt", b"Author\0me")], ids=["plain", "with a text"])
def test_what_the_pixels_are_made_of_must_be_what_it_was(kind: bytes, more: bytes) -> None:
    with pytest.raises(UnfitPicture, match="is damaged"):
        look(wrong_sum_of(kind, told(more, body=with_palette())))


@pytest.mark.parametrize(
    "make",
    [
        lambda: told(chunk(b"IHDR", png()[16:29])),
        lambda: png()[:8] + chunk(b"CgBI", b"P\0 \2") + png()[8:],
        lambda: png()[:8] + chunk(b"tEXt", b"a\0b") + png()[8:],
        lambda: png()[:8] + chunk(b"IHDR", png()[16:28]) + png()[33:],
        lambda: told(chunk(b"IDAX", b"1")),
        lambda: told(b"\x7f\xff\xff\xfftEXt"),
        lambda: png()[:-12],
        lambda: png()[:33] + png()[-12:],
    ],
    ids=["two headers", "as Apple packs it", "a text before the header", "a short header", "unknown",
         "a text beyond the end", "no end", "no pixels"],
)  # fmt: skip
def test_a_png_that_is_not_built_as_one_is_refused(make: Callable[[], bytes]) -> None:
    with pytest.raises(UnfitPicture, match="is damaged"):
        look(make())
