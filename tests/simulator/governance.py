"""What must hold of money and of the audit, however a schedule went; a sentence each.

The ledger knows of each charge and of nothing else, no budget was exceeded at any moment, and the audit's
chain is whole and tells one life of each item. What is told of it to people is in `direct`.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from bot.domain.audit import Did, Row, faults
from bot.domain.generation import Generation
from bot.domain.money import micros
from bot.domain.proposal import Proposal
from bot.domain.proposal import Stage as ProposalStage
from bot.domain.run import Run
from bot.services.reconciler import Pace
from tests.simulator.direct import check_direct
from tests.simulator.runware import TOP_UP, Charge
from tests.simulator.team import BRAND, T1

if TYPE_CHECKING:
    from tests.simulator.world import World

Item = Run | Generation | Proposal
Entry = tuple[str, int, bool]
"""An entry of the ledger: its state, what is booked, and whether that was assumed."""
ENTRIES = "SELECT subject, state, spent, is_assumed FROM ledger"
TRIAL = Pace().trial.total_seconds()
SOME = 4
"""As many requests may be under way when the first is refused."""
CLOSES = (Did.SPENT, Did.ASSUMED, Did.RELEASED)
VOIDS = (Did.UNDID, Did.CHANGED)


def check_rules(world: "World", items: Sequence[Item]) -> Iterator[str]:
    """Yield what is wrong."""
    rows, head = world.database.look(lambda tx: (tx.audit.rows(T1), tx.audit.head(T1)))
    yield from (f"the audit is broken: {fault}" for fault in faults(rows, head=head))
    told: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        told[row.about].append(row)
    charges: dict[str, list[Charge]] = defaultdict(list)
    for charge in world.runware.charges:
        charges[charge.subject].append(charge)
    asked = world.database.connection.execute(ENTRIES)
    entries = {subject: (state, spent, assumed) for subject, state, spent, assumed in asked}
    for item in items:
        paid = charges[item.request.prompt if isinstance(item, Generation) else item.id]
        yield from (*_audit(item, told[item.id], paid), *_reservations(item, told[item.id]))
        if isinstance(item, Proposal):
            yield from _promotion(world, item, rows)
        else:
            yield from _entry(world, item, entries.pop(item.id, None), paid)
    yield from (f"the ledger has an entry for {subject}, which is not there" for subject in entries)
    yield from _budget(world)
    yield from check_direct(world, told)
    yield from _refusals(world)


def _audit(item: Item, rows: list[Row], paid: list[Charge]) -> Iterator[str]:
    """It was asked once, and granted once for a charge."""
    if [row.did for row in rows].count(Did.ASKED) != 1 or rows[0].did != Did.ASKED:
        yield f"the audit has not one beginning of {item.id}"
    is_granted = False
    for row in rows:
        if is_granted and row.did == Did.GRANTED:
            yield f"doubled: {item.id} was granted twice"
        is_granted = row.did == Did.GRANTED or (is_granted and row.did not in VOIDS)
    if paid and item.ballot and item.ballot.terms.gates and not is_granted:
        yield f"doubled: {item.id} was charged, and nobody had granted it"


def _reservations(item: Item, rows: list[Row]) -> Iterator[str]:
    """Each reservation came to one end."""
    is_reserved = False
    for row in rows:
        if row.did == Did.RESERVED and is_reserved:
            yield f"doubled: money for {item.id} was reserved twice"
        if row.did in CLOSES and not is_reserved:
            yield f"doubled: the audit has money {row.did} for {item.id} that was not reserved"
        is_reserved = row.did == Did.RESERVED or (is_reserved and row.did not in CLOSES)
    if is_reserved and item.is_over:
        yield f"lost: the audit does not tell what became of the money for {item.id}"


def _entry(world: "World", item: Run | Generation, entry: Entry | None, paid: list[Charge]) -> Iterator[str]:
    """The ledger has what was charged, or what was reserved where no cost was told; and nothing else."""
    if entry and entry[0] == "reserved" and item.is_over:
        yield f"stuck: money is reserved for {item.id}, which is {item.stage}"
    if not paid:
        if entry and entry[0] == "settled":
            yield f"doubled: {entry[1]} was booked for {item.id}, which nobody charged"
        return
    told = world.plan.tells_cost
    estimate = item.ballot.estimate if item.ballot else None
    assumed = micros(estimate.high) if estimate else 0
    booked = "settled", micros(sum(charge.amount for charge in paid)) if told else assumed, not told
    if entry != booked and item.is_over:
        yield f"lost: {item.id} was charged: the ledger has {entry}, not {booked}"


def _promotion(world: "World", item: Proposal, rows: Sequence[Row]) -> Iterator[str]:
    """What was granted was done, once."""
    done = sum(row.did == Did.PROMOTED for row in rows)
    if done != (item.stage is ProposalStage.GRANTED):
        yield f"{'doubled' if done else 'lost'}: {item.id} is {item.stage}, and was done {done} times"
    default = world.database.look(lambda tx: tx.styles.default_of(BRAND))
    if bool(default) != bool(done):
        yield f"lost: {item.id} is {item.stage}, and the channel draws in {default}"


def _budget(world: "World") -> Iterator[str]:
    """At no moment more was reserved and spent than the budget."""
    budget = world.plan.team.budget
    (most,) = world.database.connection.execute("SELECT MAX(total) FROM held").fetchone()
    if budget is not None and most and most > micros(budget):
        yield f"the budget was exceeded: {most} of {micros(budget)}"


def _refusals(world: "World") -> Iterator[str]:
    """A Runware that refuses us is not stormed."""
    if refusal := world.plan.refusal:
        tries = sum(refused.is_paid for refused in world.runware.refused)
        mishaps = sum(world.sites.deaths.values()) + sum(world.network.faults.values())
        kinds = 2 if refusal.status == TOP_UP else 1  # a balance that does for pictures may not for trainings
        if tries > mishaps + SOME + kinds * (refusal.ends - refusal.begins) / TRIAL:
            yield f"stormed: {tries} requests were refused"
