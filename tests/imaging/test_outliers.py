import io
import zipfile
from dataclasses import replace
from random import Random

import numpy as np
import pytest
from PIL import Image, ImageEnhance

from bot.imaging.outliers import ALL, NATURAL, NOVEL, Standing
from bot.imaging.reasons import reason
from tests.imaging.drawn_sets import BRUSH, drawn, judged, small
from tests.imaging.imaging_lab import SHARED
from tests.style_lab.hands import TUNED, Style, grained
from tests.style_lab.strange_hands import HELD_OUT
from tests.style_lab.trial import Tally, photograph, tallied

STRANGERS = {"fruitcollection_leif_lod_07.png", "lemon_half_ganson.png"}


def reasons(images: list[Image.Image]) -> dict[str, str]:
    return {outlier.picture: outlier.reason for outlier in judged(images).outliers}


def fruit(name: str) -> dict[str, Image.Image]:
    pictures = {}
    with zipfile.ZipFile(SHARED / name) as archive:
        for member in sorted(archive.namelist()):
            image = Image.open(io.BytesIO(archive.read(member))).convert("RGBA")
            ground = Image.new("RGBA", image.size, "white")
            ground.alpha_composite(image)
            pictures[member] = small(ground)
    return pictures


@pytest.mark.skipif(not SHARED.exists(), reason="the real pictures are not here")
def test_the_two_strangers_among_the_bold_fruit_are_found_with_reasons_and_nobody_else() -> None:
    pictures = fruit("bold-fruit-with-two-outliers.zip")
    found = {list(pictures)[int(name[:2])]: why for name, why in reasons(list(pictures.values())).items()}
    assert set(found) == STRANGERS
    assert "photographic texture" in found["fruitcollection_leif_lod_07.png"]
    assert "no outline where" in found["lemon_half_ganson.png"]


@pytest.mark.skipif(not SHARED.exists(), reason="the real pictures are not here")
def test_nobody_is_accused_among_the_bold_fruit() -> None:
    assert reasons(list(fruit("bold-fruit.zip").values())) == {}


def test_a_set_in_one_hand_has_no_outliers() -> None:
    assert reasons(drawn(24)) == {}


def test_in_a_set_of_dark_pictures_none_is_dark() -> None:
    dark = [ImageEnhance.Brightness(image).enhance(0.25) for image in drawn(16)]
    assert reasons(dark) == {}


def test_one_bright_picture_among_dark_ones_stands_out_and_not_the_dark_ones() -> None:
    pictures = drawn(12)
    dark = [ImageEnhance.Brightness(image).enhance(0.25) for image in pictures[:11]]
    assert set(reasons([*dark, pictures[11]])) == {"11.png"}


def test_one_dark_picture_among_bright_ones_is_told_to_be_darker() -> None:
    pictures = drawn(14)
    pictures[6] = ImageEnhance.Brightness(pictures[6]).enhance(0.2)
    found = reasons(pictures)
    assert set(found) == {"06.png"}
    assert "darker" in found["06.png"] or "its colours are not the others'" in found["06.png"]


@pytest.mark.parametrize(
    ("others", "told"), [({}, "it differs from the others as a whole"), ({"dark": -1.0}, "much darker than")]
)
def test_to_have_the_others_colours_is_no_reason_to_stand_out(others: dict[str, float], told: str) -> None:
    beyond = np.zeros((8, len(ALL)))
    for name, much in {NOVEL: -2.0, **others}.items():
        beyond[0, ALL.index(name)] = much
    axes = np.column_stack(
        [abs(beyond[:, [ALL.index(name) for name in axis]]).max(1) for axis in NATURAL.values()]
    )
    values = np.arange(8.0)[:, None] * np.ones(len(ALL))
    assert reason(Standing(values, beyond, axes, np.ones(8)), 0).startswith(told)


def test_a_photograph_among_drawings_has_photographic_texture() -> None:
    found = reasons([*drawn(13), small(photograph(Random(4)))])
    assert set(found) == {"13.png"}
    assert "texture" in found["13.png"]


def test_three_photographs_of_twelve_do_not_hide_each_other() -> None:
    found = reasons([*drawn(9), *(small(photograph(Random(i))) for i in range(3))])
    assert set(found) == {"09.png", "10.png", "11.png"}


def test_a_picture_without_outline_is_told_so() -> None:
    inked = replace(BRUSH, line=7)
    found = reasons([*drawn(13, inked), *drawn(1, BRUSH, seed=8)])
    assert "no outline where" in found["13.png"]
    assert set(found) == {"13.png"}


def test_an_outline_where_none_has_one_is_told_so() -> None:
    found = reasons([*drawn(13), *drawn(1, replace(BRUSH, line=8), seed=8)])
    assert set(found) == {"13.png"}
    assert "outline" in found["13.png"] or "line" in found["13.png"]


def test_a_grainy_picture_among_flat_ones_is_told_so() -> None:
    pictures = drawn(16)
    pictures[3] = grained(pictures[3], Random(1), 14)
    found = reasons(pictures)
    assert set(found) == {"03.png"}
    assert "texture" in found["03.png"]


def test_a_reason_counts_the_others() -> None:
    found = reasons([*drawn(13), small(photograph(Random(4)))])
    assert "of 13" in found["13.png"] or "all 13 others" in found["13.png"]


@pytest.mark.parametrize("count", [0, 1, 2, 5])
def test_too_few_pictures_have_no_outliers(count: int) -> None:
    assert reasons([*drawn(count), small(photograph(Random(1)))][:count]) == {}


SETS = range(2000, 2003)


def total(styles: dict[str, Style], seeds: range) -> Tally:
    return sum((tally for _, tally in tallied(styles, seeds, most=20)), Tally())


def test_strangers_are_found_in_styles_of_every_kind() -> None:
    """The goal, 90 % found at 5 % false flags, on a small part of `python -m tests.style_lab`."""
    tally = total(TUNED, SETS)
    assert tally.recall >= 0.9, tally
    assert tally.false_flags <= 0.05, tally


def test_strangers_are_found_in_styles_that_were_never_tuned_on() -> None:
    """A weaker bound: of 12 sets each, 88 to 100 % were found at 1.3 to 3.5 % false flags; these are few."""
    tally = total(HELD_OUT, SETS[:1])
    assert tally.recall >= 0.85, tally
    assert tally.false_flags <= 0.08, tally
