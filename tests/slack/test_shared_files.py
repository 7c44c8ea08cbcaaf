from collections.abc import Sequence
from typing import Any

import pytest
from aiohttp import web
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.dataset import SharedFile
from bot.domain.errors import Refused, Unavailable
from bot.domain.ids import FileId
from bot.slack.shared import MOST_FILES, SlackFiles
from tests.slack.slack_server import Json, SlackServer, error, limited
from tests.slack.slack_states import CHANNEL

THREAD = "1795262400.000100"


@pytest.fixture
def shared(client: AsyncWebClient) -> SlackFiles:
    return SlackFiles(client)


def posted(slack: SlackServer, name: str = "fox.png", **changes: Any) -> Json:  # noqa: ANN401 - as loose as Slack's own JSON
    """Put a file into the small Slack, as somebody posted it."""
    file_id = f"F0POSTED{len(slack.files):03}"
    file = {
        "id": file_id,
        "name": name,
        "mimetype": "image/png",
        "mode": "hosted",
        "size": 12,
        "url_private": f"https://files.slack.com/files-pri/T1-{file_id}/{name}",
        "url_private_download": f"https://files.slack.com/files-pri/T1-{file_id}/download/{name}",
        "looks": 0,
        **changes,
    }
    slack.files[file_id] = file
    return file


def said(slack: SlackServer, files: Sequence[Json], *, ts: str = "", thread: str = THREAD) -> None:
    """Let somebody say something with these files in the thread."""
    ts = ts or f"{1_795_262_400 + len(slack.messages)}.000100"
    slack.messages.append({"channel": CHANNEL, "ts": ts, "thread_ts": thread, "files": list(files)})


async def test_files_are_found_in_the_order_asked_for(slack: SlackServer, shared: SlackFiles) -> None:
    fox, zipped = posted(slack), posted(slack, "all.zip", url_private_download="")
    found = await shared.files([FileId(zipped["id"]), FileId(fox["id"])])
    assert found == (
        SharedFile(FileId(zipped["id"]), "all.zip", zipped["url_private"]),
        SharedFile(FileId(fox["id"]), "fox.png", fox["url_private_download"]),
    )


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"mode": "tombstone"}, "“fox.png” was deleted from Slack: post it again."),
        ({"mode": "hidden_by_limit"}, "past your plan's limit"),
        ({"is_external": True}, "is kept outside Slack: post the file itself"),
        ({"url_private": "", "url_private_download": ""}, "does not say where it keeps"),
    ],
)
async def test_a_file_that_cannot_be_had_is_refused_by_name(
    slack: SlackServer, shared: SlackFiles, changes: Json, told: str
) -> None:
    file = posted(slack, **changes)
    with pytest.raises(Refused, match=told):
        await shared.files([FileId(file["id"])])


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("missing_scope", "an admin has to install it again"),
        ("not_in_channel", "invite it with `/invite`"),
        ("channel_not_found", "invite it with `/invite`"),
        ("thread_not_found", "post the pictures again"),
        ("file_not_found", "cannot see one of the files"),
        ("file_deleted", "was deleted from Slack"),
        ("access_denied", "does not let Housestyle read that"),
    ],
)
@pytest.mark.parametrize("method", ["files.info", "conversations.replies"])
async def test_a_no_of_slacks_is_told_with_what_to_do(
    slack: SlackServer, shared: SlackFiles, method: str, word: str, told: str
) -> None:
    slack.faults[method].append(error(word))
    with pytest.raises(Refused, match=told) as no:
        await (shared.files([FileId("F1")]) if method == "files.info" else shared.in_thread(CHANNEL, THREAD))
    assert no.value.code == word


@pytest.mark.parametrize(
    ("answer", "wait"),
    [(limited("7"), 7.0), (error("internal_error"), None), (web.Response(status=502), None)],
)
async def test_an_outage_of_slacks_is_no_refusal(
    slack: SlackServer, shared: SlackFiles, answer: web.Response, wait: float | None
) -> None:
    slack.faults["files.info"].append(answer)
    with pytest.raises(Unavailable) as silence:
        await shared.files([FileId("F1")])
    assert silence.value.retry_after == wait


async def test_a_thread_gives_its_pictures_and_zips_oldest_first(
    slack: SlackServer, shared: SlackFiles
) -> None:
    said(slack, [posted(slack, "first.jpg", mimetype="image/jpeg")], ts=THREAD)
    said(
        slack,
        [posted(slack, "words.pdf", mimetype="application/pdf"), posted(slack, "gone.png", mode="tombstone")],
    )
    said(slack, [posted(slack, "all.ZIP", mimetype="application/octet-stream")])
    said(slack, [posted(slack, "far.png", is_external=True)])
    said(slack, [posted(slack, "elsewhere.png")], thread="1795262000.000100")
    slack.page = 1
    found = await shared.in_thread(CHANNEL, THREAD)
    assert [file.name for file in found] == ["first.jpg", "all.ZIP"]


async def test_a_file_of_another_company_is_looked_up(slack: SlackServer, shared: SlackFiles) -> None:
    fox, words = posted(slack), posted(slack, "words.pdf", mimetype="application/pdf")
    slack.looks_until_ready = 1000
    said(slack, [{"id": file["id"], "file_access": "check_file_info"} for file in (fox, words)])
    assert [file.name for file in await shared.in_thread(CHANNEL, THREAD)] == ["fox.png"]


async def test_an_endless_thread_gives_its_first_files(slack: SlackServer, shared: SlackFiles) -> None:
    for n in range(70):
        said(slack, [posted(slack, f"{n}.png")])
    found = await shared.in_thread(CHANNEL, THREAD)
    assert len(found) == MOST_FILES
    assert found[0].name == "0.png"


async def test_a_thread_without_pictures_gives_none(slack: SlackServer, shared: SlackFiles) -> None:
    said(slack, [])
    assert await shared.in_thread(CHANNEL, THREAD) == ()
