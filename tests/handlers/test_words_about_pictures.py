"""What `/style` is asked of pictures by their id, which looks like a run's, through real Bolt."""

import pytest

from bot.domain.facts import Trained
from bot.domain.generation import Stage
from bot.domain.ids import Air
from bot.domain.run import Stage as RunStage
from tests.handlers.handlers_lab import Lab
from tests.house import PICTURES, RUN


@pytest.fixture
async def doubtful(lab: Lab) -> Lab:
    """Return the lab with pictures, asked for by cat, of which nobody can say whether they are drawn."""
    house = lab.house
    house.trainer.looks = [Trained(Air("acme:stellar@1"), 12.0)]
    house.images.looks = [None]
    await house.ask()
    await house.work()
    await house.approve()
    for _ in range(4):
        house.clock.pass_time(minutes=10)
        await house.work()
    await house.generate()
    await house.work(steps=2)
    house.clock.pass_time(minutes=31)
    await house.work()
    assert (await house.pictures()).stage is Stage.UNCONFIRMED
    return lab


async def test_the_status_of_pictures_is_told_by_their_id(doubtful: Lab) -> None:
    told = await doubtful.types("/style", f"Status `{PICTURES.lower()}`")
    assert "“a red fox”" in told
    assert f"`/style check {PICTURES}`" in told


async def test_pictures_in_doubt_are_asked_about_by_typing(doubtful: Lab) -> None:
    assert "Asking Runware once more" in await doubtful.types("/style", f"check {PICTURES}")


async def test_pictures_in_doubt_are_given_up_by_typing_but_only_by_who_asked(doubtful: Lab) -> None:
    told = await doubtful.types("/style", f"cancel {PICTURES}", who="UBEN")
    assert "Only who asked for it" in told
    assert (await doubtful.house.pictures()).stage is Stage.UNCONFIRMED
    assert "no longer" in await doubtful.types("/style", f"cancel {PICTURES}", who="UCAT")
    assert (await doubtful.house.pictures()).stage is Stage.FAILED


async def test_the_same_words_are_still_about_runs(doubtful: Lab) -> None:
    assert f"Run `{RUN}`" in await doubtful.types("/style", f"status {RUN}")
    assert "there is no doubt about it" in await doubtful.types("/style", f"check {RUN}")
    assert f"Run `{RUN}`" in await doubtful.types("/style", "status")
    assert (await doubtful.house.run()).stage is RunStage.READY


@pytest.mark.parametrize("word", ["status", "check", "cancel"])
async def test_private_pictures_of_somebody_else_are_not_known(doubtful: Lab, word: str) -> None:
    await doubtful.house.generate("the secret mascot", private=True)
    told = await doubtful.types("/style", f"{word} GEN0000002", who="UBEN")
    known_to_nobody = await doubtful.types("/style", f"{word} GEN9999999", who="UBEN")
    assert told == known_to_nobody.replace("GEN9999999", "GEN0000002")
