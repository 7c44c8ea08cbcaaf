"""After a restore, a name that was paid for is given to nobody else, and what it names can be drawn in."""

from bot.domain.alarm import LOOKED_INTO, Alarm, Concern
from bot.domain.errors import Unavailable
from bot.domain.facts import Progressed, Trained
from bot.domain.ids import Air, RunId, TaskId
from bot.domain.run import Stage
from bot.ports import CardTag
from tests.fakes import TRAINED, FakeTrainer
from tests.house import BEN, BRAND, RUN, T1, House

LOST = TaskId("3f2b8e2e-6a55-4d0c-9d1e-0a7c5f1f2b11")
FORGOTTEN = "RUN0000009"


async def restored(house: House) -> None:
    """Let the database be one that was restored from a backup made now."""
    about = house.clock().isoformat()
    await house.store.write(lambda tx: tx.alarms.sound(T1, Concern.RESTORED, "Restored.", about=about))


async def asked(house: House) -> None:
    """Ask for a training, and have its card posted, before the backup is made."""
    await house.ask()
    await house.relay.carry_due()
    await house.relay.finish()


def handed_over(house: House, subject: str, air: str = "acme:stellar@1") -> None:
    """Let something have been handed over since the backup, and its card tell so."""
    house.slack.tags.append(CardTag(subject, LOST, BRAND, f"{house.clock().timestamp() + 1:.6f}"))
    house.trainer.bodies.append(f"{subject} in {air} as {LOST}")
    house.trainer.charges.add(LOST)


async def released(house: House) -> None:
    """Have a person let requests be handed over again, and those that waited for it looked at."""
    await house.alarms.release(T1, by=BEN, delivery=house.delivery())
    house.clock.pass_time(minutes=2)
    await house.work()


async def judged(house: House) -> list[Alarm]:
    alarms = await house.store.read(lambda tx: tx.alarms.standing())
    return [alarm for alarm in alarms if alarm.about == LOOKED_INTO]


async def drawing(house: House) -> list[str]:
    """Return the models that can draw."""
    versions, _ = await house.styles.all(T1, BRAND)
    return [version.air for version in versions]


async def test_after_a_restore_the_name_that_a_forgotten_run_was_handed_over_under_is_never_given_out_again(
    house: House,
) -> None:
    await restored(house)
    handed_over(house, FORGOTTEN)
    await house.recovery.look()
    [alarm] = await judged(house)
    assert f"as task {LOST}. It trains `acme:stellar@1`: that name is given to no other" in alarm.sentence
    await house.ask()
    await released(house)
    run = await house.run()
    assert (run.stage, run.air, run.number) == (Stage.AWAITING, "acme:stellar@2", 2)


async def test_nor_is_a_name_that_was_chosen_by_hand_or_the_number_that_it_had(house: House) -> None:
    await restored(house)
    handed_over(house, FORGOTTEN, "acme:stellar@7")
    await house.recovery.look()
    await house.ask(air="acme:stellar@7")
    await house.ask()
    await released(house)
    refused, other = await house.run(), await house.run(RunId("RUN0000002"))
    assert refused.problems == (
        "`acme:stellar@7` is taken: a version is never overwritten. Choose another `--air`.",
    )
    assert (other.stage, other.number) == (Stage.AWAITING, 8)


async def test_no_name_is_given_out_before_the_cards_were_looked_at(house: House) -> None:
    await restored(house)
    await house.ask()
    for _ in range(3):
        await house.work()
        house.clock.pass_time(minutes=2)
    run = await house.run()
    assert (run.stage, run.air) == (Stage.REQUESTED, None)
    assert "restored from a backup" in run.trouble
    await house.recovery.look()
    await house.work()
    run = await house.run()
    assert (run.stage, run.air, run.trouble) == (Stage.AWAITING, "acme:stellar@1", "")


async def test_a_run_that_the_backup_knew_only_as_asked_for_is_once_trained_a_version_that_draws(
    house: House,
) -> None:
    await asked(house)
    await restored(house)
    handed_over(house, RUN, "acme:stellar@2")
    await house.recovery.look()
    run = await house.run()
    assert (run.stage, run.air, run.label) == (Stage.UNCONFIRMED, "acme:stellar@2", "Stellar@2")
    house.trainer.looks = [Progressed(30), Trained(Air("acme:stellar@2"), 12.0)]
    await house.work(steps=2)
    house.clock.pass_time(minutes=10)
    await house.work()
    assert (await house.run()).stage is Stage.READY
    assert await drawing(house) == ["acme:stellar@2"]
    await house.ask()
    await house.work()
    assert (await house.run(RunId("RUN0000002"))).air == "acme:stellar@3"
    assert await house.store.read(lambda tx: tx.alarms.standing()) == []


class Silent(FakeTrainer):
    """Its archive does not answer."""

    async def archived(self, task: TaskId) -> str | None:
        raise Unavailable("Runware did not answer.")


async def test_where_the_archive_stays_silent_a_person_is_told_that_the_names_are_not_known(
    house: House,
) -> None:
    house.lives_with(trainer=Silent())
    await asked(house)
    await restored(house)
    handed_over(house, RUN)
    handed_over(house, FORGOTTEN)
    await house.recovery.look()
    assert await judged(house) == []
    house.clock.pass_time(minutes=61)
    await house.recovery.look()
    [alarm] = await judged(house)
    assert f"{RUN} was handed over as task {LOST}, and under which name is not known." in alarm.sentence
    assert "the name of its model is not known: give the next ones names with `--air`" in alarm.sentence


async def test_a_run_whose_name_nobody_knew_is_once_trained_a_version_that_draws(house: House) -> None:
    await asked(house)
    await restored(house)
    handed_over(house, RUN)
    house.trainer.bodies.clear()
    await house.recovery.look()
    house.trainer.looks = [Progressed(30), TRAINED]
    await house.work(steps=2)
    house.clock.pass_time(minutes=10)
    await house.work()
    run = await house.run()
    assert (run.stage, run.air) == (Stage.READY, "acme:stellar@1")
    assert await drawing(house) == ["acme:stellar@1"]


async def test_two_runs_that_the_archive_says_were_handed_over_under_one_name_are_for_a_person(
    house: House,
) -> None:
    await house.ask()
    await house.work()
    await asked(house)
    await restored(house)
    handed_over(house, "RUN0000002")
    await house.recovery.look()
    [alarm] = await judged(house)
    assert "RUN0000002 was handed over as task" in alarm.sentence
    second = await house.run(RunId("RUN0000002"))
    assert (second.stage, second.air) == (Stage.UNCONFIRMED, None)
    await released(house)
    house.trainer.looks = [TRAINED]
    house.clock.pass_time(minutes=10)
    await house.work(steps=2)
    assert (await house.run(RunId("RUN0000002"))).stage is Stage.READY
    assert await drawing(house) == []
    [alarm] = await house.store.read(lambda tx: tx.alarms.standing())
    assert alarm.concern is Concern.FOREIGN
    assert "That name is not free here" in alarm.sentence
