"""What is said to Runware in the probe, to the byte, and what it answered, whatever that was."""

import asyncio
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from bot.domain.errors import Unavailable
from bot.domain.generation import Generation, GenerationRequest
from bot.domain.ids import Air, ChannelId, GenerationId, TaskId, UserId, WorkspaceId
from bot.domain.money import picture_key
from bot.logs import redact
from bot.runware import answers, wire
from bot.runware.answers import Answer, Row
from bot.runware.codes import is_conflict
from bot.runware.mouth import TOTAL_SECONDS, Mouth
from bot.runware.sentences import plain_code

PROMPT = "a small red apple on a plain ground"
PICTURE = GenerationRequest(WorkspaceId("T"), ChannelId("C"), UserId("U"), PROMPT, count=1)
"""The cheapest that Housestyle would ask for."""
PRICED_AS = picture_key(str(PICTURE.size), PICTURE.quality)
LONGEST_BODY = 1500
"""Characters of an answer that are shown."""


class Step(StrEnum):
    """What was asked; the values are what a person reads."""

    SUBMITTED = "the picture is asked for"
    REPEATED = "the same bytes again, at once"
    DONE = "getResponse until it is done"
    REPEATED_LATE = "the same bytes again, after it was done"
    UNKNOWN = "getResponse of a task that never was"
    ARCHIVE = "getTaskDetails of the picture"
    ARCHIVE_UNKNOWN = "getTaskDetails of a task that never was"
    TOGETHER = "two getResponse in one request"


@dataclass(frozen=True)
class Exchange:
    """One answer of Runware; `status` is None where there was none."""

    status: int | None
    body: bytes = b""
    retry_after: str | None = None

    @property
    def answer(self) -> Answer:
        """The answer as the bot reads it; no answer reads as an unreadable one."""
        return answers.read(self.status or 0, self.body, retry_after=self.retry_after)

    @property
    def has_conflict(self) -> bool:
        """It says that the task's id is taken."""
        return any(is_conflict(fault.code) for fault in self.answer.faults)

    @property
    def shown(self) -> str:
        """In a few words: the status, the errors' codes, the rows' states."""
        if self.status is None:
            return "no answer"
        answer = self.answer
        if not answer.is_readable:
            return f"HTTP {self.status}, not JSON"
        said = [plain_code(fault.code) for fault in answer.faults]
        said += [f"a row, {_state(row)}" for row in answer.rows]
        return f"HTTP {self.status}, {', '.join(said) or 'nothing'}"

    def raw(self, key: str) -> str:
        """Return the body on one line, cut, without `key` and all that looks like a secret."""
        try:
            text = json.dumps(json.loads(self.body))
        except (ValueError, RecursionError):
            text = ascii(self.body[:LONGEST_BODY])
        text = text.replace(key, "[secret]") if key else text
        clean = redact(None, "", text[: 2 * LONGEST_BODY])  # not all of it: that takes its length squared
        return clean if len(clean) <= LONGEST_BODY else f"{clean[:LONGEST_BODY]}…"


async def ask(mouth: Mouth, body: str) -> Exchange:
    """Send `body` once; no answer is an answer too."""
    try:
        async with asyncio.timeout(TOTAL_SECONDS):
            return Exchange(*await mouth.exchange(body.encode()))
    except (Unavailable, TimeoutError):
        return Exchange(None)


def picture_order(air: Air, task: TaskId) -> str:
    """Return the bytes that ask for `PICTURE`, just as Housestyle would."""
    return wire.image_order(Generation(GenerationId("probe"), PICTURE, air, "probe", datetime.now(UTC)), task)


def _state(row: Row) -> str:
    if fault := answers.fault_in(row):
        return plain_code(fault.code)
    return plain_code(answers.text(row, "status")) if row.get("status") else answers.text(row, "taskType")
