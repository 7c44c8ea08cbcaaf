"""The mouth, against a real HTTP server on this machine that says what it is told to."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.domain.errors import AccessDenied, Refused, Unavailable
from bot.domain.facts import Progressed, Trained, TrainingRequest
from bot.domain.generation import Generation, GenerationRequest
from bot.domain.ids import Air, ChannelId, GenerationId, RunId, TaskId, UserId, WorkspaceId
from bot.domain.results import Rendered
from bot.domain.run import Run
from bot.domain.task import Task
from bot.ports import Accountant, ImageGenerator, Trainer, Usage
from bot.runware.answers import Account
from bot.runware.client import PLACES, RunwareAccount, RunwareClient, RunwareImages, RunwareTrainer, connected
from bot.runware.mouth import MOST_ANSWER_BYTES
from bot.runware.webhooks import Webhooks

TASK = TaskId("7f9b2c54-3d1e-4a86-9c0f-2b5d8e6a1f43")
PAID = Task(TASK, '[{"taskType":"training","taskUUID":"7f9b2c54-3d1e-4a86-9c0f-2b5d8e6a1f43","é":1}]')
UNREACHABLE = Webhooks(None, None)
SAMPLES = Path(__file__).parents[1] / "samples" / "runware"


def sample(name: str) -> bytes:
    return (SAMPLES / f"{name}.json").read_bytes()


@dataclass
class SmallRunware:
    """Answers each request with the next of `replies`, and keeps what it was sent.

    A reply is a status and a body, which comes a byte at a time every `drip` seconds if that is set; None
    closes the connection without a word. In a body, ASKED stands for the task that was asked about.
    """

    replies: list[tuple[int, bytes] | None] = field(default_factory=list)
    headers: str = ""
    delay: float = 0
    drip: float = 0
    requests: list[tuple[str, bytes]] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0
    url: str = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection until the client leaves it."""
        try:
            while await self._answer(reader, writer):
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        _, _, length = head.lower().partition("content-length:")
        body = await reader.readexactly(int(length.splitlines()[0])) if length else b""
        self.requests.append((head, body))
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await asyncio.sleep(self.delay)
        self.at_once -= 1
        reply = self.replies.pop(0) if self.replies else None
        if reply is None:
            return False
        status, said = reply
        said = said.replace(b"ASKED", json.loads(body)[0]["taskUUID"].encode())
        writer.write(f"HTTP/1.1 {status} X\r\nContent-Length: {len(said)}\r\n{self.headers}\r\n".encode())
        for part in [said[i : i + 1] for i in range(len(said))] if self.drip else [said]:
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(self.drip)
        return True


@pytest.fixture
async def runware() -> AsyncIterator[SmallRunware]:
    small = SmallRunware()
    server = await asyncio.start_server(small.serve, "127.0.0.1", 0)
    small.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
    yield small
    server.close()
    await server.wait_closed()


@pytest.fixture
async def client(runware: SmallRunware) -> AsyncIterator[RunwareClient]:
    async with connected("rw-key", runware.url, total_seconds=5) as opened:
        yield opened


@pytest.fixture
def trainer(client: RunwareClient) -> Trainer:
    return RunwareTrainer(client, UNREACHABLE)


@pytest.fixture
def painter(client: RunwareClient) -> ImageGenerator:
    return RunwareImages(client, UNREACHABLE)


async def test_the_bytes_that_were_written_down_are_sent_and_no_others(
    runware: SmallRunware, trainer: Trainer
) -> None:
    runware.replies = [(200, sample("training-acknowledged"))]
    await trainer.submit(PAID)
    [(head, body)] = runware.requests
    assert body == PAID.body.encode()
    lines = head.lower().splitlines()
    assert lines[0] == "post /v1 http/1.1"
    assert "authorization: bearer rw-key" in lines
    assert "content-type: application/json" in lines
    assert "accept-encoding: identity" in lines


async def test_a_repeat_is_the_same_bytes_and_counts_as_accepted(
    runware: SmallRunware, trainer: Trainer
) -> None:
    runware.replies = [None, (400, sample("training-conflict"))]
    with pytest.raises(Unavailable):
        await trainer.submit(PAID)
    await trainer.submit(PAID)
    assert [body for _, body in runware.requests] == [PAID.body.encode()] * 2


async def test_an_order_that_runware_refuses_is_refused(runware: SmallRunware, trainer: Trainer) -> None:
    runware.replies = [(400, sample("training-refused-validation"))]
    with pytest.raises(Refused, match="Runware says"):
        await trainer.submit(PAID)


@pytest.mark.parametrize("status", [401, 402, 403])
async def test_a_refused_key_or_balance_is_access_denied(
    runware: SmallRunware, trainer: Trainer, status: int
) -> None:
    runware.replies = [(status, b"<html>No</html>"), (status, b"")]
    with pytest.raises(AccessDenied):
        await trainer.submit(PAID)
    with pytest.raises(AccessDenied):
        await trainer.look(TASK)


@pytest.mark.parametrize(
    "reply",
    [None, (200, b"<html>Hello</html>"), (200, b'{"data":[]}'), (302, b""), (429, b""), (503, b"<html>")],
)
async def test_whatever_else_comes_back_nobody_can_say_and_nothing_is_repeated(
    runware: SmallRunware, trainer: Trainer, reply: tuple[int, bytes] | None
) -> None:
    runware.replies = [reply]
    runware.headers = "Location: /elsewhere\r\n"
    with pytest.raises(Unavailable) as told:
        await trainer.submit(PAID)
    assert not isinstance(told.value, AccessDenied)
    assert len(runware.requests) == 1


async def test_how_long_to_wait_is_passed_on(runware: SmallRunware, trainer: Trainer) -> None:
    runware.replies = [(429, b"")]
    runware.headers = "Retry-After: 17\r\n"
    with pytest.raises(Unavailable) as told:
        await trainer.submit(PAID)
    assert told.value.retry_after == 17


async def test_a_server_that_says_nothing_is_left_in_time(runware: SmallRunware) -> None:
    runware.delay, runware.replies = 0.5, [(200, sample("training-acknowledged"))]
    async with connected("rw-key", runware.url, total_seconds=0.1) as hasty:
        with pytest.raises(Unavailable, match="Runware did not answer"):
            await RunwareTrainer(hasty, UNREACHABLE).submit(PAID)
    assert len(runware.requests) == 1


async def test_a_server_that_never_comes_to_an_end_is_left_in_time(runware: SmallRunware) -> None:
    runware.drip, runware.replies = 0.02, [(200, b" " * 50)]
    async with connected("rw-key", runware.url, total_seconds=0.2) as hasty:
        with pytest.raises(Unavailable, match="Runware did not answer"):
            await RunwareTrainer(hasty, UNREACHABLE).look(TASK)


async def test_nobody_listening_is_no_answer() -> None:
    async with connected("rw-key", "http://127.0.0.1:1/v1") as alone:
        with pytest.raises(Unavailable, match="Runware did not answer"):
            await alone.account()


async def test_an_answer_without_end_is_not_read_to_the_end(runware: SmallRunware, trainer: Trainer) -> None:
    runware.replies = [(200, b" " * (MOST_ANSWER_BYTES + 1))]
    with pytest.raises(Unavailable, match="could not be understood"):
        await trainer.look(TASK)


@pytest.mark.parametrize("places", [1, PLACES])
async def test_at_most_so_many_requests_are_made_at_once(runware: SmallRunware, places: int) -> None:
    runware.delay, runware.replies = 0.02, [(200, sample("training-acknowledged"))] * 12
    async with connected("rw-key", runware.url, places=places) as client:
        trainer = RunwareTrainer(client, UNREACHABLE)
        await asyncio.gather(*(trainer.submit(PAID) for _ in range(12)))
    assert runware.most_at_once == places


async def test_looks_at_once_are_one_request_and_silence_is_asked_about_alone(
    runware: SmallRunware, trainer: Trainer
) -> None:
    runware.replies = [(200, sample("training-processing")), (200, b'{"data":[]}')]
    other = TaskId("11111111-2222-4333-8444-555555555555")
    assert await asyncio.gather(*map(trainer.look, [TASK, other])) == [Progressed(47), None]
    [together, alone] = [[task["taskUUID"] for task in json.loads(body)] for _, body in runware.requests]
    assert together == [TASK, other]
    assert alone == [other]


async def test_a_training_is_looked_at_by_its_id(runware: SmallRunware, trainer: Trainer) -> None:
    runware.replies = [(200, sample("training-success"))]
    assert await trainer.look(TASK) == Trained(Air("acme:stellar@1"), 12.5)
    assert json.loads(runware.requests[0][1]) == [{"taskType": "getResponse", "taskUUID": TASK}]


async def test_pictures_are_ordered_and_looked_at(runware: SmallRunware, painter: ImageGenerator) -> None:
    request = GenerationRequest(WorkspaceId("T1"), ChannelId("C1"), UserId("U1"), "a red fox")
    wanted = Generation(
        GenerationId("a1b2c3d4e5"),
        request,
        Air("acme:stellar@1"),
        "Stellar@1",
        datetime(2026, 1, 1, tzinfo=UTC),
    )
    runware.replies = [(200, sample("images-acknowledged")), (200, sample("images-four"))]
    task = Task(TASK, painter.order(wanted, TASK))
    await painter.submit(task)
    news = await painter.look(TASK, expected=4)
    assert isinstance(news, Rendered)
    assert len(news.results) == 4
    assert runware.requests[0][1] == task.body.encode()


async def test_an_order_is_written_without_a_word_to_runware(runware: SmallRunware, trainer: Trainer) -> None:
    request = TrainingRequest(
        WorkspaceId("T1"), ChannelId("C1"), UserId("U1"), "https://assets.acme.com/s.zip", "Stellar"
    )
    run = Run(
        RunId("k3m9x2p7qa"),
        request,
        datetime(2026, 1, 1, tzinfo=UTC),
        air=Air("acme:stellar@1"),
        number=1,
    )
    assert json.loads(trainer.order(run, TASK, dataset=run.request.link))[0]["taskUUID"] == TASK
    assert runware.requests == []


async def test_the_balance_and_the_namespace_are_read_from_the_account(
    runware: SmallRunware, client: RunwareClient
) -> None:
    runware.replies = [(200, sample("account-balance-object").replace(TASK.encode(), b"ASKED"))]
    assert await client.account() == Account(42.5, "acme")


async def test_what_was_spent_is_read_from_the_account(runware: SmallRunware, client: RunwareClient) -> None:
    runware.replies = [(200, sample("account-usage").replace(TASK.encode(), b"ASKED"))]
    accountant: Accountant = RunwareAccount(client)
    assert await accountant.usage() == Usage(spent=1234.5, requests=678, balance=42.5)


async def test_the_accounts_namespace_is_asked_for_once(runware: SmallRunware, trainer: Trainer) -> None:
    runware.replies = [(200, sample("account-balance-object").replace(TASK.encode(), b"ASKED"))]
    assert [await trainer.namespace(), await trainer.namespace()] == ["acme", "acme"]


async def test_a_configured_namespace_is_believed(runware: SmallRunware, client: RunwareClient) -> None:
    assert await RunwareTrainer(client, UNREACHABLE, namespace="team").namespace() == "team"
    assert runware.requests == []


async def test_an_account_without_a_namespace_needs_the_setting(
    runware: SmallRunware, trainer: Trainer
) -> None:
    runware.replies = [(200, sample("account-balance-number").replace(TASK.encode(), b"ASKED"))]
    with pytest.raises(Refused, match="HOUSESTYLE_AIR_NAMESPACE"):
        await trainer.namespace()


async def test_a_proxy_in_the_environment_does_not_get_to_see_the_key(
    runware: SmallRunware, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    runware.replies = [(200, b'{"data":[]}')]
    async with connected("rw-key", runware.url) as fresh:
        assert await RunwareTrainer(fresh, UNREACHABLE).look(TASK) is None
