"""Stripping never turns a picture: who looks at it sees the same, wherever it says which way is up."""

import io
import struct
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from bot.imaging.raster import UnfitPicture, look
from bot.imaging.strip import Unstrippable, stripped
from tests.imaging.imaging_lab import chunk, drawing, encoded
from tests.imaging.jpeg_lab import segment, with_segments

Making = Callable[[int], bytes]
KINDS = ("JPEG", "PNG", "WEBP")
_LAYOUTS = {1: "B3x", 3: "H2x", 4: "L"}


def tiff(orientation: int, *, kind: int = 3, order: str = ">", count: int = 1) -> bytes:
    """Return an Exif block that says the orientation as a BYTE (1), a SHORT (3) or a LONG (4)."""
    head = struct.pack(f"{order}2sHLH", b"MM" if order == ">" else b"II", 42, 8, 1)
    value = struct.pack(f"{order}{_LAYOUTS[kind]}", orientation)
    return head + struct.pack(f"{order}HHL", 0x0112, kind, count) + value + bytes(4)


def xmp(orientation: int) -> bytes:
    return b'<rdf:Description tiff:Orientation="%d"/>' % orientation


def plain(kind: str) -> bytes:
    return encoded(drawing(9), kind, quality=90, lossless=True)


def in_text(orientation: int) -> bytes:
    raw = tiff(orientation)
    text = PngInfo()
    text.add_text("Raw profile type exif", f"\nexif\n{len(raw):8}\n{raw.hex()}\n", zip=True)
    text.add_itxt("XML:com.adobe.xmp", xmp(orientation).decode())
    return encoded(drawing(9), "PNG", pnginfo=text)


def late(orientation: int) -> bytes:
    """Return a PNG whose Exif follows the pixels."""
    body = plain("PNG")
    return body[:-12] + chunk(b"eXIf", tiff(orientation)) + body[-12:]


def unannounced(orientation: int) -> bytes:
    """Return a WebP with an Exif that its beginning does not tell of."""
    body = bytearray(encoded(drawing(9), "WEBP", lossless=True, exif=tiff(orientation)))
    assert body[12:16] == b"VP8X"
    body[20] &= ~0x08
    return bytes(body)


def told_twice(kind: str, first: int) -> bytes:
    """Return a picture with two Exif blocks that do not agree."""
    second = first % 8 + 1
    if kind == "JPEG":
        notes = (segment(0xE1, b"Exif\0\0" + tiff(n)) for n in (first, second))
        return with_segments(plain(kind), *notes)
    body = plain("PNG")
    return body[:33] + chunk(b"eXIf", tiff(first)) + chunk(b"eXIf", tiff(second)) + body[33:]


def after_the_pixels(orientation: int) -> bytes:
    """Return a JPEG with an Exif between its data and its end."""
    body = plain("JPEG")
    return body[:-2] + segment(0xE1, b"Exif\0\0" + tiff(orientation)) + body[-2:]


def in_exif(kind: str, number: int, order: str) -> Making:
    def made(orientation: int) -> bytes:
        exif = b"Exif\0\0" + tiff(orientation, kind=number, order=order)
        if kind == "JPEG":
            return with_segments(plain(kind), segment(0xE1, exif))
        if kind == "PNG":
            body = plain(kind)
            return body[:33] + chunk(b"eXIf", exif[6:]) + body[33:]
        return encoded(drawing(9), kind, lossless=True, exif=exif)

    return made


HEEDED: dict[str, Making] = {
    f"{kind}, Exif of type {number} {order}": in_exif(kind, number, order)
    for kind in KINDS
    for number in _LAYOUTS
    for order in "<>"
} | {
    "JPEG, XMP": lambda told: encoded(drawing(9), "JPEG", xmp=xmp(told), quality=90),
    "JPEG, two": lambda told: told_twice("JPEG", told),
    "PNG, two": lambda told: told_twice("PNG", told),
    "PNG, behind the pixels": late,
}
PASSED_OVER: dict[str, Making] = {
    "PNG, texts": in_text,
    "WebP, XMP": lambda told: encoded(drawing(9), "WEBP", lossless=True, xmp=xmp(told)),
    "WebP, unannounced": unannounced,
    "JPEG, behind the pixels": after_the_pixels,
    "JPEG, of several values": lambda told: with_segments(
        plain("JPEG"), segment(0xE1, b"Exif\0\0" + tiff(told, count=2))
    ),
}


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("where", [*HEEDED, *PASSED_OVER])
def test_stripping_does_not_turn_a_picture(where: str, orientation: int) -> None:
    body = (HEEDED | PASSED_OVER)[where](orientation)
    was, now = look(body), look(stripped(body))
    assert (now.width, now.height) == (was.width, was.height)
    assert now.small.tobytes() == was.small.tobytes()
    turned = where in HEEDED and orientation > 4
    assert (was.width, was.height) == ((200, 300) if turned else (300, 200))


@pytest.mark.parametrize("where", [name for name in HEEDED if "two" not in name])
@pytest.mark.parametrize("orientation", [0, 9, 255])
def test_an_orientation_that_there_is_not_turns_nothing(where: str, orientation: int) -> None:
    body = HEEDED[where](orientation)
    assert (look(body).width, look(stripped(body)).width) == (300, 300)


@given(st.sampled_from(sorted(HEEDED | PASSED_OVER)), st.integers(1, 8), st.data())
def test_nor_does_it_where_the_metadata_are_torn(where: str, orientation: int, data: st.DataObject) -> None:
    body = bytearray((HEEDED | PASSED_OVER)[where](orientation))
    at = max(body.find(mark) for mark in (b"MM\0*", b"II*\0", b"tiff:", b"Raw profile"))
    body[at + data.draw(st.integers(0, 21))] = data.draw(st.integers(0, 255))
    was, now = look(bytes(body)), look(stripped(bytes(body)))
    assert (now.width, now.height, now.small.tobytes()) == (was.width, was.height, was.small.tobytes())


def test_pillow_sees_what_is_left_as_we_do() -> None:
    for kind in KINDS:
        with Image.open(io.BytesIO(stripped(in_exif(kind, 4, "<")(6)))) as image:
            assert dict(image.getexif()) == {0x0112: 6}


def test_no_preview_stays_in_what_says_how_to_read_a_jpeg() -> None:
    body = plain("JPEG")
    jfif = segment(0xE0, b"JFIF\0\1\2\1\0\x48\0\x48\x3c\x3c" + b"SECRETS!" * 1350)
    adobe = segment(0xEE, b"Adobe\0\x64\0\0\0\0\1" + b"SECRETS!" * 9)
    rest = body[body.index(b"\xff\xdb") :]
    after = stripped(b"\xff\xd8" + jfif + adobe + rest)
    kept = segment(0xE0, b"JFIF\0\1\2\1\0\x48\0\x48\0\0") + segment(0xEE, b"Adobe\0\x64\0\0\0\0\1")
    assert after == b"\xff\xd8" + kept + rest
    assert look(after).small.tobytes() == look(body).small.tobytes()


def test_fifty_thousand_texts_take_no_time_to_leave_out() -> None:
    body = plain("PNG")
    texts = chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + bytes(40)) * 50_000
    assert stripped(body[:33] + texts + body[33:]) == body


@pytest.mark.parametrize(
    "body",
    [
        plain("PNG")[:33] + chunk(b"tEXt", b"") * 200_000 + plain("PNG")[33:],
        with_segments(plain("JPEG"), segment(0xEF, b"") * 200_000),
    ],
    ids=["PNG", "JPEG"],
)
def test_a_file_of_nothing_but_pieces_is_not_taken_apart(body: bytes) -> None:
    with pytest.raises(UnfitPicture, match="is damaged"):
        look(body)
    with pytest.raises(Unstrippable, match="is damaged"):
        stripped(body)
