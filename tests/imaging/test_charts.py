"""The chart of a month's money, read back as pixels."""

import io
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops

from bot.domain.money import Line, Micros, Statement, micros
from bot.imaging.charts import (
    BAR,
    BAR_LEFT,
    BAR_RIGHT,
    BLUE,
    HEAD,
    INK,
    MOST_BUDGETS,
    PAPER,
    RED,
    ROW,
    WASH,
    WIDTH,
    _tidy,
    budget_chart,
)

MIDDLE = (BAR_LEFT + BAR_RIGHT) // 2
Box = tuple[int, int, int, int]
AMOUNTS = st.one_of(st.just(0), st.integers(1, 20_000), st.integers(0, 10**15)).map(Micros)
BUDGETS = st.builds(Line, st.text(max_size=60), AMOUNTS, AMOUNTS, st.one_of(st.none(), AMOUNTS))


def budget(spent: float, reserved: float, limit: float | None, name: str = "brand") -> Line:
    return Line(name, micros(spent), micros(reserved), None if limit is None else micros(limit))


def month(*budgets: Line, days: tuple[float, ...] = (), name: str = "2026-11") -> Statement:
    total = budget(120, 24, None, "")
    return Statement(name, total, budgets=budgets, days=tuple(micros(spent) for spent in days))


def drawn(statement: Statement) -> Image.Image:
    with Image.open(io.BytesIO(budget_chart(statement))) as image:
        image.load()
        assert image.format == "PNG"
        return image.convert("RGB")


def share(image: Image.Image, box: Box, colour: str) -> float:
    """Return how much of a part of the chart has just this colour, 0 to 1."""
    part = image.crop(box)
    other = ImageChops.difference(part, Image.new("RGB", part.size, colour)).convert("L").point(bool)
    return other.histogram()[0] / (part.width * part.height)


def of_bar(start: float, stop: float, row: int = 0) -> Box:
    """Return the inside of a row's bar between two shares of its width, without edges."""
    top, width = HEAD + row * ROW, BAR_RIGHT - BAR_LEFT
    left, right = round(BAR_LEFT + start * width) + 3, round(BAR_LEFT + stop * width) - 3
    return left, top + 3, right, top + BAR - 3


def figures(row: int = 0) -> Box:
    return BAR_RIGHT + 5, HEAD + row * ROW - 5, WIDTH, HEAD + row * ROW + BAR + 5


def days(image: Image.Image) -> Box:
    """Return where the bars of the days are."""
    return BAR_LEFT, image.height - 112, WIDTH, image.height - 42


def test_spent_reserved_and_left_are_told_apart_by_their_pattern() -> None:
    image = drawn(month(budget(120, 24, 200)))
    assert share(image, of_bar(0, 0.6), BLUE) == 1
    striped = of_bar(0.6, 0.72)
    assert share(image, striped, RED) > 0.2
    assert share(image, striped, WASH) > 0.2
    assert share(image, of_bar(0.72, 1), PAPER) == 1


def test_the_stripes_are_seen_without_any_colour() -> None:
    grey = drawn(month(budget(120, 24, 200))).convert("L").convert("RGB")
    across = [grey.getpixel((x, HEAD + BAR // 2)) for x in range(*of_bar(0.6, 0.72)[::2])]
    assert len(set(across)) > 1


@pytest.mark.parametrize("used", [(0.001, 0.0), (0.0, 0.001)])
def test_what_is_little_is_seen_all_the_same(used: tuple[float, float]) -> None:
    image = drawn(month(budget(*used, 1_000_000)))
    begin = (BAR_LEFT + 2, HEAD + 3, BAR_LEFT + 3, HEAD + BAR - 3)
    assert share(image, begin, PAPER) == 0


def test_a_budget_of_which_little_is_left_does_not_look_used_up() -> None:
    nearly, over = (drawn(month(budget(spent, 0, 100))) for spent in (99.999, 101))
    end = (BAR_RIGHT - 3, HEAD + 3, BAR_RIGHT - 2, HEAD + BAR - 3)
    assert share(nearly, end, PAPER) == 1
    assert share(over, end, BLUE) == 1


def test_what_is_over_the_limit_is_told_in_red_and_in_words() -> None:
    fine, over = (drawn(month(budget(spent, 0, 200))) for spent in (120, 215))
    assert share(fine, figures(), RED) == 0
    assert share(over, figures(), RED) > 0
    assert share(fine, figures(), INK) > 0


def test_without_a_budget_the_whole_month_has_a_bar() -> None:
    image = drawn(month())
    assert share(image, of_bar(0, 0.8), BLUE) == 1
    assert share(image, of_bar(0.85, 1), RED) > 0.2


def test_each_day_has_a_bar_in_proportion_and_the_days_to_come_have_none() -> None:
    image = drawn(month(days=(10.0, 0.0, 40.0)))
    left, top, right, bottom = days(image)
    step = (right - 32 - left) / 30
    columns = [(round(left + n * step) + 4, top, round(left + (n + 1) * step) - 9, bottom) for n in range(30)]
    first, second, third, *coming = (share(image, column, BLUE) for column in columns)
    assert third == pytest.approx(4 * first, rel=0.1)
    assert third > 0.9
    assert [second, *coming] == [0.0] * 28


def test_an_empty_month_is_drawn_too() -> None:
    image = drawn(Statement("2026-11", Line("", Micros(0), Micros(0))))
    assert share(image, (0, HEAD, *image.size), BLUE) == 0


def test_the_same_month_is_the_same_file() -> None:
    made = month(budget(120, 24, 200), budget(3, 0, 9, "日本"), days=(3.0, 4.0))
    assert budget_chart(made) == budget_chart(replace(made))


def test_of_many_budgets_those_that_are_nearly_used_up_are_drawn() -> None:
    image = drawn(month(*(budget(10 * n, 0, 100, f"b{n}") for n in range(9))))
    assert image.height <= 420
    assert share(image, of_bar(0, 0.8), BLUE) == 1
    assert share(image, of_bar(0, 0.5, row=MOST_BUDGETS - 1), BLUE) == 1
    assert share(image, of_bar(0.5, 1, row=MOST_BUDGETS - 1), PAPER) == 1


@given(st.lists(BUDGETS, max_size=6), st.lists(AMOUNTS, max_size=40), st.sampled_from(["2026-11", "2028-02"]))
@settings(max_examples=25, deadline=None)
def test_whatever_the_month_holds_there_is_a_chart(
    budgets: list[Line], spent: list[Micros], name: str
) -> None:
    total = Line("", Micros(10**15), Micros(0))
    image = drawn(Statement(name, total, budgets=tuple(budgets), days=tuple(spent)))
    assert image.width == WIDTH
    assert image.height <= 420


def test_a_budget_of_the_one_who_looks_is_called_theirs() -> None:
    named, yours = (budget_chart(month(budget(1, 0, 2, name))) for name in ("own U0ANN00001", "own, yours"))
    assert named == yours
    assert named != budget_chart(month(budget(1, 0, 2, "own")))


@pytest.mark.parametrize("name", ["", "two\nlines", "a\u202eb\u0000", "\ud800", "\U000f1234 x", "n" * 500])
def test_strange_names_do_not_leave_their_room(name: str) -> None:
    image = drawn(month(budget(0, 0, 100, name)))
    gap = (BAR_LEFT - 12, HEAD - 8, BAR_LEFT, HEAD + BAR + 8)
    assert share(image, gap, PAPER) == 1
    above = (0, HEAD - 12, BAR_LEFT, HEAD - 4)
    assert share(image, above, PAPER) == 1


@pytest.mark.parametrize("name", ["brand C0BRAND0001", "marketing C0BRAND0001", "illustration U0ANN00001"])
def test_the_name_of_a_budget_is_written_whole_with_whose_it_is(name: str) -> None:
    """Of a name that is too long for its room only both ends are written."""
    whole = _tidy(name)
    middle = len(whole) // 2
    for place in range(middle - 3, middle + 3):
        other = f"{whole[:place]}#{whole[place + 1 :]}"
        assert budget_chart(month(budget(1, 0, 2, whole))) != budget_chart(month(budget(1, 0, 2, other)))
