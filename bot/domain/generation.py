"""Pictures asked of a trained style: what may be asked, and the life of one request."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Self

from bot.domain.aside import NOTHING_BESIDES, Aside
from bot.domain.ballot import BALLOT_EVENTS, Ballot, BallotEvent, Expired, ballot_after
from bot.domain.collecting import Collected, Lost, Renewed, Shown, Upload
from bot.domain.errors import IllegalMove, NotUnderstood
from bot.domain.facts import Approved, Changed, Rejected
from bot.domain.ids import Air, ChannelId, GenerationId, UserId, WorkspaceId
from bot.domain.results import Rendered, Result
from bot.domain.size import SIZES, Size
from bot.domain.stages import called
from bot.domain.task import (
    Adopted,
    Attempted,
    Cancelled,
    Delayed,
    Denied,
    Doubted,
    Failed,
    Failure,
    HandoverEvent,
    Prepared,
    Searched,
    Submitted,
    Task,
    handover_changes,
)
from bot.domain.trouble import Beginning, Cause, dated
from bot.domain.visible import units, visible

MOST_RESULTS = 20
SHORTEST_PROMPT, LONGEST_PROMPT = 2, 3000


class Quality(StrEnum):
    """Runware's pipelines: `low` is the default, `high` slower and finer."""

    LOW = "low"
    HIGH = "high"


class Format(StrEnum):
    """The file format of finished pictures, as people write it."""

    JPG = "jpg"
    PNG = "png"
    WEBP = "webp"


@dataclass(frozen=True)
class GenerationRequest:
    """What a person asked for with `/generate`; `style` as typed, None for the channel's default."""

    workspace: WorkspaceId
    channel: ChannelId
    requester: UserId
    prompt: str
    style: str | None = None
    size: Size = SIZES["square"]
    count: int = 4
    quality: Quality = Quality.LOW
    format: Format = Format.JPG
    private: bool = False

    def __post_init__(self) -> None:
        if not SHORTEST_PROMPT <= len(self.prompt) <= LONGEST_PROMPT:
            raise NotUnderstood(f"A prompt has {SHORTEST_PROMPT} to {LONGEST_PROMPT} characters.")
        if not 1 <= self.count <= MOST_RESULTS:
            raise NotUnderstood(f"`--count` takes 1 to {MOST_RESULTS}, for example `--count 4`.")


def checked_prompt(text: str) -> str:
    """Return what can be seen of a prompt; raises NotUnderstood where a card could not show it whole."""
    prompt = visible(text)
    if len(prompt) < SHORTEST_PROMPT or units(prompt) > LONGEST_PROMPT:
        raise NotUnderstood(
            f"A prompt has {SHORTEST_PROMPT} to {LONGEST_PROMPT} characters that can be seen; emoji and rare "
            "letters count as two."
        )
    return prompt


GIVEN_UP = "Nobody waits for them any more; Runware may still have drawn, and charged for, them."
TAKEN_BACK = "It was taken back before anything was sent; nothing was charged."
EXPIRED = "It was not decided in time; nothing was charged."


class Stage(StrEnum):
    """Where a generation stands; the values are what the database holds."""

    AWAITING = "awaiting approval"
    REQUESTED = "requested"
    SUBMITTING = "submitting"
    UNCONFIRMED = "unconfirmed"
    RENDERING = "rendering"
    COLLECTING = "collecting"
    DONE = "done"
    FAILED = "failed"


Event = (
    HandoverEvent
    | BallotEvent
    | Approved
    | Changed
    | Rejected
    | Expired
    | Rendered
    | Renewed
    | Collected
    | Lost
    | Shown
)

TRANSITIONS: dict[Stage, dict[type[Event], Stage]] = {
    Stage.AWAITING: {
        **dict.fromkeys(BALLOT_EVENTS, Stage.AWAITING),
        Approved: Stage.REQUESTED,
        Rejected: Stage.FAILED,
        Expired: Stage.FAILED,
        Cancelled: Stage.FAILED,
        Adopted: Stage.UNCONFIRMED,
    },
    Stage.REQUESTED: {
        Prepared: Stage.SUBMITTING,
        Cancelled: Stage.FAILED,
        Adopted: Stage.UNCONFIRMED,
        Delayed: Stage.REQUESTED,
        Failed: Stage.FAILED,
    },
    Stage.SUBMITTING: {
        Attempted: Stage.SUBMITTING,
        Delayed: Stage.SUBMITTING,
        Denied: Stage.SUBMITTING,
        Changed: Stage.AWAITING,
        Submitted: Stage.RENDERING,
        Failed: Stage.FAILED,
        Doubted: Stage.UNCONFIRMED,
        Adopted: Stage.UNCONFIRMED,
        Cancelled: Stage.FAILED,
    },
    Stage.UNCONFIRMED: {
        Submitted: Stage.RENDERING,
        Searched: Stage.UNCONFIRMED,
        Cancelled: Stage.FAILED,
    },
    Stage.RENDERING: {
        Delayed: Stage.RENDERING,
        Rendered: Stage.COLLECTING,
        Failed: Stage.FAILED,
        Doubted: Stage.UNCONFIRMED,
    },
    Stage.COLLECTING: {
        Renewed: Stage.COLLECTING,
        Collected: Stage.COLLECTING,
        Lost: Stage.COLLECTING,
        Delayed: Stage.COLLECTING,
        Shown: Stage.DONE,
        Failed: Stage.FAILED,
    },
    Stage.DONE: {},
    Stage.FAILED: {},
}


@dataclass(frozen=True)
class Generation:
    """One request for pictures. `version` is the store's fence: raised by every take and save."""

    id: GenerationId
    request: GenerationRequest
    air: Air
    label: str
    requested_at: datetime
    stage: Stage = Stage.REQUESTED
    ballot: Ballot | None = None
    decided_by: UserId | None = None
    stage_since: datetime | None = None
    task: Task | None = None
    results: tuple[Result, ...] = ()
    uploads: tuple[Upload, ...] = ()
    lost: tuple[str, ...] = ()
    trouble: str = ""
    cause: Cause | None = None
    troubled_since: datetime | None = None
    besides: tuple[Beginning, ...] = ()
    evidence: tuple[str, ...] = ()
    searched_at: datetime | None = None
    failure: Failure | None = None
    aside: Aside = NOTHING_BESIDES
    version: int = field(default=0)

    @property
    def is_over(self) -> bool:
        """Nothing can happen to it any more."""
        return not TRANSITIONS[self.stage]

    @property
    def may_be_charged(self) -> bool:
        """A request for it has left the house, and may have been taken."""
        return self.task is not None and self.task.attempts > 0

    @property
    def missing(self) -> tuple[Result, ...]:
        """The pictures that are still to be brought into Slack."""
        there = {upload.result for upload in self.uploads} | {*self.lost}
        return tuple(result for result in self.results if result.uuid not in there)

    @property
    def cost(self) -> float | None:
        """US dollars for all pictures, None unless Runware stated every one (never: free)."""
        costs = [result.cost for result in self.results if result.cost is not None]
        return sum(costs) if costs and len(costs) == len(self.results) else None

    def after(self, event: Event, *, at: datetime) -> Self:
        """Return the generation as `event` leaves it; this one stays as it was. Raises IllegalMove."""
        try:
            stage = TRANSITIONS[self.stage][type(event)]
        except KeyError:
            raise IllegalMove(
                f"A generation that is {called(self.stage)} cannot be {type(event).__name__.lower()}."
            ) from None
        since = self.stage_since if stage is self.stage else at
        if isinstance(event, BallotEvent):
            return replace(self, ballot=ballot_after(self.ballot, event))
        after = replace(self, stage=stage, stage_since=since, **_changes(self, event, at))
        return replace(after, **dated(self, after, at=at))


def _changes(generation: Generation, event: Event, at: datetime) -> dict[str, Any]:
    """Return the fields that `event` changes besides the stage."""
    match event:
        case Rendered(results):
            return {"results": results, "trouble": ""}
        case Renewed(uuid, url):
            drawn = generation.results
            renewed = (replace(one, url=url, is_renewed=True) if one.uuid == uuid else one for one in drawn)
            return {"results": tuple(renewed), **_lost(generation)}
        case Approved() | Changed() | Rejected() | Expired():
            return _decision(generation, event, at)
        case Cancelled(by):
            return {"decided_by": by, "failure": _stopped(generation)}
        case Collected(upload):
            return {"uploads": (*generation.uploads, upload), **_lost(generation)}
        case Lost(result, reason):
            return {"lost": (*generation.lost, result), "trouble": reason}
        case Shown():
            return {}
    return handover_changes(generation.task, event, at)


def _decision(
    generation: Generation, event: Approved | Changed | Rejected | Expired, at: datetime
) -> dict[str, Any]:
    """Return what a person's decision changes, its being void, or that there was none in time."""
    match event:
        case Approved(by):
            return {"decided_by": by}
        case Rejected(by, reason):
            return {"decided_by": by, "failure": Failure("rejected", reason)}
        case Expired():
            return {"failure": Failure("expired", EXPIRED)}
    if generation.may_be_charged:
        raise IllegalMove("These pictures have been handed over: they cannot be asked about anew now.")
    asked = generation.ballot
    if asked:
        is_void = asked.is_void or bool(asked.votes)
        asked = replace(asked, votes=(), overrides=(), glass=None, turn=0, opened_at=at, is_void=is_void)
    return {"decided_by": None, "task": None, "ballot": asked, "trouble": ""}


def _lost(generation: Generation) -> dict[str, Any]:
    """Return the trouble that is left once what kept the others from coming is over."""
    return {"trouble": generation.trouble if generation.lost else "", "cause": None, "besides": ()}


def _stopped(generation: Generation) -> Failure:
    """Return what ending it means; what may just be on its way cannot be ended honestly."""
    if generation.stage is Stage.UNCONFIRMED:
        return Failure("givenUp", GIVEN_UP)
    if generation.may_be_charged:
        raise IllegalMove("These pictures are being handed over: look at their card again in a minute.")
    return Failure("cancelled", TAKEN_BACK)
