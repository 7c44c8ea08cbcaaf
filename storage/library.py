"""Which pictures are approved for use, in its table. What was approved once stays so."""

import sqlite3
from datetime import datetime

from bot.domain.ids import GenerationId, UserId, WorkspaceId
from storage.rows import text_of

CLEAR = """
INSERT INTO library (generation, picture, workspace, who, at) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (generation, picture) DO NOTHING
"""
CLEARED = "SELECT picture FROM library WHERE generation = ?"
COUNT = "SELECT COUNT(*) FROM library WHERE workspace = :workspace AND at >= :since AND at < :until"


class SQLLibrary:
    """The port `Library`."""

    def __init__(self, connection: sqlite3.Connection, now: datetime) -> None:
        self._connection = connection
        self._now = now

    def clear(self, workspace: WorkspaceId, generation: GenerationId, picture: str, by: UserId) -> bool:
        """Note that a picture may be used; return whether that is new. The first who said so stands."""
        row = (generation, picture, workspace, by, text_of(self._now))
        return self._connection.execute(CLEAR, row).rowcount > 0

    def cleared(self, generation: GenerationId) -> frozenset[str]:
        """Return which pictures of a generation may be used."""
        rows = self._connection.execute(CLEARED, (generation,))
        return frozenset(picture for (picture,) in rows)
