"""Files that people post: what the bot is told, who may read the bytes, and what is left of a deleted one."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError

from bot.sandbox.slack import SCOPES
from bot.sandbox.slack_files import SCAN_SECONDS
from bot.sandbox.slack_sharing import kind_of
from tests.sandbox.slack_bot import over_socket
from tests.sandbox.slack_lab import ANN, BEN, BRAND, CAT, OLD, PNG, RANDOM, SECRET, ZIP, Sandbox, sandboxed

BOT = {"Authorization": "Bearer xoxb-sandbox"}
FOX, STYLE = ("fox.png", PNG), ("Stellar pictures.zip", ZIP)


async def history(sandbox: Sandbox) -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = (await sandbox.client().conversations_history(channel=BRAND))["messages"]
    return messages


async def posted(sandbox: Sandbox, channel: str = BRAND, who: str = ANN) -> dict[str, Any]:
    """Have a person post one ZIP, and return how Slack describes it in a message."""
    answer = await sandbox.posts(who, STYLE, channel=channel)
    file = sandbox.world.files[answer["files"][0]]
    assert answer["ok"]
    address = f"{sandbox.url}/slack/files/{file.id}/stellar_pictures.zip"
    return {"id": file.id, "url_private": address}


async def test_a_posted_file_stands_in_the_history_as_slack_writes_it(sandbox: Sandbox) -> None:
    answer = await sandbox.posts(ANN, FOX, STYLE, text="for @ben & all")
    (said,) = await history(sandbox)
    assert (said["ts"], said["text"]) == (answer["ts"], f"for <@{BEN}> &amp; all")
    assert (said["user"], said["upload"]) == (ANN, False)
    fox, style = said["files"]
    assert [fox["mimetype"], fox["filetype"], fox["size"]] == ["image/png", "png", len(PNG)]
    wanted = {
        "id": answer["files"][1],
        "name": "Stellar pictures.zip",
        "title": "Stellar pictures.zip",
        "mimetype": "application/zip",
        "filetype": "zip",
        "size": len(ZIP),
        "mode": "hosted",
        "user": ANN,
        "is_external": False,
        "is_public": True,
        "channels": [BRAND],
        "shares": {"public": {BRAND: [{"ts": said["ts"]}]}},
    }
    assert {name: style[name] for name in wanted} == wanted
    assert all(
        style[name].startswith(sandbox.url) for name in ("url_private", "url_private_download", "permalink")
    )
    assert (await sandbox.client().files_info(file=style["id"]))["file"] == style
    seen = (await sandbox.seen(CAT))[0]["files"]
    assert [(file["name"], file["mimetype"], file["mode"]) for file in seen] == [
        ("fox.png", "image/png", "hosted"),
        ("Stellar pictures.zip", "application/zip", "hosted"),
    ]


async def test_files_may_be_posted_in_a_thread_and_without_a_word(sandbox: Sandbox) -> None:
    root = (await sandbox.do("message", ANN, channel=BRAND, text="pictures here, please"))["ts"]
    await sandbox.posts(CAT, FOX, thread_ts=root)
    thread: Any = (await sandbox.client().conversations_replies(channel=BRAND, ts=root))["messages"]
    assert [message.get("files", [{}])[0].get("name") for message in thread] == [None, "fox.png"]
    assert (thread[1]["thread_ts"], thread[1]["text"]) == (root, "")


async def test_what_is_posted_to_the_bot_alone_is_private(sandbox: Sandbox) -> None:
    file_id = (await posted(sandbox, "D0000000ANN"))["id"]
    file: Any = (await sandbox.client().files_info(file=file_id))["file"]
    assert (file["is_public"], file["ims"], list(file["shares"])) == (False, ["D0000000ANN"], ["private"])


async def test_what_slack_would_not_take_is_not_posted(sandbox: Sandbox) -> None:
    refusals = [
        await sandbox.posts(ANN, *[FOX] * 11),
        await sandbox.posts(ANN, FOX, channel=OLD),
        await sandbox.posts(ANN, FOX, channel=SECRET),
        await sandbox.posts("U0STRANGER", FOX),
    ]
    errors = ["too_many_files", "is_archived", "channel_not_found", "unknown_person"]
    assert [refusal["error"] for refusal in refusals] == errors
    for broken in ({"content": b"no form"}, {"data": {"as": ANN}, "files": {"x": FOX}}):
        answer = await sandbox.http.post("/sandbox/upload", **broken)
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
    assert sandbox.world.files == {}


async def test_the_bot_hears_of_a_posted_file(sandbox: Sandbox) -> None:
    app = sandbox.app()
    heard: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    @app.event({"type": "message", "subtype": "file_share"})
    async def shared(event: dict[str, Any]) -> None:
        await heard.put(event)

    async with over_socket(sandbox, app):
        await sandbox.posts(ANN, FOX)
        event = await asyncio.wait_for(heard.get(), 60)
    assert (event["channel"], event["files"][0]["name"]) == (BRAND, "fox.png")


@pytest.mark.parametrize(
    "headers", [{}, {"Authorization": "Bearer xoxb-other"}, {"Authorization": "xoxb-sandbox"}]
)
async def test_without_the_bots_token_there_is_a_page_to_sign_in_and_no_bytes(
    sandbox: Sandbox, headers: dict[str, str]
) -> None:
    file = await posted(sandbox)
    answer = await sandbox.http.get(file["url_private"], headers=headers)
    assert (answer.status_code, answer.content) == (302, b"")
    page = await sandbox.http.get(file["url_private"], headers=headers, follow_redirects=True)
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert ZIP not in page.content


async def test_a_bot_without_files_read_gets_no_bytes_either() -> None:
    async with sandboxed(scopes=set(SCOPES) - {"files:read"}) as sandbox:
        file = await posted(sandbox)
        assert (await sandbox.http.get(file["url_private"], headers=BOT)).status_code == 302
        with pytest.raises(SlackApiError, match="missing_scope"):
            await sandbox.client().files_info(file=file["id"])


@pytest.mark.parametrize("field", ["url_private", "url_private_download"])
async def test_with_the_token_the_bytes_come_whole_or_in_part(sandbox: Sandbox, field: str) -> None:
    file_id = (await posted(sandbox))["id"]
    link = str((await sandbox.client().files_info(file=file_id))["file"][field])
    whole = await sandbox.http.get(link, headers=BOT)
    assert (whole.status_code, whole.content) == (200, ZIP)
    assert whole.headers["content-type"] == "application/zip"
    assert whole.headers["content-length"] == str(len(ZIP))
    tail = await sandbox.http.get(link, headers={**BOT, "Range": "bytes=-100"})
    assert (tail.status_code, tail.content) == (206, ZIP[-100:])
    assert tail.headers["content-range"] == f"bytes {len(ZIP) - 100}-{len(ZIP) - 1}/{len(ZIP)}"


async def test_the_bots_own_files_are_read_the_same_way(sandbox: Sandbox) -> None:
    done: Any = await sandbox.client().files_upload_v2(file=PNG, filename="Größe.png")
    file = done["files"][0]
    await asyncio.sleep(SCAN_SECONDS + 0.05)
    assert (await sandbox.http.get(file["url_private"])).status_code == 302
    assert (await sandbox.http.get(file["url_private"], headers=BOT)).content == PNG
    shown = await sandbox.http.get(f"/sandbox/file/{file['id']}", follow_redirects=True)
    assert (shown.content, shown.url.path) == (PNG, f"/sandbox/file/{file['id']}/Größe.png")


async def test_a_file_where_the_bot_is_not_a_member_does_not_exist_for_it(sandbox: Sandbox) -> None:
    file = await posted(sandbox, RANDOM, CAT)
    with pytest.raises(SlackApiError, match="file_not_found"):
        await sandbox.client().files_info(file=file["id"])
    assert (await sandbox.http.get(file["url_private"], headers=BOT)).status_code == 302
    await sandbox.client().conversations_join(channel=RANDOM)
    assert (await sandbox.client().files_info(file=file["id"]))["file"]["user"] == CAT
    assert (await sandbox.http.get(file["url_private"], headers=BOT)).content == ZIP


async def test_of_a_deleted_file_a_tombstone_is_left(sandbox: Sandbox) -> None:
    file = await posted(sandbox)
    assert await sandbox.do("delete_file", BEN, file=file["id"]) == {"ok": False, "error": "cant_delete_file"}
    with pytest.raises(SlackApiError, match="cant_delete_file"):
        await sandbox.client().files_delete(file=file["id"])
    assert await sandbox.do("delete_file", ANN, file=file["id"]) == {"ok": True}
    assert (await sandbox.do("delete_file", ANN, file=file["id"]))["error"] == "file_not_found"
    assert (await history(sandbox))[0]["files"] == [{"id": file["id"], "mode": "tombstone"}]
    assert (await sandbox.seen(ANN))[0]["files"][0]["mode"] == "tombstone"
    with pytest.raises(SlackApiError, match="file_deleted"):
        await sandbox.client().files_info(file=file["id"])
    assert (await sandbox.http.get(file["url_private"], headers=BOT)).status_code == 404


async def test_posted_files_outlive_the_process(tmp_path: Path) -> None:
    async with sandboxed(tmp_path) as sandbox:
        file = await posted(sandbox)
    async with sandboxed(tmp_path) as sandbox:
        link = str((await sandbox.client().files_info(file=file["id"]))["file"]["url_private"])
        assert (await sandbox.http.get(link, headers=BOT)).content == ZIP


@pytest.mark.parametrize(
    ("body", "name", "kind"),
    [
        (PNG, "lies.zip", "image/png"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "fox", "image/webp"),
        (b"PK\x05\x06", "empty", "application/zip"),
        (b"hello", "notes.txt", "text/plain"),
        (b"\x00\x01", "what", "application/octet-stream"),
    ],
)
def test_a_file_is_what_its_bytes_say_and_else_what_its_name_says(body: bytes, name: str, kind: str) -> None:
    assert kind_of(body, name) == kind
