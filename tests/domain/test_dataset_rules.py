"""How many pictures a style takes, and what the people who decide are warned of."""

import pytest

from bot.domain.dataset import Picture, problems_of_count, warnings_of


def picture(number: int = 0, *, width: int = 1024, height: int = 1024, transparent: bool = False) -> Picture:
    return Picture(f"{number}.png", "PNG", width, height, 1000, f"{number:064}", transparent=transparent)


@pytest.mark.parametrize("count", [10, 24, 50])
def test_ten_to_fifty_pictures_are_fit(count: int) -> None:
    assert problems_of_count(count) == ()


@pytest.mark.parametrize(
    ("count", "told"),
    [
        (0, "The ZIP holds 0 pictures; add at least 10 more: a style takes 10 to 50."),
        (1, "The ZIP holds 1 picture; add at least 9 more: a style takes 10 to 50."),
        (9, "The ZIP holds 9 pictures; add at least 1 more: a style takes 10 to 50."),
        (51, "The ZIP holds 51 pictures; leave out 1: a style takes 10 to 50."),
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
        ((picture(1), picture(1)), ("1 picture is an exact copy of another.",)),
        ((picture(1), picture(1), picture(1)), ("2 pictures are exact copies of another.",)),
    ],
)
def test_a_warning_is_a_sentence_with_its_count(pictures: tuple[Picture, ...], told: tuple[str, ...]) -> None:
    assert warnings_of(pictures) == told


def test_every_kind_of_warning_is_told_at_once() -> None:
    assert len(warnings_of((picture(1, width=5000, transparent=True), picture(1)))) == 3
