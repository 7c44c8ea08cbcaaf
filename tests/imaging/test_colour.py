"""Colour profiles: kept where they tell how a picture looks, passed over where they are of no use."""

import io
import struct

import pytest
import pyvips
from PIL import Image, ImageCms

from bot.imaging.raster import look
from tests.imaging.imaging_lab import encoded

RED = Image.new("RGB", (300, 200), (200, 30, 30))


def swapping() -> bytes:
    """Return a profile in which red and blue have changed places: what is stored red is meant blue."""
    plain = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return plain.replace(b"rXYZ", b"?XYZ").replace(b"bXYZ", b"rXYZ").replace(b"?XYZ", b"bXYZ")


def seen_colour(body: bytes) -> tuple[int, ...]:
    pixel = look(body).small.getpixel((50, 50))
    assert isinstance(pixel, tuple)
    return tuple(int(value) for value in pixel)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_profile_tells_how_the_picture_looks(kind: str) -> None:
    red, _, blue = seen_colour(encoded(RED, kind, icc_profile=swapping()))
    assert (red < 60, blue > 150) == (True, True)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize(
    "profile",
    [
        b"nonsense",
        bytes(128),
        swapping()[:200],
        swapping()[:128] + struct.pack(">L", 2**32 - 1) + swapping()[132:],
        ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes(),
    ],
    ids=["nonsense", "zeros", "torn", "lying about its tables", "of another kind"],
)
def test_a_profile_of_no_use_is_passed_over(kind: str, profile: bytes) -> None:
    red, _, blue = seen_colour(encoded(RED, kind, icc_profile=profile))
    assert (red > 150, blue < 60) == (True, True)


@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
def test_a_profile_larger_than_any_real_one_is_passed_over(kind: str) -> None:
    red, _, blue = seen_colour(encoded(RED, kind, icc_profile=swapping() + bytes(9_000_000)))
    assert (red > 150, blue < 60) == (True, True)


@pytest.mark.parametrize("mode", ["L", "CMYK", "RGBA", "LA"])
def test_a_profile_for_another_kind_of_picture_does_no_harm(mode: str) -> None:
    kind = "JPEG" if mode in {"L", "CMYK"} else "PNG"
    seen = look(encoded(RED.convert(mode), kind, icc_profile=swapping()))
    assert (seen.small.mode, seen.small.width) == ("RGB", 256)


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_a_drawing_is_turned_as_its_exif_says(kind: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    seen = look(encoded(RED, kind, exif=exif.tobytes()))
    assert (seen.width, seen.height, seen.small.size) == (200, 300, (171, 256))


def test_sixteen_bits_of_colour_are_scaled_and_not_clipped() -> None:
    deep = pyvips.Image.black(300, 200, bands=3).linear(1, [51400, 7710, 7710]).cast("ushort")
    body = deep.copy(interpretation="rgb16").pngsave_buffer(bitdepth=16)
    with Image.open(io.BytesIO(body)) as image:
        assert image.format == "PNG"
    assert max(abs(a - b) for a, b in zip(seen_colour(body), (200, 30, 30), strict=True)) <= 1
