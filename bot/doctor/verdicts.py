"""What the probe found, held against what Housestyle relies on; pure, so that each verdict can be tried.

`Mark.OK` agrees with what is relied on, `Mark.FAULT` contradicts it, and `Mark.LOOK` settles nothing or is a
thing that nothing relies on. Whatever is not as relied on comes with the setting to change, or with what
Housestyle does about it by itself.
"""

from dataclasses import dataclass
from urllib.parse import urlsplit

from bot.doctor.exchanges import Exchange, Step
from bot.doctor.finding import Mark
from bot.doctor.probe import Record
from bot.domain.errors import Unavailable
from bot.domain.ids import TaskId
from bot.domain.money import Estimate
from bot.domain.task import Task, Testimony
from bot.runware import archive, news, wire
from bot.runware.answers import Account, fault_in

DO_NOT_RUN = (
    "Set HOUSESTYLE_RESEND=never and restart Housestyle, or do not run it against this account until Runware "
    "has explained this. After a lost answer it sends the same bytes again once no witness has known the "
    "task for a while, and relies on Runware to refuse what has come after all; here that would be drawn, "
    "or trained, and charged twice. With the setting a person decides instead."
)
NO_WITNESS = (
    "Do not run Housestyle against this account until Runware has explained this: it takes such an answer "
    "for proof that a task was accepted, so a request that was lost would be waited for in vain. No setting "
    "makes up for it."
)
FOREIGN = (
    "Do not run Housestyle against this account until its makers know of this: after a lost answer it would "
    "take its own request for somebody else's, and ask a person instead of going on. No setting makes up for "
    "it."
)
AGAIN = "Nothing to set: this settles nothing. Run the probe again."
LOST = (
    "Nothing to set: after such an answer Housestyle looks for the request at Runware, and sends the same "
    "bytes again only when those before can no longer arrive."
)
MAYBE_FIRST = (
    "Nothing to set: no answer says that Runware had taken the request before, so this may have been the "
    "first time that it did. Run the probe again."
)
NO_PICTURE = (
    "Nothing to set: Housestyle goes on looking for what it has asked for, and says so on the card. Look in "
    "Runware's dashboard whether this one was drawn and charged."
)
OTHER_HOST = (
    "Set HOUSESTYLE_RESULT_HOSTS={} and restart Housestyle: until then it fetches no picture from there, and "
    "shows none."
)
NO_PRICE = (
    "Set `picture` under [prices] in the file of HOUSESTYLE_POLICY to what Runware's dashboard shows for "
    "this one: otherwise no card states a price, and where a budget holds nothing is drawn. Housestyle never "
    "counts as free what states no price."
)
SET_PRICE = (
    "To have the first cards state a price, set `picture = {:g}`, or more where pictures are drawn in high "
    "quality, under [prices] in the file of HOUSESTYLE_POLICY. Housestyle learns prices from the first "
    "pictures by itself."
)
NOT_CHARGED_YET = (
    "Nothing to set: Housestyle goes by the cost that Runware states, and compares the account with it every "
    "day. Look at the requests in Runware's dashboard: what was charged there counts."
)
NO_ARCHIVE = (
    "Nothing to set: after a lost answer, Housestyle then goes by getResponse alone, and by Runware's "
    "refusal of what it has."
)
ONE_BY_ONE = (
    "Nothing to set: Housestyle then looks at one task after the other, with HOUSESTYLE_RUNWARE_REQUESTS "
    "requests at a time at most."
)
BOUGHT_AGAIN = (
    "Nothing to set: a task that is done can be bought a second time, but Housestyle sends it again only "
    "where no witness knows it. So the answers above to getResponse and getTaskDetails have to be as relied "
    "on."
)
NOT_TRIED = (
    "Nothing to set: Housestyle sends nothing again that it knows to be done. What would come of it was not "
    "tried this time."
)


@dataclass(frozen=True)
class Known:
    """What is known here: the hosts that pictures may be fetched from, and what one of them costs."""

    hosts: frozenset[str]
    price: Estimate | None = None


@dataclass(frozen=True)
class Observation:
    """One row: what was tried, found and assumed, and, unless all is well, what to set or why nothing."""

    question: str
    found: str
    assumed: str
    mark: Mark
    advice: str = ""


def verdicts(record: Record, known: Known) -> list[Observation]:
    """Return every observation, in the order in which things were asked."""
    return [
        _submitted(record),
        _repeated(record),
        _done(record, known.hosts),
        _price(record, known.price),
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
    mark, advice = (Mark.OK, "") if good else (Mark.LOOK, LOST)
    return Observation(Step.SUBMITTED, said.shown, "2xx with a row of ours", mark, advice)


def _repeated(record: Record) -> Observation:
    said, assumed = record.said[Step.REPEATED], "refused: conflictTaskUUID, HTTP 400"
    if said.has_conflict:
        return Observation(Step.REPEATED, said.shown, assumed, Mark.OK)
    if not _acknowledged(said, record.task):
        return Observation(Step.REPEATED, said.shown, assumed, Mark.LOOK, AGAIN)
    if not _acknowledged(record.said[Step.SUBMITTED], record.task):
        return Observation(Step.REPEATED, f"{said.shown}: taken", assumed, Mark.LOOK, MAYBE_FIRST)
    return Observation(Step.REPEATED, f"{said.shown}: taken again", assumed, Mark.FAULT, DO_NOT_RUN)


def _done(record: Record, hosts: frozenset[str]) -> Observation:
    said = record.said.get(Step.DONE, Exchange(None))
    assumed = "status success with an imageURL, at a host in HOUSESTYLE_RESULT_HOSTS"
    if record.seconds is None:
        return Observation(Step.DONE, said.shown, assumed, Mark.LOOK, NO_PICTURE)
    host = _host(record.address)
    found = f"{said.shown}, after {record.seconds:.0f} s, at {host}"
    if host in hosts:
        return Observation(Step.DONE, found, assumed, Mark.OK)
    advice = OTHER_HOST.format(",".join(sorted({*hosts, host})))
    return Observation(Step.DONE, found, assumed, Mark.FAULT, advice)


def _price(record: Record, known: Estimate | None) -> Observation:
    question, assumed = "cost, as includeCost has it told", "above 0, in US dollars"
    cost = record.cost
    if cost is None:
        return Observation(question, "none", assumed, Mark.LOOK, NO_PRICE)
    is_known = known is not None and (known.is_measured or known.high >= cost)
    advice = "" if is_known else SET_PRICE.format(cost)
    return Observation(question, f"${cost:.4f} for one picture at low quality", assumed, Mark.OK, advice)


def _charged(record: Record) -> Observation:
    question, assumed = "what the account was charged for both requests", "the cost, once"
    paid = _paid(record.before, record.drawn)
    if paid is None or record.cost is None or paid <= 0:
        told = "not told" if paid is None else f"${paid:.4f} so far"
        return Observation(question, told, assumed, Mark.LOOK, NOT_CHARGED_YET)
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
        return Observation(Step.ARCHIVE, said.shown, assumed, Mark.LOOK, NO_ARCHIVE)
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
    return Observation(Step.TOGETHER, said.shown, assumed, Mark.LOOK, ONE_BY_ONE)


def _repeated_late(record: Record) -> Observation:
    said, assumed = record.said.get(Step.REPEATED_LATE), "not documented; refused, we hope"
    if said is None:
        return Observation(Step.REPEATED_LATE, "not tried", assumed, Mark.LOOK, NOT_TRIED)
    if said.has_conflict:
        return Observation(Step.REPEATED_LATE, said.shown, assumed, Mark.OK)
    paid = _paid(record.drawn, record.after)
    charged = f", and ${paid:.4f} were charged" if paid else ""
    advice = BOUGHT_AGAIN if _acknowledged(said, record.task) else AGAIN
    return Observation(Step.REPEATED_LATE, said.shown + charged, assumed, Mark.LOOK, advice)


def _acknowledged(said: Exchange, task: TaskId) -> bool:
    """Say whether an answer takes the order: a row of it that tells of no error."""
    return any(fault_in(row) is None for row in said.answer.rows_of(task, wire.IMAGE))


def _host(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


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
