"""The steps of a generation: hand it over, wait for the pictures, and bring each of them into Slack."""

import asyncio
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from operator import itemgetter

from bot.domain.alarm import Concern
from bot.domain.collecting import Collected, Lost, Renewed, Shown, Upload
from bot.domain.errors import HousestyleError, Refused, Unavailable, Unpostable
from bot.domain.generation import Format, Generation, Stage
from bot.domain.ids import FileId
from bot.domain.message import Originals
from bot.domain.policy import Action
from bot.domain.results import Rendered, Result, Underway
from bot.domain.task import Delayed, Doubted, Failed, Failure, Task
from bot.domain.trouble import Cause, begun, lasted
from bot.journal import NOW, postpone, record
from bot.ports import FinishedPicture, ImageGenerator, Messenger, PictureFetcher, Store, Transaction
from bot.services.reconciler.attendance import Attendance
from bot.services.reconciler.following import Following, in_order
from bot.services.reconciler.handover import put_off
from bot.services.reconciler.obstacles import Fact, mind_hosts, obstacle
from bot.services.reconciler.pace import Pace

NEVER_DRAWN = "Runware took this request, and tells nothing of it any more."
AT_ONCE = 4
"""Pictures fetched and uploaded side by side."""
News = Rendered | Failed | Underway | None
Step = tuple[Fact, timedelta]
"""What became of a picture, and the wait until what comes next."""


class GenerationSteps(Following[Generation]):
    """Follows a request for pictures from the first byte sent to the last file in Slack."""

    paid_for, action = "pictures", Action.GENERATE
    lost_sight = "Runware took this request, and for a day it has told nothing of it."
    stuck = "Runware took this request, and for a day it has told nothing new of it."

    def __init__(
        self,
        store: Store,
        generator: ImageGenerator,
        fetcher: PictureFetcher,
        messenger: Messenger,
        attendance: Attendance,
        pace: Pace,
    ) -> None:
        super().__init__(store, generator, pace)
        self._attendance = attendance
        self._generator = generator
        self._fetcher = fetcher
        self._messenger = messenger

    async def advance(self, item: Generation) -> None:
        """Take the step that the generation's stage asks for."""
        match item:
            case Generation(stage=Stage.AWAITING):
                await self._attendance.attend(item)
            case Generation(stage=Stage.REQUESTED):
                await self.prepare(item, lambda task: self._generator.order(item, task))
            case Generation(stage=Stage.SUBMITTING, task=Task() as task):
                await self.go_on(item, task)
            case Generation(stage=Stage.UNCONFIRMED, task=Task() as task):
                await self.look_for_trace(item, task)
            case Generation(stage=Stage.RENDERING, task=Task() as task):
                await self._look(item, task)
            case Generation(stage=Stage.COLLECTING):
                await self._collect(item)

    async def is_as_approved(self, item: Generation, task: Task) -> bool:
        """Make sure of the decision where nothing was sent for a while: it was frozen."""
        return task.attempts > 0 or await self._attendance.is_still_agreed(item)

    async def is_told(self, item: Generation, task: Task) -> bool:
        """Say whether Runware tells how far the pictures are, or how they ended; where it is slow, of any."""
        try:
            news = await self._news(item, task, is_late=True)
        except Unavailable:
            return False
        if isinstance(news, Underway) and item.cause is Cause.SLOW:
            return bool(news.drawn)
        return news is not None

    async def _look(self, generation: Generation, task: Task) -> None:
        elapsed = await self._store.read(lambda tx: tx.now - (generation.stage_since or tx.now))
        wait = self._pace.look_at_pictures(elapsed=elapsed)
        is_late = elapsed > self._pace.patience
        try:
            news = await self._news(generation, task, is_late=is_late)
        except Unavailable as silence:
            wait = max(wait, self._pace.retry(since=elapsed, asked=silence.retry_after))
            await self.unanswered(generation, silence, wait)
            return
        if generation.trouble:
            await self._store.write(lambda tx: tx.alarms.settle(generation.request.workspace, Concern.KEY))
        if isinstance(news, Underway) and await self._is_all(generation, news, is_late=is_late):
            news = Rendered(news.drawn)
        match news:
            case Rendered():
                await self._store.write(lambda tx: record(tx, generation, news, NOW))
            case Failed():
                await self.note(generation, news, None)
            case None if is_late:
                testimony = await self.evidence(generation, task)
                await self.note(generation, Doubted(NEVER_DRAWN, testimony.said), self._pace.poll)
            case _ if is_late:
                await self.bear_with_slowness(generation, task, wait)
            case Underway() if generation.trouble:
                await self.note(generation, Delayed(""), wait)
            case _:
                await self._store.write(lambda tx: postpone(tx, generation, wait))

    async def _news(self, generation: Generation, task: Task, *, is_late: bool) -> News:
        """Return what a look tells; where that is late, what the archive does if it tells of more pictures.

        A failure in the archive counts only where a look tells nothing: that is the truth about a task.
        """
        count = generation.request.count
        seen = await self._generator.look(task.id, expected=count)
        if isinstance(seen, Rendered | Failed) or not is_late:
            return seen
        if seen is None:
            return in_order(await self._generator.recall(task.id, expected=count), task)
        with suppress(Unavailable):  # the look was answered
            recalled = await self._generator.recall(task.id, expected=count)
            return recalled if len(_drawn(recalled)) > len(seen.drawn) else seen
        return seen

    async def _is_all(self, generation: Generation, news: Underway, *, is_late: bool) -> bool:
        """Say whether the pictures that are drawn are all that will be: they are paid, and wait no longer.

        That is so late, unless it is said that there will be more; after a day of that, all the same.
        """
        if not (news.drawn and is_late):
            return False
        return not news.is_working or await self.is_too_slow(generation)

    async def _collect(self, generation: Generation) -> None:
        missing = generation.missing[:AT_ONCE]
        if not missing:
            await self._store.write(lambda tx: self._show(tx, generation))
            return
        now = await self._store.read(lambda tx: tx.now)
        brought = await asyncio.gather(
            *(self._bring(generation, result, now) for result in missing), return_exceptions=True
        )
        pairs = zip(missing, brought, strict=True)
        steps = [(result, step) for result, step in pairs if not isinstance(step, BaseException)]
        await self._store.write(lambda tx: self._collected(tx, generation, steps))
        for outcome in brought:
            if isinstance(outcome, BaseException):
                raise outcome

    def _collected(self, tx: Transaction, generation: Generation, steps: list[tuple[Result, Step]]) -> None:
        """Write down what became of each picture: what came is kept, whatever the others did."""
        mind_hosts(tx, generation, [(result, fact) for result, (fact, _) in steps])
        for fact, due in _in_one_word([step for _, step in steps]):
            if isinstance(fact, Delayed):
                put_off(tx, generation, fact, due)
            else:
                generation = record(tx, generation, fact, due)

    async def _bring(self, generation: Generation, result: Result, now: datetime) -> Step:
        """Bring one picture into Slack; return what became of it, and when to go on."""
        try:
            picture = await self._fetcher.fetch(result.url)
        except (Unavailable, Refused) as no:
            return await self._bear(generation, result, no, now)
        try:
            return Collected(await self._place(generation, result, picture)), NOW
        except (Unavailable, Unpostable) as no:
            if lasted(generation, Cause.SLACK, at=now) <= self._pace.doubt:
                return self._later(generation, no, now, Cause.SLACK)
            return Lost(result.uuid, str(no)), NOW

    async def _bear(
        self, generation: Generation, result: Result, no: Unavailable | Refused, now: datetime
    ) -> Step:
        """Bear with what keeps a paid picture from us; Runware is asked, once, for another link: they expire.

        It is lost only when there is none, and time is up.
        """
        way = obstacle(no, self._pace)
        since = lasted(generation, way.cause, at=now)
        why, wait = self._later(generation, no, now, way.cause, *way.untried)
        later = why, wait if since <= self._pace.patience else max(wait, self._pace.poll)
        if since < way.asks_after:
            return later
        try:
            url = None if result.is_renewed else await self._other_link(generation, result)
        except Unavailable as silence:
            if lasted(generation, Cause.RUNWARE, at=now) <= self._pace.doubt:
                return self._later(generation, silence, now, Cause.RUNWARE, way.cause, *way.untried)
            url = None
        if url:
            return Renewed(result.uuid, url), NOW
        return later if since < way.borne_for else (Lost(result.uuid, str(no)), NOW)

    async def _other_link(self, generation: Generation, result: Result) -> str | None:
        """Return another link to a picture, if the task list or the archive tells one. Raises Unavailable."""
        if generation.task is None:  # pragma: no cover - nothing is drawn without a task
            return None
        for ask in (self._generator.look, self._generator.recall):
            told = await ask(generation.task.id, expected=generation.request.count)
            for other in _drawn(told):
                if other.uuid == result.uuid and other.url != result.url:
                    return other.url
        return None

    def _later(
        self, generation: Generation, no: HousestyleError, now: datetime, cause: Cause, *untried: Cause
    ) -> Step:
        """Say what is in a picture's way; what it did not come to try this time may be so still."""
        asked = no.retry_after if isinstance(no, Unavailable) else None
        wait = self._pace.retry(since=now - (generation.stage_since or now), asked=asked)
        return Delayed(str(no), cause, tuple(one for one in untried if one in begun(generation))), wait

    async def _place(self, generation: Generation, result: Result, picture: FinishedPicture) -> Upload:
        model = generation.air.partition(":")[2].replace("@", "-")
        stem = f"{model}-{generation.id}-{generation.results.index(result) + 1}"
        shown = await self._upload(f"{stem}.{picture.suffix}", picture.shown)
        if picture.original is None:
            return Upload(result.uuid, shown)
        original = await self._upload(f"{stem}.{picture.original_suffix}", picture.original)
        return Upload(result.uuid, shown, original)

    async def _upload(self, name: str, body: bytes) -> FileId:
        """Bring a file, of a name like no other, into Slack; go on with an upload that was broken off."""
        earlier = await self._store.read(lambda tx: tx.begun_upload(name))

        async def begun(file: FileId) -> None:
            await self._store.write(lambda tx: tx.begin_upload(name, file))

        return await self._messenger.upload(name, body, begun=begun, earlier=earlier)

    def _show(self, tx: Transaction, generation: Generation) -> None:
        if not generation.uploads:
            record(tx, generation, Failed(Failure("lost", generation.trouble)), None)
            return
        record(tx, generation, Shown(), None)
        if generation.request.format is Format.WEBP:
            tx.outbox.announce(Originals(generation.id))


def _drawn(news: News) -> tuple[Result, ...]:
    """Return the pictures that it tells of."""
    match news:
        case Rendered(pictures) | Underway(pictures):
            return pictures
    return ()


def _in_one_word(steps: list[Step]) -> list[Step]:
    """Return the steps with one delay at most, the last: of the longest wait, with the causes of all."""
    told = [step for step in steps if not isinstance(step[0], Delayed)]
    delays = [(fact, due) for fact, due in steps if isinstance(fact, Delayed)]
    if not delays:
        return told
    last, due = max(delays, key=itemgetter(1))
    causes = {cause for fact, _ in delays for cause in (fact.cause, *fact.besides) if cause}
    return [*told, (replace(last, besides=tuple(sorted(causes - {last.cause}))), due)]
