"""What `/style audit` shows: who did what to what, a line each, newest first.

Pure; only the admin who asks reads it. It shows rows and proves nothing: that the chain is whole is found by
`housestyle audit verify`, which the last line says.
"""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.audit import Did, Told
from bot.domain.money import micros
from bot.slack.blocks import FALLBACK_MOST, clamp, code, esc, mention, moment
from bot.slack.budgets import usd

MOST_LINES, LONGEST_LINE, LONGEST_ABOUT, LONGEST_WORDS = 16, 220, 40, 60
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
        f"“{clamp(esc(_in_short(row)), LONGEST_WORDS)}”" if row.words and not row.is_erased else "",
    ]
    return " · ".join(part for part in parts if part)


def _in_short(row: Told) -> str:
    """Return what was said; of a refusal, whose words are ours, the first sentence."""
    return row.words.partition(". ")[0] if row.did is Did.WAS_REFUSED else row.words


def _who(row: Told) -> str:
    if row.is_erased:
        return ERASED
    return mention(row.who) if row.who else OURS


def _deed(row: Told) -> str:
    if row.did is Did.WENT_AWAY and row.about[:1] in {"U", "W"}:
        return f"went away: {mention(row.about)} may decide in their place"
    about = code(clamp(row.about, LONGEST_ABOUT)) if row.about else "something"
    return _DID.get(row.did, f"{row.did} {{}}").format(about)


def _price(row: Told) -> str:
    """Return what it was about in dollars; a price that is missing or zero is never shown as free."""
    if row.dollars is not None and row.dollars > 0:
        return usd(micros(row.dollars))
    return "price not stated" if row.did in _PRICED or row.dollars is not None else ""
