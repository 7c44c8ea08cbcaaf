"""What people can see of a text. What others must agree to is kept as they see it, and nothing besides."""

import re
import unicodedata

JOINER = "\u200d"
"""Makes one emoji of those before and after it."""
_AS_EMOJI = "\ufe0f"
_UNSEEN = {"Cc", "Cf", "Cs"}
_FILLERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2065\u2800\u3164\uffa0")
"""Characters that draw nothing although Unicode does not call them format characters."""
_FINGERPRINT = re.compile(r"\b([0-9a-f]{8})[0-9a-f-]{24,}\b")


def visible(text: str) -> str:
    """Return `text` on one line, without characters that control, hide or reorder what is read."""
    if not (text.isascii() and text.isprintable()):  # as nearly all text is: then there is nothing to find
        text = _without_unseen(text)
    return " ".join(text.split())


def shortened(text: str) -> str:
    """Return `text` with only the first eight digits of long fingerprints and ids."""
    return _FINGERPRINT.sub(r"\1…", text)


def units(text: str) -> int:
    """Return how long Slack's clients say that it is: in UTF-16 units, two of which an emoji has at least."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _without_unseen(text: str) -> str:
    kept = " "
    for char, after in zip(text, [*text[1:], " "], strict=True):
        if not _is_unseen(char) or _is_of_emoji(kept[-1], char, after):
            kept += char
    return kept


def _is_unseen(char: str) -> bool:
    is_selector = "\ufe00" <= char <= "\ufe0f" or "\U000e0000" <= char <= "\U000e0fff"
    is_control = not char.isspace() and unicodedata.category(char) in _UNSEEN
    return is_control or is_selector or char in _FILLERS


def _is_of_emoji(before: str, char: str, after: str) -> bool:
    """Say whether a character that draws nothing itself makes an emoji of those beside it."""
    if char == _AS_EMOJI:
        return not (before.isspace() or before == _AS_EMOJI)
    is_after_one = before == _AS_EMOJI or unicodedata.category(before) in {"So", "Sk"}
    return char == JOINER and is_after_one and unicodedata.category(after) == "So"
