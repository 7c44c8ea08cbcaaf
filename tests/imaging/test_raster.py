"""Pictures that are not what they claim (abuse cases I), and odd ones that are sound."""

import io
import struct

import pytest
from PIL import Image

from bot.imaging.kinds import is_picture, stranger
from bot.imaging.raster import THUMBNAIL, UnfitPicture, as_png_or_jpeg, look
from tests.imaging.imaging_lab import claiming_png, drawing, encoded, png
from tests.imaging.jpeg_lab import DISPARITY, indexed

JPEG = encoded(drawing(1, size=(900, 700)), "JPEG", quality=90)
WEBP = encoded(drawing(1), "WEBP")


def animated(kind: str) -> bytes:
    frames = [drawing(seed) for seed in range(3)]
    return encoded(frames[0], kind, save_all=True, append_images=frames[1:], duration=100)


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (JPEG[: len(JPEG) // 2], "is damaged"),
        (JPEG[:-40], "is damaged"),
        (JPEG[:20], "is damaged"),
        (JPEG[:3], "is damaged"),
        (png()[:-40], "is damaged"),
        (png()[:40], "is damaged"),
        (png().replace(b"IDAT", b"IDAX"), "is damaged"),
        (png()[:60] + b"\x00" * 30 + png()[90:], "is damaged"),
        (WEBP[:-200], "is damaged"),
        (WEBP[:20], "is damaged"),
        (b"\xff\xd8\xff" + b"<?php evil() ?>" * 20, "is damaged"),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 100, "is damaged"),
        (claiming_png(0, 10), "is damaged"),
        (claiming_png(60_000, 60_000), "has 3,600 million pixels: scale it down to at most 200."),
        (claiming_png(2**31 - 1, 2**31 - 1), "million pixels"),
        (claiming_png(1000, 1000), "is damaged"),
        (animated("PNG"), "is an animation"),
        (animated("WEBP"), "is an animation"),
        (indexed(DISPARITY), "holds more than one picture"),
        (encoded(drawing(), "GIF"), "is a GIF"),
        (encoded(drawing(), "TIFF"), "is a TIFF"),
        (encoded(drawing(), "BMP"), "is a BMP"),
        (encoded(drawing(), "EPS"), "is a PostScript file"),
        (encoded(drawing(), "ICO"), "leave it out"),
        (b"", "leave it out"),
        (b"just text", "leave it out"),
    ],
)
def test_a_picture_that_does_not_decode_to_its_last_bit_is_refused(body: bytes, sentence: str) -> None:
    with pytest.raises(UnfitPicture) as unfit:
        look(body)
    assert sentence in str(unfit.value)


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"PK\x03\x04....", "is a ZIP inside the ZIP"),
        (b"GIF89a", "is a GIF"),
        (b"II*\x00", "is a TIFF"),
        (b"\x00\x00\x00\x18ftypheic", "is a HEIC"),
        (b"\x00\x00\x00\x18ftypavif", "is an AVIF"),
        (b"%PDF-1.7", "is a PDF"),
        (b"8BPS", "is a Photoshop file"),
        (b"a fox on a rock", "leave it out"),
        (b"", "leave it out"),
    ],
)
def test_what_is_no_picture_is_told_what_to_do_about(body: bytes, sentence: str) -> None:
    assert not is_picture(body)
    assert sentence in stranger(body)


@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
@pytest.mark.parametrize("progressive", [False, True])
def test_every_ordinary_jpeg_is_sound(mode: str, progressive: bool) -> None:  # noqa: FBT001 - a parameter
    image = drawing(2, mode=mode, size=(1200, 800))
    seen = look(encoded(image, "JPEG", progressive=progressive))
    assert (seen.format, seen.width, seen.height, seen.transparent) == ("JPEG", 1200, 800, False)
    assert (seen.small.mode, max(seen.small.size)) == ("RGB", THUMBNAIL)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_ordinary_png_is_sound(mode: str) -> None:
    image = sixteen_bits() if mode == "I;16" else drawing(2, mode=mode)
    seen = look(encoded(image))
    assert (seen.format, seen.small.mode, seen.transparent) == ("PNG", "RGB", False)


def sixteen_bits() -> Image.Image:
    """Return a grey ramp of 16 bits, from black on the left to white on the right."""
    row = b"".join(struct.pack("<H", x * 65535 // 255) for x in range(256))
    return Image.frombytes("I;16", (256, 4), row * 4)


def test_sixteen_bits_of_grey_are_scaled_and_not_clipped() -> None:
    small = look(encoded(sixteen_bits())).small
    assert [small.getpixel((x, 1)) for x in (0, 128, 255)] == [(0,) * 3, (128,) * 3, (255,) * 3]


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_transparency_is_noticed_and_shown_on_white(kind: str) -> None:
    image = drawing(2, mode="RGBA")
    image.paste((0, 0, 0, 0), (0, 0, 150, 200))
    seen = look(encoded(image, kind, **({"lossless": True} if kind == "WEBP" else {})))
    assert seen.transparent
    assert seen.small.getpixel((3, 100)) == (255, 255, 255)


def test_a_transparent_palette_is_noticed() -> None:
    assert look(encoded(drawing(2, mode="P"), transparency=drawing(2, mode="P").getpixel((0, 0)))).transparent


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_is_seen_upright(orientation: int) -> None:
    image = Image.new("RGB", (400, 200), "white")
    image.paste("red", (0, 0, 200, 100))
    exif = Image.Exif()
    exif[0x0112] = orientation
    seen = look(encoded(image, "JPEG", exif=exif, quality=95))
    upright = (400, 200) if orientation < 5 else (200, 400)
    assert (seen.width, seen.height) == upright
    right = orientation in {2, 3, 6, 7}
    low = orientation in {3, 4, 7, 8}
    spot = (seen.small.width * (3 if right else 1) // 4, seen.small.height * (3 if low else 1) // 4)
    pixel = seen.small.getpixel(spot)
    assert isinstance(pixel, tuple)
    assert pixel[0] > 200
    assert pixel[1] < 60


def test_bytes_behind_a_picture_do_not_make_it_unsound() -> None:
    assert look(png() + b"<html>PK\x03\x04").format == "PNG"


@pytest.mark.parametrize(("mode", "kind"), [("RGB", "JPEG"), ("RGBA", "PNG")])
def test_webp_becomes_what_slack_can_show(mode: str, kind: str) -> None:
    image = drawing(2, mode=mode)
    if mode == "RGBA":
        image.putalpha(120)
    name, body = as_png_or_jpeg(encoded(image, "WEBP"))
    with Image.open(io.BytesIO(body)) as shown:
        assert (name, shown.format, shown.size) == (kind, kind, image.size)
