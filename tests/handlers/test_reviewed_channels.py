"""The rules of a channel hold for what was asked for there, wherever from; and refusals name nobody."""

from dataclasses import replace

import pytest

from bot.domain.audit import Did
from bot.domain.people import Party
from bot.domain.policy import BUILT_IN, Grant, Role
from bot.domain.run import Stage
from bot.slack import forms
from handlers import deliveries
from tests.fakes import TRAINED
from tests.handlers.handlers_lab import Lab
from tests.house import BEN, BRAND, PICTURES, RUN, T1
from tests.services.team import drawn, team

NOBODY = (Party("SNOBODY"),)


@pytest.fixture
async def elsewhere(lab: Lab) -> Lab:
    """In the channel of the training only some may ask; people type in another, where everybody may."""
    await lab.house.ask()
    await lab.house.work()
    lab.house.policy = replace(
        BUILT_IN, grants=(Grant(Role.REQUEST, NOBODY, (BRAND,)), Grant(Role.GENERATE, NOBODY, (BRAND,)))
    )
    lab.channel = "C2"
    return lab


@pytest.mark.parametrize("words", ["leave {} 1", "reuse {}", "retry {}", "check {}"])
async def test_who_may_not_ask_in_its_channel_changes_no_training_from_another(
    elsewhere: Lab, words: str
) -> None:
    before = await elsewhere.house.run()
    told = await elsewhere.types("/style", words.format(RUN))
    assert "You may not ask for trainings" in told
    assert await elsewhere.house.run() == before
    assert before.stage is Stage.AWAITING


async def test_who_may_not_ask_in_its_channel_has_no_training_looked_for_from_another(elsewhere: Lab) -> None:
    await elsewhere.clicks("run.check", run=RUN)
    rows = await elsewhere.house.store.read(lambda tx: tx.audit.recent(T1, limit=1))
    assert [(row.did, row.about) for row in rows] == [(Did.WAS_REFUSED, f"run.check {RUN}")]


@pytest.mark.parametrize("button", ["generation.again", "generation.check"])
async def test_who_may_not_ask_for_pictures_in_their_channel_has_none_drawn_or_looked_for(
    elsewhere: Lab, button: str
) -> None:
    house = elsewhere.house
    house.policy, restricted = BUILT_IN, house.policy
    await house.approve()
    house.clock.pass_time(seconds=30)
    house.trainer.looks = [TRAINED]
    await house.work(steps=4)
    await house.generate()
    house.policy = restricted
    await elsewhere.clicks(button, run=PICTURES)
    rows = await house.store.read(lambda tx: tx.audit.recent(T1, limit=1))
    assert [(row.did, row.about) for row in rows] == [(Did.WAS_REFUSED, f"{button} {PICTURES}")]
    assert "You may not ask for pictures" in await elsewhere.types("/style", f"check {PICTURES}")


@pytest.mark.parametrize(
    ("command", "text", "about"),
    [
        ("/style", "approve 7K2M9QX4TB because ben said so", "/style approve 7K2M9QX4TB"),
        ("/style", "away <@U0BEN|ben> 2026-12-01", "/style away"),
        ("/train", "https://acme.com/a.zip?token=secret as Stellar", "/train"),
        ("/generate", "red foxes of anna", "/generate"),
    ],
)
def test_what_is_kept_for_good_of_a_refused_command_names_nobody(command: str, text: str, about: str) -> None:
    body = {
        "command": command,
        "text": text,
        "team_id": "T1",
        "user_id": "UANN",
        "channel_id": "C1",
        "trigger_id": "1.2",
    }
    assert deliveries.of_anything(body)[2] == about


@pytest.mark.parametrize("button", ["run.leave_out", "run.reuse", "run.retry"])
async def test_who_may_not_ask_in_its_channel_changes_no_training_by_its_buttons_either(
    elsewhere: Lab, button: str
) -> None:
    await elsewhere.clicks(button)
    [row] = await elsewhere.house.store.read(lambda tx: tx.audit.recent(T1, limit=1))
    assert (row.did, row.about) == (Did.WAS_REFUSED, f"{button} {RUN}")
    assert "You may not ask for trainings" in row.words


async def test_who_reviews_in_the_channel_of_the_pictures_only_may_send_their_form(lab: Lab) -> None:
    house = team(lab.house)
    await drawn(house)
    grants = (Grant(Role.REVIEW, NOBODY), Grant(Role.REVIEW, (Party(BEN),), (BRAND,)))
    house.policy = replace(BUILT_IN, grants=grants)
    form = forms.use_form(await house.generations.get(PICTURES, who=BEN, workspace=T1))
    await lab.sends(form, who=BEN)
    rows = await house.store.read(lambda tx: tx.audit.recent(T1, limit=9))
    assert Did.WAS_REFUSED not in [row.did for row in rows]
