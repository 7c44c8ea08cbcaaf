"""A small storm of kills, and a bot that sleeps through its lease while another takes over."""

from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from tests.chaos import hasty
from tests.chaos.books import Effect
from tests.chaos.homes import bot_by
from tests.chaos.story import frozen, story
from tests.chaos.wave import Storm, weathered
from tests.dialogs.processes import kept

STORM = Storm(runs=8, drawings=2, kills=5, apart=4.0, command=hasty.COMMAND)


async def test_five_kills_over_eight_runs_lose_and_double_nothing(
    tmp_path: Path, small: Path, bytecode: Path
) -> None:
    figures = await weathered(STORM, tmp_path, seed="the same each time", dataset=small, bytecode=bytecode)
    assert figures.kills == STORM.kills
    assert (figures.verdict.lost, figures.verdict.doubled, figures.verdict.odd) == ([], [], [])
    assert figures.runs >= STORM.runs
    assert figures.drawings >= STORM.drawings


@pytest.mark.parametrize("effect", ["paying", "posting"])
async def test_a_bot_that_sleeps_through_its_lease_repeats_nothing_that_another_has_done_for_it(
    tmp_path: Path, small: Path, bytecode: Path, effect: Effect
) -> None:
    async with story(tmp_path, dataset=small, bytecode=bytecode) as told, AsyncExitStack() as stack:
        await told.comes_to(effect, lasting=hasty.LEASE / 2)
        with frozen(told.home.bot.pid, tmp_path / "housestyle.db"):
            assert not told.books.has(effect)
            other = bot_by(hasty.COMMAND, told.home.at.url, tmp_path, bytecode=bytecode, settings={})
            await stack.enter_async_context(kept(other))
            await told.books.is_through(effect)
        await told.goes_on_from(effect, with_a_sleeper=True)
