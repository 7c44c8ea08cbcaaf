import asyncio

import aiohttp
import pytest

from bot.domain.errors import Unavailable, Unpostable
from bot.domain.ids import FileId
from bot.slack.client import PacedClient
from bot.slack.messenger import SlackMessenger
from tests.sandbox.slack_lab import PNG, Sandbox
from tests.slack.slack_server import OUR_BOT, SlackServer, error, limited
from tests.slack.slack_states import NOW


class Killed(Exception):
    """We are gone, just as the id was to be written down."""


class Book:
    """Writes the ids of uploads down; with `is_torn` the process ends there."""

    def __init__(self, *, is_torn: bool = False) -> None:
        self.ids: list[FileId] = []
        self.is_torn = is_torn

    async def begun(self, file: FileId) -> None:
        self.ids.append(file)
        if self.is_torn:
            raise Killed

    @property
    def earlier(self) -> FileId:
        """The one upload that was begun."""
        (only,) = self.ids
        return only


@pytest.fixture
def book() -> Book:
    return Book()


async def test_an_upload_returns_when_slack_can_show_it(
    slack: SlackServer, messenger: SlackMessenger, book: Book
) -> None:
    slack.looks_until_ready = 2
    file = await messenger.upload("Stellar\u202e-1.jpg", b"a picture", begun=book.begun)
    assert slack.bodies[file] == b"a picture"
    assert slack.files[file]["mimetype"] == "image/jpeg"
    assert slack.files[file]["name"] == "Stellar-1.jpg"
    assert slack.arguments("files.getUploadURLExternal") == {"filename": "Stellar-1.jpg", "length": "9"}
    assert "channel_id" not in slack.arguments("files.completeUploadExternal")
    assert book.earlier == file


async def test_a_file_that_slack_does_not_know_yet_is_waited_for(
    slack: SlackServer, messenger: SlackMessenger, book: Book
) -> None:
    slack.faults["files.info"].append(error("file_not_found"))
    assert await messenger.upload("a.jpg", b"x", begun=book.begun) in slack.files


async def test_a_file_that_never_gets_ready_is_given_up_for_now(
    slack: SlackServer, hasty: SlackMessenger, book: Book
) -> None:
    slack.looks_until_ready = 1000
    with pytest.raises(Unavailable, match="still looking"):
        await hasty.upload("a.jpg", b"x", begun=book.begun)


async def test_bytes_that_slack_does_not_take_may_be_sent_again(
    slack: SlackServer, messenger: SlackMessenger, book: Book
) -> None:
    slack.upload_status = 503
    with pytest.raises(Unavailable):
        await messenger.upload("a.jpg", b"x", begun=book.begun)


@pytest.mark.parametrize("method", ["files.getUploadURLExternal", "files.info"])
async def test_a_file_that_slack_refuses_for_good_is_a_no(
    slack: SlackServer, messenger: SlackMessenger, book: Book, method: str
) -> None:
    slack.faults[method].append(error("file_uploads_disabled"))
    with pytest.raises(Unpostable):
        await messenger.upload("a.jpg", b"x", begun=book.begun)


async def test_an_upload_goes_through_the_clients_own_session(slack: SlackServer, book: Book) -> None:
    async with aiohttp.ClientSession() as session:
        client = PacedClient("xoxb-none", base_url=f"{slack.url}/api/", session=session)
        messenger = SlackMessenger(client, clock=lambda: NOW, bot_id=OUR_BOT)
        file = await messenger.upload("a.jpg", b"x", begun=book.begun)
        assert slack.bodies[file] == b"x"
        assert not session.closed


# ── crash point 15 ───────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def restarted(embedded: PacedClient) -> SlackMessenger:
    """Return a messenger of the embedded Slack."""
    return SlackMessenger(embedded, clock=lambda: NOW, bot_id=OUR_BOT, patience=3.0)


def calls(sandbox: Sandbox, method: str) -> int:
    return sum(entry["method"] == method for entry in sandbox.slack.ledger.entries)


async def test_nothing_is_sent_before_the_files_id_is_written_down(
    slack: SlackServer, messenger: SlackMessenger
) -> None:
    with pytest.raises(Killed):
        await messenger.upload("a.png", PNG, begun=Book(is_torn=True).begun)
    assert slack.bodies == {}


async def test_a_crash_before_the_bytes_were_sent_starts_anew(
    sandbox: Sandbox, restarted: SlackMessenger, book: Book
) -> None:
    torn = Book(is_torn=True)
    with pytest.raises(Killed):
        await restarted.upload("a.png", PNG, begun=torn.begun)
    file = await restarted.upload("a.png", PNG, begun=book.begun, earlier=torn.earlier)
    assert file == book.earlier != torn.earlier
    assert [it.id for it in sandbox.world.files.values() if sandbox.world.is_ready(it)] == [file]
    assert sandbox.slack.ledger.violations() == []


async def test_a_crash_after_the_bytes_were_sent_completes_them(
    sandbox: Sandbox, embedded: PacedClient, restarted: SlackMessenger, book: Book
) -> None:
    place = await embedded.files_getUploadURLExternal(filename="a.png", length=len(PNG))
    await sandbox.http.post(str(place["upload_url"]), content=PNG)
    earlier = FileId(str(place["file_id"]))
    assert await restarted.upload("a.png", b"not sent", begun=book.begun, earlier=earlier) == earlier
    assert sandbox.world.is_ready(sandbox.world.files[earlier])
    assert (len(sandbox.world.files), book.ids) == (1, [])


async def test_a_crash_after_it_was_completed_finds_the_file(
    sandbox: Sandbox, restarted: SlackMessenger, book: Book
) -> None:
    done = await restarted.upload("a.png", PNG, begun=Book().begun)
    assert await restarted.upload("a.png", PNG, begun=book.begun, earlier=done) == done
    assert (len(sandbox.world.files), book.ids) == (1, [])
    assert calls(sandbox, "files.completeUploadExternal") == 1


async def test_a_crash_while_slack_still_looks_at_the_file_waits_for_it(
    sandbox: Sandbox, restarted: SlackMessenger, embedded: PacedClient, book: Book
) -> None:
    sandbox.slack.fault({"kind": "late_files", "retry_after": 1})
    hasty = SlackMessenger(embedded, clock=lambda: NOW, bot_id=OUR_BOT, patience=0.1)
    first = Book()
    with pytest.raises(Unavailable):
        await hasty.upload("a.png", PNG, begun=first.begun)
    assert await restarted.upload("a.png", PNG, begun=book.begun, earlier=first.earlier) == first.earlier
    assert len(sandbox.world.files) == 1


async def test_a_completion_whose_answer_was_lost_is_found(
    sandbox: Sandbox, restarted: SlackMessenger, book: Book
) -> None:
    sandbox.slack.fault({"kind": "drop_after", "method": "files.completeUploadExternal"})
    first = Book()
    with pytest.raises(Unavailable):
        await restarted.upload("a.png", PNG, begun=first.begun)
    await asyncio.sleep(0.3)
    assert await restarted.upload("a.png", PNG, begun=book.begun, earlier=first.earlier) == first.earlier
    assert len(sandbox.world.files) == 1


async def test_a_file_that_slack_never_gets_done_with_is_sent_anew(
    slack: SlackServer, hasty: SlackMessenger, book: Book
) -> None:
    slack.looks_until_ready = 1000
    with pytest.raises(Unavailable):
        await hasty.upload("a.jpg", b"x", begun=book.begun)
    first = book.earlier
    slack.looks_until_ready = 0
    slack.files[first]["looks"] = -1000
    again = await hasty.upload("a.jpg", b"x", begun=book.begun, earlier=first)
    assert again in book.ids
    assert again != first


@pytest.mark.parametrize("word", ["file_not_found", "file_deleted", "a_word_nobody_knows"])
async def test_whatever_no_slack_says_to_an_earlier_file_a_new_one_is_sent(
    slack: SlackServer, messenger: SlackMessenger, book: Book, word: str
) -> None:
    slack.faults["files.info"].append(error(word))
    slack.faults["files.completeUploadExternal"].append(error(word))
    file = await messenger.upload("a.jpg", b"x", begun=book.begun, earlier=FileId("F0GONE00001"))
    assert file == book.earlier
    assert slack.bodies[file] == b"x"


@pytest.mark.parametrize("method", ["files.info", "files.completeUploadExternal"])
async def test_an_outage_while_looking_for_an_earlier_file_sends_no_second_one(
    slack: SlackServer, messenger: SlackMessenger, book: Book, method: str
) -> None:
    slack.faults["files.info"].append(error("file_not_found"))
    slack.faults[method].insert(0, limited("4"))
    with pytest.raises(Unavailable) as silence:
        await messenger.upload("a.jpg", b"x", begun=book.begun, earlier=FileId("F0UPLOAD000"))
    assert silence.value.retry_after == 4.0
    assert (slack.bodies, book.ids) == ({}, [])
