from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web

from bot.domain.errors import Unavailable, Unpostable, Unreadable
from bot.domain.generation import Stage as Drawing
from bot.domain.ids import ChannelId, GenerationId, RunId, TaskId
from bot.domain.message import GenerationCard, Place, RunCard, RunEnded
from bot.domain.run import Stage
from bot.domain.task import Task
from bot.ports import CardTag, Posted
from bot.slack.client import PacedClient
from bot.slack.messenger import SlackMessenger
from tests.sandbox.slack_lab import ANN, BRAND, GENERAL, Sandbox
from tests.slack.slack_server import OUR_BOT, SlackServer, error, limited
from tests.slack.slack_states import CHANNEL, NOW, generation, run

RUN, PICTURES = RunId("7K2M9QX4TB"), GenerationId("3F8HZ2K9QW")
CARD, DRAWN = RunCard(RUN), GenerationCard(PICTURES)
AWAITING, TRAINING = run(Stage.AWAITING), run(Stage.TRAINING, percent=40)
TASK = TaskId("11111111-2222-4333-8444-555555555555")
KEY = "00000000-0000-0000-0000-000000000007"
THERE = Place(CHANNEL)
WHOLE = {"id": KEY, "subject": RUN, "task": TASK}


def payload(slack: SlackServer) -> Any:  # noqa: ANN401 - JSON
    return slack.messages[0]["metadata"]["event_payload"]


def restarted(client: PacedClient, *, bot_id: str = OUR_BOT) -> SlackMessenger:
    """Return a messenger that remembers nothing of what was posted."""
    return SlackMessenger(client, clock=lambda: NOW, bot_id=bot_id)


def reads(slack: SlackServer) -> int:
    return sum(method == "conversations.history" for method, _ in slack.calls)


async def asked(messenger: SlackMessenger, place: Place = THERE) -> Posted:
    return await messenger.post(place, CARD, AWAITING, key=KEY, file=None)


async def test_a_card_tells_whose_it_is_from_the_first(messenger: SlackMessenger) -> None:
    posted = await asked(messenger)
    assert await messenger.tag(posted) == CardTag(RUN, None, CHANNEL, posted.ts)


async def test_a_card_that_is_drawn_anew_tells_its_task_and_keeps_its_key(
    slack: SlackServer, messenger: SlackMessenger
) -> None:
    posted = await asked(messenger)
    await messenger.redraw(posted, CARD, TRAINING)
    assert payload(slack) == WHOLE
    assert await messenger.tag(posted) == CardTag(RUN, TASK, CHANNEL, posted.ts)
    assert await messenger.find(THERE, key=KEY, since=NOW) == posted


async def test_after_a_restart_too_a_card_keeps_its_key(
    slack: SlackServer, messenger: SlackMessenger, client: PacedClient
) -> None:
    posted = await asked(messenger)
    await restarted(client).redraw(posted, CARD, TRAINING)
    assert payload(slack) == WHOLE


async def test_an_older_drawing_that_comes_late_takes_no_task_off(
    slack: SlackServer, messenger: SlackMessenger, client: PacedClient
) -> None:
    posted = await asked(messenger)
    await messenger.redraw(posted, CARD, TRAINING)
    await messenger.redraw(posted, CARD, AWAITING)
    await restarted(client).redraw(posted, CARD, AWAITING)
    assert payload(slack) == WHOLE


async def test_an_older_drawing_takes_no_task_off_where_we_may_not_read_either(
    slack: SlackServer, messenger: SlackMessenger, client: PacedClient
) -> None:
    posted = await asked(messenger)
    await messenger.redraw(posted, CARD, TRAINING)
    slack.faults["conversations.history"].append(error("not_in_channel"))
    await restarted(client).redraw(posted, CARD, AWAITING)
    assert payload(slack) == WHOLE


async def test_what_a_card_carries_is_read_once_at_most_and_written_once(
    slack: SlackServer, messenger: SlackMessenger, client: PacedClient
) -> None:
    posted = await asked(messenger)
    again = restarted(client)
    for percent in (10, 20, 30):
        await again.redraw(posted, CARD, replace(TRAINING, percent=percent))
    assert reads(slack) == 1
    assert sum("metadata" in said for method, said in slack.calls if method == "chat.update") == 1


async def test_a_card_that_was_found_again_is_not_read_once_more(
    slack: SlackServer, messenger: SlackMessenger, client: PacedClient
) -> None:
    await asked(messenger)
    again = restarted(client)
    found = await again.find(THERE, key=KEY, since=NOW)
    assert found
    await again.redraw(found, CARD, TRAINING)
    assert (reads(slack), payload(slack)) == (1, WHOLE)


async def test_where_we_may_not_read_a_card_tells_its_task_all_the_same(
    slack: SlackServer, messenger: SlackMessenger, client: PacedClient
) -> None:
    posted = await asked(messenger)
    slack.faults["conversations.history"].append(error("not_in_channel"))
    await restarted(client).redraw(posted, CARD, TRAINING)
    assert payload(slack) == {"subject": RUN, "task": TASK}


async def test_a_card_that_cannot_be_read_just_now_is_drawn_later(
    slack: SlackServer, messenger: SlackMessenger, client: PacedClient
) -> None:
    posted = await asked(messenger)
    slack.faults["conversations.history"].append(limited("9"))
    with pytest.raises(Unavailable) as silence:
        await restarted(client).redraw(posted, CARD, TRAINING)
    assert silence.value.retry_after == 9.0
    assert payload(slack) == {"id": KEY, "subject": RUN}


async def test_a_card_that_is_gone_is_refused_as_such(slack: SlackServer, messenger: SlackMessenger) -> None:
    slack.faults["chat.update"].append(error("message_not_found"))
    with pytest.raises(Unpostable) as no:
        await messenger.redraw(Posted(CHANNEL, "1.1"), CARD, TRAINING)
    assert no.value.code == "message_not_found"


async def test_the_card_of_pictures_tells_its_task_too(messenger: SlackMessenger) -> None:
    drawing = replace(generation(Drawing.RENDERING), task=Task(TASK, "{}"))
    posted = await messenger.post(THERE, DRAWN, drawing, key=KEY, file=None)
    assert await messenger.tag(posted) == CardTag(drawing.id, TASK, CHANNEL, posted.ts)


@pytest.mark.parametrize(
    "metadata",
    [
        None,
        "junk",
        [],
        {"event_type": "another", "event_payload": {"subject": RUN}},
        {"event_type": "housestyle_outbox"},
        {"event_type": "housestyle_outbox", "event_payload": "junk"},
        {"event_type": "housestyle_outbox", "event_payload": {"id": KEY}},
        {"event_type": "housestyle_outbox", "event_payload": {"subject": ["x"], "task": TASK}},
        {"event_type": "housestyle_outbox", "event_payload": {"subject": ""}},
    ],
)
async def test_a_message_that_tells_nothing_of_a_card_is_none(
    slack: SlackServer, messenger: SlackMessenger, metadata: object
) -> None:
    posted = await asked(messenger)
    slack.messages[0]["metadata"] = metadata
    assert await messenger.tag(posted) is None
    assert await messenger.tags_since(NOW, channel=CHANNEL) == []
    assert await messenger.find(THERE, key="another", since=NOW) is None


async def test_a_task_that_is_no_text_is_none(slack: SlackServer, messenger: SlackMessenger) -> None:
    posted = await asked(messenger)
    payload(slack)["task"] = 7
    assert await messenger.tag(posted) == CardTag(RUN, None, CHANNEL, posted.ts)


async def test_what_somebody_else_copied_is_no_card(slack: SlackServer, messenger: SlackMessenger) -> None:
    posted = await asked(messenger)
    slack.messages[0]["bot_id"] = "B0OTHER0001"
    assert await messenger.tag(posted) is None
    assert await messenger.tags_since(NOW, channel=CHANNEL) == []


async def test_a_card_that_was_deleted_tells_nothing(messenger: SlackMessenger) -> None:
    await asked(messenger)
    assert await messenger.tag(Posted(CHANNEL, "1795262400.000099")) is None


async def test_where_we_may_not_read_a_tag_that_is_said(
    slack: SlackServer, messenger: SlackMessenger
) -> None:
    slack.faults["conversations.history"].append(error("not_in_channel"))
    with pytest.raises(Unpostable) as no:
        await messenger.tag(Posted(CHANNEL, "1.1"))
    assert no.value.code == "not_in_channel"


async def test_all_cards_since_a_moment_are_found_wherever_we_are(
    sandbox: Sandbox, embedded: PacedClient
) -> None:
    bot = (await embedded.auth_test())["bot_id"]
    before = SlackMessenger(embedded, clock=lambda: NOW, bot_id=bot)
    start = sandbox.world.clock()
    posted = [
        await before.post(Place(ChannelId(there)), CARD, AWAITING, key=f"{there}", file=None)
        for there in (BRAND, GENERAL, f"D{ANN[1:]}")
    ]
    await before.redraw(posted[0], CARD, TRAINING)
    await before.post(
        Place(posted[0].channel, posted[0].ts), RunEnded(RUN), run(Stage.READY), key="e", file=None
    )
    for number in range(120):
        await embedded.chat_postMessage(channel=BRAND, text=f"{number}")
    at = NOW + timedelta(seconds=start - NOW.timestamp())
    assert {posted[0].channel, posted[1].channel, posted[2].channel} <= {*await before.channels()}
    found = [
        tag for channel in await before.channels() for tag in await before.tags_since(at, channel=channel)
    ]
    assert {(tag.channel, tag.ts, tag.task) for tag in found} == {
        (posted[0].channel, posted[0].ts, TASK),
        (posted[1].channel, posted[1].ts, None),
        (posted[2].channel, posted[2].ts, None),
    }
    assert await before.tags_since(at + timedelta(hours=1), channel=posted[0].channel) == []
    assert sandbox.slack.ledger.violations() == []


async def test_conversations_of_several_which_our_manifest_does_not_ask_for_are_left_out(
    slack: SlackServer, messenger: SlackMessenger
) -> None:
    await asked(messenger)
    only_mpim = [no_channels(), no_channels(), no_channels(), error("missing_scope")]
    slack.faults["users.conversations"] += only_mpim
    assert await messenger.channels() == []
    assert await messenger.channels() == [CHANNEL]


@pytest.mark.parametrize("refused", [1, 2, 3])
async def test_a_kind_of_channel_that_we_may_not_list_is_not_left_out_without_a_word(
    slack: SlackServer, messenger: SlackMessenger, refused: int
) -> None:
    slack.faults["users.conversations"] += [no_channels() for _ in range(refused - 1)]
    slack.faults["users.conversations"].append(error("missing_scope"))
    with pytest.raises(Unpostable) as no:
        await messenger.channels()
    assert no.value.code == "missing_scope"


@pytest.mark.parametrize("word", ["missing_scope", "not_in_channel", "channel_not_found"])
async def test_of_a_channel_that_we_may_not_read_it_is_said_that_nothing_is_known(
    slack: SlackServer, messenger: SlackMessenger, word: str
) -> None:
    await asked(messenger)
    slack.faults["conversations.history"].append(error(word))
    with pytest.raises(Unreadable) as no:
        await messenger.tags_since(NOW, channel=CHANNEL)
    assert no.value.code == word


async def test_a_public_channel_that_we_were_never_invited_to_takes_cards_and_is_not_ours_to_read(
    sandbox: Sandbox, embedded: PacedClient
) -> None:
    """As the default installation has it: `chat:write.public`, and history where the bot is a member."""
    bot = await embedded.auth_test()
    sandbox.world.channels[GENERAL].members.remove(bot["user_id"])
    messenger = SlackMessenger(embedded, clock=lambda: NOW, bot_id=bot["bot_id"])
    there = Place(ChannelId(GENERAL))
    await asked(messenger, there)
    assert there.channel not in await messenger.channels()
    with pytest.raises(Unreadable):
        await messenger.tags_since(NOW, channel=there.channel)
    with pytest.raises(Unreadable):
        await messenger.find(there, key=KEY, since=NOW)


async def test_an_outage_while_reading_is_no_proof_that_there_is_no_card(
    slack: SlackServer, messenger: SlackMessenger
) -> None:
    await asked(messenger)
    slack.faults["conversations.history"].append(error("internal_error"))
    with pytest.raises(Unavailable):
        await messenger.tags_since(NOW, channel=CHANNEL)


def no_channels() -> web.Response:
    """Return Slack's word that there is no such channel."""
    return web.json_response({"ok": True, "channels": []})
