"""Pictures that were damaged on their way, by seeds; and sound ones of every make, not to be suspected."""

import io
import random
from collections.abc import Callable
from functools import cache

import numpy as np
import pytest
import simplejpeg
from PIL import Image

from bot.imaging.raster import UnfitPicture, look
from tests.imaging.imaging_lab import encoded

Damage = Callable[[bytes, random.Random], bytes]


@cache
def grainy(mode: str = "RGB", size: tuple[int, int] = (800, 600)) -> Image.Image:
    """Return a picture with as much detail as a photograph has, so that every part of its file counts."""
    grain = np.random.default_rng(7).normal(128, 40, (size[1], size[0], 3))
    return Image.fromarray(grain.clip(0, 255).astype(np.uint8)).convert(mode)


@cache
def sound(kind: str, mode: str = "RGB", *, progressive: bool = False) -> bytes:
    options = {"quality": 90, "progressive": progressive} if kind == "JPEG" else {}
    return encoded(grainy(mode), kind, **options)


def within(body: bytes, chance: random.Random, room: int) -> int:
    """Return a place in the picture's data, with `room` before its end."""
    return chance.randrange(len(body) // 10, len(body) - room)


def zeroed(body: bytes, chance: random.Random) -> bytes:
    at = within(body, chance, 5000)
    return body[:at] + bytes(4096) + body[at + 4096 :]


def flipped(body: bytes, chance: random.Random) -> bytes:
    changed = bytearray(body)
    for _ in range(64):
        changed[within(body, chance, 100)] ^= 1 << chance.randrange(8)
    return bytes(changed)


def cut_short(body: bytes, chance: random.Random) -> bytes:
    return body[: int(len(body) * chance.choice((0.5, 0.9, 0.99)))]


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("damage", [zeroed, flipped, cut_short])
@pytest.mark.parametrize(
    ("mode", "progressive"), [("RGB", False), ("RGB", True), ("L", False), ("CMYK", False)]
)
def test_a_damaged_jpeg_is_noticed(mode: str, damage: Damage, seed: int, *, progressive: bool) -> None:
    with pytest.raises(UnfitPicture, match="is damaged"):
        look(damage(sound("JPEG", mode, progressive=progressive), random.Random(seed)))


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("damage", [zeroed, flipped, cut_short])
def test_a_damaged_png_is_noticed(damage: Damage, seed: int) -> None:
    with pytest.raises(UnfitPicture):
        look(damage(sound("PNG"), random.Random(seed)))


@pytest.mark.parametrize("seed", range(10))
def test_a_webp_that_was_cut_short_is_noticed(seed: int) -> None:
    with pytest.raises(UnfitPicture, match="is damaged"):
        look(cut_short(sound("WEBP"), random.Random(seed)))


@pytest.mark.parametrize("size", [(1, 1), (7, 5), (8, 8), (333, 211), (16, 3000), (1201, 803)])
@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"restart_marker_blocks": 3}])
@pytest.mark.parametrize("subsampling", [0, 1, 2])
def test_a_sound_jpeg_is_not_suspected(
    size: tuple[int, int], options: dict[str, object], subsampling: int
) -> None:
    seen = look(encoded(grainy("RGB", size), "JPEG", subsampling=subsampling, **options))
    assert (seen.width, seen.height) == size


@pytest.mark.parametrize("subsampling", ["444", "422", "420", "440", "411", "Gray"])
def test_what_another_encoder_writes_is_not_suspected(subsampling: str) -> None:
    pixels = np.asarray(grainy())
    body = simplejpeg.encode_jpeg(pixels, quality=90, colorspace="RGB", colorsubsampling=subsampling)
    assert look(body).width == 800


JPEG = encoded(grainy(), "JPEG", quality=90)


@pytest.mark.parametrize(
    "body",
    [
        JPEG + bytes(1000),
        JPEG + b"\xff" * 1000,
        JPEG + b"<html>PK\x03\x04",
        JPEG + JPEG,
        JPEG[:-2] + bytes(4) + JPEG[-2:],
        JPEG[:2] + b"\xff\xff\xff" + JPEG[2:],
        JPEG[:20] + bytes(3) + JPEG[20:],
        JPEG[:2] + b"\xff\xef\x00\x06abcd" + JPEG[2:],
        JPEG.replace(b"JFIF\x00\x01\x01", b"JFIF\x00\x02\x01", 1),
        encoded(grainy(), "JPEG", keep_rgb=True),
    ],
    ids=[
        "zeros behind", "fill behind", "a page behind", "a preview behind", "padding at the end",
        "fill in the header", "junk in the header", "an unknown segment", "a later JFIF", "RGB",
    ],
)  # fmt: skip
def test_the_habits_of_real_cameras_are_no_damage(body: bytes) -> None:
    assert look(body).format == "JPEG"


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
def test_what_is_said_about_a_picture_may_be_torn_where_the_picture_is_not() -> None:
    seen = look(encoded(grainy(), "JPEG", exif=b"Exif\x00\x00II*\x00\xff\xff\xff\x7f torn"))
    assert (seen.width, seen.height) == (800, 600)


def test_a_jpeg_with_an_odd_header_that_is_cut_short_is_still_noticed() -> None:
    odd = JPEG.replace(b"JFIF\x00\x01\x01", b"JFIF\x00\x02\x01", 1)
    with pytest.raises(UnfitPicture, match="is damaged"):
        look(odd[: len(odd) // 2])


@pytest.mark.parametrize("quality", [60, 90])
def test_a_regular_pattern_is_not_taken_for_a_block_of_zeros(quality: int) -> None:
    rows, columns = np.mgrid[0:2000, 0:2000]
    tiles = ((rows // 16 + columns // 16) % 2 * 255).astype(np.uint8)
    body = encoded(Image.fromarray(tiles), "JPEG", quality=quality, progressive=True)
    assert look(body + bytes(1000)).format == "JPEG"


def test_a_jpeg_is_seen_as_it_looks() -> None:
    flat = Image.new("RGB", (900, 600), (200, 40, 90))
    for mode in ("RGB", "CMYK"):
        small = look(encoded(flat.convert(mode), "JPEG", quality=95)).small
        found = small.resize((1, 1)).getpixel((0, 0))
        assert isinstance(found, tuple)
        assert max(abs(a - b) for a, b in zip(found, (200, 40, 90), strict=True)) <= 3
    with Image.open(io.BytesIO(JPEG)) as image:
        assert abs(np.asarray(look(JPEG).small).mean() - np.asarray(image).mean()) < 2
