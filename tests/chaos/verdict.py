"""Was everything said and paid exactly once? Read from the workspace and from the ledgers, not from the bot.

A fault is a sentence. `lost` is what should stand and does not; `doubled` is what stands, or was paid, twice.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Self

from tests.chaos.crowd import COUNT, Crowd
from tests.dialogs.stage import PEOPLE, Json, button, pictures


@dataclass
class Verdict:
    """What is wrong; nothing, one hopes. `odd` is what no correct client of Slack does."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    odd: list[str] = field(default_factory=list)
    charges: int = 0
    messages: int = 0

    def __iadd__(self, other: "Verdict") -> Self:
        """Add what is wrong elsewhere."""
        self.lost += other.lost
        self.doubled += other.doubled
        self.odd += other.odd
        self.charges += other.charges
        self.messages += other.messages
        return self

    def once(self, what: str, count: int) -> None:
        """Note it unless `count` is 1."""
        if count < 1:
            self.lost.append(what)
        elif count > 1:
            self.doubled.append(f"{what}, {count} times")


async def judged(crowd: Crowd, unsaid: Iterable[str]) -> Verdict:
    """Judge everything that the crowd asked for; `unsaid` is what the bot still had to say, in the end."""
    await crowd.look()
    ledger = await crowd.at.ledger()
    verdict = Verdict([f"a {kind} that was never said" for kind in unsaid])
    verdict.charges, verdict.messages = len(ledger["runware"]["charges"]), len(crowd.messages)
    for name, was_taken in crowd.trainings.items():
        _judge_training(verdict, crowd, name, _paid(ledger, "training", name), was_taken=was_taken)
    for name, was_taken in crowd.drawings.items():
        _judge_drawing(verdict, crowd, name, _paid(ledger, "imageInference", name), was_taken=was_taken)
    _judge_calls(verdict, ledger["slack"])
    tasks = [charge["taskUUID"] for charge in ledger["runware"]["charges"]]
    verdict.doubled += [f"the charge for {task}" for task in _repeated(tasks)]
    return verdict


def _judge_training(verdict: Verdict, crowd: Crowd, name: str, paid: int, *, was_taken: bool) -> None:
    cards = crowd.cards_of(name)
    if not cards and not was_taken:
        verdict.doubled += [f"{name}: paid, and nobody asked"] * paid
        return
    verdict.once(f"{name}: the card", len(cards))
    verdict.once(f"{name}: the charge", paid)
    if not any(button(card, "run.default") for card in cards):
        verdict.lost.append(f"{name}: not ready")
    standing = {card["ts"] for card in cards}
    thread = [said for said in crowd.messages if said["thread_ts"] in standing - {said["ts"]}]
    titles = Counter(picture["title"]["text"] for said in thread for picture in pictures(said))
    verdict.once(f"{name}: the contact sheet", sum(titles[it] for it in titles if "pictures of" in it))
    verdict.once(f"{name}: the palette", sum(titles[it] for it in titles if "palette of" in it))
    verdict.once(f"{name}: the word to Ann", sum(PEOPLE["ann"] in said["text"] for said in thread))
    said = [it["text"] + str([picture["title"] for picture in pictures(it)]) for it in thread]
    verdict.doubled += [f"{name}, in the thread: {text}" for text in _repeated(said)]


def _judge_drawing(verdict: Verdict, crowd: Crowd, name: str, paid: int, *, was_taken: bool) -> None:
    cards = crowd.cards_of(name)
    if not cards and not was_taken:
        verdict.doubled += [f"{name}: paid, and nobody asked"] * paid
        return
    verdict.once(f"{name}: the card", len(cards))
    verdict.once(f"{name}: the charge", paid)
    shown = [picture["slack_file"]["id"] for card in cards for picture in pictures(card)]
    verdict.lost += [f"{name}: a picture"] * (COUNT - len(set(shown)))
    verdict.doubled += [f"{name}: a picture"] * (len(shown) - len(set(shown)))


def _judge_calls(verdict: Verdict, calls: list[Json]) -> None:
    """Judge the calls themselves: that Slack drops what it has seen before is no promise of Slack."""
    taken = [call for call in calls if call["ok"] and call["method"] == "chat.postMessage"]
    verdict.doubled += [f"a post under {key}" for key in _repeated(_keys(taken))]
    verdict.odd += [f"{call['method']}: {call['error']}" for call in calls if call.get("violation")]


def _keys(posts: list[Json]) -> Iterator[str]:
    for post in posts:
        yield post["args"]["client_msg_id"]


def _paid(ledger: Json, task_type: str, name: str) -> int:
    """Return how often something was charged whose request bears `name`."""
    charges = Counter(charge["taskUUID"] for charge in ledger["runware"]["charges"])
    tasks = [task for task in ledger["runware"]["tasks"] if task["taskType"] == task_type]
    return sum(charges[task["taskUUID"]] for task in tasks if name.lower() in str(task["request"]).lower())


def _repeated(things: Iterable[str]) -> list[str]:
    return [thing for thing, count in Counter(things).items() if count > 1]
