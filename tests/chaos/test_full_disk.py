"""While the disk is full, nobody is told that something is done, and nothing is paid; then all goes on."""

import asyncio
from pathlib import Path

from tests.chaos.full_disk import FULL, UNDO, full_for, outlives_a_full_disk
from tests.chaos.story import story


async def test_a_full_disk_pays_nothing_loses_nothing_and_says_so(
    tmp_path: Path, small: Path, bytecode: Path
) -> None:
    undo = {"HOUSESTYLE_UNDO_SECONDS": str(UNDO)}
    async with story(tmp_path, dataset=small, bytecode=bytecode, **undo) as told:
        await outlives_a_full_disk(told, full_for(told.home.bot.pid))


async def test_a_disk_that_fills_up_during_a_paid_call_does_not_have_it_paid_again(
    tmp_path: Path, small: Path, bytecode: Path
) -> None:
    async with story(tmp_path, dataset=small, bytecode=bytecode) as told:
        await told.comes_to("paying", lasting=FULL / 2)
        with full_for(told.home.bot.pid):
            await asyncio.sleep(FULL)
            assert await told.paid() == 1
            assert not told.books.has("paying"), "the disk was not full"
        await told.ends_well()
