"""What is said of the pixel sizes and proportions of a dataset's pictures."""

from collections.abc import Sequence

from bot.domain.dataset import LARGEST_TAUGHT_SIDE, Picture
from bot.imaging.naming import few_names

SMALLEST = 512
"""Pixels of the longer side; the model renders 1024 and more, so a smaller picture teaches no detail."""
LONGEST = 3.0
"""Proportion from which on a picture is a strip."""


def too_small(pictures: Sequence[Picture]) -> list[str]:
    """Return the names of pictures that teach no detail."""
    return [each.name for each in pictures if max(each.width, each.height) < SMALLEST]


def strips(pictures: Sequence[Picture]) -> list[str]:
    """Return the names of pictures that are far longer than wide, either way."""
    return [
        each.name
        for each in pictures
        if max(each.width, each.height) > LONGEST * max(1, min(each.width, each.height))
    ]


def too_large(pictures: Sequence[Picture]) -> list[str]:
    """Return the names of pictures that the provider scales down."""
    return [each.name for each in pictures if max(each.width, each.height) > LARGEST_TAUGHT_SIDE]


def sizes(pictures: Sequence[Picture]) -> tuple[str, ...]:
    """Return a sentence for each thing worth saying."""
    told = []
    if small := too_small(pictures):
        told.append(
            f"{_are(small)} below {SMALLEST} px on the longer side, "
            f"too small to teach detail: {few_names(small)}."
        )
    if large := too_large(pictures):
        told.append(
            f"{_are(large)} above {LARGEST_TAUGHT_SIDE} px and will be scaled down: {few_names(large)}."
        )
    if odd := strips(pictures):
        told.append(f"{_are(odd)} more than three times as long as wide: {few_names(odd)}.")
    return tuple(told)


def _are(names: Sequence[str]) -> str:
    return "1 picture is" if len(names) == 1 else f"{len(names)} pictures are"
