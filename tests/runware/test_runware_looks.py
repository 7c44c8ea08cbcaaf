"""Looks at the same moment share a request, and nothing that is told of one is taken for another's."""

import asyncio
import json
from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.errors import AccessDenied, HousestyleError, NotSent, Unavailable
from bot.domain.facts import Progressed, Trained
from bot.domain.ids import Air, TaskId
from bot.domain.task import Failed
from bot.runware.client import RunwareClient, RunwareTrainer
from bot.runware.news import training_news
from bot.runware.sentences import SILENT
from bot.runware.webhooks import Webhooks
from tests.runware.small import ANONYMOUS, HandClock, Reply, SmallMouth, client_of, named, settled

A, B, C = named(1), named(2), named(3)


def running(percent: int) -> dict[str, object]:
    return {"taskType": "training", "status": "processing", "progress": percent}


def trainer_of(client: RunwareClient) -> RunwareTrainer:
    return RunwareTrainer(client, Webhooks(None, None))


async def looks(client: RunwareClient, tasks: Iterable[TaskId]) -> list[object]:
    """Look at all of them at once; a sentence stands for what was raised."""
    trainer = trainer_of(client)
    told = await asyncio.gather(*(trainer.look(task) for task in tasks), return_exceptions=True)
    return [str(one) if isinstance(one, HousestyleError) else one for one in told]


async def test_looks_at_the_same_moment_go_together_ten_at_a_time() -> None:
    tasks = [named(number) for number in range(23)]
    mouth = SmallMouth(rows={task: [running(number)] for number, task in enumerate(tasks)})
    assert await looks(client_of(mouth), tasks) == [Progressed(number) for number in range(23)]
    assert mouth.asked == [tasks[:10], tasks[10:20], tasks[20:]]


async def test_a_look_alone_is_one_task_and_nothing_else() -> None:
    mouth = SmallMouth()
    assert await looks(client_of(mouth), [A]) == [None]
    assert mouth.bodies == [f'[{{"taskType":"getResponse","taskUUID":"{A}"}}]']


async def test_two_who_look_at_one_task_are_told_the_same() -> None:
    mouth = SmallMouth(rows={A: [running(5)], B: [running(6)]})
    assert await looks(client_of(mouth), [A, B, A]) == [Progressed(5), Progressed(6), Progressed(5)]
    assert mouth.asked == [[A, B]]


async def test_whoever_comes_while_no_place_is_free_goes_together() -> None:
    mouth = SmallMouth(rows={task: [running(1)] for task in (A, B, C)})
    client = client_of(mouth, places=1)
    mouth.gate.clear()
    under_way = []
    for task in (A, B, C):
        under_way.append(asyncio.create_task(client.look(task)))
        await settled()
    assert mouth.asked == [[A]]
    mouth.gate.set()
    await asyncio.gather(*under_way)
    assert mouth.asked == [[A], [B, C]]


async def test_an_error_of_one_task_is_nobody_elses() -> None:
    mouth = SmallMouth(
        rows={B: [running(50)]}, faults={A: [{"code": "invalidDataset", "taskType": "training"}]}
    )
    failed, half, silent = await looks(client_of(mouth), [A, B, C])
    assert isinstance(failed, Failed)
    assert (half, silent) == (Progressed(50), None)
    assert mouth.asked == [[A, B, C], [A], [C]]


@pytest.mark.parametrize("status", [400, 403, 500])
async def test_a_bad_status_is_cleared_up_one_by_one(status: int) -> None:
    mouth = SmallMouth(
        rows={B: [running(50)]}, faults={A: [{"code": "brandNewCode", "message": "No"}]}, status=status
    )
    _, half, silent = await looks(client_of(mouth), [A, B, C])
    assert (half, silent) == (Progressed(50), None)
    assert mouth.asked == [[A, B, C], [A], [C]]
    await looks(client_of(mouth), [B, C])
    assert mouth.asked[3:] == [[B, C], [C]]


WHOLE = [
    (200, b"<html>Gateway</html>"),
    (302, b""),
    (400, b'{"data":[]}'),
    (400, ANONYMOUS),
    (200, b'{"data":[{"taskUUID":"' + A.encode() + b'","air":"x:y@1"}],' + ANONYMOUS[1:]),
    (400, b'{"errors":[{"code":"invalidParameter","taskUUID":"' + named(9).encode() + b'"}]}'),
    (500, b""),
    (413, b""),
]


@pytest.mark.parametrize("reply", WHOLE)
async def test_a_batch_that_fails_as_a_whole_is_asked_again_one_by_one(reply: Reply) -> None:
    mouth = SmallMouth(rows={A: [running(1)], B: [running(2)]}, of_batches=[reply] * 9)
    clock = HandClock()
    client = client_of(mouth, clock=clock)
    for _ in range(2):
        assert await looks(client, [A, B]) == [Progressed(1), Progressed(2)]
    assert mouth.asked == [[A, B], [A], [B], [A], [B]]
    clock.pass_time(minutes=10)
    assert await looks(client, [A, B]) == [Progressed(1), Progressed(2)]
    assert mouth.asked[5:] == [[A, B], [A], [B]]


async def test_batches_do_not_rest_longer_because_the_clock_was_set_back() -> None:
    rows = {A: [running(1)], B: [running(2)]}
    mouth, clock = SmallMouth(rows=rows, of_batches=[(400, ANONYMOUS)]), HandClock()
    client = client_of(mouth, clock=clock)
    await looks(client, [A, B])
    clock.pass_time(hours=-1)
    await looks(client, [A, B])
    assert mouth.asked[3:] == [[A, B]]


@pytest.mark.parametrize(
    "content", [b"", ANONYMOUS, b'{"errors":[{"code":"x","taskUUID":"%b"}]}' % A.encode()]
)
async def test_runware_that_is_busy_is_not_asked_ten_times_more(content: bytes) -> None:
    rows = {task: [running(1)] for task in (A, B, C)}
    mouth = SmallMouth(rows=rows, of_batches=[(429, content)], retry_after="17")
    client = client_of(mouth)
    told = await asyncio.gather(*map(trainer_of(client).look, [A, B, C]), return_exceptions=True)
    assert [getattr(one, "retry_after", None) for one in told] == [17, 17, 17]
    assert await looks(client, [A, B, C]) == [Progressed(1)] * 3
    assert mouth.asked == [[A, B, C], [A, B, C]]


@pytest.mark.parametrize("status", [401, 402, 403])
async def test_a_refused_key_is_refused_for_all(status: int) -> None:
    mouth = SmallMouth(of_batches=[(status, b"")])
    told = await asyncio.gather(*map(trainer_of(client_of(mouth)).look, [A, B]), return_exceptions=True)
    assert [type(one) for one in told] == [AccessDenied, AccessDenied]
    assert mouth.asked == [[A, B]]


async def test_a_batch_without_an_answer_is_not_repeated_and_the_next_looks_go_alone() -> None:
    mouth = SmallMouth(of_batches=[None])
    client = client_of(mouth)
    assert await looks(client, [A, B]) == ["Nobody there.", "Nobody there."]
    assert await looks(client, [A, B]) == [None, None]
    assert mouth.asked == [[A, B], [A], [B]]


async def test_a_batch_that_was_not_sent_says_nothing_against_batches() -> None:
    rows = {A: [running(1)], B: [running(2)]}
    mouth, clock = SmallMouth(rows=rows, replies=[None] * 5), HandClock()
    client = client_of(mouth, clock=clock)
    for task in (A, B, C, A, B):
        await looks(client, [task])
    told = await asyncio.gather(client.look(A), client.look(B), return_exceptions=True)
    assert [type(one) for one in told] == [NotSent, NotSent]
    clock.pass_time(minutes=1)
    assert await looks(client, [A, B]) == [Progressed(1), Progressed(2)]
    assert mouth.asked[5:] == [[A, B]]


async def test_who_gives_up_takes_nobody_along() -> None:
    mouth = SmallMouth(rows={B: [running(2)]})
    client = client_of(mouth)
    mouth.gate.clear()
    first, second = asyncio.create_task(client.look(A)), asyncio.create_task(client.look(B))
    await settled()
    first.cancel()
    await asyncio.sleep(0)
    mouth.gate.set()
    assert training_news(await second, B) == Progressed(2)
    assert first.cancelled()
    assert mouth.asked == [[A, B]]


async def test_what_nobody_waits_for_is_given_up_and_its_place_is_free() -> None:
    mouth = SmallMouth()
    client = client_of(mouth, places=1)
    mouth.gate.clear()
    under_way = [asyncio.create_task(client.look(task)) for task in (A, B)]
    await settled()
    for one in under_way:
        one.cancel()
    await asyncio.gather(*under_way, return_exceptions=True)
    mouth.gate.set()
    assert await looks(client, [C]) == [None]
    assert mouth.asked == [[A, B], [C]]


async def test_what_was_given_up_before_a_place_was_free_is_never_sent() -> None:
    mouth = SmallMouth()
    client = client_of(mouth, places=1)
    mouth.gate.clear()
    first = asyncio.create_task(client.look(A))
    await settled()
    given_up = asyncio.create_task(client.look(B))
    await settled()
    given_up.cancel()
    await asyncio.gather(given_up, return_exceptions=True)
    mouth.gate.set()
    assert await looks(client, [C]) == [None]
    await first
    assert mouth.asked == [[A], [C]]


FORMS: list[tuple[str, dict[str, object]]] = [
    ("row", running(47)),
    ("row", {"taskType": "training", "status": "success", "air": "acme:stellar@1", "cost": 12.5}),
    ("row", {"taskType": "training", "status": "error", "error": {"code": "invalidDataset"}}),
    ("row", {"taskType": "training", "status": "error", "code": "inferenceError"}),
    ("row", {"taskType": "imageInference", "status": "success"}),
    ("fault", {"code": "invalidDataset", "taskType": "training"}),
    ("fault", {"code": "taskFailedOrNotFound", "taskType": "getResponse"}),
    ("fault", {"code": "conflictTaskUUID"}),
    ("fault", {"code": "internalServerError", "taskType": "getResponse"}),
    ("fault", {"code": "insufficientCredits"}),
]


@settings(deadline=None, max_examples=200)  # a busy machine is no fault of ours
@given(
    told=st.lists(st.lists(st.sampled_from(FORMS), max_size=2), min_size=2, max_size=12),
    status=st.sampled_from([200, 400, 403, 429, 500, 503]),
)
def test_together_each_is_told_what_it_would_be_told_alone(
    told: list[list[tuple[str, dict[str, object]]]], status: int
) -> None:
    async def both() -> tuple[list[object], list[object]]:
        tasks = [named(number) for number in range(len(told))]
        rows = {
            task: [it for kind, it in forms if kind == "row"] for task, forms in zip(tasks, told, strict=True)
        }
        faults = {
            task: [it for kind, it in forms if kind == "fault"]
            for task, forms in zip(tasks, told, strict=True)
        }
        mouth = SmallMouth(rows=rows, faults=faults, status=status)
        alone = [(await looks(client_of(mouth), [task]))[0] for task in tasks]
        return await looks(client_of(mouth), tasks), alone

    together, alone = asyncio.run(both())
    # What is about the moment, and so about all who ask in it: busy, or silent after five answers of 500.
    of_now = "busy" if status == 429 else SILENT
    assert [b if of_now in str(a) else a for a, b in zip(together, alone, strict=True)] == alone


def test_the_news_of_a_batch_are_whole() -> None:
    mouth = SmallMouth(
        rows={B: [{"taskType": "training", "status": "success", "air": "acme:s@1", "cost": 2}]}
    )
    told = asyncio.run(looks(client_of(mouth), [A, B]))
    assert told == [None, Trained(Air("acme:s@1"), 2.0)]
    assert all(task["taskType"] == "getResponse" for task in json.loads(mouth.bodies[0]))


async def test_an_unavailable_runware_is_told_to_each() -> None:
    mouth = SmallMouth(of_batches=[(503, b"")], replies=[(503, b""), (503, b"")])
    told = await asyncio.gather(*map(trainer_of(client_of(mouth)).look, [A, B]), return_exceptions=True)
    assert [type(one) for one in told] == [Unavailable, Unavailable]
