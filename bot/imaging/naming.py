"""A few names of pictures in a sentence."""

from collections.abc import Sequence

from bot.imaging.wording import shown_name

FEW = 3
_LONGEST = 40


def few_names(names: Sequence[str]) -> str:
    """Return the first names, and how many there are besides: "a.png, b.png, c.png and 4 more"."""
    shown = [shown_name(name, longest=_LONGEST) for name in names[:FEW]]
    if len(names) > FEW:
        return f"{', '.join(shown)} and {len(names) - FEW} more"
    return " and ".join([", ".join(shown[:-1]), shown[-1]]) if len(shown) > 1 else "".join(shown)
