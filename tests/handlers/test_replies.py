"""What a person is shown beside the acknowledgement, through real Bolt: by our limits, and sent once."""

import asyncio
import inspect
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from structlog.testing import capture_logs

from bot.domain.errors import Unavailable
from bot.slack.limits import FORMS, Limits
from tests.handlers.handlers_lab import Lab
from tests.house import RUN
from tests.slack.slack_server import Json, limited

POST, OPEN = "chat.postMessage", "views.open"
ZIP = "https://a.example/x.zip"
FOX = {"id": "F0FOX000001", "name": "fox.png", "mimetype": "image/png", "size": 1_200_000}
FROM_BOLT = {"client", "respond", "say"}
"""What Bolt would hand to a listener: it has clients of its own making behind it, that know no limits."""


def calls(lab: Lab, method: str) -> list[Json]:
    return [asked for name, asked in lab.slack.calls if name == method]


def is_limited(lab: Lab, method: str) -> bool:
    try:
        lab.client.limits.require(method)
    except Unavailable:
        return True
    return False


@contextmanager
def quietly() -> Iterator[None]:
    """Fail where a bug was logged."""
    with capture_logs() as logs:
        yield
    assert [entry for entry in logs if entry["log_level"] == "error"] == []


async def test_no_listener_takes_a_client_of_bolts(lab: Lab) -> None:
    listeners = lab.app._async_listeners  # noqa: SLF001 - Bolt has no other list of them
    heard = [one.ack_function for one in listeners]
    assert len(heard) > 30
    takers = [one.__qualname__ for one in heard if FROM_BOLT & set(inspect.signature(one).parameters)]
    assert takers == []


async def test_what_a_listener_opens_and_says_counts_with_all_that_the_bot_does(lab: Lab) -> None:
    limits = lab.client.limits = Limits(clock=lambda: 0.0)
    for _ in range(3):
        await lab.types("/train", "", who="UANN")
        await lab.clicks("run.approve", is_at_home=True)
    waits = limits.book(POST, "UBEN"), limits.book(POST, "UANN")
    assert waits == (1.0, 0.0)
    left = [limits.book(OPEN) for _ in range(FORMS.burst - 3)]
    assert not any(left)
    assert limits.book(OPEN) > 0


async def test_a_limit_that_a_listener_meets_pauses_the_method_for_everybody(lab: Lab) -> None:
    lab.slack.faults[POST].append(limited("30"))
    click = asyncio.create_task(lab.clicks("run.approve", is_at_home=True))
    async with asyncio.timeout(60):
        while not is_limited(lab, POST):  # noqa: ASYNC110 - Slack's answer tells nobody that it has come
            await asyncio.sleep(0.01)
    await asyncio.sleep(0.05)
    assert not click.done()  # what is to be said waits for half a minute
    click.cancel()
    with pytest.raises(Unavailable):
        await lab.client.chat_postMessage(channel="C1", text="x")
    assert len(calls(lab, POST)) == 1
    await lab.errands.finish(within=0)


async def test_a_limit_that_the_bot_meets_pauses_listeners_too_and_they_say_it_later(lab: Lab) -> None:
    lab.client.limits.pause(POST, 0.5)
    click = asyncio.create_task(lab.clicks("run.approve", is_at_home=True))
    await asyncio.sleep(0.3)
    assert calls(lab, POST) == []
    await click
    (said,) = lab.slack.messages
    assert said["channel"] == "UBEN"
    assert RUN in said["text"]


async def test_words_whose_answer_is_lost_are_said_once(lab: Lab) -> None:
    lab.slack.drops = {"response", POST}
    with quietly():
        await lab.clicks("run.approve")
        await lab.clicks("run.approve", is_at_home=True)
    assert len(lab.slack.whispers) == len(lab.slack.messages) == 1


async def test_words_that_slack_does_not_take_are_no_bug(lab: Lab) -> None:
    lab.slack.response_status = 404
    with quietly():
        await lab.clicks("run.approve")
    assert len(lab.slack.whispers) == 1


async def test_a_form_that_slack_limits_is_told_at_once_and_not_asked_for_until_then(lab: Lab) -> None:
    lab.slack.faults[OPEN].append(limited("30"))
    with quietly():
        told = [await lab.types("/train", "", who=who) for who in ("UANN", "UBEN")]
    assert told == ["Slack opens no more forms for Housestyle just now. Try again in 30 seconds."] * 2
    assert len(calls(lab, OPEN)) == 1
    await lab.uses_shortcut(files=[FOX])
    assert lab.slack.whispers[0]["text"].startswith("Slack opens no more forms")
    assert await lab.types("/train", f"{ZIP} as Stellar", who="UANN") == (
        "Looking at the dataset for Stellar. Nothing is charged before it is approved."
    )


async def test_a_form_whose_answer_is_lost_is_not_opened_twice(lab: Lab) -> None:
    lab.slack.drops = {OPEN}
    with quietly():
        told = await lab.types("/train", "", who="UANN")
    assert told == "Slack was too slow to open the form. Try once more."
    assert len(lab.slack.opened) == 1


async def test_the_month_is_told_directly_where_there_is_no_other_way(lab: Lab) -> None:
    with quietly():
        assert await lab.types("/style", "budget", who="UANN") == ""
    (said,) = lab.slack.messages
    assert said["channel"] == "UANN"
    assert "spent" in said["text"]
    assert said["blocks"]
