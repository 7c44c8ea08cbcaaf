"""What a person has to mend, in its table: a row for each alarm there ever was, standing or settled.

An alarm of the workspace "" is one of the whole installation, and so holds what any workspace would pay for.
It tells nobody itself: it announces, in the same transaction, the notice that does. What stands without a
word has a moment until which it is to be quiet, and nothing else has one.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from bot.domain.alarm import HOLDS, NEVER_TRIED, Alarm, Concern
from bot.domain.errors import Refused
from bot.domain.ids import WorkspaceId
from bot.domain.message import Notice
from bot.ports import Outbox
from storage.rows import moment_of, moment_or_none, text_of

QUIET = timedelta(hours=1)
"""For so long after it was settled, an alarm that holds what is paid stands again without a word."""

_ALARM = "SELECT workspace, concern, about, sentence, since, settled_at, tried_at, quiet_until FROM alarms"
GET = f"{_ALARM} WHERE workspace = ? AND concern = ? AND about = ?"
STANDING = f"{_ALARM} WHERE settled_at IS NULL ORDER BY since, workspace, concern, about"
HOLDING = f"""
{_ALARM} WHERE workspace IN (?, '') AND concern IN ({", ".join("?" * len(HOLDS))}) AND settled_at IS NULL
    AND (about IN ('', ?) OR concern IN ({", ".join("?" * len(NEVER_TRIED))}))
ORDER BY since, workspace, concern, about
"""
SOUND = """
INSERT INTO alarms (workspace, concern, about, sentence, since, quiet_until) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (workspace, concern, about) DO UPDATE SET sentence = excluded.sentence, since = excluded.since,
    settled_at = NULL, tried_at = NULL, quiet_until = excluded.quiet_until
"""
TELL = "UPDATE alarms SET quiet_until = NULL WHERE workspace = ? AND concern = ? AND about = ?"
# Those are named by their workspace and concern, and where it matters by what they are about.
SETTLE = """
UPDATE alarms SET settled_at = ?
WHERE workspace = ? AND concern = ? AND settled_at IS NULL AND about = COALESCE(?, about)
RETURNING since, about, quiet_until
"""
# PostgreSQL: body::json ->> 'concern' for the json_extract.
UNSAID_OVER = """
SELECT 1 FROM outbox WHERE kind = 'Notice' AND workspace = ? AND json_extract(body, '$.concern') = ?
    AND json_extract(body, '$.about') = ? AND json_extract(body, '$.is_over')
"""
TRY = "UPDATE alarms SET tried_at = ? WHERE workspace = ? AND concern = ? AND about = ?"

_Row = tuple[str, str, str, str, str, str | None, str | None, str | None]


class SQLAlarms:
    """The port `Alarms`; what is to be told goes into `outbox`."""

    def __init__(self, connection: sqlite3.Connection, now: datetime, outbox: Outbox) -> None:
        self._connection = connection
        self._now = now
        self._outbox = outbox

    def sound(self, workspace: WorkspaceId, concern: Concern, sentence: str, *, about: str = "") -> bool:
        """Let an alarm stand, and announce it unless that was told already, or its hour of quiet lasts."""
        key = workspace, concern, about
        row = self._connection.execute(GET, key).fetchone()
        if row and _alarm(row).settled_at is None:
            return self._tell_late(row)
        quiet_until = self._quiet_until(row) if row else None
        # That it was over is not said any more, and perhaps that it stood never was.
        if quiet_until and self._connection.execute(UNSAID_OVER, key).fetchone():
            quiet_until = None
        self._connection.execute(SOUND, (*key, sentence, text_of(self._now), quiet_until))
        if quiet_until:
            return False
        self._outbox.announce(Notice(*key))
        return True

    def _quiet_until(self, row: _Row) -> str | None:
        """Return how long a settled alarm that stands again is quiet, None where it is told at once."""
        settled_at, concern = _alarm(row).settled_at, _alarm(row).concern
        if settled_at is None or concern not in HOLDS:
            return None
        is_lately = settled_at <= self._now < settled_at + QUIET  # else it lies ahead: the clock was set back
        return text_of(settled_at + QUIET) if is_lately else None

    def _tell_late(self, row: _Row) -> bool:
        """Announce an alarm that stands untold, once its hour of quiet is over; return whether it was."""
        *_, quiet_until = row
        if quiet_until is None or self._now < moment_of(quiet_until) <= self._now + QUIET:
            return False
        alarm = _alarm(row)
        self._connection.execute(TELL, (alarm.workspace, alarm.concern, alarm.about))
        self._outbox.announce(Notice(alarm.workspace, alarm.concern, alarm.about))
        return True

    def settle(
        self, workspace: WorkspaceId, concern: Concern, *, about: str | None = None, quietly: bool = False
    ) -> bool:
        """Let the alarms about this be over; those of "" have to be named.

        Of those that were told, it is announced of the one that stood longest.
        """
        settled = self._connection.execute(SETTLE, (text_of(self._now), workspace, concern, about))
        rows = settled.fetchall()
        told = sorted((since, matter) for since, matter, quiet_until in rows if quiet_until is None)
        for _, matter in [] if quietly else told[:1]:
            self._outbox.announce(Notice(workspace, concern, matter, is_over=True))
        return bool(rows)

    def get(self, workspace: WorkspaceId, concern: Concern, about: str = "") -> Alarm:
        """Return an alarm, standing or settled. Raises Refused where there never was one."""
        row = self._connection.execute(GET, (workspace, concern, about)).fetchone()
        if row is None:
            raise Refused("There never was an alarm about this.")
        return _alarm(row)

    def standing(self) -> Sequence[Alarm]:
        """Return every alarm that stands, oldest first."""
        return [_alarm(row) for row in self._connection.execute(STANDING)]

    def hold(self, workspace: WorkspaceId, *, about: str, try_every: timedelta) -> Alarm | None:
        """Return what holds the workspace back: first what no try may end, then what stands longest.

        What no try may end holds back everything, whatever it is about; the rest, all where it is about "".
        An alarm sounds because a try was refused, so the first try after it waits for `try_every` too.
        """
        found = self._connection.execute(HOLDING, (workspace, *sorted(HOLDS), about, *sorted(NEVER_TRIED)))
        rows = found.fetchall()
        alarms = [_alarm(row) for row in rows]
        for alarm in alarms:
            if alarm.concern in NEVER_TRIED:
                return alarm
        if alarms and not self._is_time(map(_tried_at, rows), try_every):
            return alarms[0]
        moment = text_of(self._now)
        self._connection.executemany(TRY, [(moment, one.workspace, one.concern, one.about) for one in alarms])
        return None

    def _is_time(self, tries: Iterable[datetime], every: timedelta) -> bool:
        """Say whether the last try is long ago; where one lies ahead, the clock was set back since."""
        return all(at > self._now or at + every <= self._now for at in tries)


def _tried_at(row: _Row) -> datetime:
    *_, since, _, tried_at, _ = row
    return moment_of(tried_at or since)


def _alarm(row: _Row) -> Alarm:
    workspace, concern, about, sentence, since, settled_at, *_ = row
    return Alarm(
        workspace=WorkspaceId(workspace),
        concern=Concern(concern),
        about=about,
        sentence=sentence,
        since=moment_of(since),
        settled_at=moment_or_none(settled_at),
    )
