"""The Web API, called by the real SDK: what it does, and what it refuses as Slack does."""

from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.sandbox.slack_lab import (
    ANN,
    BEN,
    BOT,
    BRAND,
    CAT,
    GENERAL,
    HELLO,
    OLD,
    RANDOM,
    SECRET,
    Sandbox,
    sandboxed,
)


async def test_the_token_says_who_the_bot_is(sandbox: Sandbox) -> None:
    answer = await sandbox.client().auth_test()
    assert (answer["user_id"], answer["team_id"]) == (BOT, "T0000000001")
    assert "chat:write" in answer.headers["x-oauth-scopes"]


@pytest.mark.parametrize(("token", "error"), [("xoxb-other", "invalid_auth"), ("", "not_authed")])
async def test_a_wrong_token_is_refused(sandbox: Sandbox, token: str, error: str) -> None:
    with pytest.raises(SlackApiError, match=error):
        await AsyncWebClient(token=token, base_url=f"{sandbox.url}/slack/api/").auth_test()


async def test_a_method_that_does_not_exist_is_refused_and_told(sandbox: Sandbox) -> None:
    assert (await sandbox.refused("chat.shout"))["error"] == "unknown_method"
    assert [entry["method"] for entry in sandbox.slack.ledger.violations()] == ["chat.shout"]


async def test_missing_and_unknown_arguments_are_refused_by_name(sandbox: Sandbox) -> None:
    body = await sandbox.refused("chat.update", channel=BRAND, alt_text="x")
    assert body["error"] == "invalid_arguments"
    assert body["response_metadata"]["messages"] == [
        "[ERROR] missing required field: ts",
        "[ERROR] unknown argument: alt_text",
    ]


async def test_json_is_not_read_where_the_method_does_not_take_it(sandbox: Sandbox) -> None:
    assert (await sandbox.refused("users.info", user=ANN))["error"] == "invalid_arguments"
    assert (await sandbox.client().users_info(user=ANN))["user"]["name"] == "ann"


async def test_a_message_is_posted_and_read_back_with_its_metadata(sandbox: Sandbox) -> None:
    client = sandbox.client()
    metadata = {"event_type": "outbox", "event_payload": {"id": "1"}}
    posted = await client.chat_postMessage(channel=BRAND, text="hi", blocks=[HELLO], metadata=metadata)
    found = await client.conversations_history(channel=BRAND, include_all_metadata=True)
    assert found["messages"][0]["ts"] == posted["ts"]
    assert found["messages"][0]["metadata"] == metadata
    assert found["messages"][0]["blocks"][0]["block_id"]
    without: Any = await client.conversations_history(channel=BRAND)
    assert "metadata" not in without["messages"][0]


async def test_a_repeated_client_msg_id_posts_nothing_new(sandbox: Sandbox) -> None:
    client = sandbox.client()
    first = await client.chat_postMessage(channel=BRAND, text="once", client_msg_id="a-1")
    again = await client.chat_postMessage(channel=BRAND, text="once", client_msg_id="a-1")
    elsewhere = await client.chat_postMessage(channel=GENERAL, text="once", client_msg_id="a-1")
    assert again["ts"] == first["ts"] != elsewhere["ts"]
    assert again["is_duplicate"] is True
    assert len(await sandbox.seen(ANN)) == 1


async def test_a_thread_is_read_apart_from_its_channel(sandbox: Sandbox) -> None:
    client = sandbox.client()
    root = await client.chat_postMessage(channel=BRAND, text="root")
    for n in range(3):
        await client.chat_postMessage(channel=BRAND, text=f"reply {n}", thread_ts=root["ts"])
    channel: Any = (await client.conversations_history(channel=BRAND))["messages"]
    assert [message["text"] for message in channel] == ["root"]
    assert channel[0]["reply_count"] == 3
    page = await client.conversations_replies(channel=BRAND, ts=root["ts"], limit=2)
    assert [message["text"] for message in page["messages"]] == ["root", "reply 0", "reply 1"]
    cursor = page["response_metadata"]["next_cursor"]
    rest = await client.conversations_replies(channel=BRAND, ts=root["ts"], limit=2, cursor=cursor)
    assert [message["text"] for message in rest["messages"]] == ["root", "reply 2"]


async def test_history_keeps_to_its_bounds(sandbox: Sandbox) -> None:
    client = sandbox.client()
    times = [(await client.chat_postMessage(channel=BRAND, text=str(n)))["ts"] for n in range(4)]
    between: Any = await client.conversations_history(channel=BRAND, oldest=times[0], latest=times[3])
    assert [message["text"] for message in between["messages"]] == ["2", "1"]
    with_bounds = await client.conversations_history(
        channel=BRAND, oldest=times[0], latest=times[3], inclusive=True, limit=1
    )
    assert [message["text"] for message in with_bounds["messages"]] == ["3"]
    assert with_bounds["has_more"] is True


async def test_an_update_keeps_what_it_does_not_name(sandbox: Sandbox) -> None:
    client = sandbox.client()
    metadata = {"event_type": "outbox", "event_payload": {"id": "1"}}
    posted = await client.chat_postMessage(channel=BRAND, text="a", blocks=[HELLO], metadata=metadata)
    await client.chat_update(channel=BRAND, ts=str(posted["ts"]), text="b")
    (message,) = await sandbox.seen(ANN)
    assert (message["text"], message["edited"], message["metadata"]) == ("b", True, metadata)
    assert message["blocks"][0]["text"]["text"] == "hello"
    await client.chat_update(channel=BRAND, ts=str(posted["ts"]), text="c", blocks=[], metadata={})
    (message,) = await sandbox.seen(ANN)
    assert (message["blocks"], message["metadata"]) == ([], None)


async def test_an_ephemeral_is_for_one_person_only(sandbox: Sandbox) -> None:
    client = sandbox.client()
    await client.chat_postEphemeral(channel=BRAND, user=ANN, text="psst")
    assert [message["ephemeral"] for message in await sandbox.seen(ANN)] == [True]
    assert await sandbox.seen(BEN) == []
    assert (await client.conversations_history(channel=BRAND))["messages"] == []


async def test_a_direct_conversation_is_seen_by_its_person_only(sandbox: Sandbox) -> None:
    client = sandbox.client()
    opened = await client.conversations_open(users=ANN)
    channel = opened["channel"]["id"]
    await client.chat_postMessage(channel=channel, text="for you")
    await client.chat_postMessage(channel=ANN, text="and again")
    assert [message["text"] for message in await sandbox.seen(ANN, channel)] == ["for you", "and again"]
    assert await sandbox.seen(BEN, channel) == []


async def test_looking_around_works_with_the_verbs_of_the_sdk(sandbox: Sandbox) -> None:
    client = sandbox.client()
    assert (await client.conversations_info(channel=BRAND, include_num_members=True))["channel"][
        "num_members"
    ] == 8
    assert CAT in (await client.conversations_members(channel=BRAND))["members"]
    assert (await client.team_info())["team"]["name"] == "Sandbox"
    assert (await client.bots_info(bot="B000000BOT"))["bot"]["user_id"] == BOT
    assert (await client.usergroups_users_list(usergroup="S00000LEADS"))["users"] == [BEN]
    assert (await client.users_info(user=BOT))["user"]["is_bot"] is True
    assert (await client.conversations_join(channel=RANDOM))["channel"]["is_member"] is True
    posted = await client.chat_postMessage(channel=RANDOM, text="hi")
    assert "/p" in (await client.chat_getPermalink(channel=RANDOM, message_ts=posted["ts"]))["permalink"]
    await client.reactions_add(channel=RANDOM, timestamp=posted["ts"], name="eyes")
    await client.chat_delete(channel=RANDOM, ts=posted["ts"])
    assert sandbox.slack.ledger.violations() == []


REFUSALS: list[tuple[str, dict[str, object], str]] = [
    ("chat.postMessage", {"channel": "C0NOSUCH00", "text": "x"}, "channel_not_found"),
    ("chat.postMessage", {"channel": SECRET, "text": "x"}, "channel_not_found"),
    ("chat.postMessage", {"channel": OLD, "text": "x"}, "is_archived"),
    ("chat.postMessage", {"channel": BRAND}, "no_text"),
    ("chat.postMessage", {"channel": BRAND, "text": "x", "thread_ts": "1.0"}, "cannot_reply_to_message"),
    ("chat.postMessage", {"channel": BRAND, "text": "x", "markdown_text": "y"}, "markdown_text_conflict"),
    ("chat.postMessage", {"channel": BRAND, "blocks": "[{"}, "invalid_blocks_format"),
    ("chat.postMessage", {"channel": BRAND, "text": "x", "metadata": {"a": 1}}, "invalid_metadata_format"),
    ("chat.postMessage", {"channel": BRAND, "markdown_text": "x" * 12_001}, "invalid_arguments"),
    ("chat.postMessage", {"channel": BRAND, "attachments": {}}, "invalid_arguments"),
    ("chat.postMessage", {"channel": BRAND, "attachments": [{}] * 101}, "too_many_attachments"),
    ("chat.postMessage", {"channel": BRAND, "attachments": [{"blocks": [{}]}]}, "invalid_blocks"),
    (
        "chat.postMessage",
        {"channel": BRAND, "text": "x", "metadata": {"event_type": "a", "event_payload": {"b": "x" * 8000}}},
        "metadata_too_large",
    ),
    ("chat.postMessage", {"channel": BRAND, "text": "x", "unfurl_links": "perhaps"}, "invalid_arguments"),
    ("chat.postEphemeral", {"channel": OLD, "user": ANN, "text": "x"}, "is_archived"),
    ("chat.postEphemeral", {"channel": BRAND, "user": ANN, "text": "x" * 40_001}, "msg_too_long"),
    ("chat.postEphemeral", {"channel": RANDOM, "user": CAT, "text": "x"}, "not_in_channel"),
    ("chat.postEphemeral", {"channel": GENERAL, "user": "U0000000GUS", "text": "x"}, "user_not_in_channel"),
    ("chat.update", {"channel": BRAND, "ts": "1.0", "text": "x"}, "message_not_found"),
    ("chat.delete", {"channel": BRAND, "ts": "1.0"}, "message_not_found"),
    ("conversations.history", {"channel": RANDOM}, "not_in_channel"),
    ("conversations.history", {"channel": BRAND, "oldest": "monday"}, "invalid_ts_oldest"),
    ("conversations.history", {"channel": BRAND, "cursor": "?"}, "invalid_cursor"),
    ("conversations.history", {"channel": BRAND, "limit": "all"}, "invalid_arguments"),
    ("conversations.join", {"channel": "D0000000ANN"}, "method_not_supported_for_channel_type"),
    ("conversations.open", {"users": f"{ANN},{CAT}"}, "method_not_supported_for_channel_type"),
    ("conversations.join", {"channel": OLD}, "is_archived"),
    ("conversations.open", {"users": "U0NOBODY00"}, "user_not_found"),
    ("conversations.open", {}, "users_list_not_supplied"),
    ("reactions.add", {"channel": BRAND, "timestamp": "1.0", "name": "eyes"}, "message_not_found"),
]


@pytest.mark.parametrize(("method", "args", "error"), REFUSALS)
async def test_what_slack_refuses_is_refused_in_its_words(
    sandbox: Sandbox, method: str, args: dict[str, object], error: str
) -> None:
    assert (await sandbox.refused(method, **args))["error"] == error


async def test_a_message_of_somebody_else_cannot_be_changed(sandbox: Sandbox) -> None:
    ts = (await sandbox.do("message", ANN, channel=BRAND, text="mine"))["ts"]
    assert (await sandbox.refused("chat.update", channel=BRAND, ts=ts, text="x"))[
        "error"
    ] == "cant_update_message"
    assert (await sandbox.refused("chat.delete", channel=BRAND, ts=ts))["error"] == "cant_delete_message"


async def test_long_text_is_cut_when_posted_and_refused_when_updated(sandbox: Sandbox) -> None:
    posted = await sandbox.client().chat_postMessage(channel=BRAND, text="x" * 40_001)
    assert (posted["warning"], len(posted["message"]["text"])) == ("message_truncated", 40_000)
    body = await sandbox.refused("chat.update", channel=BRAND, ts=posted["ts"], text="x" * 4_001)
    assert body["error"] == "msg_too_long"


async def test_a_public_channel_takes_posts_without_membership(sandbox: Sandbox) -> None:
    assert (await sandbox.client().chat_postMessage(channel=RANDOM, text="hi"))["ok"] is True


async def test_bad_blocks_are_refused_with_a_pointer_and_noted(sandbox: Sandbox) -> None:
    blocks = [HELLO, {"type": "image", "image_url": "https://acme.com/a.png"}]
    body = await sandbox.refused("chat.postMessage", channel=BRAND, text="x", blocks=blocks)
    assert body["error"] == "invalid_blocks"
    assert body["response_metadata"]["messages"] == [
        "[ERROR] missing required field: alt_text [json-pointer:/blocks/1]"
    ]
    assert len(sandbox.slack.ledger.violations()) == 1
    checked = await sandbox.client().blocks_validate(blocks=blocks)
    assert [error["pointer"] for error in checked["errors"]] == ["/blocks/1"]


async def test_the_ledger_never_holds_a_token(sandbox: Sandbox) -> None:
    await sandbox.http.post("/slack/api/auth.test", data={"token": "xoxb-wrong"})
    await sandbox.http.post("/slack/api/auth.test", data={"token": "xoxb-sandbox"})
    told = (await sandbox.http.get("/sandbox/ledger")).json()["slack"]
    assert [entry["error"] for entry in told] == ["invalid_auth", None]
    assert "xoxb" not in str(told)


ALT = "x" * 1_001
QUERIED: list[tuple[str, dict[str, str], str]] = [
    ("chat.getPermalink", {"channel": BRAND, "message_ts": "1.0"}, "message_not_found"),
    ("conversations.replies", {"channel": BRAND, "ts": "1.0"}, "thread_not_found"),
    ("users.info", {"user": "U0NOBODY00"}, "user_not_found"),
    ("bots.info", {"bot": "B0NOBODY00"}, "bot_not_found"),
    ("team.info", {"team": "T0NOWHERE0"}, "team_not_found"),
    ("usergroups.users.list", {"usergroup": "S0NOBODY00"}, "no_such_subteam"),
    ("blocks.validate", {}, "invalid_arguments"),
    ("blocks.validate", {"blocks": "x" * 100_001}, "invalid_arguments"),
    (
        "files.getUploadURLExternal",
        {"filename": "a", "length": "1", "alt_txt": "x" * 1001},
        "alt_txt_too_large",
    ),
    ("files.completeUploadExternal", {"files": "nothing"}, "invalid_arguments"),
]


@pytest.mark.parametrize(("method", "args", "error"), QUERIED)
async def test_what_is_asked_in_a_form_is_refused_in_slacks_words_too(
    sandbox: Sandbox, method: str, args: dict[str, str], error: str
) -> None:
    given = {**args, "token": "xoxb-sandbox"}
    assert (await sandbox.http.post(f"/slack/api/{method}", data=given)).json()["error"] == error


async def test_json_must_be_an_object(sandbox: Sandbox) -> None:
    headers = {"Content-Type": "application/json", "Authorization": "Bearer xoxb-sandbox"}
    for body in (b"{", b"[]"):
        answer = await sandbox.http.post("/slack/api/auth.test", content=body, headers=headers)
        assert answer.json()["error"] == "invalid_arguments"


async def test_attachments_and_markdown_are_messages_too(sandbox: Sandbox) -> None:
    client = sandbox.client()
    await client.chat_postMessage(channel=BRAND, attachments=[{"text": "a"}, {"blocks": [HELLO]}], text="x")
    root = await client.chat_postMessage(channel=BRAND, markdown_text="**b**")
    reply = await client.chat_postMessage(
        channel=BRAND, text="c", thread_ts=str(root["ts"]), reply_broadcast=True
    )
    await client.reactions_add(channel=BRAND, timestamp=str(reply["ts"]), name="eyes")
    with pytest.raises(SlackApiError, match="already_reacted"):
        await client.reactions_add(channel=BRAND, timestamp=str(reply["ts"]), name="eyes")
    said: Any = (await client.conversations_history(channel=BRAND))["messages"]
    assert [message["text"] for message in said] == ["c", "**b**", "x"]
    assert (said[0]["subtype"], said[0]["reactions"][0]["count"]) == ("thread_broadcast", 1)
    view = {"type": "modal", "title": {"type": "plain_text", "text": "x"}, "blocks": [HELLO]}
    assert (await client.blocks_validate(view=view))["valid"] is True
    assert (await client.blocks_validate(message={"blocks": [HELLO]}))["errors"] == []
    assert (await client.users_info(user=ANN, include_locale=True))["user"]["locale"] == "en-GB"
    opened = await client.conversations_open(channel="D0000000ANN", return_im=True)
    assert opened["channel"]["user"] == ANN
    assert (await client.api_test())["ok"] is True


async def test_a_bot_without_the_scope_is_told_which_it_needs() -> None:
    async with sandboxed(scopes=("commands",)) as sandbox:
        body = await sandbox.refused("chat.postMessage", channel=BRAND, text="x")
        assert body["error"] == "missing_scope"
        assert "chat:write" in body["response_metadata"]["messages"][0]
