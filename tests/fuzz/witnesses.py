"""What Runware's archive says, and what it tells of several tasks at once: nothing is taken for another's."""

import asyncio
import json

from hypothesis import strategies as st

from bot.domain.errors import HousestyleError
from bot.domain.ids import TaskId
from bot.domain.task import Task
from bot.runware.answers import Answer, read, text
from bot.runware.archive import record_of, statement_of
from bot.runware.looks import Looks
from bot.runware.wire import IMAGE, TRAINING
from tests.fakes import FakeClock
from tests.fuzz.answers import BODIES, SEEDS, STATUSES, TASK, check_news, check_sentence, naming
from tests.fuzz.hostile import Json, bent
from tests.fuzz.target import Target, lent

OTHER, THIRD = TaskId("11111111-2222-4333-8444-555555555555"), TaskId("99999999-2222-4333-8444-555555555555")
ORDER = {"taskType": TRAINING, "taskUUID": TASK, "inputs": {"dataset": "https://a.example/é"}}
PAID = Task(TASK, json.dumps([ORDER], separators=(",", ":"), sort_keys=True))


def _archived(response: Json) -> Json:
    row = {"taskType": "getTaskDetails", "taskUUID": TASK, "request": [ORDER], "response": response}
    return {"data": [row]}


def _together(first: Json, second: Json) -> Json:
    """Return one answer about two tasks, made of two answers about one."""
    renamed = json.loads(json.dumps(second).replace(TASK, OTHER))
    return {name: [*first.get(name, []), *renamed.get(name, [])] for name in ("data", "errors")}


_LISTS = [
    seed
    for seed in SEEDS
    if isinstance(seed, dict) and all(isinstance(seed.get(name, []), list) for name in ("data", "errors"))
]
_KEPT = bent([_archived(seed) for seed in SEEDS], most=4).map(lambda made: json.dumps(made).encode())
_BOTH = st.builds(_together, st.sampled_from(_LISTS), st.sampled_from(_LISTS)).flatmap(
    lambda whole: bent([whole]).map(lambda made: json.dumps(made).encode())
)
Given = tuple[int, bytes]


def remember(given: Given) -> None:
    """Ask the archive's answer what became of our task."""
    answer = read(*given)
    ours = naming(given[1], TASK)
    try:
        record = record_of(answer, TASK)
    except HousestyleError as no:
        check_sentence(no)
        return
    assert record is None or ours
    for kind in (TRAINING, IMAGE):
        said = statement_of(record, PAID, kind)
        assert all(sentence.strip() for sentence in said.said)
        assert ours or not (said.is_known or said.is_foreign)
    if record:
        check_news(record.answer, TASK, ours)


def look(given: Given) -> None:
    """Ask about three tasks at once; each is told what the answer says of that one."""
    asyncio.run(_looked(*given))


async def _looked(status: int, body: bytes) -> None:
    asked: list[str] = []

    async def ask(made: object) -> Answer:
        assert callable(made)
        asked.append(made())
        return read(status, body)

    looks = Looks(ask, clock=FakeClock())
    tasks = (TASK, OTHER, THIRD)
    for task, answer in zip(tasks, await asyncio.gather(*map(looks.look, tasks)), strict=True):
        check_news(answer, task, naming(body, task))
        named = {text(row, "taskUUID").lower() for row in answer.rows}
        named |= {fault.task_id.lower() for fault in answer.faults if answer.is_good}
        assert len(asked) > 1 or named <= {task}, named
    assert 1 <= len(asked) <= 1 + len(tasks)


ARCHIVE = Target("archive", st.tuples(STATUSES, _KEPT | _KEPT | BODIES), lent(remember), most=400)
LOOKS = Target("looks", st.tuples(STATUSES, _BOTH | _BOTH | BODIES), lent(look), most=300)
