"""A score of 0 to 100 for a dataset, and what to do about it.

The score is 100 less the points of each finding, so that it can be explained: a picture in another style
costs 8 (at most 32 in all); a picture of one plain colour its share of the set, at least 8, and nothing
besides; a spare copy costs its share, at least 4 (at most 30); pictures too small cost up to 20 by their
share, but less than one stranger unless they are most of the set; strips 2 each (at most 6); a habit costs 2
to 12 as `habits` has it (at most 25 in all). The advice is that of the costliest findings.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.assessment import MOST_ADVICE, Outlier, Twins
from bot.domain.dataset import Picture
from bot.imaging import sizes
from bot.imaging.habits import Habit
from bot.imaging.naming import few_names

_OUTLIER, _MOST_OUTLIERS = 8, 32
_SPARE, _MOST_SPARE = 4, 30
_BLANK = 8
_ALL_SMALL, _HALF_SMALL = 20, 7
_MOST = 0.5
_STRIP, _MOST_STRIPS = 2, 6
_MOST_HABITS = 25


@dataclass(frozen=True)
class Finding:
    """What a finding costs, and the sentence that says what to do."""

    points: float
    advice: str


def score(findings: Sequence[Finding]) -> int:
    """Return 100 less the points of all findings, not below 0."""
    return max(0, round(100 - sum(each.points for each in findings)))


def advice(findings: Sequence[Finding]) -> tuple[str, ...]:
    """Return what to do about the costliest findings, the costliest first."""
    return tuple(each.advice for each in sorted(findings, key=lambda each: -each.points)[:MOST_ADVICE])


def findings(
    pictures: Sequence[Picture],
    outliers: Sequence[Outlier],
    twins: Sequence[Twins],
    habits: Sequence[Habit],
    blank: Sequence[str] = (),
) -> list[Finding]:
    """Return everything that lowers the score; `blank` are the names of pictures of one plain colour."""
    drawn_twins = [each for each in twins if each.pictures[0] not in blank]
    return [
        *_blank(pictures, blank),
        *_strangers([each for each in outliers if each.picture not in blank]),
        *_spare(pictures, drawn_twins),
        *_sizes(pictures),
        *_habits(habits),
    ]


def _blank(pictures: Sequence[Picture], blank: Sequence[str]) -> list[Finding]:
    if not blank:
        return []
    points = max(_BLANK * len(blank), 100 * len(blank) / len(pictures))
    what = "1 picture is" if len(blank) == 1 else f"{len(blank)} pictures are"
    return [Finding(points, f"{what} one plain colour: leave out {few_names(blank)}.")]


def _strangers(outliers: Sequence[Outlier]) -> list[Finding]:
    if not outliers:
        return []
    names, one = few_names([each.picture for each in outliers]), len(outliers) == 1
    what = "it is in another style than the rest" if one else "they are in another style than the rest"
    return [Finding(min(_MOST_OUTLIERS, _OUTLIER * len(outliers)), f"Leave out {names}: {what}.")]


def _spare(pictures: Sequence[Picture], twins: Sequence[Twins]) -> list[Finding]:
    spare = [name for each in twins for name in each.pictures[1:]]
    if not spare:
        return []
    points = min(_MOST_SPARE, max(_SPARE * len(spare), 100 * len(spare) / len(pictures)))
    what = "it repeats another picture" if len(spare) == 1 else "they repeat other pictures"
    return [
        Finding(points, f"Leave out {few_names(spare)}: {what}, and the model would learn that one by heart.")
    ]


def _sizes(pictures: Sequence[Picture]) -> list[Finding]:
    found = []
    if small := sizes.too_small(pictures):
        wish = (
            f"Replace {few_names(small)} by larger versions: {sizes.SMALLEST} px at least, best 1024 or more."
        )
        share = len(small) / len(pictures)
        found.append(Finding(share * (2 * _HALF_SMALL if share <= _MOST else _ALL_SMALL), wish))
    if odd := sizes.strips(pictures):
        wish = f"Crop {few_names(odd)}: so long a strip teaches little composition."
        found.append(Finding(min(_MOST_STRIPS, _STRIP * len(odd)), wish))
    return found


def _habits(habits: Sequence[Habit]) -> list[Finding]:
    """Return the habits; where they are many, each costs its share of the most that they may cost."""
    total = sum(each.points for each in habits)
    part = min(1.0, _MOST_HABITS / total) if total else 1.0
    return [Finding(each.points * part, each.sentence) for each in habits]
