"""A policy file that changed while the bot runs: told where it is bad, put into the audit where it holds."""

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

    async def look(self) -> Change | None:
        """See whether it changed."""
        ...


class Rules:
    """Looks at the policy file now and then."""

    def __init__(self, store: Store, book: Book) -> None:
        self._store = store
        self._book = book

    async def look(self) -> None:
        """Take a new policy over, or have who can mend it told what is wrong with it."""
        if change := await self._book.look():
            await self._store.write(lambda tx: _note(tx, change))


def _note(tx: Transaction, change: Change) -> None:
    if change.policy is None:
        told = [str(fault) for fault in change.faults[:MOST]]
        more = len(change.faults) - MOST
        rest = [f"and {more} more: `housestyle policy check` names them"] if more > 0 else []
        tx.alarms.settle(EVERYWHERE, Concern.POLICY, quietly=True)
        sentence = f"The rules that held before still do. {'; '.join([*told, *rest])}."
        tx.alarms.sound(EVERYWHERE, Concern.POLICY, sentence)
        return
    tx.alarms.settle(EVERYWHERE, Concern.POLICY)
    for workspace in tx.books.workspaces():
        tx.audit.add(Deed(workspace, None, Did.RELOADED, change.policy.source))
