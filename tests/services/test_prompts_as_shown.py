"""What goes to Runware in words is what those read who approve it."""

import json

import pytest

from bot.domain.errors import NotUnderstood
from bot.domain.generation import Generation
from bot.domain.ids import TaskId
from bot.domain.policy import Action
from bot.runware.wire import image_order
from bot.slack.pictures import generation_card
from tests.domain.test_visible import ARTIST, FAMILY, SELECTED, TAGS
from tests.house import BEN, PICTURES, House
from tests.services.team import BY_BRAND, ruled, team, trained


def shown(generation: Generation) -> str:
    """Return the prompt as the card shows it."""
    return str(generation_card(generation).blocks[0]["text"]["text"])


async def asked(house: House, prompt: str) -> Generation:
    """Have cat ask for pictures, which ben has to approve."""
    await trained(house)
    team(house).policy = ruled(BY_BRAND, action=Action.GENERATE)
    await house.generate(prompt)
    return await house.pictures()


@pytest.mark.parametrize(
    "prompt",
    [
        "a red fox",
        f"a red fox{TAGS}",
        f"a red{SELECTED} fox",
        "a\u200b red \u202exof\u202c",
        "a red fox,\n\n  on a rock",
        f"{ARTIST} paints {FAMILY} ❤\ufe0f",
        "\U0001d41a" * 1500,
        "<b>a & b</b>",
    ],
)
async def test_what_goes_to_runware_as_the_prompt_is_to_the_character_what_the_card_showed(
    house: House, prompt: str
) -> None:
    waiting = await asked(house, prompt)
    await house.approve(BEN, PICTURES)
    (order,) = json.loads(image_order(await house.pictures(), TaskId("a task")))
    assert order["positivePrompt"] == shown(waiting)


@pytest.mark.parametrize("prompt", ["\U0001d41a" * 2500, "🦊" * 1501, f"a{TAGS}"])
async def test_a_prompt_that_could_not_be_shown_whole_is_refused(house: House, prompt: str) -> None:
    with pytest.raises(NotUnderstood, match="characters that can be seen"):
        await asked(house, prompt)
