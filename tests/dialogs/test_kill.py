"""The bot is killed at the worst moments and started again: the story ends as if nothing had happened.

Every program here is a real process, and every kill is SIGKILL unless its test says otherwise.
"""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from PIL import Image

from tests.dialogs.processes import House, bot_in, environment, house, kept
from tests.dialogs.stage import PEOPLE, Json, button, pictures

COUNT = 3
"""Pictures that are asked for."""
PATIENCE = 120.0
"""Seconds: four times the wait that follows a post, or a paid request, whose fate is unknown."""
NOTED = 0.2
"""Seconds that the bot has to note that what we see was posted; else it waits before it asks Slack."""
AFTERMATH = 1.0
"""Seconds in which what was said twice would have been said again."""
DEMO_WITHIN, REFUSAL_WITHIN = 120.0, 60.0
"""Seconds: either says what is wrong long before, and only what hangs takes so long."""


@pytest.fixture
async def at_home(tmp_path: Path, dataset: Path, bytecode: Path) -> AsyncIterator[House]:
    async with house(tmp_path, dataset=dataset, bytecode=bytecode) as opened:
        yield opened


async def asks(home: House) -> None:
    """Ann asks for a style."""
    await home.at.types("ann", f"/train {home.at.url}/datasets/stellar.zip as Stellar")


async def waits(home: House) -> Json:
    """Wait until all is said that a colleague needs to decide; return the card."""
    card = await home.at.sees(lambda message: bool(button(message, "run.approve")), seconds=PATIENCE)
    await home.at.sees(lambda m: m["thread_ts"] == card["ts"] and bool(pictures(m)), seconds=PATIENCE)
    await asyncio.sleep(NOTED)
    return card


async def approves(home: House) -> None:
    """Ben approves, as soon as the card lets him."""
    await home.at.clicks("ben", "run.approve", await waits(home))


async def trains(home: House) -> None:
    """Wait until the card says that the training is under way, and Runware has fetched the dataset."""
    await home.at.reads("Stellar · training")
    await home.has_handed_over()


async def draws(home: House) -> None:
    """Cat asks for pictures in the style that is ready."""
    await home.at.sees(lambda message: bool(button(message, "run.default")))
    await home.at.types("cat", f"/generate a red fox on a mossy rock --count {COUNT}")


async def ends_well(home: House, *, with_pictures: bool = False) -> None:
    """Wait for the end and assert that everything was said and paid exactly once."""
    at = home.at
    card = await at.sees(lambda message: bool(button(message, "run.default")), seconds=PATIENCE)
    await at.sees(lambda m: m["thread_ts"] == card["ts"] and PEOPLE["ann"] in m["text"], seconds=PATIENCE)
    if with_pictures:
        await at.sees(lambda message: bool(button(message, "generation.again")), seconds=PATIENCE)
    await asyncio.sleep(AFTERMATH)
    said = [message for message in await at.said() if not message["ephemeral"]]
    roots = [message for message in said if message["blocks"] and not message["thread_ts"]]
    thread = [message for message in said if message["thread_ts"] == card["ts"] != message["ts"]]
    shown = [picture["slack_file"]["id"] for message in roots for picture in pictures(message)]
    assert len(roots) == 1 + with_pictures, [message["text"] for message in roots]
    sheets = sorted(picture["title"]["text"] for message in thread for picture in pictures(message))
    assert sheets == ["Stellar: 12 pictures of the dataset", "Stellar: the palette of the dataset"]
    assert len([message for message in thread if PEOPLE["ann"] in message["text"]]) == 1, "mentions"
    assert len(shown) == len(set(shown)) == COUNT * with_pictures
    assert await home.charges("training") == 1
    assert await home.charges("imageInference") == with_pictures
    await nothing_was_sent_twice(home)
    await home.workers_are_gone()


async def nothing_was_sent_twice(home: House) -> None:
    """Assert it of the calls themselves: that Slack drops what it has seen before is no promise of Slack."""
    calls = (await home.at.ledger())["slack"]
    refused = [call for call in calls if not call["ok"]]
    assert [
        call for call in refused if call["error"] != "file_not_found"
    ] == []  # an upload broken off is asked for
    keys = [call["args"]["client_msg_id"] for call in calls if call["method"] == "chat.postMessage"]
    assert len(keys) == len(set(keys)), f"{len(keys) - len(set(keys))} posted again"


@pytest.mark.parametrize("step", ["errand", "worker"])
async def test_a_kill_while_the_dataset_is_fetched_or_looked_at(at_home: House, step: str) -> None:
    await asks(at_home)
    await at_home.works_in(f"bot.imaging.{step}")
    await at_home.at.sees(lambda message: bool(message["blocks"]))
    await asyncio.sleep(NOTED)
    await at_home.dies_and_comes_back()
    await approves(at_home)
    await ends_well(at_home)


async def test_a_kill_while_a_colleague_is_waited_for(at_home: House) -> None:
    await asks(at_home)
    card = await waits(at_home)
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
    await trains(at_home)
    await at_home.dies_and_comes_back()
    await ends_well(at_home)


async def test_a_kill_while_the_pictures_are_drawn_and_another_while_they_are_uploaded(
    at_home: House,
) -> None:
    await asks(at_home)
    await approves(at_home)
    await draws(at_home)
    await at_home.paid_for("imageInference")
    await at_home.dies()
    before = await at_home.calls("files.getUploadURLExternal")
    await at_home.at.misbehaves(
        service="slack", kind="slow", method="files.completeUploadExternal", times=1, retry_after=2
    )
    await at_home.bot.start()
    await at_home.asked_of_slack("files.getUploadURLExternal", before + COUNT)
    await at_home.dies_and_comes_back()
    await ends_well(at_home, with_pictures=True)


async def test_a_stop_leaves_in_time_and_the_story_goes_on(at_home: House) -> None:
    await asks(at_home)
    await approves(at_home)
    await trains(at_home)
    assert await at_home.bot.end(signal.SIGTERM) == 0
    assert "Traceback" not in at_home.bot.complaints()
    assert list((at_home.folder / "housestyle.db.owners").iterdir()) == [], "the store was not closed"
    await at_home.bot.start()
    await ends_well(at_home)


async def test_a_second_bot_on_the_same_file_takes_over_from_a_killed_one(
    at_home: House, bytecode: Path
) -> None:
    async with kept(bot_in(at_home.at.url, at_home.folder, bytecode)):
        await asks(at_home)
        await approves(at_home)
        await trains(at_home)
        await at_home.dies()
        await ends_well(at_home)
        await at_home.bot.start()


async def plays_the_demo(folder: Path, dataset: Path, bytecode: Path, *, within: float) -> tuple[int, str]:
    """Run the headless demo in `folder`; return its exit code and what it said."""
    said = folder / "said.txt"
    with said.open("wb") as out:
        program = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot.cli", "demo", "--headless", "--dataset", str(dataset)),
            cwd=folder,
            env=environment(bytecode),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=out,
            stderr=out,
        )
    try:
        code = await asyncio.wait_for(program.wait(), within)
    except TimeoutError:
        raise AssertionError(f"it did not end within {within:.0f} s:\n{said.read_text()}") from None
    finally:
        if program.returncode is None:
            program.kill()
            await program.wait()
    return code, said.read_text()


async def test_the_demo_plays_the_whole_story_and_leaves_the_pictures(
    tmp_path: Path, dataset: Path, bytecode: Path
) -> None:
    code, said = await plays_the_demo(tmp_path, dataset, bytecode, within=DEMO_WITHIN)
    assert code == 0, said
    assert "/train" in said
    assert "is ready" in said
    saved = list((tmp_path / "demo-output").iterdir())
    assert len(saved) == 4, said
    for path in saved:
        with Image.open(path) as picture:
            picture.verify()


async def test_the_demo_says_what_is_wrong_with_a_broken_dataset(tmp_path: Path, bytecode: Path) -> None:
    broken = tmp_path / "broken.zip"
    broken.write_bytes(b"this is no archive")
    code, said = await plays_the_demo(tmp_path, broken, bytecode, within=REFUSAL_WITHIN)
    assert code == 1, said
    assert "does not lead to a ZIP" in said
    assert "Traceback" not in said
