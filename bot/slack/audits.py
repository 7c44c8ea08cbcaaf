"""What `/style audit` shows: who did what to what, a line each, newest first.

Pure; only the admin who asks reads it. It shows rows and proves nothing: that the chain is whole is found by
`housestyle audit verify`, which the last line says.
"""

import re
from collections.abc import Sequence
from datetime import datetime

from bot.domain.audit import Did, Told
from bot.domain.money import micros
from bot.domain.visible import shortened
from bot.slack.blocks import FALLBACK_MOST, channel_mark, clamp, code, esc, mention, moment
from bot.slack.budgets import usd

MOST_LINES, LONGEST_LINE, LONGEST_ABOUT, LONGEST_ID, LONGEST_WORDS = 16, 220, 30, 90, 60
SHOWN_OF_DIGEST = 8
OURS, ERASED = "Housestyle", "somebody (erased)"
NOTHING = (
    "Nothing is written down about that. `/style audit` alone shows the newest of all, "
    "`/style audit 7K2M9QX4TB` what happened to one run, picture or proposal."
)
VERIFY = (
    "Each row holds the hash of the one before it: `housestyle audit verify` names any that was changed or "
    "removed, `housestyle audit export` writes all of them down."
)
_DID = {
    Did.ASKED: "asked for {}",
    Did.SAW: "saw {}",
    Did.OPENED: "opened the vote on {}",
    Did.RETRACTED: "took back the vote on {}",
    Did.GRANTED: "completed the approval of {}",
    Did.UNDID: "undid the approval of {}",
    Did.OVERRODE: "overrode the rules for {}",
    Did.BROKE_GLASS: "broke the glass for {}",
    Did.EXPIRED: "let {} expire",
    Did.PROMOTED: "made {} a default",
    Did.CLEARED: "approved {} for use",
    Did.RESERVED: "reserved money for {}",
    Did.SPENT: "paid for {}",
    Did.ASSUMED: "booked {} at its estimate, for no price was stated",
    Did.RELEASED: "released what was reserved for {}",
    Did.WAS_REFUSED: "was refused {}",
    Did.WENT_AWAY: "went away",
    Did.CAME_BACK: "came back",
    Did.BEGAN: "began with the policy {}",
    Did.RELOADED: "reloaded the policy {}",
    Did.ERASED: "erased a person's data",
}
"""What reads better than `approved {}`, which all others are told as."""
_REFUSED = {
    "comment": "approve",
    "retract": "take back the vote on",
    "override": "override the rules for",
    "break_glass": "break the glass for",
    "leave_out": "leave pictures out of",
    "reuse": "use an earlier version in place of",
    "details": "see the details of",
    "default": "make a default of",
    "generate": "draw in",
    "use": "propose pictures of",
    "again": "ask again for",
    "retry": "ask again for",
    "edit": "change the prompt of",
    "high": "draw in high quality",
    "unpark": "try again what Slack refused",
    "release": "let requests be handed over again",
}
"""What reads better than the word by which a button is known."""
_BUTTON = re.compile(r"(?:run|generation|proposal|form|home|notice)\.([a-z_]+)")
_PRICED = frozenset({Did.RESERVED, Did.SPENT, Did.ASSUMED})


def audit_words(rows: Sequence[Told], *, now: datetime) -> str:
    """Tell `rows`, newest first, as mrkdwn that fits into one message, and how the chain is verified."""
    if not rows:
        return NOTHING
    told = [
        f"*Audit*, newest first, as of {moment(now)}",
        *(clamp(f"• {_line(row)}", LONGEST_LINE) for row in rows[:MOST_LINES]),
        *([f"Shown are the newest {MOST_LINES}."] if len(rows) > MOST_LINES else []),
        VERIFY,
    ]
    return clamp("\n".join(told), FALLBACK_MOST)


def _line(row: Told) -> str:
    parts = [
        moment(row.at),
        f"{_who(row)} {_deed(row)}",
        f"exactly {code(row.digest[:SHOWN_OF_DIGEST])}" if row.digest else "",
        _price(row),
        _said(row) if row.words and not row.is_erased else "",
    ]
    return " · ".join(part for part in parts if part)


def _said(row: Told) -> str:
    """Return what was said; of a refusal, whose words are ours, the first sentence."""
    match row.did:
        case Did.PROMOTED if row.words.startswith("in "):
            return f"in {channel_mark(row.words.removeprefix('in '))}"
        case Did.CLEARED:  # said with what it is about
            return ""
        case Did.WAS_REFUSED:
            return f"“{clamp(esc(row.words.partition('. ')[0]), LONGEST_WORDS)}”"
    return f"“{clamp(esc(row.words), LONGEST_WORDS)}”"


def _who(row: Told) -> str:
    if row.is_erased:
        return ERASED
    return mention(row.who) if row.who else OURS


def _deed(row: Told) -> str:
    if row.did is Did.WENT_AWAY and row.about[:1] in {"U", "W"}:
        return f"went away: {mention(row.about)} may decide in their place"
    what, _, subject = row.about.rpartition(" ")
    if row.did is Did.CLEARED and row.words and not row.is_erased:
        about = f"{clamp(esc(row.words), LONGEST_ABOUT)} of {_id(subject)}"
    elif row.did is Did.WAS_REFUSED and (button := _BUTTON.fullmatch(what or subject)):
        word = button[1]
        to = _REFUSED.get(word, word.replace("_", " "))
        about = f"to {to} {_id(subject)}" if what else f"to {to}"
    else:
        about = _id(subject, what) if row.about else "something"
    return _DID.get(row.did, f"{row.did} {{}}").replace("{}", about)


def _id(subject: str, what: str = "") -> str:
    """Return the id that something is found by, whole, and before it what is to be said of that."""
    before = clamp(shortened(what), LONGEST_ABOUT)
    return code(f"{before} {clamp(subject, LONGEST_ID)}" if before else clamp(subject, LONGEST_ID))


def _price(row: Told) -> str:
    """Return what it was about in dollars; a price that is missing or zero is never shown as free."""
    if row.dollars is not None and row.dollars > 0:
        return usd(micros(row.dollars))
    return "price not stated" if row.did in _PRICED or row.dollars is not None else ""
