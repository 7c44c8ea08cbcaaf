"""How many pictures a style takes, and what the people who decide are warned of."""

from dataclasses import replace

import pytest

from bot.domain.assessment import Assessment, Likeness, Outlier, Twins
from bot.domain.dataset import Comparison, Dataset, Picture, compared, problems_of_count, warnings_of


def picture(number: int = 0, *, width: int = 1024, height: int = 1024, transparent: bool = False) -> Picture:
    return Picture(f"{number}.png", "PNG", width, height, 1000, f"{number:064}", transparent=transparent)


@pytest.mark.parametrize("count", [10, 24, 50])
def test_ten_to_fifty_pictures_are_fit(count: int) -> None:
    assert problems_of_count(count) == ()


@pytest.mark.parametrize(
    ("count", "told"),
    [
        (0, "There are 0 pictures; add at least 10 more: a style takes 10 to 50."),
        (1, "There is 1 picture; add at least 9 more: a style takes 10 to 50."),
        (9, "There are 9 pictures; add at least 1 more: a style takes 10 to 50."),
        (51, "There are 51 pictures; leave out 1: a style takes 10 to 50."),
    ],
)
def test_too_few_or_too_many_pictures_are_told_with_what_to_do(count: int, told: str) -> None:
    assert problems_of_count(count) == (told,)


@pytest.mark.parametrize(
    ("pictures", "told"),
    [
        ((), ()),
        ((picture(1), picture(2, width=4096, height=4096)), ()),
        ((picture(1, transparent=True),), ("1 picture has transparency, which training flattens.",)),
        (
            (picture(1, transparent=True), picture(2, transparent=True)),
            ("2 pictures have transparency, which training flattens.",),
        ),
        ((picture(1, width=4097),), ("1 picture has a side above 4096 px, which is scaled down.",)),
        (
            (picture(1, height=4097), picture(2, width=9000)),
            ("2 pictures have a side above 4096 px, which is scaled down.",),
        ),
    ],
)
def test_a_warning_is_a_sentence_with_its_count(pictures: tuple[Picture, ...], told: tuple[str, ...]) -> None:
    assert warnings_of(pictures) == told


def test_every_kind_of_warning_is_told_at_once() -> None:
    assert len(warnings_of((picture(1, width=5000, transparent=True), picture(2)))) == 2


def dataset(*numbers: int) -> Dataset:
    return Dataset("ab" * 32, 1000, tuple(picture(number) for number in numbers))


def test_two_datasets_are_one_whatever_the_order_and_the_names() -> None:
    renamed = tuple(replace(picture(n), name=f"new-{n}.png") for n in (2, 1))
    assert dataset(1, 2).content == replace(dataset(), pictures=renamed).content
    assert dataset(1, 2).content != dataset(1, 1, 2).content


def test_a_difference_counts_what_is_new_and_what_is_gone() -> None:
    assert compared(dataset(1, 2, 3, 3), "Stellar@1", dataset(2, 3, 4, 5)) == Comparison("Stellar@1", 2, 2)


def test_what_is_worth_leaving_out_is_named_once_with_its_reason() -> None:
    assessment = Assessment(
        score=60,
        outliers=(Outlier("b.png", "no outline where 13 of 14 have one"), Outlier("x.png", "a photograph")),
        twins=(
            Twins(("a.png", "b.png", "c.png"), Likeness.EXACT),
            Twins(("d.png", "e.png"), Likeness.TURNED),
        ),
    )
    assert assessment.flagged == {
        "b.png": "no outline where 13 of 14 have one",
        "c.png": "an exact copy of a.png",
        "e.png": "the same as d.png, turned or mirrored",
        "x.png": "a photograph",
    }
