"""The policy file: put into the audit where it holds, told where it is bad, when the bot starts and later."""

from typing import Protocol

from bot.domain.alarm import Concern
from bot.domain.audit import Deed, Did
from bot.domain.ids import WorkspaceId
from bot.domain.policy import Policy
from bot.ports import Store, Transaction

EVERYWHERE = WorkspaceId("")
MOST = 10


class Change(Protocol):
    """What became of a file that changed: the policy that holds now, or in sentences what is wrong."""

    @property
    def policy(self) -> Policy | None:
        """The new policy; None where the old one stays."""
        ...

    @property
    def faults(self) -> tuple[object, ...]:
        """What is wrong: `str()` of each names the line."""
        ...


class Book(Protocol):
    """Where the policy stands."""

    def current(self) -> Policy:
        """Return the policy that holds."""
        ...

    async def look(self) -> Change | None:
        """See whether it changed."""
        ...


class Rules:
    """Looks at the policy file now and then; `home` is the workspace in which nothing may be asked yet."""

    def __init__(self, store: Store, book: Book, *, home: WorkspaceId = EVERYWHERE) -> None:
        self._store = store
        self._book = book
        self._home = home

    async def begin(self) -> None:
        """Put down which policy the bot starts with, unless it is the one that was put down last."""
        await self._store.write(lambda tx: _note_first(tx, self._book.current(), self._home))

    async def look(self) -> None:
        """Take a new policy over, or have who can mend it told what is wrong with it."""
        if change := await self._book.look():
            await self._store.write(lambda tx: _note(tx, change, self._home))


def _note_first(tx: Transaction, policy: Policy, home: WorkspaceId) -> None:
    for workspace in _workspaces(tx, home):
        noted = tx.audit.last(workspace, Did.BEGAN, Did.RELOADED)
        if noted is None or (noted.about, noted.digest) != (policy.source, policy.sha256):
            tx.audit.add(Deed(workspace, None, Did.BEGAN, policy.source, policy.sha256))


def _workspaces(tx: Transaction, home: WorkspaceId) -> list[WorkspaceId]:
    return sorted({home, *tx.books.workspaces()} - {EVERYWHERE})


def _note(tx: Transaction, change: Change, home: WorkspaceId) -> None:
    if change.policy is None:
        told = [f"• {str(fault).rstrip('.')}." for fault in change.faults[:MOST]]
        more = len(change.faults) - MOST
        rest = [f"• And {more} more: `housestyle policy check` names them."] if more > 0 else []
        tx.alarms.settle(EVERYWHERE, Concern.POLICY, quietly=True)
        tx.alarms.sound(EVERYWHERE, Concern.POLICY, "\n".join([*told, *rest]))
        return
    tx.alarms.settle(EVERYWHERE, Concern.POLICY)
    for workspace in _workspaces(tx, home):
        tx.audit.add(Deed(workspace, None, Did.RELOADED, change.policy.source, change.policy.sha256))
