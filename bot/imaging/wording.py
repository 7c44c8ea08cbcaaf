"""File names and sizes as people may read them: a name comes from a stranger's ZIP.

This module does not escape for Slack; that is done where Slack's text is made.
"""

import unicodedata

LONGEST_SHOWN = 80
"""Characters of a file name in a sentence."""
MEGABYTE = 1024 * 1024


def shown_name(raw: str, *, longest: int = LONGEST_SHOWN) -> str:
    """Return `raw` on one line, without control and direction marks or backticks, its middle cut out."""
    flat = " ".join(raw.replace("`", "'").split())
    plain = "".join(c for c in flat if not unicodedata.category(c).startswith("C"))
    if len(plain) > longest:
        tail = longest // 3
        plain = f"{plain[: longest - tail - 1]}…{plain[-tail:]}"
    return plain or "a file without a name"


def in_megabytes(size: int) -> str:
    """Return a number of bytes as `50 MB` or `2.5 GB`."""
    if size >= 1024 * MEGABYTE:
        return f"{size / (1024 * MEGABYTE):.1f} GB"
    return f"{max(1, round(size / MEGABYTE))} MB"
