"""Runware's error codes as sentences for people: what happened, and what to do next.

What Runware writes itself is quoted, never believed: it comes from outside, may hold a signed link or part
of a key, and is cut before it is shown. It is not escaped here; whoever draws it does that.
"""

import re
import unicodedata

from bot.runware.codes import Kind, kind_of
from bot.runware.wire import TRAINING

LONGEST_QUOTE = 300
"""Characters of Runware's own words that a person gets to read."""
_LONGEST_CODE = 64
_LONGEST_READ = 4000
_SECRET_LIKE = re.compile(r"[a-z0-9+.-]{1,20}://\S*|[\w+/=-]{32,}", re.IGNORECASE | re.ASCII)

_BALANCE = "The balance at Runware does not cover this. Ask whoever runs this bot to top it up"
_KEY = "Runware does not accept this bot's key. Ask whoever runs this bot to check RUNWARE_API_KEY"
WAITS_FOR_BALANCE = f"{_BALANCE}; it goes on by itself then."
WAITS_FOR_KEY = f"{_KEY}; it goes on by itself then."
NO_ANSWER = "Runware did not answer. The bot asks again by itself."
NOT_CLEAR = "Runware's answer could not be understood. The bot asks again by itself."
NOT_NOW = "Runware could not do this for now. The bot asks again by itself."
OTHERS_FIRST = "Other requests to Runware are under way; yours is next."
SILENT = "Runware is not answering; your run is safe."
BUSY = "Runware is busy. The bot asks again by itself."
DOWN = "Runware is not available for now. The bot asks again by itself."

LIST_HAS_IT = "Runware's task list has it."
LIST_IS_SILENT = "Runware's task list says nothing of it."
ARCHIVE_IS_AWAY = "Runware's archive did not answer."
ARCHIVE_IS_SILENT = "Runware's archive says nothing of it."
ARCHIVE_HAS_ANSWER = "Runware's archive has the request, and an answer to it."
ARCHIVE_HAS_CONFLICT = "Runware's archive has the request: sent again, it was known already."
ARCHIVE_HAS_REFUSAL = "Runware's archive has the request, and that it was refused."
ARCHIVE_HAS_REQUEST = "Runware's archive has the request, without an answer."
ARCHIVE_HAS_ANOTHER = "Runware's archive has another request under this id."

_DRAWN = "Runware withheld what was drawn: ask once more, or reword the prompt."
_OF_CODE = {
    "invaliddataset": (
        "Runware cannot train on this dataset. The link must stay public and lead to a ZIP of 10 to 50 "
        "JPEG, PNG or WebP pictures of at most 50 MB each; mend it and ask again with `/train`."
    ),
    "downloadfailed": (
        "Runware could not fetch the dataset. The link must be public, without a sign-in, and stay up "
        "until the training has begun; check it and ask again with `/train`."
    ),
    "modelalreadyexists": (
        "Runware has a model of this name already. Ask again with `/train`: "
        "the style gets its next number, or the name that you give with `--air`."
    ),
    "modelownershipvalidationerror": (
        "This model name belongs to another organisation at Runware. Leave out `--air`, or ask whoever "
        "runs this bot to check HOUSESTYLE_AIR_NAMESPACE."
    ),
    "modelnotready": "The style is trained but not live yet. Ask again in a few minutes.",
    "unknownmodel": "Runware does not know this style. Choose another with `/style list`.",
    "nsfwcontentdetected": _DRAWN,
    "imageblocked": _DRAWN,
    "taskcancelled": "This was cancelled at Runware. Ask again if you still want it.",
}
_OF_KIND = {
    Kind.QUOTA: f"{_BALANCE}, then ask again.",
    Kind.RATE: "Runware was too busy for this. Ask again in a few minutes.",
    Kind.SAFETY: "Runware declined the prompt: reword it and ask again.",
    Kind.AUTH: f"{_KEY}, then ask again.",
    Kind.TIMEOUT: "This took Runware too long. Ask again in a few minutes.",
    Kind.SERVER: "Runware had a fault of its own. Ask again in a few minutes.",
    Kind.PROVIDER: "Runware could not finish this. Ask again in a few minutes.",
}
_DEFAULT = "Runware refused this as it stands. Change what it names and ask again."
_OF_A_TRAINING = {
    Kind.SAFETY: "Runware declined pictures of this dataset: leave them out and ask again with `/train`."
}
"""What is to be said of a training instead: it has no prompt."""
_NOT_QUOTED = {Kind.AUTH}
"""The messages about a key may spell the key."""


def sentence_of(code: str, message: str, task_type: str = "") -> str:
    """Return what a person reads about a failure, with Runware's own words and, if rare, its code."""
    kind = kind_of(code)
    plain = _OF_A_TRAINING.get(kind) if task_type == TRAINING else None
    plain = plain or _OF_CODE.get(code.lower()) or _OF_KIND.get(kind)
    quote = "" if kind in _NOT_QUOTED else quoted(message)
    if plain is None:
        plain, quote = _DEFAULT, f"{quote} ({plain_code(code)})" if quote else f" ({plain_code(code)})"
    return plain + quote


def quoted(message: str) -> str:
    """Return ` Runware says: “…”` for a message that says something, else nothing."""
    words = " ".join(_SECRET_LIKE.sub("…", _without_controls(message[:_LONGEST_READ])).split())
    if len(words) > LONGEST_QUOTE:
        words = words[: LONGEST_QUOTE - 1] + "…"
    tame = words.replace("“", "'").replace("”", "'")
    return f" Runware says: “{tame}”" if tame else ""


def plain_code(code: str) -> str:
    """Return `code` as a short word that is safe to store and to show."""
    return re.sub(r"[^A-Za-z0-9_.-]", "", code)[:_LONGEST_CODE] or "unknown"


def _without_controls(text: str) -> str:
    """Return `text` without control, direction, zero-width and unpaired characters; lines become spaces."""
    return "".join(
        character if unicodedata.category(character)[0] != "C" else " " * character.isspace()
        for character in text
    )
