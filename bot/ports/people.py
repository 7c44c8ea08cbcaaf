"""What we ask of Slack about people: who somebody is, and whom a user group holds."""

from typing import Protocol

from bot.domain.ids import UserId, WorkspaceId
from bot.domain.people import Party, Person


class Directory(Protocol):
    """Knows people; what it was told it repeats for some minutes, and never longer.

    It fails closed: where Slack cannot be asked and nothing fresh is known, it raises Unavailable.
    """

    async def person(self, user: UserId, *, workspace: WorkspaceId) -> Person:
        """Say who that is, and in which of the rules' user groups. Raises Unavailable.

        Whoever is not of `workspace` is EXTERNAL, whatever they are elsewhere; whom Slack does not know too.
        """
        ...

    async def members(self, party: Party) -> frozenset[UserId] | None:
        """Return the active full members that `party` means; None: everyone, or too many to list.

        A user group that Slack does not know has none. Raises Unavailable.
        """
        ...

    async def colleagues(self, besides: UserId) -> int | None:
        """Return how many other active members the workspace has; None: many. Raises Unavailable."""
        ...
