"""What an admin has stopped for now, in its table: one row for each thing that is stopped."""

import sqlite3

from bot.domain.ids import UserId, WorkspaceId
from bot.ports import Freeze
from storage import epoch
from storage.rows import moment_of, text_of

PUT = """
INSERT INTO freezes (workspace, what, reason, who, at) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (workspace, what) DO UPDATE SET reason = excluded.reason, who = excluded.who, at = excluded.at
"""
LIFT = "DELETE FROM freezes WHERE workspace = ? AND what = ?"
STANDING = "SELECT what, reason, who, at FROM freezes WHERE workspace = ? ORDER BY at, what"


class SQLFreezes:
    """The port `Freezes`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def put(self, workspace: WorkspaceId, freeze: Freeze) -> None:
        """Stop it; a database that forgets that it was stopped is found out, as it might pay for it."""
        row = (workspace, freeze.what, freeze.reason, freeze.by, text_of(freeze.at))
        self._connection.execute(PUT, row)
        epoch.rise(self._connection)

    def lift(self, workspace: WorkspaceId, what: str) -> bool:
        """Let it go on; return whether it was stopped."""
        return self._connection.execute(LIFT, (workspace, what)).rowcount > 0

    def standing(self, workspace: WorkspaceId) -> list[Freeze]:
        """Return what is stopped, what was stopped first first."""
        rows = self._connection.execute(STANDING, (workspace,))
        return [Freeze(what, reason, UserId(who), moment_of(at)) for what, reason, who, at in rows]
