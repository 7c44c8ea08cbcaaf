from collections.abc import Callable
from dataclasses import replace
from random import Random

import pytest
from PIL import Image

from bot.domain.assessment import MOST_ADVICE, Assessment
from bot.domain.dataset import Picture
from bot.imaging.audit import assess
from bot.imaging.features import Features, features
from tests.imaging.drawn_sets import BRUSH, described, drawn, judged, resized, small
from tests.style_lab.trial import photograph

PICTURES = drawn(20)
SEEN = [features(image) for image in PICTURES]


def with_sizes(*sizes: tuple[int, int]) -> Assessment:
    """Judge the set with the first pictures as large as this."""
    described_ones = described(PICTURES)
    for i, (width, height) in enumerate(sizes):
        described_ones[i] = resized(described_ones[i], width, height)
    return assess(described_ones, SEEN)


def with_strangers(count: int) -> Assessment:
    return judged([*PICTURES[count:], *(small(photograph(Random(i))) for i in range(count))])


def with_copies(count: int) -> Assessment:
    return judged([*PICTURES[count:], *PICTURES[-count:]] if count else PICTURES)


def test_a_clean_and_varied_set_scores_well_and_nothing_is_wrong() -> None:
    found = judged(PICTURES)
    assert found.score >= 85
    assert (found.outliers, found.twins, found.sizes) == ((), (), ())


@pytest.mark.parametrize("worse", [with_strangers, with_copies])
def test_each_stranger_and_each_copy_lowers_the_score(worse: Callable[[int], Assessment]) -> None:
    scores = [worse(count).score for count in (0, 1, 2, 3)]
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) == 4


def test_small_pictures_lower_the_score_by_their_share() -> None:
    scores = [with_sizes(*[(300, 200)] * count).score for count in (0, 5, 10, 20)]
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) == 4


def test_few_subjects_lower_the_score() -> None:
    square = replace(BRUSH, formats=((600, 600),))
    few, many = drawn(4, square) * 4, drawn(16, square)
    assert judged(few).score < judged(many).score - 10


def test_a_small_picture_is_told_by_name_and_an_ordinary_one_is_not() -> None:
    (told,) = with_sizes((511, 300), (512, 300)).sizes
    assert "00.png" in told
    assert "01.png" not in told
    assert "too small to teach detail" in told


def test_a_picture_above_4096_px_is_told_but_costs_nothing() -> None:
    found = with_sizes((4097, 3000), (4096, 3000))
    assert ["scaled down" in told for told in found.sizes] == [True]
    assert "00.png" in found.sizes[0]
    assert found.score == with_sizes((4096, 3000), (4096, 3000)).score


def test_a_strip_is_told_either_way_round() -> None:
    (told,) = with_sizes((2000, 600), (600, 2000), (1800, 600)).sizes
    assert "2 pictures are more than three times as long as wide: 00.png and 01.png." in told


def test_many_names_are_cut_short() -> None:
    (told,) = with_sizes(*[(300, 300)] * 9).sizes
    assert told.endswith("00.png, 01.png, 02.png and 6 more.")


def test_advice_is_at_most_three_sentences_and_the_costliest_first() -> None:
    strangers = [small(photograph(Random(i))) for i in (1, 2)]
    images = [*drawn(14, replace(BRUSH, formats=((500, 500),))), *strangers]
    found = assess(
        [replace(each, width=400, height=400) for each in described([*images, images[3]])],
        [features(image) for image in [*images, images[3]]],
    )
    assert len(found.advice) == MOST_ADVICE
    assert found.advice[0].startswith("Replace 00.png, 01.png, 02.png and 14 more by larger versions")
    assert "14.png" in found.advice[1]
    assert "15.png" in found.advice[1]
    assert "another style than the rest" in found.advice[1]
    assert found.advice[2].startswith("Leave out 16.png: it repeats another picture")


@pytest.mark.parametrize(
    ("small_ones", "first"), [(4, "another style"), (9, "another style"), (18, "larger")]
)
def test_a_stranger_is_told_before_a_few_small_pictures_and_after_a_set_of_them(
    small_ones: int, first: str
) -> None:
    images = [*PICTURES[1:], small(photograph(Random(0)))]
    pictures = described(images)
    for i in range(small_ones):
        pictures[i] = resized(pictures[i], 300, 200)
    found = assess(pictures, [features(image) for image in images])
    assert first in found.advice[0]
    assert len(found.advice) >= 2


def test_a_strange_name_is_made_plain_in_advice() -> None:
    pictures = described(PICTURES)
    pictures[0] = replace(pictures[0], name="a`b\nc" + "x" * 90 + ".png", width=100, height=90)
    (told,) = assess(pictures, SEEN).sizes
    assert "`" not in told
    assert "\n" not in told
    assert "…" in told


def test_the_palette_has_the_grounds_and_colours_with_their_shares() -> None:
    red, blue = (Image.new("RGB", (60, 60), colour) for colour in ("#c02020", "#2040b0"))
    found = judged([red, red, red, blue]).palette
    assert [(swatch.colour, swatch.share) for swatch in found] == [("#c02020", 0.75), ("#2040b0", 0.25)]


def test_the_palette_has_eight_swatches_at_most_the_largest_first() -> None:
    palette = judged(PICTURES).palette
    shares = [swatch.share for swatch in palette]
    assert 3 <= len(palette) <= 8
    assert shares == sorted(shares, reverse=True)
    assert sum(shares) <= 1.01


def test_the_same_pictures_are_judged_the_same() -> None:
    assert judged(PICTURES) == judged(PICTURES)


def test_the_order_of_the_pictures_does_not_matter_to_what_is_flagged() -> None:
    images = [*PICTURES[:15], small(photograph(Random(3)))]
    pictures, seen = described(images), [features(image) for image in images]
    turned = assess(pictures[::-1], seen[::-1])
    assert turned.flagged == assess(pictures, seen).flagged
    assert turned.score == assess(pictures, seen).score


def test_no_picture_at_all_is_judged_without_complaint() -> None:
    assert assess([], []) == Assessment(score=0)


@pytest.mark.parametrize("size", [(1, 1), (1, 300), (256, 256)])
@pytest.mark.parametrize("count", [1, 2, 12])
def test_pictures_of_one_colour_are_judged_without_complaint(size: tuple[int, int], count: int) -> None:
    found = judged([Image.new("RGB", size, "#305070")] * count)
    assert found.outliers == ()
    assert 0 <= found.score <= 100


def test_one_speck_among_drawings_breaks_nothing() -> None:
    pictures: list[Picture] = [*described(PICTURES), Picture("speck.png", "PNG", 1, 1, 70, "0" * 64)]
    seen: list[Features] = [*SEEN, features(Image.new("RGB", (1, 1), "white"))]
    assert "speck.png" in assess(pictures, seen).sizes[0]
