"""A paid request waits for a place only briefly, and is told from one that Runware may have got."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from bot.domain.errors import NotSent, Unavailable
from bot.domain.task import Task
from bot.runware.breaker import MOST_MISSED
from bot.runware.client import PATIENCE, RunwareClient, RunwareImages, RunwareTrainer, connected
from bot.runware.mouth import TOTAL_SECONDS
from bot.runware.webhooks import Webhooks
from bot.services.reconciler import Pace
from tests.runware.small import SmallMouth, client_of, named, settled

A = named(1)
NOWHERE = Webhooks(None, None)
CONFLICT = 400, json.dumps({"errors": [{"code": "conflictTaskUUID", "taskUUID": A}]}).encode()


def paid(task_type: str = "training") -> Task:
    return Task(A, json.dumps([{"taskType": task_type, "taskUUID": A}]))


def taken(task_type: str = "training") -> tuple[int, bytes]:
    return 200, json.dumps({"data": [{"taskType": task_type, "taskUUID": A}]}).encode()


async def begun(client: RunwareClient, *, looks: int = 0, submits: int = 0) -> list[asyncio.Task[object]]:
    """Ask the archive, and submit, at the same moment."""

    async def submit() -> object:
        return await client.submit(paid().body)

    async def recall(number: int) -> object:
        return await client.recorded(named(number))

    under_way = [asyncio.create_task(recall(number)) for number in range(looks)]
    under_way += [asyncio.create_task(submit()) for _ in range(submits)]
    await settled()
    return under_way


async def test_a_paid_request_without_a_place_is_soon_certainly_not_sent() -> None:
    mouth = SmallMouth(rows={A: [{"taskType": "training"}]})
    client = client_of(mouth, total_seconds=0.4)
    mouth.gate.clear()
    under_way = await begun(client, submits=4)
    with pytest.raises(NotSent, match=r"^Other requests to Runware are under way; yours is next\.$"):
        await RunwareTrainer(client, NOWHERE).submit(paid())
    assert len(mouth.bodies) == 4
    mouth.gate.set()
    await asyncio.gather(*under_way)
    assert not await RunwareTrainer(client, NOWHERE).submit(paid())
    assert client.silent_since is None


def test_a_paid_request_ends_before_the_next_try_of_it_may_begin() -> None:
    assert timedelta(seconds=(PATIENCE + 1) * TOTAL_SECONDS) < Pace().settle


async def test_a_crowd_of_looks_leaves_a_place_for_who_pays() -> None:
    mouth = SmallMouth(rows={A: [{"taskType": "training"}]})
    client = client_of(mouth, total_seconds=0.4)
    mouth.gate.clear()
    under_way = await begun(client, looks=12, submits=1)
    assert paid().body in mouth.bodies
    mouth.gate.set()
    await asyncio.gather(*under_way)
    assert len(mouth.bodies) == 13


async def test_looks_wait_for_a_place_as_long_as_it_takes() -> None:
    mouth = SmallMouth()
    client = client_of(mouth, places=2, total_seconds=0.1)
    mouth.gate.clear()
    told = await asyncio.gather(*await begun(client, looks=3), return_exceptions=True)
    assert [type(one) for one in told] == [Unavailable] * 3
    assert len(mouth.bodies) == 3


async def test_who_gives_up_waiting_takes_no_place_along() -> None:
    mouth = SmallMouth(rows={A: [{"taskType": "training"}]})
    client = client_of(mouth, places=1)
    mouth.gate.clear()
    first, second = await begun(client, submits=2)
    second.cancel()
    await asyncio.gather(second, return_exceptions=True)
    mouth.gate.set()
    await first
    assert not await RunwareTrainer(client, NOWHERE).submit(paid())
    assert len(mouth.bodies) == 2


async def test_whether_runware_had_it_already_is_told() -> None:
    client = client_of(SmallMouth(replies=[taken(), CONFLICT, taken("imageInference"), CONFLICT]))
    trainer, painter = RunwareTrainer(client, NOWHERE), RunwareImages(client, NOWHERE)
    assert [await trainer.submit(paid()) for _ in range(2)] == [False, True]
    assert [await painter.submit(paid("imageInference")) for _ in range(2)] == [False, True]


async def test_a_refused_connection_is_certainly_not_sent_and_counts_as_silence() -> None:
    async with connected("rw-key", "http://127.0.0.1:1/v1") as client:
        for _ in range(MOST_MISSED):
            assert client.silent_since is None
            with pytest.raises(NotSent, match="did not answer"):
                await RunwareTrainer(client, NOWHERE).submit(paid())
        assert client.silent_since is not None


@asynccontextmanager
async def served_once(answers: list[bytes]) -> AsyncIterator[tuple[str, list[bytes]]]:
    """Answer on one connection and then, with the next request in hand, be gone: nobody listens any more."""
    requests: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for answer in [*answers, None]:
            requests.append(await reader.readuntil(b"]"))
            if answer is None:
                server.close()
                writer.transport.abort()
            else:
                writer.write(b"HTTP/1.1 200 X\r\nContent-Length: %d\r\n\r\n" % len(answer) + answer)

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1", requests


@pytest.mark.parametrize("answers", [[], [taken()[1]]])
async def test_a_connection_that_breaks_once_it_was_made_may_have_brought_it(answers: list[bytes]) -> None:
    async with served_once(answers) as (url, requests), connected("rw-key", url) as client:
        trainer = RunwareTrainer(client, NOWHERE)
        for _ in answers:
            assert not await trainer.submit(paid())
        with pytest.raises(Unavailable) as told:
            await trainer.submit(paid())
        assert not isinstance(told.value, NotSent)
        assert len(requests) == len(answers) + 1
        with pytest.raises(NotSent):
            await trainer.submit(paid())
