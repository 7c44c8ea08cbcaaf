"""The words that can be drawn: each noun's drawing, where it belongs, and the words that mean it too."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from bot.sandbox.drawing.brush import Brush

Draw = Callable[[Brush], None]


class Place(StrEnum):
    """Where in a picture a thing belongs."""

    SKY = "sky"
    FAR = "far"  # stands on the horizon
    GROUND = "ground"  # stands in front
    TABLE = "table"  # lies on something indoors
    SUPPORT = "support"  # other things stand on it
    WATER = "water"
    SMALL = "small"  # strewn in front


@dataclass(frozen=True)
class Noun:
    """A thing with a drawing in a box of -1..1 that touches the ground at y = 1."""

    name: str
    place: Place
    draw: Draw
    words: tuple[str, ...]


_NOUNS: dict[str, Noun] = {}


def noun(place: Place, *words: str) -> Callable[[Draw], Draw]:
    """Register a drawing under its words; the first is its name."""

    def keep(draw: Draw) -> Draw:
        known = Noun(words[0], place, draw, words)
        _NOUNS.update(dict.fromkeys(words, known))
        return draw

    return keep


def find(word: str) -> Noun | None:
    """Return the noun that `word` means, in the singular or a plain plural."""
    stems = (
        word,
        word.removesuffix("s"),
        word.removesuffix("es"),
        f"{word.removesuffix('ies')}y",
        f"{word.removesuffix('ves')}f",
    )
    return next((_NOUNS[stem] for stem in stems if stem in _NOUNS), None)


def all_nouns() -> Iterator[Noun]:
    """Yield every noun once."""
    return iter({known.name: known for known in _NOUNS.values()}.values())
