"""Runware answers a training with another model than was ordered."""

import pytest

from bot.domain.alarm import Alarm, Concern
from bot.domain.facts import Trained
from bot.domain.ids import Air, RunId
from bot.domain.message import Notice
from bot.domain.run import Stage
from tests.fakes import TRAINED
from tests.house import BRAND, RUN, T1, House

SECOND = RunId("RUN0000002")


async def foreign(house: House) -> list[Alarm]:
    alarms = await house.store.read(lambda tx: tx.alarms.standing())
    return [alarm for alarm in alarms if alarm.concern is Concern.FOREIGN]


async def drawing(house: House) -> dict[str, str]:
    """Return what each run's version is drawn with."""
    versions, _ = await house.styles.all(T1, BRAND)
    return {version.run: version.air for version in versions}


@pytest.mark.parametrize("air", ["acme:stellar@2", "other:comet@9"])
async def test_a_training_answered_under_another_name_is_told_and_pictures_and_card_name_the_same_model(
    house: House, air: str
) -> None:
    house.trainer.looks = [Trained(Air(air), 12.0)]
    await house.trains()
    run = await house.run()
    assert run.task
    assert (run.stage, run.air) == (Stage.READY, air)
    assert await drawing(house) == {RUN: air}
    [alarm] = await foreign(house)
    assert f"trained task {run.task.id} as `{air}`, where `acme:stellar@1` was ordered" in alarm.sentence
    await house.generate()
    assert (await house.pictures()).air == air
    await house.work()
    assert [said.states[-1] for said in house.slack.of(Notice)] == [alarm]


async def test_neither_name_is_given_to_another_run(house: House) -> None:
    house.trainer.looks = [Trained(Air("acme:stellar@2"), 12.0)]
    await house.trains()
    await house.ask()
    await house.ask(air="acme:stellar@1")
    await house.work()
    assert (await house.run(SECOND)).air == "acme:stellar@3"
    assert (await house.run(RunId("RUN0000003"))).stage is Stage.REFUSED


async def test_a_name_that_another_version_has_is_told_and_what_was_ordered_is_drawn_with(
    house: House,
) -> None:
    house.trainer.looks = [TRAINED]
    await house.trains()
    await house.ask()
    await house.work()
    await house.approve(subject=SECOND)
    house.clock.pass_time(seconds=30)
    await house.work(steps=3)
    assert (await house.run(SECOND)).air == "acme:stellar@2"
    assert await drawing(house) == {RUN: "acme:stellar@1", SECOND: "acme:stellar@2"}
    [alarm] = await foreign(house)
    assert "That name is not free here" in alarm.sentence


async def test_a_training_answered_as_ordered_alarms_nobody(house: House) -> None:
    house.trainer.looks = [TRAINED]
    await house.trains()
    assert await foreign(house) == []
