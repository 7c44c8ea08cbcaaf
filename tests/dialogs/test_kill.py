"""The bot is killed at the worst moments and started again: the story ends as if nothing had happened.

Every program here is a real process, and every kill is SIGKILL unless its test says otherwise.
"""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.dialogs.processes import House, bot_in, house, kept
from tests.dialogs.stage import PEOPLE, Json, button, pictures

COUNT = 3
"""Pictures that are asked for."""
AFTERMATH = 1.5
"""Seconds in which what was said twice would have been said again."""
DEMO_WITHIN = 60.0


@pytest.fixture
async def at_home(tmp_path: Path, dataset: Path) -> AsyncIterator[House]:
    async with house(tmp_path, dataset=dataset) as opened:
        yield opened


async def asks(home: House) -> None:
    """Ann asks for a style."""
    await home.at.types("ann", f"/train {home.at.url}/datasets/stellar.zip as Stellar")


async def approves(home: House) -> Json:
    """Ben approves, as soon as the card lets him; return the card."""
    card = await home.at.sees(lambda message: bool(button(message, "run.approve")))
    await home.at.clicks("ben", "run.approve", card)
    return card


async def draws(home: House) -> None:
    """Cat asks for pictures in the style that is ready."""
    await home.at.sees(lambda message: bool(button(message, "run.default")))
    await home.at.types("cat", f"/generate a red fox on a mossy rock --count {COUNT}")


async def ends_well(home: House, *, with_pictures: bool = False) -> None:
    """Wait for the end and assert that everything was said and paid exactly once."""
    at = home.at
    card = await at.sees(lambda message: bool(button(message, "run.default")), seconds=60)
    await at.sees(lambda m: m["thread_ts"] == card["ts"] and PEOPLE["ann"] in m["text"])
    if with_pictures:
        await at.sees(lambda message: bool(button(message, "generation.again")), seconds=60)
    await asyncio.sleep(AFTERMATH)
    said = [message for message in await at.said() if not message["ephemeral"]]
    roots = [message for message in said if message["blocks"] and not message["thread_ts"]]
    thread = [message for message in said if message["thread_ts"] == card["ts"] != message["ts"]]
    shown = [picture["slack_file"]["id"] for message in roots for picture in pictures(message)]
    assert len(roots) == 1 + with_pictures, [message["text"] for message in roots]
    assert len([message for message in thread if pictures(message)]) == 1, "contact sheets"
    assert len([message for message in thread if PEOPLE["ann"] in message["text"]]) == 1, "mentions"
    assert len(shown) == len(set(shown)) == COUNT * with_pictures
    assert await home.charges("training") == 1
    assert await home.charges("imageInference") == with_pictures
    await nothing_was_sent_twice(home)
    await home.workers_are_gone()


async def nothing_was_sent_twice(home: House) -> None:
    """Assert it of the calls themselves: that Slack drops what it has seen before is no promise of Slack."""
    calls = (await home.at.ledger())["slack"]
    assert [call for call in calls if not call["ok"]] == []
    keys = [call["args"]["client_msg_id"] for call in calls if call["method"] == "chat.postMessage"]
    assert len(keys) == len(set(keys)), f"{len(keys) - len(set(keys))} posted again"


@pytest.mark.parametrize("step", ["courier", "worker"])
async def test_a_kill_while_the_dataset_is_fetched_or_looked_at(at_home: House, step: str) -> None:
    await asks(at_home)
    await at_home.works_in(f"bot.imaging.{step}")
    await at_home.dies_and_comes_back()
    await approves(at_home)
    await ends_well(at_home)


async def test_a_kill_while_a_colleague_is_waited_for(at_home: House) -> None:
    await asks(at_home)
    card = await at_home.at.sees(lambda message: bool(button(message, "run.approve")))
    await at_home.dies()
    missed = await at_home.at.tries_to_click("ben", "run.approve", card)
    assert not missed["ok"], "nobody can have taken it"
    await at_home.bot.start()
    await approves(at_home)
    await ends_well(at_home)


async def test_a_kill_within_the_undo_window(at_home: House) -> None:
    await asks(at_home)
    await approves(at_home)
    await at_home.dies()
    assert await at_home.charges("training") == 0
    await at_home.bot.start()
    await ends_well(at_home)


async def test_a_kill_during_the_training(at_home: House) -> None:
    await asks(at_home)
    await approves(at_home)
    await at_home.seen_by_runware("training")
    await at_home.at.sees(lambda message: bool(button(message, "run.cancel")) and " %" in message["text"])
    await at_home.dies_and_comes_back()
    await ends_well(at_home)


async def test_a_kill_while_the_pictures_are_drawn_and_another_while_they_are_uploaded(
    at_home: House,
) -> None:
    await asks(at_home)
    await approves(at_home)
    await draws(at_home)
    await at_home.seen_by_runware("imageInference")
    await at_home.dies()
    before = await at_home.calls("files.getUploadURLExternal")
    await at_home.at.misbehaves(
        service="slack", kind="slow", method="files.completeUploadExternal", times=1, retry_after=2
    )
    await at_home.bot.start()
    await at_home.asked_of_slack("files.getUploadURLExternal", before + COUNT)
    await at_home.dies_and_comes_back()
    await ends_well(at_home, with_pictures=True)


async def test_a_kill_while_paid_requests_and_posts_are_on_their_way(at_home: House) -> None:
    for service, method in (("slack", "chat.postMessage"), ("runware", "training")):
        await at_home.at.misbehaves(service=service, kind="slow", method=method, retry_after=3)
    await asks(at_home)
    await asyncio.sleep(1)
    assert await at_home.calls("chat.postMessage") == 0
    await at_home.dies_and_comes_back()
    await ends_well(at_home)


async def test_a_stop_leaves_in_time_and_the_story_goes_on(at_home: House) -> None:
    await asks(at_home)
    await approves(at_home)
    await at_home.seen_by_runware("training")
    assert await at_home.bot.end(signal.SIGTERM) in (0, -signal.SIGTERM)
    assert "Traceback" not in at_home.bot.complaints()
    await at_home.bot.start()
    await draws(at_home)
    await ends_well(at_home, with_pictures=True)


async def test_a_second_bot_on_the_same_file_takes_over_from_a_killed_one(at_home: House) -> None:
    async with kept(bot_in(at_home.at.url, at_home.folder)):
        await asks(at_home)
        await approves(at_home)
        await at_home.seen_by_runware("training")
        await at_home.dies()
        await ends_well(at_home)
        await at_home.bot.start()
