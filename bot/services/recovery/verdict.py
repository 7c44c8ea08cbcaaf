"""The alarms about a restore: what is to be looked at because of them, and what becomes of them after a look.

The first is about the moment of the backup. What could not be explained is told by a second, about
`LOOKED_INTO`, which a person ends; channels that could not be read by one about `UNREAD`, the moment and
those channels, which ends by itself once they could.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.domain.alarm import JUDGED, LOOKED_INTO, UNREAD, Alarm, Concern
from bot.domain.ids import ChannelId
from bot.ports import Transaction

FURTHEST_BACK = timedelta(days=30)
"""So far back cards are read where it is not known how old the backup is."""
MOST_TOLD = 20
LONG = timedelta(hours=1)
"""After so long without being able to read everything, a person is told what could not be read."""


@dataclass(frozen=True)
class Look:
    """One reading of our cards: from when on, and whether it was waited for so long that a person is told.

    `again` are the channels that an earlier look could not read; empty at the first.
    """

    since: datetime
    is_late: bool
    again: tuple[ChannelId, ...] = ()


@dataclass(frozen=True)
class Found:
    """What a look leaves to a person: a sentence for each thing unexplained, and the channels unread."""

    unexplained: Sequence[str]
    unread: Sequence[ChannelId]


def of_a_restore(alarms: Iterable[Alarm]) -> Iterable[Alarm]:
    """Return those that hold everything because the database was restored."""
    return (alarm for alarm in alarms if alarm.concern is Concern.RESTORED)


def next_look(alarms: Sequence[Alarm], now: datetime) -> Look | None:
    """Return what is to be looked at: all cards, those that could not be read, or nothing."""
    new = [alarm for alarm in alarms if not alarm.about.startswith(JUDGED)]
    unread = [alarm for alarm in alarms if alarm.about.startswith(UNREAD)]
    if new and not any(alarm.about.startswith(LOOKED_INTO) for alarm in alarms):
        is_late = now - min(alarm.since for alarm in new) > LONG
        return Look(min(map(_moment, [*new, *unread])), is_late=is_late)
    if unread:
        channels = {ChannelId(channel) for alarm in unread for channel in _words(alarm)[1:]}
        return Look(min(map(_moment, unread)), is_late=False, again=tuple(sorted(channels)))
    return None


def _words(alarm: Alarm) -> Sequence[str]:
    """Return the moment and the channels that an alarm about unread channels names; of others, nothing."""
    return alarm.about.split()[1:] if alarm.about.startswith(UNREAD) else ()


def _moment(alarm: Alarm) -> datetime:
    """Return when the backup was made: an alarm that a restore sounds is about that moment."""
    named, *_ = *_words(alarm), alarm.about
    try:
        return datetime.fromisoformat(named).astimezone(UTC)
    except ValueError:
        return alarm.since - FURTHEST_BACK


def conclude(tx: Transaction, look: Look, found: Found) -> None:
    """Tell what is left to a person; where nothing is, and nothing was, let requests be handed over again."""
    alarms = [*of_a_restore(tx.alarms.standing())]  # none where a person has let them go on meanwhile
    for workspace in {alarm.workspace for alarm in alarms}:
        judged = " ".join((LOOKED_INTO, *look.again))
        unread = " ".join((UNREAD, look.since.isoformat(), *sorted(found.unread)))
        if found.unexplained:
            tx.alarms.sound(workspace, Concern.RESTORED, _all_of(found.unexplained), about=judged)
        if found.unread:
            tx.alarms.sound(workspace, Concern.RESTORED, _unread(sorted(found.unread)), about=unread)
        here = [alarm for alarm in alarms if alarm.workspace == workspace]
        is_judged = any(alarm.about.startswith(LOOKED_INTO) for alarm in here)
        if not (found.unexplained or found.unread or is_judged):
            tx.alarms.settle(workspace, Concern.RESTORED)
        for alarm in here:
            if alarm.about != unread and not alarm.about.startswith(LOOKED_INTO):
                tx.alarms.settle(workspace, Concern.RESTORED, about=alarm.about, quietly=True)


def _all_of(unexplained: Sequence[str]) -> str:
    return (
        f"After the restore, this could not be explained: {' '.join(unexplained[:MOST_TOLD])}"
        f"{_more(unexplained, ' And {} more.')} Look for the tasks in the Runware dashboard; then let "
        "requests be handed over again."
    )


def _unread(channels: Sequence[ChannelId]) -> str:
    named = ", ".join(f"#{channel}" for channel in channels[:MOST_TOLD])
    return (
        f"After the restore, Slack does not let Housestyle read its own messages in {named}"
        f"{_more(channels, ' and {} more')}: what was handed over from there since the backup is not known. "
        "Invite Housestyle there with `/invite`: it looks again every five minutes. Where that cannot be, "
        "look for the tasks in the Runware dashboard; then let requests be handed over again."
    )


def _more(of: Sequence[str], words: str) -> str:
    return words.format(len(of) - MOST_TOLD) if len(of) > MOST_TOLD else ""
