"""Accidental consistencies: what the pictures share beside the style, and the model would learn with it.

A habit may be the style itself; only a person knows. So each sentence says what is shared, what the model
would make of it, and what to do.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bot.domain.dataset import Picture
from bot.imaging import lab, marks, twins
from bot.imaging.features import MEASURES, Features

NEARLY_ALL = 0.9
FEWEST = 6
"""With fewer pictures, what they share says nothing."""
_GROUNDED = 0.7
_SAME_GROUND = 8.0
_MIDDLE = 0.07
_SAME_SIZE = 0.15
_SAME_RATIO = 0.02
_WIDER = 1.1
_DARK, _LIGHT = 40.0, 75.0
"""L of Lab; a habit is told, never held against a picture."""


@dataclass(frozen=True)
class Habit:
    """A habit: the sentence, and the points of the score that it costs."""

    sentence: str
    points: int = 3


def habits(pictures: Sequence[Picture], features: Sequence[Features]) -> tuple[Habit, ...]:
    """Return the habits of a dataset, the costliest first."""
    if len(pictures) < FEWEST:
        return ()
    found = (
        _subjects(features),
        _marks(features),
        _proportions(pictures),
        *_places(features),
        _ground(features),
        _tone(features),
    )
    return tuple(sorted((each for each in found if each), key=lambda each: -each.points))


def _is_habit(found: int, count: int) -> bool:
    return found >= max(FEWEST - 1, NEARLY_ALL * count)


def _of(found: int, count: int) -> str:
    return f"All {count} pictures" if found == count else f"{found} of {count} pictures"


def _proportions(pictures: Sequence[Picture]) -> Habit | None:
    ratios = np.array([each.width / max(1, each.height) for each in pictures])
    same = int(np.count_nonzero(np.abs(np.log(ratios / np.median(ratios))) < _SAME_RATIO))
    if _is_habit(same, len(ratios)):
        what = f"have the same proportions ({_ratio(float(np.median(ratios)))})"
        return Habit(
            f"{_of(same, len(ratios))} {what}: the model may compose only for that format; add other formats."
        )
    for name, there in (("landscape", ratios > _WIDER), ("portrait", ratios < 1 / _WIDER)):
        if _is_habit(int(there.sum()), len(ratios)):
            return Habit(
                f"{_of(int(there.sum()), len(ratios))} are {name}: the model may compose only that way; "
                "add other formats."
            )
    return None


def _ratio(ratio: float) -> str:
    for wide, high in ((1, 1), (5, 4), (4, 3), (3, 2), (16, 10), (16, 9), (2, 1)):
        for a, b in ((wide, high), (high, wide)):
            if abs(ratio / (a / b) - 1) < _SAME_RATIO:
                return "square" if a == b else f"{a}:{b}"
    return f"{ratio:.2f}:1" if ratio > 1 else f"1:{1 / ratio:.2f}"


def _places(features: Sequence[Features]) -> list[Habit]:
    """Return what the places and sizes of the subjects have in common, where they stand on a plain ground.

    Pictures without a subject have no say.
    """
    shown = [each for each in features if each.box]
    boxes = np.array([each.box for each in shown if each.grounded >= _GROUNDED])
    if not _is_habit(len(boxes), len(shown)):
        return []
    middle, size = (boxes[:, :2] + boxes[:, 2:]) / 2, (boxes[:, 2:] - boxes[:, :2]).max(axis=1)
    centred = int(np.count_nonzero((np.abs(middle - 0.5) < _MIDDLE).all(axis=1)))
    alike = int(np.count_nonzero(np.abs(np.log(size / np.median(size))) < _SAME_SIZE))
    found = []
    if _is_habit(centred, len(shown)):
        found.append(
            Habit(
                f"{_of(centred, len(features))} show the subject in the middle: the model may always put it "
                "there; add pictures with the subject off centre."
            )
        )
    if _is_habit(alike, len(shown)):
        found.append(
            Habit(
                f"{_of(alike, len(features))} show the subject equally large: the model may know no other "
                "size; add close-ups and distant views."
            )
        )
    return found


def _ground(features: Sequence[Features]) -> Habit | None:
    grounds = np.array([each.ground for each in features])
    plain = np.array([each.grounded >= _GROUNDED for each in features])
    usual = np.median(grounds[plain], axis=0) if plain.any() else grounds[0]
    same = int(np.count_nonzero(plain & (np.linalg.norm(grounds - usual, axis=1) < _SAME_GROUND)))
    if not _is_habit(same, len(features)):
        return None
    return Habit(
        f"{_of(same, len(features))} have the same plain ground ({lab.to_hex(usual)}): the model will "
        "paint it behind everything; add other grounds unless this one is the style."
    )


def _tone(features: Sequence[Features]) -> Habit | None:
    tones = np.array([each.style for each in features])
    dark = int(np.count_nonzero(tones[:, MEASURES.index("light")] < _DARK))
    light = int(np.count_nonzero(tones[:, MEASURES.index("darkest")] > _LIGHT))
    for count, name, other in ((dark, "dark", "lighter"), (light, "light", "darker")):
        if _is_habit(count, len(features)):
            return Habit(
                f"{_of(count, len(features))} are {name} all over: the model will render every subject so; "
                f"add {other} scenes unless this is the style.",
                points=2,
            )
    return None


def _marks(features: Sequence[Features]) -> Habit | None:
    edges = np.array([each.edges for each in features])
    framed = marks.framed(edges)
    if _is_habit(framed, len(features)):
        return Habit(
            f"{_of(framed, len(features))} have a border or frame: the model will draw it too; crop it off.",
            points=6,
        )
    if place := marks.shared_mark(edges):
        return Habit(
            f"The same mark, perhaps a watermark or text, is {place} of nearly all pictures: the model will "
            "copy it; remove it.",
            points=10,
        )
    return None


def _subjects(features: Sequence[Features]) -> Habit | None:
    groups = twins.arrangements(features)
    if groups > len(features) / 2:
        return None
    return Habit(
        f"The {len(features)} pictures show only {groups} different arrangement{'s' * (groups != 1)}: the "
        "model may repeat them; vary subjects, poses and views.",
        points=12,
    )
