from typing import Any

import pytest

from bot.domain.ids import FileId
from bot.slack.asking import train_form
from bot.slack.fields import about, read
from bot.slack.shared import Offered, offered
from tests.slack.slack_filled import fields, submitted
from tests.slack.slack_limits import judge_view
from tests.slack.slack_states import CHANNEL, HOSTILE

FOX = Offered(FileId("F0FOX000001"), "fox.png", 1_200_000)
LINKS = ("https://a.example/x.zip?s=1", "https://b.example/y.zip")


def offers(count: int, name: str = "fox.png") -> tuple[Offered, ...]:
    return tuple(Offered(FileId(f"F0FILE{n:05}"), name, 1_200_000) for n in range(count))


@pytest.mark.parametrize("text", ["", "Stellar", HOSTILE, "x" * 5000])
@pytest.mark.parametrize("many", [0, 1, 60])
def test_slack_takes_every_form_for_a_training(text: str, many: int) -> None:
    judge_view(
        train_form(
            channel=CHANNEL,
            links=[text] * many,
            name=text,
            note=text,
            air=text,
            files=offers(many, text or "fox.png"),
            thread="1795262400.000100" if many else "",
        )
    )


def test_the_form_brings_back_what_it_was_given() -> None:
    view = train_form(
        channel=CHANNEL, links=LINKS, name="Stellar", note="for spring", public=True, strip=True
    )
    assert view["callback_id"] == "form.train"
    assert about(view)["channel"] == CHANNEL
    assert read(submitted(view)) == {
        "link": "\n".join(LINKS),
        "name": "Stellar",
        "note": "for spring",
        "air": "",
        "public": "yes",
        "strip": "yes",
        "rights": "",
    }


def test_nobody_asks_by_a_form_without_saying_that_they_may_train_on_the_pictures() -> None:
    view = train_form(channel=CHANNEL)
    (rights,) = [block for block in view["blocks"] if block["block_id"] == "rights"]
    assert rights["optional"] is False
    assert rights["element"]["options"][0]["text"]["text"] == "We may train on these pictures"
    assert "initial_options" not in rights["element"]


def test_the_files_of_a_message_are_listed_and_a_link_is_not_needed() -> None:
    view = train_form(channel=CHANNEL, files=(FOX,))
    assert "1 file of this message" in str(view["blocks"][0])
    assert "fox.png, 1.2 MB" in str(view["blocks"][0])
    assert about(view)["files"] == "F0FOX000001"
    assert optional(view, "link") is True
    assert optional(train_form(channel=CHANNEL), "link") is False


@pytest.mark.parametrize(("files", "ticked"), [((FOX,), ""), ((), "yes")])
def test_a_whole_thread_is_offered_and_taken_where_there_is_nothing_else(
    files: tuple[Offered, ...], ticked: str
) -> None:
    view = train_form(channel=CHANNEL, files=files, thread="1795262400.000100")
    assert read(submitted(view))["thread"] == ticked
    assert about(view)["thread"] == "1795262400.000100"


def test_where_nothing_can_be_put_together_one_link_is_asked_for_and_nothing_is_stripped() -> None:
    view = train_form(channel=CHANNEL, can_pack=False)
    assert "strip" not in fields(view)
    assert fields(view)["link"]["multiline"] is False


def test_pictures_and_zips_of_a_message_are_offered_and_nothing_else() -> None:
    said: list[dict[str, Any]] = [
        {"id": "F1", "name": "fox.png", "mimetype": "image/png", "size": 12},
        {"id": "F2", "name": "all.ZIP", "mimetype": "application/octet-stream"},
        {"id": "F3", "name": "words.pdf", "mimetype": "application/pdf"},
        {"id": "F4", "name": "gone.png", "mode": "tombstone"},
        {"id": "F5", "name": "far.png", "mimetype": "image/png", "is_external": True},
        {"id": "F6", "name": "moving.gif", "mimetype": "image/gif"},
        {"id": "F7", "file_access": "check_file_info"},
    ]
    assert offered(said) == (
        Offered(FileId("F1"), "fox.png", 12),
        Offered(FileId("F2"), "all.ZIP", 0),
        Offered(FileId("F7"), "F7", 0),
    )


def optional(view: dict[str, Any], name: str) -> object:
    return next(block["optional"] for block in view["blocks"] if block.get("block_id") == name)
