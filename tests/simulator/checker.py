"""What must hold at the end of every schedule, and is reported where it does not, a sentence each.

Safety: one charge for each approved request, nothing lost, everything said once and in order, and no card
that runs ahead of the truth or stays behind it. Liveness: once the faults are over, everything ends. What
must hold of money and of the audit is in `governance`.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bot.domain.generation import TRANSITIONS as PICTURES_MOVES
from bot.domain.generation import Generation
from bot.domain.generation import Stage as PicturesStage
from bot.domain.ids import GenerationId, ProposalId, RunId
from bot.domain.proposal import TRANSITIONS as PROPOSALS_MOVES
from bot.domain.proposal import Proposal
from bot.domain.proposal import Stage as ProposalStage
from bot.domain.run import TRANSITIONS as RUN_MOVES
from bot.domain.run import Run
from bot.domain.run import Stage as RunStage
from bot.ports import Transaction
from tests.simulator.governance import Item, check_rules
from tests.simulator.plan import Trouble
from tests.simulator.restoring import check_restored
from tests.simulator.slack import Message
from tests.simulator.store import EPOCH, Database

if TYPE_CHECKING:
    from tests.simulator.world import World

RUN_ENDS = frozenset(
    {
        RunStage.READY,
        RunStage.REFUSED,
        RunStage.REJECTED,
        RunStage.CANCELLED,
        RunStage.FAILED,
        RunStage.EXPIRED,
    }
)
PICTURES_ENDS = frozenset({PicturesStage.DONE, PicturesStage.FAILED})
PROPOSAL_ENDS = frozenset(ProposalStage) - {ProposalStage.AWAITING}
UNPAID = frozenset({RunStage.REFUSED, RunStage.REJECTED, RunStage.EXPIRED})
FAILURES = frozenset({RunStage.FAILED, PicturesStage.FAILED})
"""Stages that nothing ends in that Runware was paid for: here it does what it takes."""
TOLD_BY_RUNWARE = ("Trained", "Rendered", "Failed")
ROUNDING = 0.001
SURE = frozenset({RunStage.READY, RunStage.TRAINING, PicturesStage.DONE, PicturesStage.COLLECTING})
"""Stages that only a request which was taken, and so charged, can reach."""


def is_quiet(database: Database) -> bool:
    """Say whether nothing is left to do."""
    ask = database.connection.execute
    if ask("SELECT 1 FROM outbox WHERE parked IS NULL LIMIT 1").fetchone():
        return False
    runs = {row[0] for row in ask("SELECT stage FROM runs")}
    pictures = {row[0] for row in ask("SELECT stage FROM generations")}
    proposals = {row[0] for row in ask("SELECT stage FROM proposals")}
    if ask("SELECT 1 FROM alarms WHERE settled_at IS NULL LIMIT 1").fetchone():
        return False
    return runs <= RUN_ENDS and pictures <= PICTURES_ENDS and proposals <= PROPOSAL_ENDS


def check(world: "World") -> list[str]:
    """Return what is wrong."""
    items = [*_items(world.database)]
    all_of_it: list[Item] = [*items, *world.database.look(lambda tx: _proposals(world.database, tx))]
    if world.database.is_restored:
        cards = (wrong for item in all_of_it for wrong in _card(world, item))
        return [*check_restored(world, items), *cards, *_life(world, all_of_it), *world.bugs]
    return [
        *_money(world, items),
        *check_rules(world, all_of_it),
        *_requests(world, items),
        *_messages(world),
        *(wrong for item in all_of_it for wrong in (*_journal(world, item), *_card(world, item))),
        *_life(world, all_of_it),
        *world.bugs,
    ]


def _items(database: Database) -> Iterator[Run | Generation]:
    runs = [RunId(row[0]) for row in database.connection.execute("SELECT id FROM runs")]
    pictures = [GenerationId(row[0]) for row in database.connection.execute("SELECT id FROM generations")]
    yield from database.look(lambda tx: [tx.runs.get(run) for run in runs])
    yield from database.look(lambda tx: [tx.generations.get(one) for one in pictures])


def _proposals(database: Database, tx: Transaction) -> list[Proposal]:
    ids = database.connection.execute("SELECT id FROM proposals").fetchall()
    return [tx.proposals.get(ProposalId(one)) for (one,) in ids]


def _name(item: Run | Generation) -> str:
    """Return under which name Runware was asked for it."""
    return item.id if isinstance(item, Run) else item.request.prompt


def _money(world: "World", items: list[Run | Generation]) -> Iterator[str]:
    """Each request is charged once, under the one taskUUID that is written down, for the same bytes."""
    runware = world.runware
    charged: dict[str, list[str]] = defaultdict(list)
    for charge in runware.charges:
        charged[charge.subject].append(charge.task)
    bodies = defaultdict(set)
    for task, body in runware.asked:
        bodies[task].add(body)
    yield from (f"{task} was sent with different bytes" for task, sent in bodies.items() if len(sent) > 1)
    for item in items:
        tasks, name = charged.pop(_name(item), []), _name(item)
        if len(tasks) > 1:
            yield f"doubled: {name} was charged {len(tasks)} times, under {len(set(tasks))} ids"
        if tasks and item.stage in UNPAID:
            yield f"doubled: {name} is {item.stage}, and was charged"
        if tasks and item.stage in FAILURES:
            yield f"lost: {name} is {item.stage}, and Runware has done it"
        if not tasks and item.stage in SURE:
            yield f"lost: {name} is {item.stage} without a charge"
        if tasks and (item.task is None or item.task.id not in tasks):
            yield f"lost: {name} was charged under an id that is not written down"
    yield from (f"lost: {name} was charged and is not there" for name in charged)


def _requests(world: "World", items: list[Run | Generation]) -> Iterator[str]:
    """What was asked once is there once, and every copy of a delivery was answered alike."""
    answers = world.people.answers
    yield from (f"doubled: {key} was answered {said}" for key, said in answers.items() if len(said) > 1)
    names = Counter(
        item.request.prompt if isinstance(item, Generation) else item.request.name for item in items
    )
    yield from (f"doubled: asked for {name} once, got {count}" for name, count in names.items() if count > 1)
    wanted = sum(key.startswith(("/train", "run.generate")) for key in answers) - world.people.is_broke
    if len(items) < wanted:
        yield f"lost: {wanted} requests were taken, {len(items)} are there"


def _journal(world: "World", item: Item) -> Iterator[str]:
    """What was written of an item is one legal life, and its end was told once."""
    ask = world.database.connection.execute
    table = MOVES[type(item)]
    waits = isinstance(item, Proposal) or (isinstance(item, Generation) and world.plan.team.is_strict)
    stage: Any = type(item.stage)["AWAITING" if waits else "REQUESTED"]
    for kind, at in ask("SELECT kind, at FROM events WHERE subject = ? ORDER BY seq", (item.id,)):
        if kind in TOLD_BY_RUNWARE and not _is_true_of(world, item, at):
            yield f"lost: {item.id} was {kind} before Runware had done it"
        moves = {event.__name__: after for event, after in table[stage].items()}
        if kind not in moves:
            yield f"doubled: {item.id} was {stage} when it was {kind}"
            return
        stage = moves[kind]
    if stage != item.stage:
        yield f"lost: {item.id} is {item.stage}, and {stage} by its journal"
    (ends,) = ask(
        "SELECT COUNT(*) FROM announced WHERE lane = ? AND kind = 'RunEnded'", (f"thread:{item.id}",)
    ).fetchone()
    if isinstance(item, Run) and ends != (item.stage in RUN_ENDS):
        yield f"{'doubled' if ends else 'lost'}: the end of {item.id} was told {ends} times"


MOVES: Mapping[type[Item], Mapping[Any, Mapping[type[Any], Any]]] = {
    Run: RUN_MOVES,
    Generation: PICTURES_MOVES,
    Proposal: PROPOSALS_MOVES,
}


def _is_true_of(world: "World", item: Item, at: str) -> bool:
    """Say whether Runware had done what it was asked for when that was written down."""
    job = world.runware.jobs.get(item.task.id) if not isinstance(item, Proposal) and item.task else None
    seconds = (datetime.fromisoformat(at) - EPOCH).total_seconds()
    return job is not None and job.began + job.seconds <= seconds + ROUNDING


def _messages(world: "World") -> Iterator[str]:
    """What the outbox took stands in Slack once, in the order in which it was taken.

    What was set aside, and tried again by a person, comes after what did not wait for it.
    """
    ask = world.database.connection.execute
    rows = ask("SELECT id, lane, kind FROM announced ORDER BY rowid").fetchall()
    parked = {row[0] for row in ask("SELECT id FROM outbox WHERE parked IS NOT NULL")}
    late = {row[0] for row in ask("SELECT id FROM set_aside")}
    stand: dict[str, list[Message]] = defaultdict(list)
    for message in world.slack.messages.values():
        stand[message.key].append(message)
    lanes: dict[str, list[Message]] = defaultdict(list)
    for key, lane, kind in rows:
        found = stand.pop(key, [])
        lanes[lane] += found
        if lane.startswith("thread:") and len(found) != 1 and key not in parked:
            yield f"{'doubled' if found else 'lost'}: {kind} stands {len(found)} times in Slack"
    for lane, said in lanes.items():
        if lane.startswith("card:") and len(said) != 1:
            yield f"{'doubled' if said else 'lost'}: {lane} stands {len(said)} times in Slack"
        moments = [float(message.ts) for message in said if message.key not in late]
        if lane.startswith("thread:") and moments != sorted(moments):
            yield f"out of order: {lane}"
    yield from (f"doubled: Slack shows {one[0].text!r}, which nobody said" for one in stand.values())


def is_true(database: Database, message: Message) -> bool:
    """Say whether what a message shows has been written down; a card that comes late may show what was."""
    row = database.connection.execute(
        "SELECT COALESCE(runs.stage, generations.stage, proposals.stage),"
        " COALESCE(runs.version, generations.version, proposals.version)"
        " FROM announced LEFT JOIN runs ON 'card:' || runs.id = lane"
        " LEFT JOIN generations ON 'card:' || generations.id = lane"
        " LEFT JOIN proposals ON 'card:' || proposals.id = lane WHERE announced.id = ?",
        (message.key,),
    ).fetchone()
    if row is None or row[0] is None:
        return True  # not a card
    stage, version = message.shows
    return version < row[1] or (version, stage) == (row[1], row[0])


def _card(world: "World", item: Item) -> Iterator[str]:
    """In the end a card shows the end; but for one on which a duplicate of an older redraw landed last.

    Its sender had heard that it was drawn, and Slack gives nobody a way to say which redraw is the newer.
    """
    rows = world.database.connection.execute("SELECT id FROM announced WHERE lane = ?", (f"card:{item.id}",))
    keys = {row[0] for row in rows}
    for message in world.slack.messages.values():
        if message.key in keys and message.shows[0] != item.stage:
            if message.drawn_at in world.network.repeated_at:
                world.troubles[Trouble.STALE] += 1
                continue
            yield f"stale: {item.id} is {item.stage}, its card shows {message.shows[0]}"


def _life(world: "World", items: list[Item]) -> Iterator[str]:
    """Everything has come to its end."""
    for item in items:
        if not item.is_over:
            yield f"stuck: {item.id} is {item.stage}: {'' if isinstance(item, Proposal) else item.trouble}"
    waiting = world.database.connection.execute(
        "SELECT kind, lane, attempts, due_at FROM outbox WHERE parked IS NULL"
    ).fetchall()
    yield from (f"stuck: {row} waits to be said" for row in waiting)
    alarms = world.database.connection.execute("SELECT concern, about FROM alarms WHERE settled_at IS NULL")
    yield from (f"stuck: the alarm about {concern} ({about}) stands still" for concern, about in alarms)
    if not (world.people.are_content or world.database.is_restored):
        yield "stuck: the people still wait"
