"""What must hold of what is told to people directly: memos about what they decide, notices about alarms.

Each stands in Slack once, unless it had become untrue when it was its turn; every alarm is announced, and
that it is over. When a message has become untrue is said here in words of our own, not in the program's.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.domain.alarm import Concern
from bot.domain.audit import Did, Row
from bot.domain.generation import Generation
from bot.domain.message import Memo, Notice, Topic
from bot.domain.proposal import Proposal
from bot.domain.run import Run
from bot.domain.run import Stage as RunStage
from storage.rows import kind_of, message_of, value_of
from tests.simulator.plan import Trouble

if TYPE_CHECKING:
    from tests.simulator.world import World

KINDS: Mapping[str, type[Run | Generation | Proposal]] = {
    "runs": Run,
    "generations": Generation,
    "proposals": Proposal,
}
LASTING = frozenset({Topic.OVERRIDDEN, Topic.GLASS_BROKEN, Topic.ENDED})
"""What is told for good: what was done, and what it came to."""
QUIET = frozenset({Concern.PARKED})
"""What a person ends by a click: nobody is told that it is over, and it may stand anew."""
ANNOUNCED = """
SELECT id, kind, body, EXISTS (SELECT 1 FROM outbox WHERE outbox.id = announced.id)
FROM announced WHERE kind IN ('Memo', 'Notice') ORDER BY rowid
"""
ALARMS = "SELECT workspace, concern, about, settled_at FROM alarms"
APPROVING = ("run.approve", "generation.approve", "proposal.approve")
WAITS = """
SELECT 1 FROM (SELECT id, stage FROM runs UNION ALL SELECT id, stage FROM generations
    UNION ALL SELECT id, stage FROM proposals) WHERE id = :id AND stage = :stage
"""
HANDLED = "SELECT id, what, state FROM handled ORDER BY rowid"
Seen = tuple[str, str]
"""What a message was about at a moment: the table, and the row's body; or whether the alarm was settled."""


@dataclass(frozen=True)
class Word:
    """A direct message that the outbox took, how often it stands, and whether it waits still, or was parked.

    `seen` is what it was about when it was last taken to be said, and when it was done with.
    """

    message: Memo | Notice
    stands: int
    is_kept: bool
    seen: Sequence[Seen]

    @property
    def may_be_missing(self) -> bool:
        """Whether it is right that it does not stand."""
        return self.is_kept or any(is_old(self.message, *seen) for seen in self.seen)


def check_direct(world: "World", told: Mapping[str, list[Row]]) -> Iterator[str]:
    """Yield what is wrong; `told` are the audit's rows of each item."""
    words = _words(world)
    for word in words:
        is_to_somebody, kind = word.message.user is not None, kind_of(word.message)
        if word.stands > 1 or (is_to_somebody and not word.stands and not word.may_be_missing):
            how = "doubled" if word.stands else "lost"
            yield f"{how}: a {kind} stands {word.stands} times in Slack: {word.message}"
    yield from _memos(words, told)
    yield from _questions(world)
    yield from _notices(world, words)


def _words(world: "World") -> list[Word]:
    """Return all that was to be told directly, in the order in which it was announced."""
    ask = world.database.connection.execute
    stand = Counter(message.key for message in world.slack.messages.values())
    seen: dict[str, list[Seen]] = defaultdict(list)
    for key, what, state in ask(HANDLED):
        seen[key].append((what, state))
    words = []
    for key, kind, body, is_kept in ask(ANNOUNCED):
        message = message_of(kind, body)
        assert isinstance(message, Memo | Notice)
        words.append(Word(message, stand[key], bool(is_kept), seen[key][-2:]))
    return words


def is_old(message: Memo | Notice, what: str, state: str) -> bool:
    """Say whether `message` was untrue when what it is about was so."""
    if isinstance(message, Notice):
        return message.is_over is not (state == "settled")
    if message.topic in LASTING:
        return False
    item = value_of(KINDS[what], state)
    if message.topic is Topic.DOUBT:
        return item.stage != "unconfirmed"
    has_voted = item.ballot is not None and message.user in {vote.by for vote in item.ballot.votes}
    if message.topic is Topic.VOID or has_voted:
        return has_voted
    if item.ballot is None or item.stage != type(item.stage)["AWAITING"]:
        return True
    is_passed = message.gate is not None and message.gate != item.ballot.turn
    return is_passed or (message.topic is Topic.REMINDER and message.number != item.ballot.reminded)


def _memos(words: Sequence[Word], told: Mapping[str, list[Row]]) -> Iterator[str]:
    """Nobody is told the same thing twice, unless it was asked anew or undone since."""
    times: Counter[Memo] = Counter()
    for word in words:
        if isinstance(word.message, Memo):
            times[word.message] += word.stands
    for memo, count in times.items():
        anew = sum(row.did in (Did.OPENED, Did.UNDID) for row in told[memo.subject])
        if count > max(1, anew):
            yield f"doubled: a memo stands {count} times in Slack: {memo}"


def _questions(world: "World") -> Iterator[str]:
    """Nobody is asked directly, in the end, for a decision that was made.

    Who slept before they asked may have asked too late, and died before they could know: that is counted.
    """
    ask = world.database.connection.execute
    for message in world.slack.messages.values():
        for action in APPROVING if message.channel.startswith("D") else ():
            button = message.button(action)
            if not button or ask(WAITS, {"id": button["value"], "stage": RunStage.AWAITING}).fetchone():
                continue
            if message.by.sleeps:
                world.troubles[Trouble.STALE] += 1
            else:
                yield f"stale: somebody is asked for what is decided: {message.text}"


def _notices(world: "World", words: Sequence[Word]) -> Iterator[str]:
    """Every alarm is announced once, that its concern is over too, and each word of it is handed out once."""
    announced: Counter[Notice] = Counter()
    wanted: Counter[Notice] = Counter()
    handed: Counter[Notice] = Counter()
    for word in words:
        if isinstance(notice := word.message, Notice):
            handed[replace(notice, user=None)] += notice.user is not None
            announced[notice] += notice.user is None
            wanted[notice] += notice.user is None and not word.may_be_missing
    for notice in announced + handed:
        times = announced[notice]
        if not wanted[notice] <= handed[notice] <= times:
            how = "lost" if handed[notice] < times else "doubled"
            yield f"{how}: announced {times} times, handed out {handed[notice]} times: {notice}"
        if times > 1 and notice.concern not in QUIET:
            yield f"doubled: announced {times} times: {notice}"
        if notice.is_over and not announced[replace(notice, is_over=False)]:
            yield f"doubled: it was over before it was announced: {notice}"
    ended = {(notice.workspace, notice.concern) for notice in +announced if notice.is_over}
    for workspace, concern, about, settled_at in world.database.connection.execute(ALARMS):
        if not announced[Notice(workspace, Concern(concern), about)]:
            yield f"lost: the alarm {concern} ({about}) was announced to nobody"
        if settled_at and Concern(concern) not in QUIET and (workspace, concern) not in ended:
            yield f"lost: nobody is told that the alarm {concern} ({about}) is over"
