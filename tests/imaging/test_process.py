"""Talks with a process of ours that may be late, loud, torn, dead or gone astray."""

import asyncio
import os
import time
from typing import Any

import pytest

from bot.imaging.process import converse, talking

LAB = "tests.imaging.process_lab"
HANGS = 45.0
"""Seconds, less than the processes sleep: what takes so long waited for one."""


async def everything_said(
    request: dict[str, Any], *, seconds: float = 60, most: int = 100_000
) -> list[dict[str, Any]]:
    async with talking(LAB, request, seconds=seconds, most=most) as talk:
        return [line async for line in talk]


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def gone(pid: int) -> None:
    async with asyncio.timeout(HANGS):
        while is_alive(pid):  # noqa: ASYNC110 - a process tells nobody of its end but its parent
            await asyncio.sleep(0.05)


async def test_a_talk_goes_back_and_forth() -> None:
    async with talking(LAB, {"do": "echo"}, seconds=60, most=10_000) as talk:
        for number in range(3):
            await talk.say({"number": number, "word": "blüte\n"})
            assert await anext(talk) == {"number": number, "word": "blüte\n"}


async def test_what_is_no_object_on_a_whole_line_is_passed_over() -> None:
    assert await everything_said({"do": "mumble"}) == [{"a": 1}, {"b": 2}]


async def test_a_line_that_is_nested_without_end_is_passed_over() -> None:
    assert await everything_said({"do": "nest"}, most=1_000_000) == [{"a": 1}]


async def test_a_long_line_arrives_whole() -> None:
    said = await everything_said({"do": "tell", "size": 5_000_000}, most=6_000_000)
    assert len(said[0]["x"]) == 5_000_000


async def test_one_that_says_too_much_is_killed() -> None:
    said = await everything_said({"do": "shout"}, most=1_000_000)
    assert len(said) < 1_000


async def test_one_that_is_late_is_killed() -> None:
    began = time.monotonic()
    async with talking(LAB, {"do": "sleep"}, seconds=2, most=1000, polite=False) as talk:
        said = [line async for line in talk]
        await gone(said[0]["pid"])
    assert time.monotonic() - began < HANGS


async def test_one_is_killed_although_nobody_listens() -> None:
    async with talking(LAB, {"do": "sleep"}, seconds=2, most=1000, polite=False) as talk:
        pid = (await anext(talk))["pid"]
        await gone(pid)


@pytest.mark.parametrize("end", [RuntimeError, asyncio.CancelledError])
async def test_none_outlives_its_talk(end: type[BaseException]) -> None:
    pids: list[int] = []

    async def broken_off() -> None:
        async with talking(LAB, {"do": "sleep"}, seconds=60, most=1000) as talk:
            pids.append((await anext(talk))["pid"])
            raise end

    with pytest.raises(end):
        await broken_off()
    assert not is_alive(*pids)


async def test_an_end_is_quick_with_words_still_unheard() -> None:
    began = time.monotonic()
    async with talking(LAB, {"do": "shout"}, seconds=60, most=100_000_000) as talk:
        await anext(talk)
        await asyncio.sleep(0.3)
    assert time.monotonic() - began < HANGS


async def test_a_child_that_was_left_behind_ends_too() -> None:
    async with asyncio.timeout(HANGS), talking(LAB, {"do": "leave_a_child"}, seconds=60, most=1000) as talk:
        assert await anext(talk) == {}


async def test_a_dead_one_can_still_be_talked_to_and_its_complaint_read() -> None:
    async with talking(LAB, {"do": "fall", "why": "it rained"}, seconds=60, most=1000) as talk:
        assert [line async for line in talk] == []
        await talk.say({"are": "you there?"})
        await talk.say({"x": "x" * 1_000_000})
    assert "it rained" in talk.complaint


async def test_it_knows_nothing_of_us(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-secret")
    (said,) = await everything_said({"do": "look_around"})
    assert "SLACK_BOT_TOKEN" not in said["environment"]
    assert said["policy"] == os.SCHED_IDLE
    async with talking(LAB, {"do": "look_around"}, seconds=60, most=10_000, polite=False) as talk:
        assert (await anext(talk))["policy"] == os.SCHED_OTHER


async def test_one_question_gets_one_answer() -> None:
    said, complaint = await converse(LAB, b'{"do": "echo"}\n{"a": 1}\n', seconds=60, most=1000)
    assert (said, complaint) == (b'{"a": 1}\n', "")
    said, complaint = await converse(LAB, b'{"do": "sleep"}\n', seconds=1, most=1000)
    assert "too long" in complaint
    said, _ = await converse(LAB, b'{"do": "shout"}\n', seconds=60, most=100_000)
    assert said == b""
