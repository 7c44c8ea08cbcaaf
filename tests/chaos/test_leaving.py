"""A stop by SIGTERM in the middle of a paid call, or of a post: it is finished, or it is found out later."""

import asyncio
import os
import signal
from pathlib import Path

import pytest

from tests.chaos import hasty
from tests.chaos.books import Effect
from tests.chaos.story import story

TAKES, A_MOMENT, IN_TIME = hasty.SETTLE - 0.5, 0.3, 20.0
"""Seconds: the effect under way, between two signals, and the longest stop on a machine however busy."""
EFFECTS: list[Effect] = ["paying", "posting"]


@pytest.mark.parametrize("effect", EFFECTS)
async def test_a_stop_finishes_the_effect_under_way_and_writes_down_how_it_went(
    tmp_path: Path, small: Path, bytecode: Path, effect: Effect
) -> None:
    async with story(tmp_path, dataset=small, bytecode=bytecode) as told:
        await told.comes_to(effect, lasting=TAKES)
        assert await told.home.bot.end(signal.SIGTERM, within=IN_TIME) == 0
        assert told.books.has(effect)
        assert not any(step.is_taken for step in told.books.to_move().values()), "it kept a lease"
        await told.home.bot.start()
        await told.goes_on_from(effect)


@pytest.mark.parametrize("effect", EFFECTS)
async def test_a_second_signal_leaves_at_once_and_the_next_start_finds_out(
    tmp_path: Path, small: Path, bytecode: Path, effect: Effect
) -> None:
    async with story(tmp_path, dataset=small, bytecode=bytecode) as told:
        await told.comes_to(effect, lasting=TAKES)
        os.kill(told.home.bot.pid, signal.SIGTERM)
        await asyncio.sleep(A_MOMENT)  # two that come as one are one
        assert await told.home.bot.end(signal.SIGTERM, within=IN_TIME) == 1
        assert not told.books.has(effect), "it was waited for"
        await told.home.bot.start()
        await told.goes_on_from(effect)
