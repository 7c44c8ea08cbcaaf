from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.domain.alarm import LOOKED_INTO, UNREAD, Alarm, Concern
from bot.domain.errors import Unpostable
from bot.domain.ids import ChannelId, UserId, WorkspaceId
from bot.domain.message import Notice, Place
from bot.domain.run import Stage
from bot.sandbox.world_people import EVE
from bot.slack.blocks import Block
from bot.slack.client import PacedClient
from bot.slack.messenger import SlackMessenger
from bot.slack.notices import held
from bot.slack.views import render
from tests.sandbox.slack_lab import ANN, BEN, Sandbox
from tests.slack.slack_limits import judge_message
from tests.slack.slack_server import OUR_BOT, SlackServer, error
from tests.slack.slack_states import HOSTILE, NOW, run

T1 = WorkspaceId("T0ACME00001")
STANDS = [(concern, False) for concern in Concern]
OVER = [(concern, True) for concern in Concern]


def alarm(concern: Concern, *, sentence: str = "Set RUNWARE_API_KEY anew.", over: bool = False) -> Alarm:
    return Alarm(T1, concern, "", sentence, NOW, NOW + timedelta(hours=2) if over else None)


def drawn(concern: Concern, *, sentence: str = "Set RUNWARE_API_KEY anew.", over: bool = False) -> Any:  # noqa: ANN401 - a drawn message
    notice = Notice(T1, concern, user=UserId("U0ANN00001"), is_over=over)
    return render(notice, alarm(concern, sentence=sentence, over=over), now=NOW)


def buttons(blocks: list[Block]) -> list[Block]:
    return [one for block in blocks if block["type"] == "actions" for one in block["elements"]]


@pytest.mark.parametrize(("concern", "over"), [*STANDS, *OVER])
@pytest.mark.parametrize("sentence", ["Top it up.", HOSTILE, "x" * 9000])
def test_slack_takes_every_notice_whatever_it_says(
    concern: Concern,
    over: bool,  # noqa: FBT001 - a case of the table
    sentence: str,
) -> None:
    made = drawn(concern, sentence=sentence, over=over)
    judge_message(made.text, made.blocks)
    assert "<!channel>" not in made.text + str(made.blocks)


@pytest.mark.parametrize("concern", Concern)
def test_a_notice_says_what_is_wrong_what_to_do_since_when_and_what_is_safe(concern: Concern) -> None:
    heading, told, since, *_ = drawn(concern).blocks
    assert heading["type"] == "header"
    assert "Set RUNWARE_API_KEY anew." in told["text"]["text"]
    assert len(told["text"]["text"].splitlines()) == 2
    assert f"<!date^{int(NOW.timestamp())}^" in since["elements"][0]["text"]


@pytest.mark.parametrize("sentence", ["Top it up.", "x" * 9000])
def test_who_waits_for_money_is_told_that_nothing_is_lost(sentence: str) -> None:
    safe = "Runs that wait are safe and go on by themselves."
    assert safe in drawn(Concern.BALANCE, sentence=sentence).blocks[1]["text"]["text"]


def test_what_slack_refused_can_be_tried_again() -> None:
    (offered,) = buttons(drawn(Concern.PARKED).blocks)
    assert (offered["action_id"], offered["value"]) == ("notice.unpark", "parked")
    assert offered["text"]["text"] == "Try again"


def test_to_hand_over_again_after_a_restore_is_asked_twice() -> None:
    looked_into = Alarm(T1, Concern.RESTORED, LOOKED_INTO, "This could not be explained.", NOW)
    notice = Notice(T1, Concern.RESTORED, LOOKED_INTO, user=UserId("U0ANN00001"))
    (offered,) = buttons(render(notice, looked_into, now=NOW).blocks)
    assert (offered["action_id"], offered["value"]) == ("notice.release", "restored")
    assert "paid once more" in offered["confirm"]["text"]["text"]


def test_a_channel_that_could_not_be_read_is_named_by_its_mark_and_a_person_may_go_on_without_it() -> None:
    about = f"{UNREAD} {NOW.isoformat()} C0BRAND0001"
    sentence = "Slack does not let Housestyle read #C0BRAND0001, #D0ANN000001. Invite it there."
    notice = Notice(T1, Concern.RESTORED, about, user=UserId("U0ANN00001"))
    made = render(notice, Alarm(T1, Concern.RESTORED, about, sentence, NOW), now=NOW)
    assert "read <#C0BRAND0001>, a direct message. Invite" in made.blocks[1]["text"]["text"]
    assert [one["action_id"] for one in buttons(made.blocks)] == ["notice.release"]


def test_after_a_restore_nothing_is_released_before_it_was_looked_into() -> None:
    assert buttons(drawn(Concern.RESTORED).blocks) == []


def test_after_a_restore_nobody_is_told_that_nothing_was_lost() -> None:
    told = drawn(Concern.RESTORED).blocks[1]["text"]["text"]
    assert told.endswith("\nNothing new is handed over to Runware meanwhile.")
    for said in (told, held(alarm(Concern.RESTORED))):
        assert "lost" not in said
        assert "safe" not in said


@pytest.mark.parametrize("concern", [one for one in Concern if one not in (Concern.PARKED, Concern.RESTORED)])
def test_what_is_not_mended_here_has_no_button(concern: Concern) -> None:
    assert buttons(drawn(concern).blocks) == []


@pytest.mark.parametrize("concern", Concern)
def test_what_is_over_is_told_in_a_line(concern: Concern) -> None:
    made = drawn(concern, over=True)
    assert made.text.startswith("It is over: ")
    assert len(made.blocks) == 1


def test_a_notice_is_about_an_alarm_and_nothing_else() -> None:
    with pytest.raises(TypeError):
        render(Notice(T1, Concern.KEY), run(Stage.READY), now=NOW)


async def test_the_embedded_slack_takes_a_notice(sandbox: Sandbox, embedded: PacedClient) -> None:
    messenger = SlackMessenger(embedded, clock=lambda: NOW, bot_id=OUR_BOT)
    direct = await messenger.direct(UserId(ANN))
    for concern in Concern:
        notice = Notice(T1, concern, user=UserId(ANN))
        await messenger.post(Place(ChannelId(direct)), notice, alarm(concern), key=concern, file=None)
    assert sandbox.slack.ledger.violations() == []


# ── who is told ──────────────────────────────────────────────────────────────────────────────────────


def member(name: str, **roles: bool) -> dict[str, Any]:
    return {"id": name, **roles}


class At:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


async def test_the_owner_and_the_admin_of_the_embedded_workspace_are_told(embedded: PacedClient) -> None:
    messenger = SlackMessenger(embedded, clock=lambda: NOW, bot_id=OUR_BOT)
    assert await messenger.stewards() == (BEN, EVE)


async def test_who_is_named_is_told_and_nobody_is_looked_up(slack: SlackServer, client: PacedClient) -> None:
    named = [UserId("U1"), UserId("U2")]
    messenger = SlackMessenger(client, clock=lambda: NOW, bot_id=OUR_BOT, stewards=named)
    assert list(await messenger.stewards()) == named
    assert slack.calls == []


async def test_owners_come_first_and_five_are_enough(slack: SlackServer, messenger: SlackMessenger) -> None:
    slack.page = 3
    slack.members = [
        member("U0", is_admin=False),
        member("U1", is_admin=True),
        member("U2", is_admin=True, deleted=True),
        member("U3", is_admin=True, is_bot=True),
        member("U4", is_admin=True, is_owner=True),
        member("U5", is_admin=True),
        member("U6", is_admin=True, is_owner=True, is_primary_owner=True),
        member("U7", is_admin=True),
        member("U8", is_admin=True),
    ]
    assert await messenger.stewards() == ("U6", "U4", "U1", "U5", "U7")


async def test_who_is_told_is_looked_up_again_after_ten_minutes(
    slack: SlackServer, client: PacedClient
) -> None:
    at = At()
    messenger = SlackMessenger(client, clock=at, bot_id=OUR_BOT)
    slack.members = [member("U1", is_admin=True)]
    assert await messenger.stewards() == ("U1",)
    slack.members = [member("U2", is_admin=True)]
    at.now += timedelta(minutes=9)
    assert await messenger.stewards() == ("U1",)
    at.now += timedelta(minutes=2)
    assert await messenger.stewards() == ("U2",)


async def test_where_we_may_not_see_people_that_is_said(
    slack: SlackServer, messenger: SlackMessenger
) -> None:
    slack.faults["users.list"].append(error("missing_scope"))
    with pytest.raises(Unpostable) as no:
        await messenger.stewards()
    assert no.value.code == "missing_scope"
