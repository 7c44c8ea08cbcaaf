"""Forms that were opened on the Home, or in direct messages: they ask for the channel of the card."""

import pytest

from bot.domain.generation import Generation
from bot.domain.policy import Action
from bot.slack.fields import YES
from tests.handlers.handlers_lab import Lab
from tests.house import T1
from tests.services.team import BY_BUDGET, ruled, team, trained
from tests.slack.slack_filled import chosen, fields, typed
from tests.slack.slack_limits import judge_view
from tests.slack.slack_server import Json

ZIP = "https://assets.example.com/stellar.zip"


async def opened(lab: Lab, action: str, channel: str) -> Json:
    """Have somebody press the button there; return the form."""
    lab.channel = channel
    await lab.clicks(action, who="UANN")
    view = lab.slack.opened[-1]
    judge_view(view)
    return view


def training(view: Json) -> dict[str, Json]:
    """Return what a request for a training cannot do without."""
    return {"link": typed(ZIP), "name": typed("Stellar"), "rights": chosen(view, "rights", YES)}


def in_channel(channel: str) -> dict[str, Json]:
    """Return the state of the field for the channel."""
    return {"channel": {"type": "conversations_select", "selected_conversation": channel}}


def chosen_style(view: Json) -> Json:
    """Return the state of the field for the style, where the one there is is chosen."""
    return {"type": "static_select", "selected_option": fields(view)["style"]["options"][0]}


async def live(lab: Lab) -> list[Generation]:
    """Return what pictures are asked for."""
    return [*await lab.house.store.read(lambda tx: tx.generations.live())]


@pytest.mark.parametrize("where", ["UANN", "D0000000ANN"])
async def test_a_training_is_asked_for_in_the_channel_that_is_chosen(lab: Lab, where: str) -> None:
    view = await opened(lab, "home.train", where)
    asked = next(block for block in view["blocks"] if block["block_id"] == "channel")
    assert asked["optional"] is False
    assert asked["element"]["filter"]["include"] == ["public", "private"]
    assert await lab.sends(view, training(view) | in_channel("C7")) == {"text": ""}
    (run,) = await lab.house.store.read(lambda tx: tx.runs.recent(T1, limit=5))
    assert run.request.channel == "C7"


async def test_in_a_channel_no_other_is_asked_for(lab: Lab) -> None:
    assert "channel" not in fields(await opened(lab, "home.train", "C1"))
    assert "channel" not in fields(await opened(lab, "home.generate", "C1"))


async def test_pictures_go_to_the_channel_that_is_chosen_or_to_direct_messages(lab: Lab) -> None:
    await trained(team(lab.house))
    view = await opened(lab, "home.generate", "UANN")
    asked = {"prompt": typed("a red fox"), "style": chosen_style(view)}
    assert await lab.sends(view, asked | in_channel("C7")) == {"text": ""}
    assert await lab.sends(view, asked) == {"text": ""}
    assert sorted(one.request.channel for one in await live(lab)) == ["C7", "UANN"]


async def test_pictures_that_anyone_approves_need_a_channel(lab: Lab) -> None:
    await trained(team(lab.house))
    lab.house.policy = ruled(BY_BUDGET, lab.house.policy.rules[0].steps[0], action=Action.GENERATE)
    view = await opened(lab, "home.generate", "UANN")
    await lab.sends(view, {"prompt": typed("a red fox"), "style": chosen_style(view)})
    assert await live(lab) == []
