"""Metadata taken out: what is gone, what stays, and that no pixel moved. Pillow is the judge."""

import io
import struct
import zlib
from contextlib import suppress
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, ImageOps
from PIL.PngImagePlugin import PngInfo

from bot.imaging.strip import Unstrippable, stripped
from tests.imaging.imaging_lab import chunk, drawing, encoded, zipped

PLACE = b"51 degrees north"
AUTHOR = b"Ada Lovelace"
SECRETS = (PLACE, AUTHOR, b"adobe", b"Photoshop", b"CREATED", b"tail")
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:li>' + AUTHOR + b"</rdf:li></x:xmpmeta>"
ICC = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
KINDS = ("JPEG", "PNG", "WEBP")


def exif(orientation: int | None) -> Image.Exif:
    """Return an Exif that says where and by whom, and which way is up."""
    found = Image.Exif()
    found[0x013B] = AUTHOR.decode()
    found.get_ifd(0x8825)[29] = PLACE.decode()
    if orientation is not None:
        found[0x0112] = orientation
    return found


def talkative(kind: str, *, orientation: int | None = None, mode: str = "RGB") -> bytes:
    """Return a picture that says all it can."""
    image = drawing(3, mode=mode)
    if kind == "PNG":
        text = PngInfo()
        text.add_text("Author", AUTHOR.decode())
        text.add_text("Comment", PLACE.decode(), zip=True)
        text.add_itxt("XML:com.adobe.xmp", XMP.decode())
        text.add(b"tIME", bytes(7))
        text.add(b"vpAg", b"CREATED")
        options: dict[str, object] = {"pnginfo": text, "dpi": (300, 300)}
    elif kind == "JPEG":
        options = {"xmp": XMP, "comment": PLACE, "dpi": (300, 300), "quality": 90, "progressive": True}
    else:
        options = {"xmp": XMP, "lossless": True}
    body = encoded(image, kind, exif=exif(orientation), icc_profile=ICC, **options)
    assert PLACE in body or kind == "PNG"
    return body + b"tail"


def opened(body: bytes) -> Image.Image:
    with Image.open(io.BytesIO(body), formats=KINDS) as image:
        image.load()
        return image


def test_the_lab_pictures_do_say_too_much() -> None:
    for kind in KINDS:
        assert all(secret in talkative(kind) for secret in (AUTHOR, b"adobe", b"tail"))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("orientation", [None, *range(1, 9)])
def test_nothing_is_left_but_the_picture(kind: str, orientation: int | None) -> None:
    before = talkative(kind, orientation=orientation)
    after = stripped(before)
    was, now = opened(before), opened(after)
    assert now.tobytes() == was.tobytes()
    assert (now.mode, now.size, now.format) == (was.mode, was.size, was.format)
    assert now.info["icc_profile"] == ICC
    assert now.info.get("dpi") == was.info.get("dpi")
    turned = {} if orientation in {None, 1} else {0x0112: orientation}
    assert dict(now.getexif()) == turned
    assert "xmp" not in now.info
    assert not [secret for secret in SECRETS if secret in after]


@pytest.mark.parametrize("kind", KINDS)
def test_doing_it_again_changes_nothing(kind: str) -> None:
    once = stripped(talkative(kind, orientation=6))
    assert stripped(once) == once


@pytest.mark.parametrize(
    ("kind", "mode"),
    [
        *(("JPEG", mode) for mode in ("CMYK", "L", "RGB")),
        *(("PNG", mode) for mode in ("P", "RGBA", "1", "I;16")),
        *(("WEBP", mode) for mode in ("RGBA", "RGB")),
    ],
)
def test_every_kind_of_pixel_survives(kind: str, mode: str) -> None:
    image = drawing(5, mode="L" if mode == "I;16" else mode).convert(mode)
    if mode == "RGBA":
        image.putalpha(Image.linear_gradient("L").resize(image.size))
    options: dict[str, object] = {"transparency": 0} if mode == "P" else {}
    body = encoded(image, kind, **options)
    was, now = opened(body), opened(stripped(body))
    assert now.tobytes() == was.tobytes()
    assert now.info.get("transparency") == was.info.get("transparency")


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"restart_marker_rows": 1}])
def test_a_jpeg_that_says_nothing_is_left_as_it_is(options: dict[str, object]) -> None:
    body = encoded(drawing(1), "JPEG", **options)
    assert stripped(body) == body


def test_a_plain_webp_and_a_plain_png_are_left_as_they_are() -> None:
    for kind in ("WEBP", "PNG"):
        body = encoded(drawing(1), kind)
        assert stripped(body) == body


def test_a_preview_behind_the_picture_is_left_behind() -> None:
    second = encoded(drawing(2), "JPEG")
    index = b"MPF\0" + bytes(40)
    body = encoded(drawing(1), "JPEG")
    both = body[:2] + b"\xff\xe2" + struct.pack(">H", 2 + len(index)) + index + body[2:] + second
    assert stripped(both) == body


def test_an_orientation_that_only_xmp_tells_is_kept_as_pillow_sees_it() -> None:
    body = encoded(drawing(1), "JPEG", xmp=b'<rdf:Description tiff:Orientation="6"/>')
    assert opened(body).getexif()[0x0112] == 6
    assert ImageOps.exif_transpose(opened(stripped(body))).size == (200, 300)


def test_an_animation_stays_one_so_that_it_can_be_refused() -> None:
    frames = [drawing(n) for n in range(3)]
    for kind in ("PNG", "WEBP"):
        body = encoded(frames[0], kind, save_all=True, append_images=frames[1:])
        with Image.open(io.BytesIO(stripped(body))) as image:
            assert getattr(image, "n_frames", 1) == 3


def test_the_rest_of_a_real_dataset_is_kept() -> None:
    picture = Image.effect_noise((400, 300), 60).convert("RGB")
    body = encoded(picture, "JPEG", quality=95, exif=exif(3))
    assert opened(stripped(body)).tobytes() == opened(body).tobytes()


@pytest.mark.parametrize(("orientation", "flags"), [(1, 0x20), (6, 0x28)])
def test_what_a_webp_says_of_itself_is_true(orientation: int, flags: int) -> None:
    after = stripped(talkative("WEBP", orientation=orientation))
    assert after[12:16] == b"VP8X"
    assert after[20] == flags
    assert struct.unpack_from("<L", after, 4)[0] == len(after) - 8


def test_an_exif_that_makes_no_sense_is_taken_out_all_the_same() -> None:
    text = PngInfo()
    text.add_text("Raw profile type exif", "\nexif\n 3\nno hex\n")
    plain = encoded(drawing(), "PNG")
    assert stripped(encoded(drawing(), "PNG", pnginfo=text)) == plain
    told = plain[:33] + chunk(b"eXIf", b"MM\0*\0\0\0\x08\xff\xff") + plain[33:]
    assert stripped(told) == plain


HOSTILE = {
    "nothing": b"",
    "a web page": b"<html>",
    "a ZIP": zipped({"a.png": b"x"}),
    "only a beginning": b"\xff\xd8\xff",
    "a torn JPEG": encoded(drawing(), "JPEG")[:-2],
    "a JPEG with a length of 1": b"\xff\xd8\xff\xe1\x00\x01\xff\xd9",
    "a JPEG with a length beyond it": b"\xff\xd8\xff\xe1\xff\xff\xff\xd9",
    "a JPEG in a JPEG": b"\xff\xd8\xff\xd8\xff\xd9",
    "a torn PNG": encoded(drawing(), "PNG")[:-12],
    "a PNG with a length beyond it": b"\x89PNG\r\n\x1a\n\xff\xff\xff\xffIHDR",
    "a torn WebP": encoded(drawing(), "WEBP")[:-2],
    "a WebP without a picture": b"RIFF\x04\x00\x00\x00WEBP",
    "a WebP with an empty VP8X": b"RIFF\x14\x00\x00\x00WEBPVP8X\0\0\0\0VP8 \0\0\0\0",
    "a WebP with a length beyond it": b"RIFF\x0c\x00\x00\x00WEBPVP8 \xff\xff\xff\xff",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_not_what_it_seems_is_refused_in_a_sentence(name: str) -> None:
    with pytest.raises(Unstrippable, match=r"is damaged: export it again\."):
        stripped(HOSTILE[name])


def test_a_long_run_of_fill_bytes_takes_no_time() -> None:
    body = encoded(drawing(), "JPEG")
    filled = body[:2] + b"\xff" * 5_000_000 + body[2:-2] + b"\xff" * 5_000_000 + b"\x00" + body[-2:]
    assert opened(stripped(filled)).size == (300, 200)


def test_a_text_that_unpacks_to_gigabytes_is_not_unpacked() -> None:
    bomb = zlib.compress(b"0" * 50_000_000)
    body = encoded(drawing(), "PNG")
    told = body[:33] + chunk(b"zTXt", b"Raw profile type exif\0\0" + bomb) + body[33:]
    assert stripped(told) == body


SEEDS = [talkative(kind, orientation=6) for kind in KINDS]


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(SEEDS), st.data())
def test_hostile_bytes_are_refused_or_come_out_no_longer(seed: bytes, data: st.DataObject) -> None:
    body = bytearray(seed)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, min(len(body), 4000)))
        body[at : at + data.draw(st.integers(0, 8))] = data.draw(st.binary(max_size=8))
    body = body[: data.draw(st.integers(0, len(body)))] if data.draw(st.booleans()) else body
    began = process_time()
    with suppress(Unstrippable):
        once = stripped(bytes(body))
        assert len(once) <= len(body)
        assert stripped(once) == once
    assert process_time() - began < 1
