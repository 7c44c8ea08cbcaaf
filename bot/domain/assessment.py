"""What a model would learn from a dataset, besides the style that is meant: findings, never a refusal.

Every judgement is relative to the dataset itself. Finding it out is an adapter's work (`bot.imaging`);
here is what was found, in the words that the people who decide will read.
"""

from dataclasses import dataclass
from enum import StrEnum

MOST_ADVICE = 3


class Likeness(StrEnum):
    """How two pictures are the same picture; the values are read by people."""

    EXACT = "exact copies"
    NEAR = "nearly the same"
    TURNED = "the same, turned or mirrored"


_SPARE = {
    Likeness.EXACT: "an exact copy of {}",
    Likeness.NEAR: "nearly the same as {}",
    Likeness.TURNED: "the same as {}, turned or mirrored",
}


@dataclass(frozen=True)
class Outlier:
    """A picture in another style than the rest, and the reason: "no outline where 13 of 14 have one"."""

    picture: str
    reason: str


@dataclass(frozen=True)
class Twins:
    """Two or more pictures that are one; the first is the one to keep, being the largest."""

    pictures: tuple[str, ...]
    likeness: Likeness


@dataclass(frozen=True)
class Swatch:
    """A colour of the palette, `#rrggbb` in sRGB, and its share of all pictures, 0 to 1."""

    colour: str
    share: float


@dataclass(frozen=True)
class Assessment:
    """The whole judgement: `score` 0 to 100, `advice` the most useful first, at most MOST_ADVICE.

    `habits` are accidental consistencies ("every picture is centred"), `sizes` what is said of pixel sizes;
    a sentence each. `palette` has the largest share first. Pictures are named as in the dataset.
    """

    score: int
    advice: tuple[str, ...] = ()
    outliers: tuple[Outlier, ...] = ()
    twins: tuple[Twins, ...] = ()
    habits: tuple[str, ...] = ()
    sizes: tuple[str, ...] = ()
    palette: tuple[Swatch, ...] = ()

    @property
    def flagged(self) -> dict[str, str]:
        """What is worth leaving out, each name with its reason: outliers, and all but the first of twins."""
        spare = {
            name: _SPARE[twins.likeness].format(twins.pictures[0])
            for twins in self.twins
            for name in twins.pictures[1:]
        }
        return spare | {outlier.picture: outlier.reason for outlier in self.outliers}
