"""A score of 0 to 100 for a dataset, and what to do about it.

The score is 100 less the points of each finding, so that it can be explained: a picture in another style
costs 8 (at most 32 in all); a spare copy costs its share of the set, at least 4 (at most 30); pictures too
small cost up to 20 by their share, strips 2 each (at most 6); a habit costs 2 to 12 as `habits` has it (at
most 25 in all). The advice is that of the costliest findings.
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
_ALL_SMALL = 20
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
    pictures: Sequence[Picture], outliers: Sequence[Outlier], twins: Sequence[Twins], habits: Sequence[Habit]
) -> list[Finding]:
    """Return everything that lowers the score."""
    return [*_strangers(outliers), *_spare(pictures, twins), *_sizes(pictures), *_habits(habits)]


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
        found.append(Finding(_ALL_SMALL * len(small) / len(pictures), wish))
    if odd := sizes.strips(pictures):
        wish = f"Crop {few_names(odd)}: so long a strip teaches little composition."
        found.append(Finding(min(_MOST_STRIPS, _STRIP * len(odd)), wish))
    return found


def _habits(habits: Sequence[Habit]) -> list[Finding]:
    """Return the habits; where they are many, each costs its share of the most that they may cost."""
    total = sum(each.points for each in habits)
    part = min(1.0, _MOST_HABITS / total) if total else 1.0
    return [Finding(each.points * part, each.sentence) for each in habits]
