"""The gate: who acts is asked of Slack, and whether they may is asked of the rules, before anything is done.

It fails closed: where Slack does not say who somebody is, nothing is done. What belongs to a channel of its
own, an approval say, is asked once more by its service, with that channel.
"""

from collections.abc import Callable, Collection
from typing import Any

from bot.asked import Click
from bot.domain.errors import NotAllowed
from bot.domain.ids import ChannelId, DeliveryKey, UserId
from bot.domain.people import Person
from bot.domain.policy import Policy, Role, authorize, check_member
from bot.ports import Directory
from bot.services.audits import Audits
from handlers import deliveries
from handlers.deliveries import Sender


class Gate:
    """Lets people through who may; `stewards` may do what admins may, where the settings name them."""

    def __init__(
        self,
        directory: Directory,
        audits: Audits,
        *,
        policy: Callable[[], Policy],
        stewards: Collection[UserId] = (),
    ) -> None:
        self._directory = directory
        self._audits = audits
        self._policy = policy
        self._stewards = frozenset(stewards)

    async def admit(self, sender: Sender, role: Role, *, of: ChannelId | None = None) -> Person:
        """Return who that is, if they have the role where they act. Raises NotAllowed and Unavailable.

        `of` is the channel of what they act on, where it has one: it may be reached from elsewhere.
        """
        person = await self._directory.person(sender.user, workspace=sender.workspace)
        if role is Role.ADMIN and person.id in self._stewards:
            check_member(person)
        else:
            authorize(person, role, policy=self._policy(), channel=of or sender.channel)
        return person

    async def click(
        self, sender: Sender, delivery: DeliveryKey, role: Role | None = None, *, seen: str | None = None
    ) -> Click:
        """Return who acts, and by which delivery; without a role any member, whom a service asks further."""
        if role:
            person = await self.admit(sender, role)
        else:
            person = await self._directory.person(sender.user, workspace=sender.workspace)
            check_member(person)
        return Click(person, sender.workspace, delivery, seen)

    async def note_refusal(self, body: dict[str, Any], error: NotAllowed) -> None:
        """Put into the audit that somebody was not allowed to do something."""
        sender, delivery, about = deliveries.of_anything(body)
        await self._audits.refused(sender.workspace, sender.user, about, str(error), delivery=delivery)
