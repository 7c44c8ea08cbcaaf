"""Sequences after a restore in which a task that the backup knows not, or as unsent, may be paid."""

from datetime import datetime

import pytest

from bot.domain.alarm import LOOKED_INTO, Alarm, Concern
from bot.domain.errors import AccessDenied, Unavailable, Unpostable
from bot.domain.facts import Progressed
from bot.domain.ids import ChannelId, TaskId, WorkspaceId
from bot.domain.run import Stage
from bot.domain.task import Task, Testimony
from bot.ports import CardTag, Posted
from bot.services.recovery import Recovery
from tests.fakes import FakeMessenger, FakeTrainer
from tests.house import BEN, BRAND, RUN, T1, House, click

LOST = TaskId("3f2b8e2e-6a55-4d0c-9d1e-0a7c5f1f2b11")


class Forgetful(FakeTrainer):
    """Has forgotten every task, and charges for whatever comes."""

    async def testify(self, task: Task) -> Testimony:
        return Testimony(is_known=False, said=("Nothing is known of it.",))

    async def archived(self, task: TaskId) -> str | None:
        return None


async def restored(house: House) -> None:
    about = house.clock().isoformat()
    await house.store.write(lambda tx: tx.alarms.sound(T1, Concern.RESTORED, "Restored.", about=about))


async def waiting(house: House) -> None:
    await house.ask()
    await house.work()


async def approved(house: House) -> None:
    await waiting(house)
    await house.approve()
    house.clock.pass_time(seconds=30)


async def hours_pass(house: House, hours: int) -> None:
    for _ in range(hours):
        house.clock.pass_time(hours=1)
        await house.work(steps=2)


def tagged(house: House, subject: str, task: TaskId | None, *, later: float = 1) -> None:
    house.slack.tags.append(CardTag(subject, task, BRAND, f"{house.clock().timestamp() + later:.6f}"))


async def test_nothing_new_is_prepared_while_cards_are_compared_not_even_after_an_approval(
    house: House,
) -> None:
    await waiting(house)
    await restored(house)
    await house.approvals.approve(RUN, click(BEN, house.delivery()))
    house.clock.pass_time(seconds=31)
    await house.work(steps=3)
    run = await house.run()
    assert (run.stage, run.task) == (Stage.APPROVED, None)


async def test_what_waited_for_a_balance_in_the_backup_is_looked_for_and_not_sent(house: House) -> None:
    house.trainer.submits = [AccessDenied("No balance.", is_balance=True)]
    house.trainer.accepts_unheard = False
    await approved(house)
    await house.work(steps=2)
    run = await house.run()
    assert run.task
    assert run.task.attempts == 0
    house.trainer.bodies.clear()
    house.trainer.submits, house.trainer.looks = [None], [Progressed(3)]
    house.trainer.charges = {run.task.id}
    house.clock.pass_time(days=5)
    await restored(house)
    tagged(house, RUN, run.task.id)
    await house.recovery.look()
    await hours_pass(house, 2)
    assert house.trainer.bodies == []
    assert (await house.run()).stage is Stage.TRAINING


async def test_what_nobody_knows_any_more_is_not_sent_again_and_a_person_decides(house: House) -> None:
    house.lives_with(trainer=Forgetful())
    await waiting(house)
    await restored(house)
    tagged(house, RUN, LOST)
    await house.recovery.look()
    await hours_pass(house, 30)
    run = await house.run()
    assert run.task
    assert (run.stage, run.task.id) == (Stage.UNCONFIRMED, LOST)
    assert house.trainer.bodies == []


async def test_of_several_cards_of_a_run_the_one_that_names_a_task_counts(house: House) -> None:
    await waiting(house)
    await restored(house)
    for task, later in ((None, 3), (LOST, 2), (None, 1)):
        tagged(house, RUN, task, later=later)
    await house.recovery.look()
    run = await house.run()
    assert run.task
    assert run.task.id == LOST


async def test_two_tasks_for_one_run_are_for_a_person_to_judge(house: House) -> None:
    await waiting(house)
    await restored(house)
    tagged(house, RUN, LOST)
    tagged(house, RUN, TaskId("11111111-1111-4111-8111-111111111111"))
    await house.recovery.look()
    [alarm] = await house.store.read(lambda tx: tx.alarms.standing())
    assert alarm.about == LOOKED_INTO
    assert "names another task" in alarm.sentence


async def test_a_card_that_cannot_be_read_keeps_nobody_else_from_being_found(house: House) -> None:
    class PartlyShut(FakeMessenger):
        async def tag(self, posted: Posted) -> CardTag | None:
            if posted.ts == "1.0":
                raise Unpostable("Slack refuses this.", code="channel_not_found")
            return CardTag("RUN0000002", LOST, BRAND, posted.ts)

    shut = PartlyShut(house.clock)
    for _ in range(2):
        await house.ask()
        await house.work()
    await restored(house)
    house.recovery = Recovery(house.store, shut, house.trainer, nudge=lambda: None)
    await house.recovery.look()
    second = await house.store.read(lambda tx: tx.runs.live())
    assert {run.id: run.task.id for run in second if run.task} == {"RUN0000002": LOST}
    [alarm] = await house.store.read(lambda tx: tx.alarms.standing())
    assert "RUN0000001" in alarm.sentence


async def test_after_an_hour_without_an_answer_a_person_is_told_what_could_not_be_read(house: House) -> None:
    class Silent(FakeMessenger):
        async def tags_since(self, moment: datetime, *, channel: ChannelId) -> list[CardTag]:
            raise Unavailable("Slack did not answer.")

    house.recovery = Recovery(house.store, Silent(house.clock), house.trainer, nudge=lambda: None)
    await waiting(house)
    await restored(house)
    await house.recovery.look()
    assert [alarm.about for alarm in await standing(house)] != [LOOKED_INTO]
    house.clock.pass_time(minutes=61)
    await house.recovery.look()
    assert [alarm.about for alarm in await standing(house)] == [LOOKED_INTO]
    answer = await house.alarms.release(T1, by=BEN, delivery=house.delivery())
    assert answer == "Requests are handed over again."


async def standing(house: House) -> list[Alarm]:
    return list(await house.store.read(lambda tx: tx.alarms.standing()))


@pytest.mark.parametrize("steps", [1, 4])
async def test_an_approval_is_not_handed_over_before_its_undo_window_is_over(
    house: House, steps: int
) -> None:
    await waiting(house)
    await house.approve()
    house.clock.pass_time(seconds=20)
    await house.hints.heard(RUN)
    await house.work(steps=steps)
    assert (await house.run()).stage is Stage.APPROVED


async def test_a_restore_that_is_every_workspaces_holds_what_is_new(house: House) -> None:
    await approved(house)
    await house.store.write(lambda tx: tx.alarms.sound(WorkspaceId(""), Concern.RESTORED, "Restored."))
    await house.work(steps=3)
    run = await house.run()
    assert (run.stage, run.task) == (Stage.APPROVED, None)
