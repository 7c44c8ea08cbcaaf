"""The gate: who acts is asked of Slack, and whether they may is asked of the rules, before anything is done.

It fails closed: where Slack does not say who somebody is, nothing is done. What belongs to a channel of its
own, an approval say, is asked once more by its service, with that channel.
"""

from collections.abc import Callable, Collection
from typing import Any

from bot.asked import Click, Item
from bot.domain.deciding import open_ballot
from bot.domain.errors import NotAllowed
from bot.domain.ids import ChannelId, DeliveryKey, RunId, UserId
from bot.domain.people import Person
from bot.domain.policy import Policy, Role, authorize, check_member
from bot.ports import Directory
from bot.services.audits import Audits
from bot.services.training import Training
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

    async def admit(
        self, sender: Sender, role: Role, *, of: ChannelId | None = None, everywhere: bool = False
    ) -> Person:
        """Return who that is, if they have the role where they act. Raises NotAllowed and Unavailable.

        `of` is the channel of what they act on, where it has one: it may be reached from elsewhere. With
        `everywhere` it is the whole workspace's, where a role in one channel counts for nothing.
        """
        person = await self._directory.person(sender.user, workspace=sender.workspace)
        if role is Role.ADMIN and person.id in self._stewards:
            check_member(person)
        else:
            channel = None if everywhere else of or sender.channel
            authorize(person, role, policy=self._policy(), channel=channel)
        return person

    async def admit_to_run(self, sender: Sender, run: RunId, training: Training) -> None:
        """Let those ask for something about a run who may ask for trainings where it was asked for."""
        asked_in = await training.channel_of(run, workspace=sender.workspace)
        await self.admit(sender, Role.REQUEST, of=asked_in)

    async def click(
        self,
        sender: Sender,
        delivery: DeliveryKey,
        role: Role | None = None,
        *,
        everywhere: bool = False,
        seen: str | None = None,
    ) -> Click:
        """Return who acts, and by which delivery; without a role any member, whom a service asks further."""
        if role:
            person = await self.admit(sender, role, everywhere=everywhere)
        else:
            person = await self._directory.person(sender.user, workspace=sender.workspace)
            check_member(person)
        return Click(person, sender.workspace, delivery, seen)

    async def note_seen(self, sender: Sender, item: Item, delivery: DeliveryKey) -> None:
        """Put into the audit that somebody looked closely at what waits for a decision; else nothing."""
        if ballot := open_ballot(item):
            await self._audits.saw(sender.workspace, sender.user, item.id, ballot.digest, delivery=delivery)

    async def note_refusal(self, body: dict[str, Any], error: NotAllowed) -> None:
        """Put into the audit that somebody was not allowed to do something."""
        sender, delivery, about = deliveries.of_anything(body)
        await self._audits.refused(sender.workspace, sender.user, about, str(error), delivery=delivery)
