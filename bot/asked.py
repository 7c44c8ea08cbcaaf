"""Whatever waits for a decision, looked at alike: a training, pictures, a proposal; and who clicks on it."""

from dataclasses import dataclass

from bot.domain.approval import NOTHING
from bot.domain.ballot import Ballot, Roster
from bot.domain.errors import Conflict, Refused
from bot.domain.generation import Generation
from bot.domain.generation import Stage as Drawing
from bot.domain.ids import DeliveryKey, SubjectId, WorkspaceId
from bot.domain.people import Person
from bot.domain.policy import Action
from bot.domain.proposal import Proposal
from bot.domain.run import Run, Stage
from bot.ports import Transaction

Item = Run | Generation | Proposal
DIGITS = 8
"""So many digits of a ballot's digest, at the least, say what was seen."""
BUTTONS_DIGITS = 12
"""So many, at the least, stand in a card's buttons; who types copies fewer."""


@dataclass(frozen=True)
class Click:
    """Who acts, where, by which delivery; `seen` are the first digits of the digest of what was seen.

    A card's buttons always carry them. `seen` is None for a command that was typed without them.
    """

    by: Person
    workspace: WorkspaceId
    delivery: DeliveryKey
    seen: str | None = None

    def saw(self, ballot: Ballot) -> bool:
        """Say whether it is about what is asked now."""
        if self.seen is None:
            return True
        return len(self.seen) >= DIGITS and ballot.digest.startswith(self.seen)


def decided(item: Item) -> str:
    """Return a polite answer to who comes too late: who decided, and what came of it."""
    by = f" by @{item.decided_by}" if item.decided_by else ""
    match item:
        case Run(stage=Stage.REQUESTED):
            return f"The dataset of {name_of(item)} is looked at just now: its card asks once that is done."
        case Run(stage=Stage.APPROVED | Stage.SUBMITTING):
            return f"{name_of(item)} was approved{by} already: its training starts soon."
        case Run(stage=Stage.TRAINING | Stage.READY):
            return f"{name_of(item)} was approved{by} already: it is {item.stage}."
        case Run() | Proposal():
            return f"{name_of(item)} is {item.stage}{by} already; nothing more can be decided about it."
    if item.failure and not by:  # nobody decided: it expired, or Runware did not draw them
        return f"{name_of(item)}: {item.failure.sentence}"
    if item.stage is Drawing.FAILED:
        return f"{name_of(item)} were decided on{by} already, and are not drawn."
    return (
        f"{name_of(item)} were approved{by} already." if by else "Nobody has to decide about these pictures."
    )


def find(tx: Transaction, subject: SubjectId, click: Click) -> Item:
    """Return what has that id. Raises Refused where there is none for who clicks.

    Another workspace's does not exist here, and private pictures are their owner's.
    """
    item = tx.asked(subject)
    is_private = isinstance(item, Generation) and item.request.private
    is_another = is_private and click.by.id != item.request.requester
    if is_another or item.request.workspace != click.workspace:
        raise Refused(NOTHING.format(subject))
    return item


def ballot_of(item: Item) -> Ballot:
    """Return what is asked about it. Raises Refused where nothing is."""
    if item.ballot is None:
        raise Refused(f"Nothing is asked about {name_of(item)}.")
    return item.ballot


def name_of(item: Item) -> str:
    """Return what people call it."""
    match item:
        case Run():
            return item.request.name
        case Proposal():
            return item.label
    return f"The pictures in {item.label}"


def changed_since(item: Item) -> Conflict:
    """Return that it is not what was decided on."""
    return Conflict(f"{name_of(item)} has changed since: look at its card again, then decide.")


def check_seen(item: Item, click: Click) -> None:
    """Raise Conflict where a click cannot be about what is asked now, or need not be."""
    ballot, name = ballot_of(item), name_of(item)
    if not click.saw(ballot):
        if click.seen and len(click.seen) < BUTTONS_DIGITS:
            told = f"`{click.seen}` is not what the card of {name} asks for, so nothing was done"
            raise Conflict(f"{told}: look at its card again, then decide.")
        raise changed_since(item)
    if click.seen is None and (ballot.first or ballot.changed):
        told = "; ".join(ballot.changed).rstrip(".")
        differs = f"this is not what was first asked. {told}" if told else "it has changed, and changed back"
        raise Conflict(
            f"{name}: {differs}. Decide on its card, or type the same with `{ballot.digest[:DIGITS]}` after "
            f"`{item.id}`, which is just what is asked now."
        )


def action_of(item: Item) -> Action:
    """Return what would be done."""
    match item:
        case Run():
            return Action.TRAIN
        case Generation():
            return Action.GENERATE
    return item.request.action


def still_open(ballot: Ballot, item: Item, roster: Roster, *, done: str) -> str:
    """Return to who has `done` a part, as they read it, what else is needed."""
    gate = ballot.open_gate(roster)
    if gate is None:
        says = ballot.open_objections[0].says
        return f"{name_of(item)} has its approvals; an admin has to override first: {says}"
    steps, there = ballot.terms.gates[gate], len(ballot.seats(gate))
    more = f"{steps[0].count - there} more from " if there and len(steps) == 1 else ""
    waits = more + " or ".join(step.name for step in steps)
    return f"You {done} {name_of(item)}. It still needs {waits}."
