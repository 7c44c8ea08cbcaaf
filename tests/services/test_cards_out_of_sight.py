"""What is asked where only who asked sees its card: those who decide are told, or it is refused."""

from dataclasses import replace

import pytest

from bot.domain.errors import Refused
from bot.domain.generation import GenerationRequest
from bot.domain.ids import ChannelId
from bot.domain.message import GenerationCard, Memo, RunCard, Topic
from bot.domain.policy import BUILT_IN, COLLEAGUE, Action
from bot.domain.run import Stage
from tests.house import ANN, BRAND, CAT, PICTURES, T1, House, wanted
from tests.services.team import BY_BRAND, BY_BUDGET, EVA, FAY, memos, ruled, team, trained

HIDDEN = [ChannelId(ANN), ChannelId("D0000000ANN")]


async def ask_in(house: House, channel: ChannelId) -> None:
    """Let ann ask for a training there, and have its dataset looked at."""
    await house.training.request(replace(wanted(), channel=channel), delivery=house.delivery())
    await house.work(steps=2)


async def draw_in(house: House, channel: ChannelId) -> None:
    """Let cat ask for pictures there."""
    request = GenerationRequest(T1, channel, CAT, "a red fox", style="stellar")
    await house.generations.request(request, delivery=house.delivery())
    await house.work(steps=3)


@pytest.mark.parametrize("channel", HIDDEN)
async def test_a_training_asked_for_directly_is_told_to_those_of_its_first_step(
    house: House, channel: ChannelId
) -> None:
    team(house).policy = replace(ruled(BY_BUDGET, BY_BRAND), quiet=(0, 0))
    await ask_in(house, channel)
    assert memos(house, Topic.TURN) == [EVA, FAY]
    house.clock.pass_time(hours=1)
    await house.work(steps=3)
    assert memos(house, Topic.TURN) == [EVA, FAY]
    house.clock.pass_time(hours=1)
    await house.work(steps=3)
    assert memos(house) == [EVA, FAY]
    await house.approve(EVA)
    await house.work(steps=2)
    assert len(memos(house, Topic.TURN)) == 5  # the brand, but for ann


async def test_pictures_asked_for_directly_are_told_to_those_who_decide(house: House) -> None:
    team(house).policy = replace(ruled(BY_BUDGET, action=Action.GENERATE), quiet=(0, 0))
    await trained(house)
    await draw_in(house, ChannelId(CAT))
    assert memos(house, Topic.TURN) == [EVA, FAY]
    await house.approve(EVA, PICTURES)


async def test_what_is_asked_in_a_channel_is_told_to_nobody_at_once(house: House) -> None:
    team(house).policy = replace(ruled(BY_BUDGET, action=Action.GENERATE), quiet=(0, 0))
    await trained(house)
    await draw_in(house, BRAND)
    await house.work(steps=3)
    assert house.slack.of(Memo) == []


@pytest.mark.parametrize("channel", HIDDEN)
async def test_what_anyone_decides_is_not_asked_where_nobody_sees_its_card(
    house: House, channel: ChannelId
) -> None:
    await trained(team(house))
    with pytest.raises(Refused, match="ask in a channel"):
        await ask_in(house, channel)
    house.policy = ruled(BY_BUDGET, COLLEAGUE, action=Action.GENERATE)
    with pytest.raises(Refused, match="ask in a channel"):
        await draw_in(house, channel)


async def test_what_nobody_has_to_approve_is_drawn_in_direct_messages_as_ever(house: House) -> None:
    await trained(team(house))
    await draw_in(house, ChannelId(CAT))
    assert house.slack.of(GenerationCard)[-1].place.channel == f"D-{CAT}"


async def test_of_a_training_whose_channel_lets_no_card_in_those_who_decide_are_told(house: House) -> None:
    team(house).policy = replace(ruled(BY_BUDGET), quiet=(0, 0))
    house.slack.closed.add(BRAND)
    await house.ask()
    await house.work(steps=3)
    assert house.slack.of(RunCard)[0].place.channel == f"D-{ANN}"
    assert (await house.run()).stage is Stage.AWAITING
    assert memos(house, Topic.TURN) == [EVA, FAY]
    await house.work(steps=3)
    assert memos(house, Topic.TURN) == [EVA, FAY]


async def test_of_pictures_whose_channel_lets_no_card_in_those_who_decide_are_told(house: House) -> None:
    team(house).policy = replace(ruled(BY_BUDGET, action=Action.GENERATE), quiet=(0, 0))
    await trained(house)
    house.slack.closed.add(BRAND)
    await draw_in(house, BRAND)
    await house.work(steps=3)
    assert house.slack.of(GenerationCard)[0].place.channel == f"D-{CAT}"
    assert memos(house, Topic.TURN) == [EVA, FAY]
    await house.work(steps=3)
    assert memos(house, Topic.TURN) == [EVA, FAY]


async def test_where_anyone_decides_on_a_card_that_nobody_sees_who_asked_is_told_at_once(
    house: House,
) -> None:
    team(house).policy = replace(BUILT_IN, quiet=(0, 0))
    house.slack.closed.add(BRAND)
    await house.ask()
    await house.work(steps=4)
    assert memos(house, Topic.TURN) == [ANN]
