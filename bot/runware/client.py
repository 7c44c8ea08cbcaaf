"""One account at Runware: what is sent when, and the three ports that are spoken through it.

Nothing is repeated here: a repeat of a paid request is decided above, where it is written down first. At most
so many calls are made at once as there are places, one of them kept for what costs money; looks go together
where they can, and while Runware does not answer at all hardly any call is made. What is said and meant is
told by `wire`, `answers`, `news` and `archive`; bytes are exchanged by a `Mouth`.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from random import Random, SystemRandom
from uuid import uuid4

from bot.domain.errors import NotYet, Refused, Unavailable
from bot.domain.facts import Progressed, Trained
from bot.domain.generation import Generation
from bot.domain.ids import TaskId
from bot.domain.results import Rendered, Underway
from bot.domain.run import Run
from bot.domain.style import Ordered
from bot.domain.task import Failed, Task, Testimony
from bot.ports import Usage
from bot.runware import answers, archive, news, wire
from bot.runware.answers import Account, Answer
from bot.runware.archive import Record
from bot.runware.breaker import Breaker
from bot.runware.looks import Looks
from bot.runware.mouth import CONNECT_SECONDS, TOTAL_SECONDS, HttpMouth, Mouth
from bot.runware.sentences import ARCHIVE_IS_AWAY, LIST_HAS_IT, LIST_IS_SILENT, NO_ANSWER, OTHERS_FIRST
from bot.runware.webhooks import Webhooks

PLACES = 4
"""Runware advises 2 to 4 requests at a time."""
PATIENCE = 0.25
"""Of the total: so long a paid request waits for a place, 5 of 20 seconds.

Both together stay below the time, counted from when the try was written down, after which it may be repeated.
"""


class RunwareClient:
    """Asks through `mouth`, of at most `places` calls at once; `clock` returns the time in UTC.

    Waiting for a free place does not count into `total_seconds`: nothing has been sent until then. Looks, and
    all else that is free, get one place less, and wait for it as long as it takes.
    """

    def __init__(
        self,
        mouth: Mouth,
        *,
        clock: Callable[[], datetime],
        rng: Random,
        places: int = PLACES,
        total_seconds: float = TOTAL_SECONDS,
    ) -> None:
        self._mouth = mouth
        self._total = total_seconds
        self._places = asyncio.Semaphore(places)
        self._free_of_charge = asyncio.Semaphore(max(1, places - 1))
        self._breaker = Breaker(clock=clock, rng=rng)
        self._looks = Looks(self._when_free, clock=clock)

    @property
    def silent_since(self) -> datetime | None:
        """Since when Runware does not answer any more, as far as that is known; None: it does."""
        return self._breaker.silent_since

    async def submit(self, body: str) -> Answer:
        """Send what costs money, as `ask` does; NotYet where no place is free in time."""
        try:
            async with asyncio.timeout(PATIENCE * self._total):
                await self._places.acquire()
        except TimeoutError:
            raise NotYet(OTHERS_FIRST) from None
        try:
            return await self._called(lambda: body)
        finally:
            self._places.release()

    async def ask(self, body: str) -> Answer:
        """Send `body`, which costs nothing, once as it is, and read the answer whatever its status.

        Raises Unavailable, and NotSent where it was certainly not sent.
        """
        return await self._when_free(lambda: body)

    async def look(self, task: TaskId) -> Answer:
        """Return what Runware tells of a task now. Raises Unavailable."""
        return await self._looks.look(task)

    async def recorded(self, task: TaskId) -> Record | None:
        """Return what the archive holds of a task. Raises Unavailable where it does not say."""
        return archive.record_of(await self.ask(wire.details_request(task)), task)

    async def account(self) -> Account:
        """Return the account's details. Raises AccessDenied and Unavailable."""
        task_id = TaskId(str(uuid4()))
        return answers.account_of(await self.ask(wire.account_request(task_id)), task_id)

    async def _when_free(self, worded: Callable[[], str]) -> Answer:
        """Ask what `worded` returns, which is called when a place is free."""
        async with self._free_of_charge, self._places:
            return await self._called(worded)

    async def _called(self, worded: Callable[[], str]) -> Answer:
        with self._breaker.call() as call:
            answer = await self._exchange(worded())
            call.is_answered = not answer.is_silence
            return answer

    async def _exchange(self, body: str) -> Answer:
        try:
            async with asyncio.timeout(self._total):
                status, said, wait = await self._mouth.exchange(body.encode())
        except TimeoutError:
            raise Unavailable(NO_ANSWER) from None
        return answers.read(status, said, retry_after=wait)


@asynccontextmanager
async def connected(
    key: str,
    url: str,
    *,
    places: int = PLACES,
    connect_seconds: float = CONNECT_SECONDS,
    total_seconds: float = TOTAL_SECONDS,
) -> AsyncIterator[RunwareClient]:
    """Speak over HTTP with the API at `url` for the length of the block."""
    async with HttpMouth(
        key, url, connections=places, connect_seconds=connect_seconds, total_seconds=total_seconds
    ) as mouth:
        yield RunwareClient(mouth, clock=_now, rng=SystemRandom(), places=places, total_seconds=total_seconds)


def _now() -> datetime:
    return datetime.now(UTC)


class RunwareTrainer:
    """The port Trainer; `namespace` is the configured provider part of our AIRs, empty to ask the account."""

    def __init__(self, client: RunwareClient, webhooks: Webhooks, *, namespace: str = "") -> None:
        self._client = client
        self._webhooks = webhooks
        self._namespace = namespace

    async def namespace(self) -> str:
        """Return the provider part of our AIRs; the account is asked until it has answered once.

        Raises Refused where the account states none, AccessDenied and Unavailable.
        """
        if not self._namespace:
            stated = (await self._client.account()).namespace
            if stated is None:
                raise Refused(
                    "Runware does not say under which name this organisation's models are kept. "
                    "Ask whoever runs this bot to set HOUSESTYLE_AIR_NAMESPACE.",
                    code="noNamespace",
                )
            self._namespace = stated
        return self._namespace

    def order(self, run: Run, task: TaskId, *, dataset: str) -> str:
        """Return the exact request body; nothing is sent. `dataset` is the link to the ZIP."""
        return wire.training_order(
            run, task, dataset=dataset, webhook_url=self._webhooks.address(run.id, task)
        )

    async def submit(self, task: Task) -> bool:
        """Send `task.body` once; True: Runware had it already. See the port for what it raises."""
        return answers.check_accepted(await self._client.submit(task.body), task.id, wire.TRAINING)

    async def look(self, task: TaskId) -> Progressed | Trained | Failed | None:
        """Say how far a training is; None: no news. Raises AccessDenied and Unavailable."""
        return news.training_news(await self._client.look(task), task)

    async def recall(self, task: TaskId) -> Trained | Failed | None:
        """Say how a training ended by the archive; None: it does not tell. Raises Unavailable."""
        if record := await self._client.recorded(task):
            with suppress(Unavailable):  # what once was in the way is no news
                found = news.training_news(record.answer, task)
                return None if isinstance(found, Progressed) else found
        return None

    async def testify(self, task: Task) -> Testimony:
        """Ask the task list and the archive; raises Unavailable where the list does not answer."""
        return await _testify(self._client, task, wire.TRAINING)

    async def archived(self, task: TaskId) -> str | None:
        """Return the archived request body, as we word bodies. Raises Unavailable."""
        return await _archived(self._client, task)

    def ordered(self, body: str) -> Ordered | None:
        """Return the version that an archived body has trained; None where it tells none."""
        return archive.ordered(body)


class RunwareImages:
    """The port ImageGenerator."""

    def __init__(self, client: RunwareClient, webhooks: Webhooks) -> None:
        self._client = client
        self._webhooks = webhooks

    def order(self, generation: Generation, task: TaskId) -> str:
        """Return the exact request body that asks for the pictures; nothing is sent."""
        return wire.image_order(generation, task, webhook_url=self._webhooks.address(generation.id, task))

    async def submit(self, task: Task) -> bool:
        """Send `task.body` once; True: Runware had it already. See the port for what it raises."""
        return answers.check_accepted(await self._client.submit(task.body), task.id, wire.IMAGE)

    async def look(self, task: TaskId, *, expected: int) -> Rendered | Failed | Underway | None:
        """Say whether all pictures are drawn; None: not yet. Raises AccessDenied and Unavailable."""
        return news.image_news(await self._client.look(task), task, expected=expected)

    async def recall(self, task: TaskId, *, expected: int) -> Rendered | Failed | Underway | None:
        """Say by the archive how it ended, or which pictures are drawn; None: it does not tell.

        Raises Unavailable.
        """
        if record := await self._client.recorded(task):
            with suppress(Unavailable):  # what once was in the way is no news
                found = news.image_news(record.answer, task, expected=expected)
                return found if not isinstance(found, Underway) or found.drawn else None
        return None

    async def testify(self, task: Task) -> Testimony:
        """Ask the task list and the archive; raises Unavailable where the list does not answer."""
        return await _testify(self._client, task, wire.IMAGE)


class RunwareAccount:
    """The port Accountant."""

    def __init__(self, client: RunwareClient) -> None:
        self._client = client

    async def usage(self) -> Usage:
        """Return what the account states now. Raises AccessDenied and Unavailable."""
        account = await self._client.account()
        return Usage(account.spent, account.requests, account.balance)


async def _testify(client: RunwareClient, task: Task, task_type: str) -> Testimony:
    """Ask both witnesses; of an archive that does not answer, it is only said that it does not."""
    is_listed = news.is_told(await client.look(task.id), task.id, task_type)
    try:
        kept = archive.statement_of(await client.recorded(task.id), task, task_type)
    except Unavailable:
        kept = Testimony(is_known=False, said=(ARCHIVE_IS_AWAY,))
    return Testimony(
        is_known=is_listed or kept.is_known,
        said=(LIST_HAS_IT if is_listed else LIST_IS_SILENT, *kept.said),
        is_foreign=kept.is_foreign,
        is_ours=kept.is_ours,
    )


async def _archived(client: RunwareClient, task: TaskId) -> str | None:
    record = await client.recorded(task)
    return record.body if record else None
