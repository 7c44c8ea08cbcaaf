"""File names and sizes as people may read them: a name comes from a stranger's ZIP.

This module does not escape for Slack; that is done where Slack's text is made.
"""

import re
import unicodedata

LONGEST_SHOWN = 80
"""Characters of a file name in a sentence."""
MEGABYTE = 1024 * 1024
_ENDING = re.compile(r"(?<=.)\.\w{1,9}\Z")


def shown_name(raw: str, *, longest: int = LONGEST_SHOWN) -> str:
    """Return `raw` on one line, without control and direction marks or backticks, its middle cut out.

    What is shown is shown again as it is.
    """
    flat = " ".join(raw.replace("`", "'").split())
    plain = "".join(c for c in flat if not unicodedata.category(c).startswith("C"))
    plain = " ".join(plain.split())  # two spaces may have had a mark between them
    if len(plain) > longest:
        tail = longest // 3
        plain = f"{plain[: longest - tail - 1]}…{plain[-tail:]}"
    return plain or "a file without a name"


def marked_name(name: str, mark: str) -> str:
    """Return a shown name with `mark` before its ending, its middle cut out so that there is room."""
    found = _ENDING.search(name)
    stem, ending = (name[: found.start()], found[0]) if found else (name, "")
    return shown_name(stem, longest=LONGEST_SHOWN - len(mark + ending)) + mark + ending


def in_megabytes(size: int) -> str:
    """Return a number of bytes as `50 MB` or `2.5 GB`."""
    if size >= 1024 * MEGABYTE:
        return f"{size / (1024 * MEGABYTE):.1f} GB"
    return f"{max(1, round(size / MEGABYTE))} MB"
