"""Draws a month's money: a bar for each budget, and a small one for each day.

Spent, reserved and left are told apart by pattern and by words; the colours, which colour-blind people tell
apart, only repeat it. Whoever calls this does so in a thread: it takes up to a tenth of a second.
"""

import io
import re
from calendar import monthrange
from collections.abc import Sequence
from datetime import date

from PIL import Image, ImageDraw

from bot.domain.money import Line, Micros, Statement, dollars
from bot.imaging.lettering import Lettering, lettering

WIDTH, MARGIN = 1000, 32
MOST_BUDGETS = 4
PAPER, EDGE, INK, FAINT = "#ffffff", "#8a898a", "#1d1c1d", "#5c5b5c"
BLUE, RED, WASH = "#0b57a4", "#b3400b", "#fbe3d6"
TITLE, TEXT = 28, 21
HEAD, ROW, BAR, DAYS = 82, 48, 30, 122
"""Pixels: the height of the heading, of a row, of its bar, and of the days."""
BAR_LEFT, BAR_RIGHT, LEGEND_LEFT = 280, 680, 580
_STRIPE, _SWATCH = 9, (36, 22)
_THEIRS = re.compile(r"(?<=.) [UW](?=[A-Z]*\d)[A-Z0-9]{7,11}$")
_OF_CHANNEL = re.compile(r"(?<=.) [CDG](?=[A-Z]*\d)[A-Z0-9]{7,11}$")
"""How the ledger names whose such a budget is."""
_CENT, _THOUSAND = 10_000, 1_000_000_000
"""Micro-dollars."""
_LEAST_SHOWN = 3
"""Pixels: so much is drawn of whatever is there at all."""

Box = tuple[int, int, int, int]
"""Left, top, right and bottom in pixels; the last two are outside."""


def budget_chart(statement: Statement) -> bytes:
    """Return a PNG, 1000 pixels wide and at most 420 high; the same statement is always the same bytes.

    Without a budget it shows all that was spent and reserved in one bar. Letters that no font here has
    become question marks.
    """
    shown = _shown(statement)
    rows = [(_tidy(line.name), line) for line in shown]
    more = max(0, len(statement.budgets) - len(shown))
    height = HEAD + len(rows) * ROW + (ROW // 2 if more else 0) + DAYS
    chart = _Chart(height, [name for name, _ in rows])
    chart.head(statement)
    for place, (name, line) in enumerate(rows):
        chart.row(HEAD + place * ROW, name, line)
    if more:
        chart.say((MARGIN, HEAD + len(rows) * ROW + 10), f"and {more} more of which more is left")
    chart.days(height - DAYS, statement)
    return chart.png()


def _shown(statement: Statement) -> Sequence[Line]:
    """Return which bars there are: all budgets, or those with the least share left; without any, the sum."""
    budgets = statement.budgets or (
        Line("in all", statement.total.spent, statement.total.reserved, unpriced=statement.total.unpriced),
    )
    if len(budgets) <= MOST_BUDGETS:
        return budgets
    return sorted(budgets, key=lambda line: (line.left or 0) / line.limit if line.limit else 0)[:MOST_BUDGETS]


def _tidy(name: str) -> str:
    """Return a budget's name on one line; of one that each person has there is only that of who looks."""
    name = _OF_CHANNEL.sub(", of a channel", _THEIRS.sub(", yours", name))
    return " ".join("".join(c if c.isprintable() else " " for c in name).split()) or "?"


def _usd(amount: int) -> str:
    """Return micro-dollars as short as they are told apart: cents matter below a thousand dollars only."""
    if 0 < amount < _CENT:
        return "under $0.01"
    return f"${dollars(amount):,.0f}" if amount >= _THOUSAND else f"${dollars(amount):.2f}"


def _spent(line: Line) -> str:
    if not line.spent:
        return "price not stated" if line.unpriced else "nothing spent"
    return f"{_usd(line.spent)} spent"


def _figures(line: Line) -> tuple[str, ...]:
    """Return what is said beside a bar, the longest first: how much is left, or over, or just reserved."""
    if line.limit is None:
        return (f"{_usd(line.reserved)} reserved" if line.reserved else _spent(line),)
    over = line.spent + line.reserved - line.limit
    if over > 0:
        return f"{_usd(over)} over {_usd(line.limit)}", f"{_usd(over)} over"
    left = _usd(line.left) if line.left else "nothing"
    return f"{left} of {_usd(line.limit)} left", f"{left} left"


def _cuts(line: Line, width: int) -> tuple[int, int]:
    """Return where in a bar `width` pixels wide the spent ends, and where the reserved does."""
    whole = max(line.spent + line.reserved, line.limit or 0, 1)
    spent = max(round(width * line.spent / whole), _LEAST_SHOWN * (line.spent > 0))
    held = max(round(width * line.reserved / whole), _LEAST_SHOWN * (line.reserved > 0))
    most = width - _LEAST_SHOWN * bool(line.left)
    return min(spent, most - _LEAST_SHOWN * (line.reserved > 0)), min(spent + held, most)


class _Chart:
    """A chart in the making; `names` are those of others that will be written on it."""

    def __init__(self, height: int, names: Sequence[str]) -> None:
        self._image = Image.new("RGB", (WIDTH, height), PAPER)
        self._draw = ImageDraw.Draw(self._image)
        self._names, self._text, self._titles = lettering(TEXT, names), Lettering(TEXT), Lettering(TITLE)

    def head(self, statement: Statement) -> None:
        """Write which month it is, and what the patterns mean."""
        month = f"{date.fromisoformat(f'{statement.month}-01'):%B %Y}"
        self._titles.write(self._draw, (MARGIN, 50), month, INK, bold=True)
        aside = MARGIN + round(self._titles.length(month)) + 20
        left = WIDTH - MARGIN
        self.say((aside, 50), self._text.fitting(_spent(statement.total), LEGEND_LEFT - aside))
        for word in ("left", "reserved", "spent"):
            left -= round(self._text.length(word))
            self.say((left, 50), word)
            left -= _SWATCH[0] + 10
            box = (left, 53 - _SWATCH[1], left + _SWATCH[0], 53)
            self._bar(box, *{"left": (0, 0), "reserved": (0, _SWATCH[0]), "spent": (_SWATCH[0],) * 2}[word])
            left -= 28

    def row(self, top: int, name: str, line: Line) -> None:
        """Draw a budget: its name, its bar, and how much of it is left."""
        base = top + BAR - 8
        room = BAR_LEFT - MARGIN - 16
        own = self._names.fitting(self._names.drawable(name), room)
        self._names.write(self._draw, (MARGIN, base), own, INK, bold=True)
        self._bar((BAR_LEFT, top, BAR_RIGHT, top + BAR), *_cuts(line, BAR_RIGHT - BAR_LEFT))
        is_over = line.limit is not None and line.spent + line.reserved > line.limit
        said = self._first_fitting(_figures(line), WIDTH - MARGIN - BAR_RIGHT - 20)
        ink = RED if is_over else INK
        self._text.write(self._draw, (BAR_RIGHT + 20, base), said, ink, bold=is_over)

    def say(self, place: tuple[int, int], words: str) -> None:
        """Write small print whose baseline begins at `place`."""
        self._text.write(self._draw, place, words, FAINT)

    def days(self, top: int, statement: Statement) -> None:
        """Draw what was spent on each day of the month, the largest with its figure."""
        count = monthrange(*map(int, statement.month.split("-")))[1]
        days = statement.days[:count]
        most = max(days, default=Micros(0))
        self.say((MARGIN, top + 40), "each day")
        self.say((MARGIN, top + 66), f"at most {_usd(most)}" if most else "nothing yet")
        ground, room = top + DAYS - 42, DAYS - 54
        step = (WIDTH - MARGIN - BAR_LEFT) / count
        for day in range(count):
            left, right = round(BAR_LEFT + day * step), round(BAR_LEFT + (day + 1) * step) - 5
            spent = days[day] if day < len(days) else 0
            if spent:
                high = max(_LEAST_SHOWN, round(room * spent / most))
                self._draw.rectangle((left, ground - high, right, ground), fill=BLUE)
            self._draw.line((left, ground + 2, right, ground + 2), fill=INK if day < len(days) else EDGE)
            if day % 7 == 0:
                self.say((left, ground + 28), f"{day + 1}")

    def png(self) -> bytes:
        """Return the chart as a file."""
        out = io.BytesIO()
        self._image.save(out, "PNG")
        return out.getvalue()

    def _first_fitting(self, texts: Sequence[str], room: int) -> str:
        """Return the first of `texts` that fits, else the last, cut."""
        fitting = (text for text in texts if self._text.length(text) <= room)
        return next(fitting, self._text.fitting(texts[-1], room))

    def _bar(self, box: Box, spent: int, taken: int) -> None:
        """Draw a bar: solid until `spent`, striped until `taken`, empty until its end."""
        left, top, right, bottom = box
        self._stripes((left + spent, top, left + taken, bottom))
        if spent:
            self._draw.rectangle((left, top, left + spent - 1, bottom - 1), fill=BLUE)
        self._draw.rectangle((left, top, right - 1, bottom - 1), outline=EDGE, width=2)

    def _stripes(self, box: Box) -> None:
        """Fill a box with slanting stripes; they are drawn apart, so that none leaves it."""
        width, height = box[2] - box[0], box[3] - box[1]
        if width <= 0:
            return
        part = Image.new("RGB", (width, height), WASH)
        draw = ImageDraw.Draw(part)
        for start in range(-height, width, _STRIPE):
            draw.line((start, height, start + height, 0), fill=RED, width=3)
        self._image.paste(part, box[:2])
