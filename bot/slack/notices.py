"""What is told of an alarm, directly to those who can mend it; and who they are.

Pure. A notice says what is wrong, since when, what to do and what is safe meanwhile. A button's value is the
concern's word and nothing else.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from bot.domain.alarm import HOLDS, JUDGED, Alarm, Concern
from bot.domain.ids import UserId
from bot.domain.message import Notice
from bot.slack.blocks import (
    FALLBACK_MOST,
    Block,
    Drawn,
    actions,
    button,
    clamp,
    confirm,
    context,
    esc,
    header,
    moment,
    numbered,
    section,
    with_channels,
)

MOST_STEWARDS, SENTENCE_MOST = 5, 2000
_ROLES = ("is_primary_owner", "is_owner", "is_admin")
_TITLES = {
    Concern.KEY: "Runware refuses Housestyle's key",
    Concern.BALANCE: "The Runware account needs topping up",
    Concern.RESTORED: "The database was restored from a backup",
    Concern.PARKED: "Slack refuses messages of Housestyle",
    Concern.FOREIGN: "Runware has something else than was ordered",
    Concern.USAGE: "Runware charged more, or less, than Housestyle knows of",
    Concern.POLICY: "The policy file has faults",
    Concern.UNLISTED: "Paid pictures are on a host that is not allowed",
}
_SAFE = {
    Concern.PARKED: "What was not said is kept. What is trained or drawn goes on.",
    Concern.FOREIGN: "Nothing of it is sent again. All else goes on.",
    Concern.USAGE: "Nothing was stopped: what is trained or drawn goes on.",
    Concern.POLICY: "The rules that held before still do. The file is read again whenever it changes.",
    Concern.UNLISTED: (
        "Nothing is fetched from there meanwhile. The pictures wait for a week, and come by themselves once "
        "it is allowed."
    ),
}
_WAITS = "Runs that wait are safe and go on by themselves."
_HELD = "Nothing new is handed over to Runware meanwhile."
_OVER = {
    Concern.KEY: "Runware takes Housestyle's key again",
    Concern.BALANCE: "Runware takes requests again",
    Concern.RESTORED: "Housestyle hands over to Runware again",
    Concern.PARKED: "Housestyle tries again what Slack refused",
    Concern.FOREIGN: "That request of Runware's was dealt with",
    Concern.USAGE: "What Runware charged was looked into",
    Concern.POLICY: "The policy file is in order, and its rules hold",
    Concern.UNLISTED: "Pictures on that host are fetched now",
}


def notice(message: Notice, alarm: Alarm) -> Drawn:
    """Draw what is told of `alarm`: that it stands, or in a line that it is over."""
    prefix = f"notice.{alarm.concern}.{int(alarm.since.timestamp())}"
    if message.is_over:
        said = _over(alarm)
        return Drawn(said, numbered([section(said)], f"{prefix}.over"))
    title = _TITLES[alarm.concern]
    wrong = "\n".join(map(esc, alarm.sentence.splitlines()))
    said = f"{with_channels(clamp(wrong, SENTENCE_MOST))}\n{_safe(alarm.concern)}"
    drawn = [header(title), section(said), context(f"Since {moment(alarm.since)}.")]
    if offered := _offered(alarm):
        drawn.append(actions(offered))
    return Drawn(clamp(f"{esc(title)}: {said}", FALLBACK_MOST), numbered(drawn, prefix))


def held(alarm: Alarm) -> str:
    """Return in a line, for everybody, why nothing new is handed over, in mrkdwn."""
    return f"*{_TITLES[alarm.concern]}* since {moment(alarm.since)}. {_safe(alarm.concern)}"


def who_can_mend(members: Iterable[Mapping[str, Any]]) -> tuple[UserId, ...]:
    """Return who of a workspace's people owns or administers it: owners first, at most five."""
    active = [one for one in members if not one.get("deleted") and not one.get("is_bot")]
    ranked = [
        UserId(one["id"])
        for place, role in enumerate(_ROLES)
        for one in active
        if one.get(role) and not any(one.get(higher) for higher in _ROLES[:place])
    ]
    return tuple(ranked[:MOST_STEWARDS])


def _over(alarm: Alarm) -> str:
    again = f" {_WAITS}" if alarm.concern in HOLDS else ""
    until = f" until {moment(alarm.settled_at)}" if alarm.settled_at else ""
    return f"It is over: {_OVER[alarm.concern]}.{again} It was so from {moment(alarm.since)}{until}."


def _safe(concern: Concern) -> str:
    """Return what is safe; after a restore that may be little, so only what is held back is told."""
    return _HELD if concern is Concern.RESTORED else _SAFE.get(concern, _WAITS)


def _offered(alarm: Alarm) -> Block | None:
    """Return the button of those alarms that a person ends here; a restore is looked into by us first."""
    match alarm.concern:
        case Concern.PARKED:
            label = "Try again what Slack refused"
            return button("Try again", "notice.unpark", alarm.concern.value, label=label, style="primary")
        case Concern.RESTORED if alarm.about.startswith(JUDGED):
            return _release(alarm)
    return None


def _release(alarm: Alarm) -> Block:
    question = confirm(
        "Hand over again?",
        "What was handed over since the backup, and left no trace that Housestyle found, would be handed "
        "over and paid once more. Look into the Runware dashboard first.",
        yes="Hand over",
        no="Not yet",
    )
    label = "Hand over to Runware again"
    return button("Hand over again", "notice.release", alarm.concern.value, label=label, confirm=question)
