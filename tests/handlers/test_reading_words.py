"""What only tells is told to members: by the words of `/style`, behind Details, and on the Home."""

from dataclasses import replace

import pytest
from slack_bolt.async_app import AsyncBoltRequest

from bot.domain.audit import Did
from bot.domain.errors import Unavailable
from bot.domain.ids import UserId
from bot.domain.message import HomeState
from bot.domain.people import Kind, Person
from tests.handlers.handlers_lab import Lab
from tests.house import PICTURES, RUN, T1
from tests.services.team import STRANGERS, drawn

WORDS = ("list", "show stellar", "runs", "status", f"status {RUN}", f"status {PICTURES}")


@pytest.fixture
async def shown(lab: Lab) -> Lab:
    """Let there be a style, a run and pictures of a red fox, and a guest."""
    await drawn(lab.house)
    lab.house.people.people[UserId("UGUEST")] = Person(UserId("UGUEST"), Kind.GUEST)
    return lab


async def opens_home(lab: Lab, who: str) -> HomeState:
    """Open the Home; return what it shows."""
    lab.serial += 1
    event = {"type": "app_home_opened", "user": who, "tab": "home", "channel": f"D{who}"}
    body = {"type": "event_callback", "event": event, "team_id": T1, "event_id": f"Ev{lab.serial}"}
    response = await lab.app.async_dispatch(AsyncBoltRequest(body=body, mode="socket_mode"))
    assert response.status == 200
    await lab.house.work()
    return lab.house.slack.homes[-1]


@pytest.mark.parametrize("words", WORDS)
async def test_a_guest_reads_why_and_a_member_what_there_is(shown: Lab, words: str) -> None:
    assert await shown.types("/style", words, who="UGUEST") == (
        "Guests can read the cards here, and can neither ask for nor decide on anything."
    )
    told = await shown.types("/style", words)
    assert "stellar" in told.lower()
    rows = await shown.house.store.read(lambda tx: tx.audit.recent(T1, limit=3))
    assert (Did.WAS_REFUSED, "UGUEST") in [(row.did, row.who) for row in rows]


async def test_details_open_for_members_only(shown: Lab) -> None:
    await shown.clicks("run.details", who="UGUEST")
    assert shown.slack.opened == []
    assert "Guests can read the cards" in shown.slack.whispers[0]["text"]
    await shown.clicks("run.details")
    assert len(shown.slack.opened) == 1


async def test_what_can_be_typed_is_told_to_everybody(shown: Lab) -> None:
    assert "`/style list`" in await shown.types("/style", "help", who="UGUEST")


@pytest.mark.parametrize("kind", STRANGERS)
async def test_a_strangers_home_says_why_and_shows_nothing(shown: Lab, kind: Kind) -> None:
    stranger = replace(STRANGERS[kind], id=UserId("USTRANGER"))
    shown.house.people.people[stranger.id] = stranger
    state = await opens_home(shown, stranger.id)
    assert "neither" in state.closed
    assert state == HomeState(stranger.id, closed=state.closed)


async def test_a_members_home_shows_what_there_is(shown: Lab) -> None:
    state = await opens_home(shown, "UBEN")
    assert not state.closed
    assert [version.label for version in state.styles] == ["Stellar@1"]


async def test_where_slack_does_not_say_who_it_is_the_home_says_that(shown: Lab) -> None:
    shown.house.people.silent = Unavailable("Slack does not say just now who you are.")
    assert (await opens_home(shown, "UBEN")).closed == "Slack does not say just now who you are."
