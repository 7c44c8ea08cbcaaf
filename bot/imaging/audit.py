"""What a model would learn from a dataset besides the style that is meant, judged against the dataset itself.

Pure: the same pictures give the same judgement. What was measured is `bot.imaging.features`; what each part
looks for is said where it is looked for: `outliers`, `twins`, `habits`, `sizes`, `palette` and `score`.
"""

from collections.abc import Sequence

from bot.domain.assessment import Assessment, Outlier
from bot.domain.dataset import Picture
from bot.imaging import habits as habit
from bot.imaging import outliers, palette, reasons, score, sizes, twins
from bot.imaging.features import Features


def assess(pictures: Sequence[Picture], features: Sequence[Features]) -> Assessment:
    """Judge a dataset; `features` are those of `pictures`, in the same order; there may be none."""
    strangers = _outliers(pictures, features)
    same = twins.twins(pictures, features)
    shared = habit.habits(pictures, features)
    blank = [picture.name for picture, seen in zip(pictures, features, strict=True) if seen.is_blank]
    found = score.findings(pictures, strangers, same, shared, blank)
    return Assessment(
        score=score.score(found) if pictures else 0,
        advice=score.advice(found),
        outliers=strangers,
        twins=same,
        habits=tuple(each.sentence for each in shared),
        sizes=sizes.sizes(pictures),
        palette=palette.palette(features),
    )


def _outliers(pictures: Sequence[Picture], features: Sequence[Features]) -> tuple[Outlier, ...]:
    if len(features) < outliers.FEWEST:
        return ()
    standing = outliers.standing(features)
    return tuple(Outlier(pictures[i].name, reasons.reason(standing, i)) for i in standing.strange)
