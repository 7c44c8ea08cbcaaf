"""A judge of what we send: Slack's published limits, written down apart from the code that keeps them."""

import json
import re
from collections.abc import Iterator
from typing import Any

from slackblocks import Block as OtherBlock

from bot.sandbox import blockkit

Json = dict[str, Any]

PARSED_BY_SLACKBLOCKS: Any = OtherBlock.from_dict
NOT_PARSED_BY_SLACKBLOCKS = {"actions", "input"}
ACTION, VALUE = r"(run|generation|proposal|home|notice)\.[a-z_]+", r"[A-Za-z0-9]{1,20}"
ENTITY_OR_TOKEN = re.compile(
    r"&(?:amp|lt|gt);"
    r"|<@[A-Z0-9]+>|<!subteam\^S[A-Z0-9]+>|<#[A-Z0-9]+>"
    r"|<!date\^\d+\^\{date_short_pretty\} \{time\}\|[0-9: -]+ UTC>"
    r"|<https://[^<>|]+\|[^<>|]*>"
)
UNSEEN = re.compile(
    "[\u0000-\u0009\u000b-\u001f\u007f\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
    "|[\ufe00-\ufe0e\U000e0000-\U000e0fff]"
    r"|(?<!\W)\u200d|\u200d(?![^\w\s])"  # but for what joins two into one emoji
)


def judge_message(text: str, blocks: list[Json]) -> None:
    """Assert that chat.postMessage and chat.update would take this."""
    assert 0 < units(text) <= 4000
    judge_mrkdwn(text)
    judge_blocks(blocks, most=50)
    assert blockkit.judge_blocks(blocks, _any_file) == []


def judge_view(view: Json) -> None:
    """Assert that views.open or views.publish would take this."""
    assert len(json.dumps(view)) <= 250_000
    if view["type"] == "modal":
        for part in ("title", "submit", "close"):
            if part != "submit" or any(block["type"] == "input" for block in view["blocks"]):
                judge_plain(view[part], 24)
        assert len(view["private_metadata"]) <= 3000
        assert view["callback_id"]
    judge_blocks(view["blocks"], most=100)
    assert blockkit.judge_view(view, _any_file) == []


def _any_file(file: object) -> None:
    """Find nothing wrong with any file."""


def judge_blocks(blocks: list[Json], *, most: int) -> None:
    assert len(blocks) <= most
    ids = [block["block_id"] for block in blocks if "block_id" in block]
    assert len(ids) == len(set(ids))
    assert all(0 < len(name) <= 255 for name in ids)
    actions = [
        element["action_id"]
        for block in blocks
        for element in block.get("elements", ())
        if "action_id" in element
    ]
    assert len(actions) == len(set(actions)), "an action is offered twice"
    for block in blocks:
        JUDGES[block["type"]](block)
        if block["type"] not in NOT_PARSED_BY_SLACKBLOCKS:
            PARSED_BY_SLACKBLOCKS(json.loads(json.dumps(block)))


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def judge_mrkdwn(text: str) -> None:
    """Assert that nothing in it mentions, links or hides but what we put there ourselves."""
    rest = ENTITY_OR_TOKEN.sub("", text)
    assert not re.search("[<>&]", rest), rest
    assert not UNSEEN.search(text), ascii(text)


def judge_text(found: Json, most: int) -> None:
    if found["type"] == "plain_text":
        judge_plain(found, most)
        return
    assert found["type"] == "mrkdwn"
    assert 0 < units(found["text"]) <= most
    judge_mrkdwn(found["text"])


def judge_plain(found: Json, most: int) -> None:
    assert found["type"] == "plain_text"
    assert 0 < units(found["text"]) <= most
    assert not UNSEEN.search(found["text"]), ascii(found["text"])


def _section(block: Json) -> None:
    assert ("text" in block) != ("fields" in block)
    if "text" in block:
        judge_text(block["text"], 3000)
    for field in block.get("fields", ()):
        judge_text(field, 2000)
    assert len(block.get("fields", ())) <= 10


def _header(block: Json) -> None:
    judge_plain(block["text"], 150)


def _context(block: Json) -> None:
    assert 1 <= len(block["elements"]) <= 10
    for element in block["elements"]:
        judge_text(element, 3000)


def _actions(block: Json) -> None:
    assert 1 <= len(block["elements"]) <= 25
    for element in block["elements"]:
        _overflow(element) if element["type"] == "overflow" else _button(element)


def _overflow(element: Json) -> None:
    assert re.fullmatch(ACTION, element["action_id"])
    assert 1 <= len(element["options"]) <= 5
    for option in element["options"]:
        judge_plain(option["text"], 75)
        assert re.fullmatch(VALUE, option["value"])


def _button(element: Json) -> None:
    assert element["type"] == "button"
    judge_plain(element["text"], 75)
    assert re.fullmatch(ACTION, element["action_id"])
    assert re.fullmatch(VALUE, element["value"]), "a value is an id and nothing else"
    assert 0 < units(element["accessibility_label"]) <= 75
    assert element.get("style", "primary") in {"primary", "danger"}
    if asked := element.get("confirm"):
        for part, most in (("title", 100), ("text", 300), ("confirm", 30), ("deny", 30)):
            judge_plain(asked[part], most)
            assert not asked[part]["text"].endswith("…"), "a question has to be read to its end"


def _image(block: Json) -> None:
    assert re.fullmatch(r"F[A-Z0-9]{8,}", block["slack_file"]["id"])
    assert 0 < units(block["alt_text"]) <= 2000
    judge_plain(block["title"], 2000)


def _input(block: Json) -> None:
    judge_plain(block["label"], 2000)
    element = block["element"]
    assert element["action_id"] == "value"
    if element["type"] == "plain_text_input":
        assert element["max_length"] <= 3000
        assert "initial_value" not in element or 0 < len(element["initial_value"]) <= element["max_length"]
    elif element["type"] == "conversations_select":
        assert set(element["filter"]["include"]) <= {"public", "private", "im", "mpim"}
    else:
        assert element["type"] in {"static_select", "multi_static_select", "checkboxes"}
        options = element["options"]
        assert 1 <= len(options) <= (10 if element["type"] == "checkboxes" else 100)
        assert len({option["value"] for option in options}) == len(options)
        for option in options:
            judge_plain(option["text"], 75)
            assert 0 < len(option["value"]) <= 150
            if "description" in option:
                judge_plain(option["description"], 75)
        for initial in _initial(element):
            assert initial in options
    if "placeholder" in element:
        judge_plain(element["placeholder"], 150)


def _initial(element: Json) -> Iterator[Json]:
    if "initial_option" in element:
        yield element["initial_option"]
    yield from element.get("initial_options", ())


def _divider(block: Json) -> None:
    assert set(block) <= {"type", "block_id"}


JUDGES = {
    "section": _section,
    "header": _header,
    "context": _context,
    "actions": _actions,
    "image": _image,
    "input": _input,
    "divider": _divider,
}
