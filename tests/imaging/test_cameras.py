"""What cameras, phones and programs put into a sound JPEG, and behind it, is no reason against it."""

import io
import random
from functools import cache

import numpy as np
import pytest
from PIL import Image

from bot.imaging.raster import UnfitPicture, look
from tests.imaging.imaging_lab import drawing, encoded
from tests.imaging.jpeg_lab import (
    ANGLE,
    DISPARITY,
    PANORAMA,
    PREVIEW,
    PRIMARY,
    UNSAID,
    indexed,
    of_frame,
    segment,
    with_segments,
)

SCAN = b"\xff\xda\x00\x08\x01\x01\x00\x01\x3f\x10"
"""The header of a scan that refines details, in which a block of zeros would be damage."""


@cache
def photo(quality: int, *, progressive: bool) -> bytes:
    grain = np.random.default_rng(quality).normal(128, 30, (300, 400, 3))
    image = Image.fromarray(grain.clip(0, 255).astype(np.uint8))
    return encoded(image, "JPEG", quality=quality, progressive=progressive)


def stuff(chance: random.Random, most: int) -> bytes:
    """Return noise with zeros in it, and with all that begins and ends a picture."""
    pieces = [bytes(1024), SCAN, SCAN + bytes(2000), b"\xff\xd9", b"\xff\xd8\xff", b"\xff\xc2\x00\x11"]
    parts = [chance.choice([*pieces, chance.randbytes(chance.randrange(most))]) for _ in range(8)]
    return b"".join(parts)


def told_much(body: bytes, chance: random.Random) -> bytes:
    markers = [chance.randrange(0xE1, 0xF0) for _ in range(chance.randrange(1, 4))]
    notes = [segment(marker, stuff(chance, 4000)) for marker in markers if marker != 0xEE]
    return with_segments(body, *notes)


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("progressive", [False, True])
def test_a_sound_jpeg_stays_sound_whatever_is_said_in_it_and_follows_it(
    seed: int, *, progressive: bool
) -> None:
    chance = random.Random(seed)
    body = photo(chance.choice((40, 75, 90, 98)), progressive=progressive)
    odd = look(told_much(body, chance) + stuff(chance, 200_000))
    assert odd.small.tobytes() == look(body).small.tobytes()


@pytest.mark.parametrize("progressive", [False, True])
def test_a_motion_photo_is_its_picture(*, progressive: bool) -> None:
    film = b"\0\0\0\x18ftypmp42" + random.Random(1).randbytes(400_000) + SCAN + bytes(4096) + b"\xff\xd9"
    assert look(photo(90, progressive=progressive) + film).width == 400


def test_padding_before_the_end_is_found_though_another_end_follows() -> None:
    body = photo(90, progressive=False)
    assert look(body[:-2] + bytes(700) + body[-2:] + b"more" * 9 + b"\xff\xd9").width == 400


def test_a_blanked_refinement_is_noticed_before_a_trailer_too() -> None:
    body = photo(90, progressive=True)
    at = len(body) - 9000
    with pytest.raises(UnfitPicture, match="is damaged"):
        look(body[:at] + bytes(4096) + body[at + 4096 :] + b"\xff\xd9" * 200)


@pytest.mark.parametrize("payload", [b"", b"\x03", b"\xff" * 9])
@pytest.mark.parametrize("progressive", [False, True])
def test_a_scan_with_a_torn_header_is_damage(payload: bytes, *, progressive: bool) -> None:
    body = photo(90, progressive=progressive)
    at = body.index(b"\xff\xda")
    with pytest.raises(UnfitPicture, match="is damaged"):
        look(body[:at] + segment(0xDA, payload) + bytes(600) + b"\xff\xd9")


@pytest.mark.parametrize("types", [(PREVIEW,), (0x010001,), (UNSAID,), (PREVIEW, UNSAID), (UNSAID,) * 3])
def test_a_picture_with_previews_behind_it_is_one_picture(types: tuple[int, ...]) -> None:
    body = indexed(*types)
    with Image.open(io.BytesIO(body)) as image:
        assert image.format == "MPO"
    seen = look(body)
    assert (seen.width, seen.height) == (300, 200)
    assert seen.small.tobytes() == look(encoded(drawing(49), "JPEG", quality=90)).small.tobytes()


@pytest.mark.parametrize("types", [(PANORAMA,), (DISPARITY,), (ANGLE,), (PRIMARY,), (PREVIEW, DISPARITY)])
def test_several_pictures_that_count_alike_are_refused(types: tuple[int, ...]) -> None:
    with pytest.raises(UnfitPicture, match="holds more than one picture: save it as a plain JPEG"):
        look(indexed(*types))


@pytest.mark.parametrize(
    "index", [b"", b"MM\0*", b"MM\0*\xff\xff\xff\xff", b"II*\0\x08\0\0\0\xff\xff", bytes(40), b"II*\0" * 20]
)
def test_an_index_that_is_torn_tells_of_no_other_picture(index: bytes) -> None:
    body = encoded(drawing(), "JPEG")
    assert look(with_segments(body, segment(0xE2, b"MPF\0" + index))).width == 300


@pytest.mark.parametrize(
    ("marker", "bits"),
    [(0xC0, 12), (0xC1, 12), (0xC2, 12), (0xC3, 8), (0xC5, 8), (0xC9, 8), (0xCA, 8), (0xCB, 16)],
    ids=["12 bits", "12 bits, extended", "12 bits, progressive", "lossless", "hierarchical", "arithmetic",
         "arithmetic, progressive", "arithmetic, lossless"],
)  # fmt: skip
def test_an_unusual_jpeg_is_no_damaged_one(marker: int, bits: int) -> None:
    with pytest.raises(UnfitPicture) as unfit:
        look(of_frame(marker, bits))
    assert str(unfit.value) == "is a JPEG of an unusual kind: save it as an ordinary 8-bit JPEG."
