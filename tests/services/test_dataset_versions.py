"""A style's datasets over time: compared, recognised, and followed both ways, in a world of fakes."""

from dataclasses import replace

import pytest

from bot.domain.errors import Refused
from bot.domain.facts import TrainedBefore
from bot.domain.ids import ChannelId, RunId, WorkspaceId
from bot.domain.message import RunEnded
from bot.domain.run import Stage
from bot.ports import Inspection
from tests.fakes import DATASET, TRAINED
from tests.house import ANN, BEN, BRAND, CAT, RUN, T1, House

SECOND = RunId("RUN0000002")


async def ready(house: House) -> None:
    """Bring the first run to its end."""
    house.trainer.looks = [TRAINED]
    await house.trains(steps=4)
    assert (await house.run()).stage is Stage.READY


async def test_a_second_dataset_is_compared_with_the_styles_last(house: House) -> None:
    await ready(house)
    other = replace(DATASET.pictures[0], name="wolf.png", sha256="f" * 64)
    changed = replace(DATASET, sha256="ef" * 32, pictures=(other, *DATASET.pictures[2:]))
    house.inspector.answers = [Inspection(changed, b"sheet")]
    await house.ask()
    await house.work()
    compared = (await house.run(SECOND)).compared
    assert compared
    assert (compared.label, compared.new, compared.gone) == ("Stellar@1", 1, 2)


async def test_pictures_that_were_trained_on_already_are_told_whatever_their_names(house: House) -> None:
    await ready(house)
    renamed = tuple(replace(p, name=f"new-{p.name}") for p in reversed(DATASET.pictures))
    house.inspector.answers = [Inspection(replace(DATASET, sha256="ef" * 32, pictures=renamed), b"sheet")]
    await house.ask(name="Comet")
    await house.work()
    assert (await house.run(SECOND)).before == TrainedBefore("Stellar@1", RUN)


async def test_pictures_that_somebody_else_approved_a_moment_ago_are_not_paid_for_again(house: House) -> None:
    for name in ("Stellar", "Comet"):
        await house.ask(name=name)
    await house.work()
    await house.approve()
    answer = await house.approve(CAT, SECOND)
    assert "the same pictures went into: none → Stellar@1" in answer
    second = await house.run(SECOND)
    assert (second.stage, second.before) == (Stage.AWAITING, TrainedBefore("Stellar@1", RUN, is_ready=False))


async def test_pictures_of_a_training_that_nobody_follows_any_more_are_told(house: House) -> None:
    await house.trains()
    await house.stopping.cancel(RUN, house.by(ANN))
    await house.ask(name="Comet")
    await house.work()
    assert (await house.run(SECOND)).before == TrainedBefore("Stellar@1", RUN, is_ready=False)


async def test_the_version_already_trained_can_be_taken_instead_of_paying_again(house: House) -> None:
    await ready(house)
    await house.ask()
    await house.work()
    where = ChannelId("C2")
    answer = await house.training.reuse(SECOND, house.by(ANN), channel=where)
    assert answer == "This channel now draws in Stellar@1; nothing was charged."
    _, default = await house.styles.all(T1, where)
    run = await house.run(SECOND)
    assert default
    assert (default.label, run.stage) == ("Stellar@1", Stage.CANCELLED)
    assert "Stellar@1" in run.reason
    assert len(house.trainer.charges) == 1
    await house.work(steps=5)
    assert len(house.slack.of(RunEnded)) == 2


async def test_pictures_that_trained_nothing_can_not_be_reused(house: House) -> None:
    await house.ask()
    await house.work()
    with pytest.raises(Refused, match="No version was trained"):
        await house.training.reuse(RUN, house.by(ANN), channel=BRAND)


@pytest.mark.parametrize(
    "what", ["stellar", "Stellar@1", "acme:stellar@1", RUN, DATASET.sha256[:8], "GEN0000001"]
)
async def test_a_picture_can_be_followed_to_its_dataset_and_back(house: House, what: str) -> None:
    await ready(house)
    await house.generate()
    (step,) = (await house.styles.trace(what, who=BEN, workspace=T1, channel=BRAND)).steps
    assert step.version
    assert step.run.dataset
    assert (step.run.id, step.version.label, step.run.decided_by) == (RUN, "Stellar@1", BEN)
    assert step.run.dataset.sha256 == DATASET.sha256
    assert [generation.id for generation in step.generations] == ["GEN0000001"]


async def test_what_cannot_be_followed_is_told(house: House) -> None:
    await ready(house)
    with pytest.raises(Refused, match="No trained style is called"):
        await house.styles.trace("comet", who=BEN, workspace=T1, channel=BRAND)


async def test_another_workspaces_run_cannot_be_followed(house: House) -> None:
    await ready(house)
    with pytest.raises(Refused):
        await house.styles.trace(RUN, who=BEN, workspace=WorkspaceId("T2"), channel=BRAND)
