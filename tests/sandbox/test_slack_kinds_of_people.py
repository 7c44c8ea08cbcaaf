"""People of every kind in the embedded workspace: what Slack says of them, and what they may do."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError

from tests.sandbox.slack_bot import CARD, listen, over_http
from tests.sandbox.slack_lab import ANN, BEN, BOT, BRAND, CAT, GUS, PNG, Sandbox, sandboxed

DAN, EVE, FIN, EXT = "U0000000DAN", "U0000000EVE", "U0000000FIN", "U0000000EXT"
OLD_HAND, ROBO = "U0000000OLD", "U000000ROBO"
AGENCY, LEADS, FINANCE = "C000AGENCY", "S00000LEADS", "S000FINANCE"
OTHER_TEAM = "T00000OTHER"
Taken = list[dict[str, Any]]


@pytest.fixture
async def taken(sandbox: Sandbox) -> AsyncIterator[Taken]:
    """Let a small bot listen, and return what it is sent."""
    app = sandbox.app()
    heard = listen(app)
    async with over_http(sandbox, app):
        yield heard


async def about(sandbox: Sandbox, who: str) -> dict[str, Any]:
    user: dict[str, Any] = (await sandbox.client().users_info(user=who))["user"]
    return user


async def become(sandbox: Sandbox, who: str, **changes: object) -> None:
    answer = await sandbox.http.post(f"/sandbox/people/{who}", json=changes)
    assert answer.json() == {"ok": True}


async def click(sandbox: Sandbox, who: str, channel: str = BRAND, **more: object) -> dict[str, Any]:
    """Post a card and press its button."""
    card = await sandbox.client().chat_postMessage(channel=channel, text="Stellar", blocks=CARD)
    at = {"channel": channel, "message_ts": card["ts"], "block_id": "decide", "action_id": "approve"}
    return await sandbox.do("action", who, **at, **more)


async def test_slack_says_of_each_what_they_are(sandbox: Sandbox) -> None:
    people = {who: await about(sandbox, who) for who in (BEN, GUS, EVE, EXT, OLD_HAND, ROBO, BOT)}
    flags = ("is_owner", "is_admin", "is_restricted", "deleted", "is_bot")
    assert {who: {flag for flag in flags if one.get(flag)} for who, one in people.items()} == {
        BEN: {"is_owner", "is_admin"},
        GUS: {"is_restricted"},
        EVE: {"is_admin"},
        EXT: set(),
        OLD_HAND: {"deleted"},
        ROBO: {"is_bot"},
        BOT: {"is_bot"},
    }
    assert (people[EXT]["team_id"], people[EXT]["is_stranger"]) == (OTHER_TEAM, False)
    assert "is_restricted" not in people[OLD_HAND]


async def test_clocks_differ(sandbox: Sandbox) -> None:
    clocks = {who: (await about(sandbox, who))["tz_offset"] for who in (ANN, CAT, DAN, FIN)}
    assert clocks == {ANN: 0, CAT: -28800, DAN: 3600, FIN: 19800}
    assert (await about(sandbox, CAT))["tz"] == "America/Los_Angeles"


async def test_everyone_is_listed_page_by_page_and_slackbot_says_it_is_no_bot(sandbox: Sandbox) -> None:
    listed: list[dict[str, Any]] = []
    cursor = ""
    while True:
        page = await sandbox.client().users_list(limit=5, cursor=cursor)
        listed += page["members"]
        cursor = page["response_metadata"]["next_cursor"]
        if not cursor:
            break
    assert [one["id"] for one in listed][:4] == [ANN, BEN, CAT, GUS]
    assert {one["id"] for one in listed} >= {EXT, OLD_HAND, ROBO, BOT}
    assert (listed[-1]["id"], listed[-1]["is_bot"]) == ("USLACKBOT", False)


async def test_user_groups_are_listed_with_their_people_where_that_is_asked_for(sandbox: Sandbox) -> None:
    client = sandbox.client()
    told: Any = (await client.usergroups_list(include_users=True, include_count=True))["usergroups"]
    assert [(one["id"], one["handle"], one["users"], one["user_count"]) for one in told] == [
        (LEADS, "leads", [BEN], 1),
        (FINANCE, "finance", [FIN], 1),
    ]
    brief: Any = (await client.usergroups_list())["usergroups"]
    assert not {"users", "user_count"} & brief[0].keys()
    assert sandbox.slack.ledger.violations() == []


async def test_a_channel_shared_with_another_company_says_so(sandbox: Sandbox) -> None:
    client = sandbox.client()
    shared: Any = [(await client.conversations_info(channel=it))["channel"] for it in (AGENCY, BRAND)]
    assert [one["is_ext_shared"] for one in shared] == [True, False]
    assert EXT in (await client.conversations_members(channel=AGENCY))["members"]


async def test_a_click_of_another_company_names_their_team_beside_ours(
    sandbox: Sandbox, taken: Taken
) -> None:
    assert await click(sandbox, EXT, AGENCY) == {"ok": True}
    assert (taken[0]["user"]["team_id"], taken[0]["team"]["id"]) == (OTHER_TEAM, "T0000000001")
    assert (await click(sandbox, EXT))["error"] == "message_not_found"


async def test_people_of_another_company_have_no_commands_and_no_shortcuts(
    sandbox: Sandbox, taken: Taken
) -> None:
    typed = await sandbox.do("command", EXT, channel=AGENCY, text="/train x")
    assert typed["error"] == "unknown_command"
    said = await sandbox.do("message", EXT, channel=AGENCY, text="hello")
    used = await sandbox.do("shortcut", EXT, channel=AGENCY, message_ts=said["ts"], callback_id="reference")
    assert used["error"] == "unknown_shortcut"
    assert taken == []
    world = (await sandbox.http.get("/sandbox/world", params={"as": EXT})).json()
    assert (world["commands"], world["shortcuts"]) == ([], [])
    assert [channel["name"] for channel in world["channels"]] == ["agency"]


async def test_what_another_company_says_carries_its_team(sandbox: Sandbox) -> None:
    await sandbox.do("message", EXT, channel=AGENCY, text="hello")
    said: Any = (await sandbox.client().conversations_history(channel=AGENCY))["messages"]
    assert (said[0]["team"], said[0]["user_team"]) == (OTHER_TEAM, OTHER_TEAM)


@pytest.mark.parametrize("who", [OLD_HAND, ROBO])
async def test_a_test_may_forge_what_nobody_can_do_who_left_or_is_a_bot(
    sandbox: Sandbox, taken: Taken, who: str
) -> None:
    assert await click(sandbox, who) == {"ok": True}
    assert await sandbox.do("command", who, channel=BRAND, text="/train x") == {"ok": True}
    assert [taken[0]["user"]["id"], taken[1]["user_id"]] == [who, who]


async def test_a_test_may_forge_a_command_of_another_company_and_a_click_from_outside(
    sandbox: Sandbox, taken: Taken
) -> None:
    assert await sandbox.do("command", EXT, channel=BRAND, text="/train x", forged=True) == {"ok": True}
    assert await click(sandbox, EXT, forged=True) == {"ok": True}
    assert [taken[0]["user_id"], taken[1]["user"]["id"]] == [EXT, EXT]


async def test_an_approver_can_be_changed_between_a_card_and_a_click(sandbox: Sandbox, taken: Taken) -> None:
    await become(sandbox, BEN, groups=[FINANCE], is_restricted=True, tz="Asia/Tokyo", tz_offset=32400)
    client = sandbox.client()
    assert (await client.usergroups_users_list(usergroup=LEADS))["users"] == []
    assert (await client.usergroups_users_list(usergroup=FINANCE))["users"] == [FIN, BEN]
    user = await about(sandbox, BEN)
    assert (user["is_restricted"], user["tz"], user["tz_offset"]) == (True, "Asia/Tokyo", 32400)
    assert await click(sandbox, BEN) == {"ok": True}


async def test_who_is_deactivated_leaves_the_channels_and_cannot_be_written_to(sandbox: Sandbox) -> None:
    await become(sandbox, BEN, deleted=True)
    client = sandbox.client()
    assert (await about(sandbox, BEN))["deleted"] is True
    assert BEN not in (await client.conversations_members(channel=BRAND))["members"]
    for call in (client.conversations_open(users=BEN), client.chat_postMessage(channel=BEN, text="x")):
        with pytest.raises(SlackApiError, match=r"user_disabled|channel_not_found"):
            await call


@pytest.mark.parametrize(
    ("who", "changes"),
    [
        ("U0NOBODY00", {"deleted": True}),
        (BEN, {"deleted": "yes"}),
        (BEN, {"salary": 1}),
        (BEN, {"groups": ["S0NOBODY00"]}),
        (BEN, {"tz": "Asia/Tokyo", "tz_offset": "nine hours"}),
        (BEN, [1]),
    ],
)
async def test_a_change_that_makes_no_sense_is_refused(sandbox: Sandbox, who: str, changes: object) -> None:
    assert (await sandbox.http.post(f"/sandbox/people/{who}", json=changes)).status_code == 400


async def test_what_became_of_people_outlives_the_process(tmp_path: Path) -> None:
    async with sandboxed(tmp_path) as before:
        await become(before, FIN, groups=[LEADS], deleted=True, title="Retired")
    async with sandboxed(tmp_path) as after:
        assert (await about(after, FIN))["profile"]["title"] == "Retired"
        assert (await after.client().usergroups_users_list(usergroup=LEADS))["users"] == [BEN, FIN]
        assert (await about(after, CAT))["tz_offset"] == -28800


async def test_only_who_can_act_is_written_to_directly(sandbox: Sandbox) -> None:
    client = sandbox.client()
    await client.chat_postMessage(channel=DAN, text="for you")
    assert [message["text"] for message in await sandbox.seen(DAN, "D0000000DAN")] == ["for you"]
    with pytest.raises(SlackApiError, match="channel_not_found"):
        await client.chat_postMessage(channel=ROBO, text="x")
    with pytest.raises(SlackApiError, match="invalid_user_combination"):
        await client.conversations_open(users=ROBO)


async def test_a_private_picture_is_shown_in_an_answer_to_one_person(sandbox: Sandbox, taken: Taken) -> None:
    uploaded = await sandbox.client().files_upload_v2(file=PNG, filename="budget.png")
    file = uploaded["files"][0]["id"]
    sandbox.world.files[file].ready_at = 0.0
    await sandbox.do("command", ANN, channel=BRAND, text="/train form")
    picture = {"type": "image", "slack_file": {"id": file}, "alt_text": "What was spent, as bars"}
    body = {"text": "Budget", "response_type": "ephemeral", "blocks": [picture]}
    answer = await sandbox.http.post(taken[0]["response_url"], json=body)
    assert answer.json() == {"ok": True}
    (message,) = await sandbox.seen(ANN)
    assert (message["ephemeral"], message["blocks"][0]["slack_file"]) == (True, {"id": file})
    assert await sandbox.seen(BEN) == []
    assert sandbox.slack.ledger.violations() == []
