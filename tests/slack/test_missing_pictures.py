"""Somebody deletes one of the pictures of a card in Slack, which then refuses the card as a whole."""

from typing import Any

import pytest

from bot.domain.collecting import Upload
from bot.domain.errors import Unavailable
from bot.domain.generation import Generation
from bot.domain.generation import Stage as Drawing
from bot.domain.ids import ChannelId, FileId
from bot.domain.message import GenerationCard, Place
from bot.ports import Posted
from bot.slack.client import PacedClient
from bot.slack.messenger import SlackMessenger
from tests.sandbox.slack_lab import ANN, BRAND, PNG, Sandbox
from tests.slack.slack_limits import judge_message
from tests.slack.slack_server import OUR_BOT, SlackServer, error
from tests.slack.slack_states import CHANNEL, NOW, generation
from tests.slack.test_messenger import KEY, NOT_READY

DONE = generation(Drawing.DONE, count=2)
CARD = GenerationCard(DONE.id)
MOST = 10
"""How often such a card is refused at most."""


@pytest.fixture
def restarted(embedded: PacedClient) -> SlackMessenger:
    """Return a messenger of the embedded Slack, which remembers nothing."""
    return SlackMessenger(embedded, clock=lambda: NOW, bot_id=OUR_BOT)


async def begun(file: FileId) -> None:
    """Write nothing down."""


async def uploaded(messenger: SlackMessenger) -> Generation:
    files = [await messenger.upload(f"{n}.png", PNG, begun=begun) for n in range(2)]
    return generation(Drawing.DONE, uploads=tuple(Upload(str(n), file) for n, file in enumerate(files)))


def delete(sandbox: Sandbox, file: FileId) -> None:
    """Let an admin delete a file."""
    sandbox.world.files[file].is_deleted = True


async def tries(messenger: SlackMessenger, posted: Posted, state: Generation) -> int:
    """Draw the card anew until Slack takes it; return how often it refused it."""
    for count in range(2 * MOST):
        try:
            await messenger.redraw(posted, CARD, state)
        except Unavailable:
            continue
        return count
    raise AssertionError("It was never drawn.")


async def shown(sandbox: Sandbox) -> list[dict[str, Any]]:
    blocks: list[dict[str, Any]] = (await sandbox.seen(ANN))[-1]["blocks"]
    return blocks


async def test_a_card_one_of_whose_pictures_was_deleted_is_drawn_without_it_after_a_few_redraws(
    sandbox: Sandbox, restarted: SlackMessenger
) -> None:
    done = await uploaded(restarted)
    posted = await restarted.post(Place(ChannelId(BRAND)), CARD, done, key=KEY, file=None)
    delete(sandbox, done.uploads[1].shown)
    assert await tries(restarted, posted, done) <= MOST
    blocks = await shown(sandbox)
    judge_message("x", blocks)
    assert [block["slack_file"]["id"] for block in blocks if block["type"] == "image"] == [
        done.uploads[0].shown
    ]
    assert "*2 of 2*: this picture was deleted from Slack" in str(blocks)
    assert await tries(restarted, posted, done) == 0


async def test_a_card_whose_pictures_are_all_gone_is_posted_all_the_same(
    sandbox: Sandbox, restarted: SlackMessenger
) -> None:
    done = await uploaded(restarted)
    for upload in done.uploads:
        delete(sandbox, upload.shown)
    for _ in range(MOST):
        with pytest.raises(Unavailable):
            await restarted.post(Place(ChannelId(BRAND)), CARD, done, key=KEY, file=None)
    await restarted.post(Place(ChannelId(BRAND)), CARD, done, key=KEY, file=None)
    assert str(await shown(sandbox)).count("deleted from Slack") == 2


@pytest.mark.parametrize("word", ["file_not_found", "file_deleted"])
async def test_either_word_of_slacks_says_that_a_file_is_gone(
    slack: SlackServer, messenger: SlackMessenger, word: str
) -> None:
    slack.faults["files.info"] += [error(word), error(word)]
    slack.faults["chat.postMessage"] += [error("invalid_blocks", **NOT_READY) for _ in range(MOST)]
    for _ in range(MOST):
        with pytest.raises(Unavailable):
            await messenger.post(Place(CHANNEL), CARD, DONE, key=KEY, file=None)
    await messenger.post(Place(CHANNEL), CARD, DONE, key=KEY, file=None)
    assert [block["type"] for block in slack.messages[0]["blocks"]].count("image") == 0


@pytest.mark.parametrize("word", ["", "internal_error", "ratelimited", "missing_scope"])
async def test_a_picture_of_which_slack_does_not_say_that_it_is_gone_stays(
    slack: SlackServer, messenger: SlackMessenger, word: str
) -> None:
    for upload in DONE.uploads:
        slack.files[upload.shown] = {"looks": 0}
    slack.faults["files.info"] += [error(word), error(word)] if word else []
    slack.faults["chat.postMessage"] += [error("invalid_blocks", **NOT_READY) for _ in range(MOST)]
    for _ in range(MOST):
        with pytest.raises(Unavailable) as silence:
            await messenger.post(Place(CHANNEL), CARD, DONE, key=KEY, file=None)
        assert silence.value.code == "invalid_blocks"
    await messenger.post(Place(CHANNEL), CARD, DONE, key=KEY, file=None)
    assert [block["type"] for block in slack.messages[0]["blocks"]].count("image") == 2


async def test_a_picture_that_is_not_ready_is_not_asked_after(
    slack: SlackServer, messenger: SlackMessenger
) -> None:
    slack.faults["chat.postMessage"] += [error("invalid_blocks", **NOT_READY) for _ in range(MOST - 1)]
    for _ in range(MOST - 1):
        with pytest.raises(Unavailable):
            await messenger.post(Place(CHANNEL), CARD, DONE, key=KEY, file=None)
    await messenger.post(Place(CHANNEL), CARD, DONE, key=KEY, file=None)
    assert "files.info" not in [method for method, _ in slack.calls]
