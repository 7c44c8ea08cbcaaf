"""The sizes that pictures can have, in pixels, and how people name them."""

import re
from dataclasses import dataclass

from bot.domain.errors import NotUnderstood

LEAST_SIDE, MOST_SIDE, SIDE_STEP = 1024, 2048, 64
"""Pixels; the intersection of the provider's documents (facts/runware.md §13)."""


@dataclass(frozen=True)
class Size:
    """Width and height in pixels, both 1024 to 2048 in steps of 64. Raises NotUnderstood."""

    width: int
    height: int

    def __post_init__(self) -> None:
        for side in (self.width, self.height):
            if not LEAST_SIDE <= side <= MOST_SIDE or side % SIDE_STEP:
                near = min(MOST_SIDE, max(LEAST_SIDE, round(side / SIDE_STEP) * SIDE_STEP))
                raise NotUnderstood(
                    f"A side has {LEAST_SIDE} to {MOST_SIDE} pixels in steps of {SIDE_STEP}: "
                    f"instead of {side} write {near}."
                )

    def __str__(self) -> str:
        return f"{self.width}x{self.height}"


SIZES = {
    "square": Size(1024, 1024),
    "landscape": Size(1536, 1024),
    "portrait": Size(1024, 1536),
    "banner": Size(2048, 1024),
    "story": Size(1152, 2048),
}


def checked_size(text: str) -> Size:
    """Read a size's name or `WxH`; raises NotUnderstood with the names that exist."""
    if named := SIZES.get(text.lower()):
        return named
    width, x, height = text.lower().partition("x")
    if x and re.fullmatch(r"\d{1,5}x\d{1,5}", text.lower(), re.ASCII):
        return Size(int(width), int(height))
    raise NotUnderstood(f"`--size` takes {', '.join(SIZES)} or a size in pixels such as `1536x1024`.")
