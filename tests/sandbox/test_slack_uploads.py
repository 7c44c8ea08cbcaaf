"""Files: the three steps of an upload, and the moment in which Slack does not know them yet."""

import asyncio
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError

from tests.sandbox.slack_lab import ANN, BRAND, PNG, RANDOM, Sandbox


async def upload(sandbox: Sandbox, body: bytes = PNG, *, name: str = "fox.png", as_form: bool = False) -> str:
    """Upload a file seen by nobody, and return its id."""
    client = sandbox.client()
    handed: Any = await client.files_getUploadURLExternal(filename=name, length=len(body))
    if as_form:
        sent = await sandbox.http.post(handed["upload_url"], files={"file": (name, body)})
    else:
        sent = await sandbox.http.post(handed["upload_url"], content=body)
    assert (sent.status_code, sent.text) == (200, f"OK - {len(body)}")
    await client.files_completeUploadExternal(files=[{"id": handed["file_id"], "title": "A fox"}])
    return str(handed["file_id"])


async def ready(sandbox: Sandbox, file_id: str) -> dict[str, Any]:
    """Wait until Slack has looked at the file."""
    while True:
        file: dict[str, Any] = (await sandbox.client().files_info(file=file_id))["file"]
        if file["mimetype"]:
            return file
        await asyncio.sleep(0.05)


def picture(file_id: str) -> list[dict[str, Any]]:
    return [{"type": "image", "alt_text": "a fox", "slack_file": {"id": file_id}}]


@pytest.mark.parametrize("as_form", [False, True])
async def test_an_uploaded_picture_can_be_shown_once_slack_has_looked_at_it(
    sandbox: Sandbox, *, as_form: bool
) -> None:
    sandbox.slack.fault({"kind": "late_files", "retry_after": 60})
    file_id = await upload(sandbox, as_form=as_form)
    with pytest.raises(SlackApiError) as refused:
        await sandbox.client().chat_postMessage(channel=BRAND, text="x", blocks=picture(file_id))
    messages: Any = refused.value.response["response_metadata"]["messages"]
    assert "/blocks/0/slack_file" in messages[0]
    sandbox.world.files[file_id].ready_at = sandbox.world.clock()
    assert (await ready(sandbox, file_id))["mimetype"] == "image/png"
    await sandbox.client().chat_postMessage(channel=BRAND, text="x", blocks=picture(file_id))
    assert sandbox.slack.ledger.violations() == []
    shown = await sandbox.http.get(f"/sandbox/file/{file_id}", follow_redirects=True)
    assert (shown.content, shown.headers["content-type"]) == (PNG, "image/png")


async def test_late_files_stay_unknown_for_as_long_as_ordered(sandbox: Sandbox) -> None:
    sandbox.slack.fault({"kind": "late_files", "retry_after": 60})
    file_id = await upload(sandbox)
    await asyncio.sleep(0.3)
    assert (await sandbox.client().files_info(file=file_id))["file"]["mimetype"] == ""
    assert (await sandbox.http.get(f"/sandbox/file/{file_id}")).status_code == 404


async def test_a_webp_cannot_be_shown_and_to_try_is_a_mistake(sandbox: Sandbox) -> None:
    file_id = await upload(sandbox, b"RIFF\x00\x00\x00\x00WEBPVP8 ", name="fox.webp")
    await ready(sandbox, file_id)
    body = await sandbox.refused("chat.postMessage", channel=BRAND, blocks=picture(file_id))
    assert "unsupported file type image/webp" in body["response_metadata"]["messages"][0]
    assert len(sandbox.slack.ledger.violations()) == 1


async def test_a_file_can_be_shared_and_its_share_is_found_in_its_description(sandbox: Sandbox) -> None:
    client = sandbox.client()
    root = await client.chat_postMessage(channel=BRAND, text="root")
    await client.files_upload_v2(
        file=PNG, filename="fox.png", channel=BRAND, thread_ts=str(root["ts"]), initial_comment="look"
    )
    (_, said) = await sandbox.seen(ANN)
    assert (said["text"], said["thread_ts"], said["files"][0]["name"]) == ("look", root["ts"], "fox.png")
    file = await ready(sandbox, said["files"][0]["id"])
    assert file["shares"] == {"public": {BRAND: [{"ts": said["ts"]}]}}


async def test_alt_txt_makes_a_share_vanish_without_a_word(sandbox: Sandbox) -> None:
    done = await sandbox.client().files_upload_v2(
        file=PNG, filename="fox.png", channel=BRAND, alt_txt="a fox"
    )
    assert done["ok"] is True
    assert await sandbox.seen(ANN) == []


async def test_a_file_is_shared_only_where_the_bot_is_a_member(sandbox: Sandbox) -> None:
    with pytest.raises(SlackApiError, match="not_in_channel"):
        await sandbox.client().files_upload_v2(file=PNG, filename="fox.png", channel=RANDOM)


async def test_half_an_upload_is_no_file(sandbox: Sandbox) -> None:
    client = sandbox.client()
    handed: Any = await client.files_getUploadURLExternal(filename="fox.png", length=10)
    short = await sandbox.http.post(handed["upload_url"], content=b"123")
    assert short.status_code == 400
    with pytest.raises(SlackApiError, match="file_not_found"):
        await client.files_completeUploadExternal(files=[{"id": handed["file_id"], "title": "x"}])
    with pytest.raises(SlackApiError, match="file_not_found"):
        await client.files_info(file=handed["file_id"])


async def test_a_deleted_file_is_gone(sandbox: Sandbox) -> None:
    file_id = await upload(sandbox)
    await ready(sandbox, file_id)
    await sandbox.client().files_delete(file=file_id)
    with pytest.raises(SlackApiError, match="file_deleted"):
        await sandbox.client().files_info(file=file_id)
    bot = {"Authorization": "Bearer xoxb-sandbox"}
    assert (await sandbox.http.get(f"/slack/files/{file_id}/fox.png", headers=bot)).status_code == 404
    assert (await sandbox.http.get(f"/sandbox/file/{file_id}/fox.png")).status_code == 404
