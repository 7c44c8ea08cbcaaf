"""What the probe found, held against what Housestyle relies on; pure, so that each verdict can be tried.

`Mark.OK` agrees with what is relied on, `Mark.FAULT` contradicts it, and `Mark.LOOK` settles nothing or is a
thing that nothing relies on.
"""

from dataclasses import dataclass

from bot.doctor.exchanges import Exchange, Step
from bot.doctor.finding import Mark
from bot.doctor.probe import Record
from bot.domain.errors import Unavailable
from bot.domain.ids import TaskId
from bot.domain.task import Task, Testimony
from bot.runware import archive, news, wire
from bot.runware.answers import Account, fault_in

DO_NOT_RUN = (
    "Do not run Housestyle against this account until Runware has explained this. After a lost answer it "
    "sends the same bytes again once no witness has known the task for a while, and relies on Runware to "
    "refuse them if they came after all; here they would be drawn, or trained, and charged twice. No setting "
    "makes up for it."
)
NO_WITNESS = (
    "Do not run Housestyle against this account until Runware has explained this: it takes such an answer "
    "for proof that a task was accepted, so a request that was lost would be waited for in vain."
)
FOREIGN = (
    "Do not run Housestyle against this account until its makers know of this: after a lost answer it would "
    "take its own request for somebody else's, and ask a person instead of going on."
)
AGAIN = "This settles nothing: run the probe again."
KEEP_AN_EYE = "Look at the requests in Runware's dashboard: what was charged there counts."


@dataclass(frozen=True)
class Observation:
    """One row: what was tried, found and assumed, and what to do if that is not the same."""

    question: str
    found: str
    assumed: str
    mark: Mark
    advice: str = ""


def verdicts(record: Record) -> list[Observation]:
    """Return every observation, in the order in which things were asked."""
    return [
        _submitted(record),
        _repeated(record),
        _done(record),
        _price(record),
        _charged(record),
        _unknown(record),
        _archived(record),
        _never_archived(record),
        _together(record),
        _repeated_late(record),
    ]


def cost_told(record: Record) -> str:
    """Say what the probe cost, and where the owner will meet it again: no run or picture of ours has it."""
    amount = max(_paid(record.before, record.after) or 0, record.cost or 0)
    told = f"This cost ${amount:.4f}, which is" if amount else "What this cost was not told; it is"
    return (
        f"{told} in none of Housestyle's books: the next daily comparison will show it as more than the runs "
        "and pictures cost."
    )


def _submitted(record: Record) -> Observation:
    said = record.said[Step.SUBMITTED]
    good = said.answer.is_good and _acknowledged(said, record.task)
    return Observation(Step.SUBMITTED, said.shown, "2xx with a row of ours", Mark.OK if good else Mark.LOOK)


def _repeated(record: Record) -> Observation:
    said, assumed = record.said[Step.REPEATED], "refused: conflictTaskUUID, HTTP 400"
    if said.has_conflict:
        return Observation(Step.REPEATED, said.shown, assumed, Mark.OK)
    if _acknowledged(said, record.task):
        return Observation(Step.REPEATED, f"{said.shown}: taken again", assumed, Mark.FAULT, DO_NOT_RUN)
    return Observation(Step.REPEATED, said.shown, assumed, Mark.LOOK, AGAIN)


def _done(record: Record) -> Observation:
    said = record.said.get(Step.DONE, Exchange(None))
    assumed = "status success with an imageURL"
    if record.seconds is not None:
        return Observation(Step.DONE, f"{said.shown}, after {record.seconds:.0f} s", assumed, Mark.OK)
    return Observation(Step.DONE, said.shown, assumed, Mark.LOOK, f"No picture came. {KEEP_AN_EYE}")


def _price(record: Record) -> Observation:
    question, assumed = "cost, as includeCost has it told", "above 0, in US dollars"
    if record.cost is None:
        advice = "Housestyle then shows no price and, in its books, never counts it as free."
        return Observation(question, "none", assumed, Mark.LOOK, advice)
    return Observation(question, f"${record.cost:.4f} for one picture at low quality", assumed, Mark.OK)


def _charged(record: Record) -> Observation:
    question, assumed = "what the account was charged for both requests", "the cost, once"
    paid = _paid(record.before, record.drawn)
    if paid is None or record.cost is None or paid <= 0:
        told = "not told" if paid is None else f"${paid:.4f} so far"
        return Observation(question, told, assumed, Mark.LOOK, KEEP_AN_EYE)
    times = paid / record.cost
    found = f"${paid:.4f}, {times:.1f} times the cost"
    if round(times) == 1:
        return Observation(question, found, assumed, Mark.OK)
    also = "If nobody else used the account meanwhile: "
    return Observation(question, found, assumed, Mark.FAULT, also + DO_NOT_RUN)


def _unknown(record: Record) -> Observation:
    said, assumed = record.said[Step.UNKNOWN], "nothing, or an error about the id; no news either way"
    try:
        found = news.image_news(said.answer, record.stranger, expected=1)
    except Unavailable:
        return Observation(Step.UNKNOWN, said.shown, assumed, Mark.LOOK, AGAIN)
    if found is None:
        return Observation(Step.UNKNOWN, said.shown, assumed, Mark.OK)
    return Observation(Step.UNKNOWN, said.shown, assumed, Mark.FAULT, NO_WITNESS)


def _archived(record: Record) -> Observation:
    said, assumed = record.said[Step.ARCHIVE], "the request under our id, as we sent it"
    testimony = _testimony(said, record.task, record.order)
    if testimony is None or not (testimony.is_known or testimony.is_foreign):
        advice = "The archive is no witness then: after a lost answer, Housestyle has getResponse alone."
        return Observation(Step.ARCHIVE, said.shown, assumed, Mark.LOOK, advice)
    if testimony.is_foreign:
        return Observation(Step.ARCHIVE, f"{said.shown}; not as we sent it", assumed, Mark.FAULT, FOREIGN)
    return Observation(Step.ARCHIVE, f"{said.shown}; as we sent it", assumed, Mark.OK)


def _never_archived(record: Record) -> Observation:
    said, assumed = record.said[Step.ARCHIVE_UNKNOWN], "an error, or nothing"
    testimony = _testimony(said, record.stranger, record.order)
    if testimony and (testimony.is_known or testimony.is_foreign):
        return Observation(Step.ARCHIVE_UNKNOWN, said.shown, assumed, Mark.FAULT, NO_WITNESS)
    mark, advice = (Mark.OK, "") if testimony else (Mark.LOOK, AGAIN)
    return Observation(Step.ARCHIVE_UNKNOWN, said.shown, assumed, mark, advice)


def _together(record: Record) -> Observation:
    said, assumed = record.said[Step.TOGETHER], "each answered by itself (not documented)"
    if said.answer.is_good and said.answer.rows_of(record.task, wire.IMAGE):
        return Observation(Step.TOGETHER, said.shown, assumed, Mark.OK)
    advice = "Nothing to set: where looks cannot be asked for together, Housestyle asks one by one."
    return Observation(Step.TOGETHER, said.shown, assumed, Mark.LOOK, advice)


def _repeated_late(record: Record) -> Observation:
    said, assumed = record.said.get(Step.REPEATED_LATE), "not documented; refused, we hope"
    if said is None:
        return Observation(Step.REPEATED_LATE, "not tried", assumed, Mark.LOOK)
    if said.has_conflict:
        return Observation(Step.REPEATED_LATE, said.shown, assumed, Mark.OK)
    paid = _paid(record.drawn, record.after)
    charged = f", and ${paid:.4f} were charged" if paid else ""
    advice = (
        "A task that is done can be bought a second time. Housestyle sends it again only where no witness "
        "knows it, so the answers above to getResponse and getTaskDetails have to be as relied on."
        if _acknowledged(said, record.task)
        else AGAIN
    )
    return Observation(Step.REPEATED_LATE, said.shown + charged, assumed, Mark.LOOK, advice)


def _acknowledged(said: Exchange, task: TaskId) -> bool:
    """Say whether an answer takes the order: a row of it that tells of no error."""
    return any(fault_in(row) is None for row in said.answer.rows_of(task, wire.IMAGE))


def _testimony(said: Exchange, task: TaskId, order: str) -> Testimony | None:
    """Return what Housestyle would make of the archive's answer; None where it did not say."""
    try:
        held = archive.record_of(said.answer, task)
    except Unavailable:
        return None
    return archive.statement_of(held, Task(task, order), wire.IMAGE)


def _paid(before: Account | None, after: Account | None) -> float | None:
    """Return the US dollars that left the account, by its balance or else by what it says it spent."""
    if before is None or after is None:
        return None
    if before.balance is not None and after.balance is not None:
        return round(before.balance - after.balance, 6)
    if before.spent is not None and after.spent is not None:
        return round(after.spent - before.spent, 6)
    return None
