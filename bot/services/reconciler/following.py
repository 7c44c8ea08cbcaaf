"""Following what Runware has taken: a look in vain is borne with, and after a day of that a person decides.

In vain is also one that tells nothing new long after the usual time. Until then only time passes. What is in
doubt is looked for on, and followed again once Runware tells of it, or something new where it is slow.
"""

from abc import abstractmethod
from datetime import timedelta
from typing import ClassVar, TypeVar

from bot.domain.errors import Unavailable
from bot.domain.task import Delayed, Doubted, Failed, Searched, Submitted, Task
from bot.domain.trouble import Cause, begun, lasted
from bot.journal import NOW
from bot.services.reconciler.handover import Handover, Item

News = TypeVar("News")
SLOW = Delayed("It takes longer than usual. Housestyle goes on looking.", Cause.SLOW)


class Following(Handover[Item]):
    """The protocol, and what follows it where Runware has said that it took the request."""

    lost_sight: ClassVar[str]
    """Why a person decides about what was taken, and then not told of for a day."""
    stuck: ClassVar[str]
    """Why one does about what is told of, without anything new for a day."""

    @abstractmethod
    async def is_told(self, item: Item, task: Task) -> bool:
        """Say whether Runware tells how far the task is, or how it ended; silence is none.

        Nor is what it told before of an item that is in doubt because it is slow.
        """

    async def look_for_trace(self, item: Item, task: Task) -> None:
        """Go on looking, but send nothing: a person has to decide about the rest.

        What Runware had said to have, and then told nothing of, is in doubt until it tells of it again.
        """
        testimony = await self.evidence(item, task)
        is_found = await self.is_told(item, task) if task.is_taken else testimony.is_known
        fact = Submitted() if is_found else Searched(testimony.said)
        await self.note(item, fact, NOW if is_found else 2 * self._pace.poll)

    async def unanswered(self, item: Item, silence: Unavailable, wait: timedelta) -> None:
        """Bear with a look that Runware did not answer, whatever the reason; who can mend it is told."""
        if await self.is_lost_sight_of(item):
            await self.note(item, Doubted(self.lost_sight, (str(silence),)), self._pace.poll)
        else:
            await self.heed(item, silence, wait, besides=(Cause.UNHEARD, *still_slow(item)))

    async def bear_with_slowness(self, item: Item, task: Task, wait: timedelta) -> None:
        """Bear with what is long under way and tells nothing new; after a day of that, a person decides."""
        if await self.is_too_slow(item):
            testimony = await self.evidence(item, task)
            await self.note(item, Doubted(self.stuck, testimony.said, Cause.SLOW), wait)
        else:
            await self.delay(item, SLOW, wait)

    async def is_too_slow(self, item: Item) -> bool:
        """Say whether nothing new was told of it for so long that a person has to decide."""
        return await self._store.read(lambda tx: lasted(item, Cause.SLOW, at=tx.now)) > self._pace.doubt

    async def is_lost_sight_of(self, item: Item) -> bool:
        """Say whether nothing was told of it for so long that a person has to decide."""
        return await self._store.read(lambda tx: lasted(item, Cause.UNHEARD, at=tx.now)) > self._pace.doubt


def still_slow(item: Item) -> tuple[Cause, ...]:
    """Return what a look in vain leaves as it was: it does not tell whether the slowness is over."""
    return (Cause.SLOW,) if Cause.SLOW in begun(item) else ()


def in_order(recalled: News | Failed | None, task: Task) -> News | Failed | None:
    """Return what the archive tells, but for a failure where more was sent than once.

    The archive holds the last answer, which may be the no to a repeat of what was taken (facts §2).
    """
    return None if isinstance(recalled, Failed) and task.attempts > 1 else recalled
