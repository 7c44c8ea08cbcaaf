"""A restore from a backup: the database as it was, everybody else as they are, and people who tidy up.

No program can know all that its backup forgot, so other things must hold here than elsewhere: nothing is
paid for twice, and what was paid for is followed on, or named to the owners. That needs a trace of it, in the
backup or on a card; what had none when the database was restored is counted, and nothing is claimed of it.
"""

import asyncio
import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from bot.domain.alarm import LOOKED_INTO, Concern
from bot.domain.generation import Generation
from bot.domain.ids import DeliveryKey, RunId
from bot.domain.run import Run
from tests.house import click
from tests.simulator.network import LATEST
from tests.simulator.plan import Restore, Trouble
from tests.simulator.slack import Message
from tests.simulator.team import ANN, BEN, BRAND, DAN, T1

if TYPE_CHECKING:
    from tests.simulator.bot import Bot
    from tests.simulator.world import World

SETTLED = LATEST + 5.0
"""Seconds that a person needs for a restore, at the least: what was sent before has arrived by then."""
ROUND = 60.0
"""Seconds after which people look again at what stands there."""
MOST_PRESSES = 5
"""So often a button is pressed while its card stays as it is."""
APPROVALS = ("run.approve", "generation.approve", "proposal.approve")
GIVING_UP = ("run.cancel", "generation.give_up")
TOLD = "SELECT sentence FROM alarms WHERE concern = ? AND about = ?"


async def restore(world: "World", plan: Restore) -> None:
    """Let the database be backed up, and put back when its time has come."""
    await asyncio.sleep(plan.backed_up_at)
    world.note("the database is backed up")
    world.database.back_up()
    await asyncio.sleep(plan.at - plan.backed_up_at)
    world.end_all_lives()
    await asyncio.sleep(SETTLED)
    world.count(Trouble.RESTORE, "the database is restored")
    world.database.restore()
    world.forgotten = {charge.task for charge in world.runware.charges} - _told_of(world)
    world.troubles[Trouble.FORGOTTEN] += len(world.forgotten)
    world.begin_anew(_tidy_up(world))


def _told_of(world: "World") -> set[str]:
    """Return the tasks that a card in Slack tells of, or the backup."""
    cards = {message.task for message in world.slack.messages.values()}
    bodies = world.database.connection.execute("SELECT body FROM runs UNION ALL SELECT body FROM generations")
    tasks: list[dict[str, str] | None] = [json.loads(body).get("task") for (body,) in bodies]
    return cards | {task["id"] for task in tasks if task}


async def _tidy_up(world: "World") -> None:
    """Have people press what stands there, again and again, until nothing waits for anybody."""
    pressed: Counter[str] = Counter()
    while not world.is_over and not world.is_settled():
        for message in [*world.slack.messages.values()]:
            for action in ("notice.release", *APPROVALS, *GIVING_UP):
                if not (button := message.button(action)):
                    continue
                pressed[name := message.ts + button["block_id"]] += 1
                if pressed[name] <= MOST_PRESSES:
                    await _press(world, action, button, message)
        await asyncio.sleep(ROUND)


async def _press(world: "World", action: str, button: dict[str, Any], message: Message) -> None:
    """Press it as those would whose business it is; what Runware has is not given up."""
    people = world.people
    if action == "notice.release":
        await people.deliver(action, _release)
    elif action in GIVING_UP:
        is_in_doubt = button["block_id"].startswith("unconfirmed")
        if is_in_doubt and message.task not in world.runware.jobs:
            await people.deliver(action, partial(_give_up, button))
    elif action in APPROVALS and message.channel == BRAND:
        is_deaf = action == "run.approve" and world.plan.team.is_deaf
        for who in () if is_deaf else (BEN, ANN, DAN):
            await people.deliver(action, partial(people.approve, who, button=button))


async def _release(bot: "Bot", key: DeliveryKey) -> str:
    return await bot.alarms.release(T1, by=BEN, delivery=key)


async def _give_up(button: dict[str, Any], bot: "Bot", key: DeliveryKey) -> str:
    item = await bot.store.read(lambda tx: tx.asked(RunId(button["value"])))
    return await bot.stopping.cancel(item.id, click(item.request.requester, key))


def check_restored(world: "World", items: Sequence[Run | Generation]) -> Iterator[str]:
    """Yield what is wrong after a restore."""
    ask = world.database.connection.execute
    told = " ".join(sentence for (sentence,) in ask(TOLD, (Concern.RESTORED, LOOKED_INTO)))
    followed = {item.task.id for item in items if item.task}
    charges: dict[str, list[str]] = defaultdict(list)
    for charge in world.runware.charges:
        charges[charge.subject].append(charge.task)
        if charge.task not in followed | world.forgotten and charge.task not in told:
            yield f"lost: {charge.task} was charged for {charge.subject}, and nobody is told of it"
    for name, tasks in charges.items():
        if len(tasks) > 1 and not world.forgotten & {*tasks}:
            yield f"doubled: {name} was charged {len(tasks)} times, under {len({*tasks})} ids"
