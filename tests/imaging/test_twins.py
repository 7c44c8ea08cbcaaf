import io
from random import Random

import pytest
from PIL import Image, ImageEnhance

from bot.domain.assessment import Likeness, Twins
from bot.imaging.audit import assess
from bot.imaging.features import features
from tests.imaging.drawn_sets import Change, described, drawn, judged, single
from tests.style_lab.hands import TUNED

PICTURES = single(10)


def with_copy(change: Change) -> tuple[Twins, ...]:
    """Return the twins of a set in which the second picture has a changed copy at the end."""
    return judged([*PICTURES, change(PICTURES[1])]).twins


def as_jpeg(image: Image.Image) -> Image.Image:
    kept = io.BytesIO()
    image.save(kept, "JPEG", quality=50)
    return Image.open(kept).convert("RGB")


def trimmed(image: Image.Image) -> Image.Image:
    across, down = image.width // 40, image.height // 40
    return image.crop((across, down, image.width - across, image.height - down))


def transposed(how: Image.Transpose) -> Change:
    return lambda image: image.transpose(how)


NEAR: dict[str, Change] = {
    "rescaled": lambda image: image.resize((image.width // 2, image.height // 2)),
    "recompressed": as_jpeg,
    "brightened": lambda image: ImageEnhance.Brightness(image).enhance(1.08),
    "less colourful": lambda image: ImageEnhance.Color(image).enhance(0.8),
    "cropped a little": trimmed,
}


def test_different_pictures_are_not_twins() -> None:
    assert judged(PICTURES).twins == ()
    assert judged(drawn(20)).twins == ()


def test_the_same_bytes_are_exact_copies() -> None:
    assert with_copy(lambda image: image.copy()) == (Twins(("01.png", "10.png"), Likeness.EXACT),)


@pytest.mark.parametrize("change", NEAR.values(), ids=NEAR)
def test_a_picture_that_was_worked_on_is_nearly_the_same(change: Change) -> None:
    (found,) = with_copy(change)
    assert set(found.pictures) == {"01.png", "10.png"}
    assert found.likeness is Likeness.NEAR


@pytest.mark.parametrize("how", Image.Transpose)
def test_a_turned_or_mirrored_picture_is_found(how: Image.Transpose) -> None:
    (found,) = with_copy(transposed(how))
    assert set(found.pictures) == {"01.png", "10.png"}
    assert found.likeness is Likeness.TURNED


def test_turned_and_recompressed_is_still_found() -> None:
    (found,) = with_copy(lambda image: as_jpeg(image.transpose(Image.Transpose.ROTATE_90)))
    assert found.likeness is Likeness.TURNED


def test_the_largest_of_a_group_comes_first() -> None:
    images = [*PICTURES, PICTURES[2].resize((PICTURES[2].width * 2, PICTURES[2].height * 2))]
    (found,) = judged(images).twins
    assert found.pictures == ("10.png", "02.png")


def test_a_picture_is_spare_once_even_where_it_has_twins_of_every_kind() -> None:
    one = PICTURES[1]
    copies = [one.copy(), as_jpeg(one), one.transpose(Image.Transpose.FLIP_LEFT_RIGHT)]
    found = judged([*PICTURES, *copies])
    spare = [name for twins in found.twins for name in twins.pictures[1:]]
    assert len(spare) == len(set(spare)) == 3
    assert set(found.flagged) == set(spare)


def test_ten_identical_pictures_are_one() -> None:
    found = judged([PICTURES[0]] * 10)
    assert [len(twins.pictures) for twins in found.twins] == [10]
    assert found.outliers == ()


def test_plain_colours_are_not_twins_of_each_other() -> None:
    images = [Image.new("RGB", (200, 200), colour) for colour in ("red", "blue", "white")]
    assert assess(described(images), [features(image) for image in images]).twins == ()


@pytest.mark.parametrize("style", TUNED)
def test_drawings_of_one_hand_are_not_taken_for_each_other(style: str) -> None:
    random = Random(f"twins {style}")
    hand = TUNED[style](random)
    assert judged([hand(random).resize((192, 160)) for _ in range(8)]).twins == ()
