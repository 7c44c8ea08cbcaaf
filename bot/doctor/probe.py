"""The contract probe: one cheap picture, asked for in all the ways in which answers can get lost.

It speaks to Runware raw, because what is tried here is what Runware does and not what the client makes of
it. It decides nothing and prints nothing: `verdicts` compares what was found with what is relied on.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import uuid4

from bot.doctor.exchanges import Exchange, Step, ask, picture_order
from bot.domain.errors import AccessDenied, Unavailable
from bot.domain.ids import Air, TaskId
from bot.domain.results import Rendered
from bot.domain.task import Failed
from bot.runware import answers, news, wire
from bot.runware.answers import Account
from bot.runware.mouth import Mouth

MOST_SECONDS = 300.0
"""For one small picture to be drawn."""
SETTLES_WITHIN = 20.0
"""Seconds that a charge may take to show in the account; they are waited for in whole."""


@dataclass
class Record:
    """What was asked and answered, and what the account stated, None where it did not answer.

    `before` anything was asked, once the picture was `drawn`, and `after` all of it. `seconds` is how long
    the picture took, None if it never came; `address` where it is then; `stranger` the id of a task that was
    never sent.
    """

    task: TaskId
    order: str
    said: dict[Step, Exchange] = field(default_factory=dict)
    before: Account | None = None
    drawn: Account | None = None
    after: Account | None = None
    cost: float | None = None
    seconds: float | None = None
    address: str = ""
    stranger: TaskId = field(default_factory=lambda: TaskId(str(uuid4())))


@dataclass(frozen=True)
class Pace:
    """Seconds: between two looks, for the picture, and for a charge to show."""

    look: float = 2.0
    picture: float = MOST_SECONDS
    settle: float = SETTLES_WITHIN


PACE = Pace()


class Probe:
    """Asks Runware through `mouth`; `tell` is told what happens next, in a sentence."""

    def __init__(self, mouth: Mouth, tell: Callable[[str], None], pace: Pace = PACE) -> None:
        self._mouth = mouth
        self._tell = tell
        self._pace = pace

    async def run(self, air: Air, *, repeat_finished: bool) -> Record:
        """Spend the price of one picture, and of a second if a repeat is taken; return what was found.

        Raises AccessDenied and Refused where the picture is refused and nothing was charged, and Unavailable
        where Runware does not answer at all.
        """
        task = TaskId(str(uuid4()))
        record = Record(task, picture_order(air, task))
        record.before = await self._account()
        if record.before and record.before.balance is not None:
            self._tell(f"The account states a balance of ${record.before.balance:,.2f}.")
        await self._order(record)
        await self._wait_for_picture(record)
        record.drawn = await self._settled(record.before)
        await self._question(record)
        record.after = record.drawn
        if repeat_finished and record.seconds is not None:
            self._tell("Asking for the same again, now that it is done…")
            late = record.said[Step.REPEATED_LATE] = await ask(self._mouth, record.order)
            record.after = record.drawn if late.has_conflict else await self._settled(record.drawn)
        return record

    async def _order(self, record: Record) -> None:
        """Ask for the picture twice, at once."""
        self._tell(f"Asking for one picture, as task {record.task}, and at once for the same again…")
        first = record.said[Step.SUBMITTED] = await ask(self._mouth, record.order)
        if first.status is not None:
            _check_not_refused(first, record.task)
        second = record.said[Step.REPEATED] = await ask(self._mouth, record.order)
        if first.status is None and second.status is None:
            raise Unavailable(
                f"Runware did not answer. Whether it took the task {record.task} is not known: look for it "
                "in Runware's dashboard before you try again."
            )

    async def _wait_for_picture(self, record: Record) -> None:
        """Look until the picture is there, or has failed, or `picture` seconds have passed."""
        began = time.monotonic()
        while time.monotonic() - began < self._pace.picture:
            said = record.said[Step.DONE] = await ask(self._mouth, wire.look_request(record.task))
            try:
                found = news.image_news(said.answer, record.task, expected=1)
            except Unavailable:
                found = None
            if isinstance(found, Failed):
                return
            if isinstance(found, Rendered):
                record.cost, record.address = found.results[0].cost, found.results[0].url
                record.seconds = time.monotonic() - began
                return
            await asyncio.sleep(self._pace.look)

    async def _question(self, record: Record) -> None:
        """Ask what costs nothing."""
        self._tell("Asking about tasks that are and that never were…")
        for step, body in {
            Step.UNKNOWN: wire.look_request(record.stranger),
            Step.ARCHIVE: wire.details_request(record.task),
            Step.ARCHIVE_UNKNOWN: wire.details_request(record.stranger),
            Step.TOGETHER: wire.look_request(record.task, record.stranger),
        }.items():
            record.said[step] = await ask(self._mouth, body)

    async def _settled(self, before: Account | None) -> Account | None:
        """Return what the account states once all charges show, the second seconds after the first, say."""
        if before is None:
            return None
        self._tell(f"Waiting {self._pace.settle:.0f} seconds for what was charged to show…")
        await asyncio.sleep(self._pace.settle)
        return await self._account()

    async def _account(self) -> Account | None:
        """Return what the account states; None where it does not answer, or may not be asked by this key."""
        task = TaskId(str(uuid4()))
        said = await ask(self._mouth, wire.account_request(task))
        try:
            return answers.account_of(said.answer, task)
        except Unavailable:
            return None


def _check_not_refused(said: Exchange, task: TaskId) -> None:
    """Return if the picture may come. Raises Refused and AccessDenied where it certainly does not."""
    try:
        answers.check_accepted(said.answer, task, wire.IMAGE)
    except AccessDenied:
        raise
    except Unavailable:
        return
