"""A handful of Block Kit words, and the one path by which other people's text gets into them.

Plain functions that return what Slack's API takes. Text of ours is mrkdwn; text of anybody else enters
mrkdwn through `esc` (or `code`) and plain text through `plain`, and every text is cut to Slack's limit as
the very last thing, so no name, prompt or file name can break a message. Nothing here knows the domain.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.domain.people import ERASED
from bot.domain.visible import JOINER, units, visible

Block = dict[str, Any]
"""A block, an element or an object of Block Kit, as it goes over the wire."""

TEXT_MOST, FALLBACK_MOST, HEADER_MOST = 3000, 4000, 150
ALT_MOST, TITLE_MOST = 2000, 2000
BUTTON_MOST, LABEL_MOST = 75, 75

_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_ATOMS = re.compile(r"&(?:amp|lt|gt);|<[^<>]*>|.", re.DOTALL)


@dataclass(frozen=True)
class Drawn:
    """A message as Slack takes it: `text` for notifications and screen readers, `blocks` for the eye."""

    text: str
    blocks: list[Block] = field(default_factory=list)


# ── other people's text ──────────────────────────────────────────────────────────────────────────────


def esc(text: str) -> str:
    """Return what can be seen of somebody's `text` for mrkdwn, unable to mention, link or notify."""
    return visible(text).translate(_ESCAPES)


def told(sentence: str) -> str:
    """Return a sentence of ours for mrkdwn, with marks for whom and where it names: `@U…`, `#C…`."""
    return with_channels(re.sub(r"@([UW][A-Z0-9]{2,})\b", r"<@\1>", esc(sentence)))


def code(text: str) -> str:
    """Return somebody's `text` as a code span that it cannot leave."""
    inside = esc(text).replace("`", "'") or "-"
    return f"`{inside}`"


def clamp(text: str, most: int) -> str:
    """Cut escaped `text` to `most` characters, ending in “…” where something was lost.

    Never inside a character as people see it, an entity or a `<…>` token; counted as Slack's clients
    count, in UTF-16 units, which is never less than Slack's server may count.
    """
    return text if _fits(text, most) else _cut(_ATOMS.findall(text), most)


def _fits(text: str, most: int) -> bool:
    return 2 * len(text) <= most or units(text) <= most  # a character has two units at most


def _joined(atoms: Iterable[str]) -> list[str]:
    """Join to each atom what belongs to it: accents, emoji variants and skin tones, flags' second half."""
    found: list[str] = []
    for atom in atoms:
        if found and _continues(found[-1], atom):
            found[-1] += atom
        else:
            found.append(atom)
    return found


def _continues(before: str, atom: str) -> bool:
    if atom == JOINER or before.endswith(JOINER):
        return True
    flag_half = _is_flag_half(atom) and len(before) == 1 and _is_flag_half(before)
    return flag_half or unicodedata.category(atom[0]).startswith("M") or "\U0001f3fb" <= atom <= "\U0001f3ff"


def _is_flag_half(atom: str) -> bool:
    return "\U0001f1e6" <= atom <= "\U0001f1ff"


def _cut(atoms: Iterable[str], most: int) -> str:
    room, kept = most - 1, []
    for unit in _joined(atoms):
        room -= units(unit)
        if room < 0:
            break
        kept.append(unit)
    return "".join(kept).rstrip() + "…"


# ── text objects and small marks ─────────────────────────────────────────────────────────────────────


def plain(text: str, most: int = TEXT_MOST) -> Block:
    """Return anybody's `text` as plain text, where Slack reads no marks, mentions or emoji codes."""
    tidy = visible(text)
    shown = tidy if _fits(tidy, most) else _cut(tidy, most)
    return {"type": "plain_text", "text": shown or "-", "emoji": False}


def mrkdwn(text: str, most: int = TEXT_MOST) -> Block:
    """Return mrkdwn of ours; `verbatim` keeps Slack from making links of what merely looks like one."""
    return {"type": "mrkdwn", "text": clamp(text, most), "verbatim": True}


def mention(user: str) -> str:
    """Return the mark that names a person, and notifies where it is new in a message."""
    if user == ERASED:
        return "somebody (erased)"
    return f"<@{user}>" if re.fullmatch(r"[UW][A-Z0-9]+", user) else esc(user)


def channel_mark(channel: str) -> str:
    """Return the mark that names a channel; a direct message has no name."""
    return f"<#{channel}>" if re.fullmatch(r"[CG][A-Z0-9]+", channel) else "a direct message"


def with_channels(text: str) -> str:
    """Return `text` for mrkdwn with a mark for each channel that it names by its id, `#C…`."""
    return re.sub(r"#([CDG][A-Z0-9]{6,})\b", lambda named: channel_mark(named[1]), text)


def moment(at: datetime) -> str:
    """Return a moment as each reader's own clock shows it, and in UTC where it cannot."""
    fallback = f"{at:%Y-%m-%d %H:%M} UTC"
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}} {{time}}|{fallback}>"


# ── blocks ───────────────────────────────────────────────────────────────────────────────────────────


def header(text: str) -> Block:
    """Return a heading of anybody's `text`."""
    return {"type": "header", "text": plain(text, HEADER_MOST)}


def section(text: str | Block) -> Block:
    """Return a paragraph: mrkdwn of ours, or a text object made with `plain`."""
    return {"type": "section", "text": mrkdwn(text) if isinstance(text, str) else text}


def context(*texts: str) -> Block:
    """Return up to 10 mrkdwn texts of ours in small print."""
    return {"type": "context", "elements": [mrkdwn(text) for text in texts[:10]]}


def divider() -> Block:
    """Return a line."""
    return {"type": "divider"}


def image(file: str, *, alt: str, title: str) -> Block:
    """Return a picture that was uploaded as `file`; `alt` says what is on it, in plain words."""
    return {
        "type": "image",
        "slack_file": {"id": file},
        "alt_text": plain(alt, ALT_MOST)["text"],
        "title": plain(title, TITLE_MOST),
    }


def actions(*buttons: Block) -> Block:
    """Return a row of buttons."""
    return {"type": "actions", "elements": list(buttons)}


def button(
    text: str, action: str, value: str, *, label: str = "", style: str = "", confirm: Block | None = None
) -> Block:
    """Return a button; `value` is an id and nothing else, `label` what a screen reader says instead."""
    made: Block = {"type": "button", "text": plain(text, BUTTON_MOST), "action_id": action, "value": value}
    made["accessibility_label"] = plain(label or text, LABEL_MOST)["text"]
    if style:
        made["style"] = style
    if confirm:
        made["confirm"] = confirm
    return made


def confirm(title: str, text: str, *, yes: str, no: str) -> Block:
    """Return the question that a button asks before it acts."""
    return {
        "title": plain(title, 100),
        "text": plain(text, 300),
        "confirm": plain(yes, 30),
        "deny": plain(no, 30),
    }


def numbered(blocks: Sequence[Block], prefix: str) -> list[Block]:
    """Give each block an id of its own; a redrawn message needs a new `prefix` to be drawn anew."""
    return [{**block, "block_id": f"{prefix}.{place}"} for place, block in enumerate(blocks)]
