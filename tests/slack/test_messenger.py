import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web

from bot.domain.collecting import Upload
from bot.domain.errors import Unavailable, Unpostable, Unreadable
from bot.domain.generation import Stage as Drawing
from bot.domain.ids import BlobId, ChannelId, FileId, GenerationId, RunId
from bot.domain.message import ContactSheet, HomeState, Originals, Place, RunCard, RunEnded
from bot.domain.run import Stage
from bot.ports import Messenger, Posted
from bot.slack.client import PacedClient
from bot.slack.faults import DEFINITE, LIMITED, TRANSIENT
from bot.slack.messenger import SlackMessenger
from tests.slack.slack_limits import judge_message, judge_view
from tests.slack.slack_server import CATALOGUE, OUR_BOT, SlackServer, error, limited
from tests.slack.slack_states import ANN, CHANNEL, NOW, generation, run, webp

KEY = str(uuid.UUID(int=7))
RUN = RunId("7K2M9QX4TB")
CARD, ENDED = RunCard(RUN), RunEnded(RUN)
THERE = Place(CHANNEL)
AWAITING = run(Stage.AWAITING)
CALLED = (
    *("chat.postMessage", "chat.update", "views.publish", "conversations.open", "conversations.history"),
    *("conversations.replies", "files.info", "files.getUploadURLExternal", "files.completeUploadExternal"),
    *("users.list", "users.conversations"),
)
OPEN = {"file_update_failed"}
"""What may be tried again, or be a no to a file that was broken off: nobody can say."""
NOT_READY = {
    "response_metadata": {"messages": ["[ERROR] file not found [json-pointer:/blocks/0/slack_file]"]}
}


async def post(messenger: Messenger, *, key: str = KEY, place: Place = THERE) -> Posted:
    return await messenger.post(place, CARD, AWAITING, key=key, file=None)


async def test_a_card_is_posted_with_its_key_and_without_unfurling(
    slack: SlackServer, messenger: SlackMessenger
) -> None:
    posted = await post(messenger)
    (said,) = slack.messages
    judge_message(said["text"], said["blocks"])
    assert posted == Posted(CHANNEL, said["ts"])
    assert said["client_msg_id"] == KEY
    assert said["metadata"]["event_type"] == "housestyle_outbox"
    assert said["metadata"]["event_payload"] == {"id": KEY, "subject": RUN}
    assert (said["unfurl_links"], said["unfurl_media"], said["link_names"]) == (False, False, False)
    assert said["parse"] == "none"
    assert "thread_ts" not in said


async def test_a_note_goes_into_its_thread(slack: SlackServer, messenger: SlackMessenger) -> None:
    ready = run(Stage.READY)
    await messenger.post(Place(CHANNEL, "1795262400.000100"), ENDED, ready, key=KEY, file=None)
    assert slack.messages[0]["thread_ts"] == "1795262400.000100"
    assert slack.messages[0]["metadata"]["event_payload"] == {"id": KEY}


async def test_a_card_is_redrawn_in_its_place(slack: SlackServer, messenger: SlackMessenger) -> None:
    posted = await post(messenger)
    await messenger.redraw(posted, CARD, run(Stage.TRAINING, percent=47))
    (said,) = slack.messages
    assert "47 %" in said["text"]
    assert said["metadata"]["event_payload"]["id"] == KEY


async def test_an_accepted_post_whose_answer_is_lost_is_found_and_stands_once(
    slack: SlackServer, messenger: SlackMessenger
) -> None:
    slack.drops = {"chat.postMessage"}
    with pytest.raises(Unavailable) as silence:
        await post(messenger)
    assert silence.value.retry_after is None
    found = await messenger.find(THERE, key=KEY, since=NOW)
    assert found == Posted(CHANNEL, slack.messages[0]["ts"])
    assert len(slack.messages) == 1


async def test_a_slow_post_may_stand_and_has_to_be_looked_up(slack: SlackServer, client: PacedClient) -> None:
    slack.sleeps, client.timeout = {"chat.postMessage": 1.5}, 1
    with pytest.raises(Unavailable) as silence:
        await post(SlackMessenger(client, clock=lambda: NOW, bot_id=OUR_BOT))
    assert silence.value.retry_after is None


async def test_nobody_there_is_not_a_no() -> None:
    gone = PacedClient("xoxb-none", base_url="http://127.0.0.1:9/api/", timeout=1)
    with pytest.raises(Unavailable, match="did not answer"):
        await post(SlackMessenger(gone, clock=lambda: NOW, bot_id=OUR_BOT))


@pytest.mark.parametrize(
    ("answer", "word"),
    [
        (error("internal_error"), "internal_error"),
        (error("fatal_error"), "fatal_error"),
        (error("a_word_nobody_knows"), "a_word_nobody_knows"),
        (web.json_response({"ok": False}, status=503), "HTTP 503"),
        (web.json_response({}), "HTTP 200"),
        (web.Response(text="<html>bad gateway", content_type="text/html", status=502), "HTTP 502"),
        (web.Response(text="{not json", content_type="application/json", status=200), "HTTP 200"),
    ],
)
async def test_an_answer_that_proves_nothing_leaves_it_open_and_gives_its_word(
    slack: SlackServer, messenger: SlackMessenger, answer: web.Response, word: str
) -> None:
    slack.faults["chat.postMessage"].append(answer)
    with pytest.raises(Unavailable) as silence:
        await post(messenger)
    assert (silence.value.retry_after, silence.value.code) == (None, word)
    assert "127.0.0.1" not in str(silence.value)


@pytest.mark.parametrize(("said", "wait"), [("7", 7.0), (None, 30.0), ("soon", 30.0)])
async def test_a_limit_says_how_long_to_wait(
    slack: SlackServer, messenger: SlackMessenger, said: str | None, wait: float
) -> None:
    slack.faults["chat.postMessage"].append(limited(said))
    with pytest.raises(Unavailable) as silence:
        await post(messenger)
    assert silence.value.retry_after == wait
    assert slack.messages == []


@pytest.mark.parametrize(
    "word",
    [
        "channel_not_found",
        "not_in_channel",
        "is_archived",
        "invalid_blocks",
        "msg_too_long",
        "restricted_action",
        "restricted_action_read_only_channel",
        "token_revoked",
        "token_expired",
        "account_inactive",
        "invalid_auth",
        "not_authed",
        "access_denied",
        "org_login_required",
        "team_access_not_granted",
        "two_factor_setup_required",
    ],
)
async def test_a_certain_no_is_told_with_slacks_own_word(
    slack: SlackServer, messenger: SlackMessenger, word: str
) -> None:
    slack.faults["chat.postMessage"].append(error(word))
    with pytest.raises(Unpostable) as no:
        await post(messenger)
    assert no.value.code == word


@pytest.mark.parametrize("word", ["message_not_found", "cant_update_message", "edit_window_closed"])
async def test_a_card_that_cannot_be_redrawn_says_why(
    slack: SlackServer, messenger: SlackMessenger, word: str
) -> None:
    slack.faults["chat.update"].append(error(word))
    with pytest.raises(Unpostable) as no:
        await messenger.redraw(Posted(CHANNEL, "1.1"), CARD, AWAITING)
    assert no.value.code == word


async def test_a_picture_that_is_not_ready_is_tried_again_soon(
    slack: SlackServer, messenger: SlackMessenger
) -> None:
    slack.faults["chat.postMessage"].append(error("invalid_blocks", **NOT_READY))
    sheet = ContactSheet(RUN, BlobId("b"))
    with pytest.raises(Unavailable) as silence:
        await messenger.post(THERE, sheet, AWAITING, key=KEY, file=FileId("F0SHEET0001"))
    assert (silence.value.retry_after, silence.value.code) == (1.0, "invalid_blocks")


async def test_blocks_that_are_wrong_elsewhere_too_are_refused(
    slack: SlackServer, messenger: SlackMessenger
) -> None:
    wrong = ["[ERROR] too long [json-pointer:/blocks/0/text]", *NOT_READY["response_metadata"]["messages"]]
    slack.faults["chat.postMessage"].append(error("invalid_blocks", response_metadata={"messages": wrong}))
    with pytest.raises(Unpostable):
        await post(messenger)


def test_every_error_that_slack_documents_was_judged() -> None:
    documented = {word for method in CALLED for word in CATALOGUE[method]["errors"]}
    canvas = {word for word in documented if "canvas" in word or word.endswith("not_visible")}
    assert documented - canvas - OPEN <= DEFINITE | TRANSIENT | LIMITED
    assert not DEFINITE & TRANSIENT


async def test_a_copy_by_somebody_else_is_not_ours(slack: SlackServer, messenger: SlackMessenger) -> None:
    await post(messenger)
    slack.messages[0]["bot_id"] = "B0OTHER0001"
    assert await messenger.find(THERE, key=KEY, since=NOW) is None


async def test_another_key_is_another_message(slack: SlackServer, messenger: SlackMessenger) -> None:
    await post(messenger, key=str(uuid.UUID(int=8)))
    assert await messenger.find(THERE, key=KEY, since=NOW) is None


async def test_a_reply_is_looked_up_in_its_thread(slack: SlackServer, messenger: SlackMessenger) -> None:
    root = await post(messenger, key=str(uuid.UUID(int=8)))
    thread = Place(CHANNEL, root.ts)
    reply = await post(messenger, place=thread)
    assert await messenger.find(thread, key=KEY, since=NOW) == reply
    assert await messenger.find(THERE, key=KEY, since=NOW) is None


async def test_a_message_is_found_on_a_later_page(slack: SlackServer, messenger: SlackMessenger) -> None:
    slack.page = 2
    for number in range(5):
        await post(messenger, key=str(uuid.UUID(int=100 + number)))
    last = await post(messenger)
    assert await messenger.find(THERE, key=KEY, since=NOW) == last


async def test_what_is_older_than_the_attempt_by_a_minute_is_not_read(
    slack: SlackServer, messenger: SlackMessenger
) -> None:
    posted = await post(messenger)
    at = datetime.fromtimestamp(float(posted.ts), UTC)
    assert await messenger.find(THERE, key=KEY, since=at + timedelta(seconds=59)) == posted
    assert await messenger.find(THERE, key=KEY, since=at + timedelta(seconds=61)) is None


async def test_too_much_to_read_is_no_proof_that_it_is_not_there(
    slack: SlackServer, messenger: SlackMessenger
) -> None:
    slack.page = 1
    for number in range(25):
        await post(messenger, key=str(uuid.UUID(int=100 + number)))
    with pytest.raises(Unavailable):
        await messenger.find(THERE, key=KEY, since=NOW)


@pytest.mark.parametrize("word", ["missing_scope", "not_in_channel"])
async def test_where_we_may_not_look_nobody_claims_that_it_is_not_there(
    slack: SlackServer, messenger: SlackMessenger, word: str
) -> None:
    slack.faults["conversations.history"].append(error(word))
    with pytest.raises(Unreadable):
        await messenger.find(THERE, key=KEY, since=NOW)


async def test_an_outage_while_looking_is_no_proof_either(
    slack: SlackServer, messenger: SlackMessenger
) -> None:
    slack.faults["conversations.history"] += [limited("3"), error("internal_error")]
    for wait in (3.0, None):
        with pytest.raises(Unavailable) as silence:
            await messenger.find(THERE, key=KEY, since=NOW)
        assert silence.value.retry_after == wait


async def test_originals_are_shared_by_their_permalinks(
    slack: SlackServer, messenger: SlackMessenger
) -> None:
    done = webp(generation(Drawing.DONE, count=2))
    shown_alone = Upload("2", FileId("F0PICTURE02"))
    for upload in done.uploads:
        link = f"https://acme.slack.com/files/{upload.original}/fox.webp"
        slack.files[str(upload.original)] = {"name": "fox.webp", "permalink": link, "looks": 0}
    originals = Originals(GenerationId("3F8HZ2K9QW"))
    await messenger.post(
        Place(CHANNEL, "1.1"),
        originals,
        replace(done, uploads=(*done.uploads, shown_alone)),
        key=KEY,
        file=None,
    )
    (said,) = slack.messages
    assert "<https://acme.slack.com/files/F0ORIGINA00/fox.webp|fox.webp>" in said["text"]
    assert said["text"].count("fox.webp>") == 2
    assert said["unfurl_links"] is True
    assert "blocks" not in said


async def test_a_person_has_one_direct_conversation(messenger: SlackMessenger) -> None:
    assert await messenger.direct(ANN) == ChannelId("D0ANN00001")


async def test_home_is_published_for_its_person(slack: SlackServer, messenger: SlackMessenger) -> None:
    await messenger.publish_home(HomeState(ANN, waiting=(AWAITING,)))
    judge_view(slack.homes[ANN])


async def test_a_home_without_a_person_is_a_bug(messenger: SlackMessenger) -> None:
    with pytest.raises(TypeError):
        await messenger.publish_home(AWAITING)


async def test_a_home_that_is_switched_off_is_a_no(slack: SlackServer, messenger: SlackMessenger) -> None:
    slack.faults["views.publish"].append(error("not_enabled"))
    with pytest.raises(Unpostable):
        await messenger.publish_home(HomeState(ANN))
