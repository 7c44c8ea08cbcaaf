"""What a person has to mend, in its table: a row for each alarm there ever was, standing or settled.

An alarm of the workspace "" is one of the whole installation, and so holds what any workspace would pay for.
It tells nobody itself: it announces, in the same transaction, the notice that does.
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
"""For so long after it was settled, an alarm that stands again is not told again."""

_ALARM = "SELECT workspace, concern, about, sentence, since, settled_at, tried_at FROM alarms"
GET = f"{_ALARM} WHERE workspace = ? AND concern = ? AND about = ?"
STANDING = f"{_ALARM} WHERE settled_at IS NULL ORDER BY since, workspace, concern, about"
HOLDING = f"""
{_ALARM} WHERE workspace IN (?, '') AND concern IN ({", ".join("?" * len(HOLDS))}) AND settled_at IS NULL
ORDER BY since, workspace, concern, about
"""
SOUND = """
INSERT INTO alarms (workspace, concern, about, sentence, since) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (workspace, concern, about) DO UPDATE SET sentence = excluded.sentence, since = excluded.since,
    settled_at = NULL, tried_at = NULL
"""
SETTLE = """
UPDATE alarms SET settled_at = ? WHERE workspace = ? AND concern = ? AND settled_at IS NULL RETURNING about
"""
TRY = "UPDATE alarms SET tried_at = ? WHERE workspace = ? AND concern = ? AND about = ?"

_Row = tuple[str, str, str, str, str, str | None, str | None]


class SQLAlarms:
    """The port `Alarms`; what is to be told goes into `outbox`."""

    def __init__(self, connection: sqlite3.Connection, now: datetime, outbox: Outbox) -> None:
        self._connection = connection
        self._now = now
        self._outbox = outbox

    def sound(self, workspace: WorkspaceId, concern: Concern, sentence: str, *, about: str = "") -> bool:
        """Let an alarm stand, and announce it unless it stands already or was settled within the hour."""
        row = self._connection.execute(GET, (workspace, concern, about)).fetchone()
        settled_at = _alarm(row).settled_at if row else None
        if row and settled_at is None:
            return False
        self._connection.execute(SOUND, (workspace, concern, about, sentence, text_of(self._now)))
        if settled_at and self._now - settled_at < QUIET:
            return False
        self._outbox.announce(Notice(workspace, concern, about))
        return True

    def settle(self, workspace: WorkspaceId, *concerns: Concern) -> bool:
        """Let the alarms about these be over, and announce each that stood; those of "" have to be named."""
        over = [
            Notice(workspace, concern, about, is_over=True)
            for concern in dict.fromkeys(concerns)
            for (about,) in self._connection.execute(SETTLE, (text_of(self._now), workspace, concern))
        ]
        for notice in sorted(over, key=lambda notice: (notice.concern, notice.about)):
            self._outbox.announce(notice)
        return bool(over)

    def get(self, workspace: WorkspaceId, concern: Concern, about: str = "") -> Alarm:
        """Return an alarm, standing or settled. Raises Refused where there never was one."""
        row = self._connection.execute(GET, (workspace, concern, about)).fetchone()
        if row is None:
            raise Refused("There never was an alarm about this.")
        return _alarm(row)

    def standing(self) -> Sequence[Alarm]:
        """Return every alarm that stands, oldest first."""
        return [_alarm(row) for row in self._connection.execute(STANDING)]

    def hold(self, workspace: WorkspaceId, *, try_every: timedelta) -> Alarm | None:
        """Return what holds the workspace back: first what no try may end, then what stands longest.

        An alarm sounds because a try was refused, so the first try after it waits for `try_every` too.
        """
        rows = self._connection.execute(HOLDING, (workspace, *sorted(HOLDS))).fetchall()
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
    *_, since, _, tried_at = row
    return moment_of(tried_at or since)


def _alarm(row: _Row) -> Alarm:
    workspace, concern, about, sentence, since, settled_at, _ = row
    return Alarm(
        workspace=WorkspaceId(workspace),
        concern=Concern(concern),
        about=about,
        sentence=sentence,
        since=moment_of(since),
        settled_at=moment_or_none(settled_at),
    )
