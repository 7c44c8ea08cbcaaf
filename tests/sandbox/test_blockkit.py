"""The judge of blocks: what passes, and what is refused where."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from slackblocks import HeaderBlock, SectionBlock

from bot.sandbox.blockkit import judge_blocks, judge_view, view_is_too_large, with_ids

Block = dict[str, Any]


def plain(text: str = "x") -> Block:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str = "x") -> Block:
    return {"type": "mrkdwn", "text": text}


def button(**more: object) -> Block:
    return {"type": "button", "text": plain(), **more}


def option(value: str = "a", text: str = "x") -> Block:
    return {"text": plain(text), "value": value}


def section(**more: object) -> Block:
    return {"type": "section", "text": mrkdwn(), **more}


def actions(*elements: Block, **more: object) -> Block:
    return {"type": "actions", "elements": list(elements), **more}


def task(status: str = "complete", **more: object) -> Block:
    return {"task_id": "a", "title": "Train", "status": status, **more}


def rich(text: str = "x") -> Block:
    return {
        "type": "rich_text",
        "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}],
    }


def shown(**source: object) -> Block:
    return {"type": "image", "alt_text": "a fox", **source}


def chart(*labels: str) -> Block:
    points = [{"label": label, "value": 1} for label in labels]
    line = {
        "type": "line",
        "series": [{"name": "loss", "data": points}],
        "axis_config": {"categories": ["a"]},
    }
    return {"type": "data_visualization", "title": "Loss", "chart": line}


CARD: Block = {"type": "card", "title": mrkdwn(), "actions": [button(action_id="a")]}
TABLE: Block = {"type": "table", "rows": [[{"type": "raw_text", "text": "a"}], [rich()]]}
ALERT: Block = {"type": "alert", "text": plain(), "level": "warning"}
PLAN: Block = {
    "type": "plan",
    "title": "Stellar",
    "tasks": [task("pending"), task(task_id="b", output=rich())],
}
MENU: Block = {"type": "static_select", "options": [option("a"), option("b")], "initial_option": option("b")}
LIST: Block = {"type": "multi_static_select", "options": [option("a"), option("b")]}
TICK = "/blocks/0/elements/0/options/0"


def described(text: str) -> Block:
    return {**option(), "description": mrkdwn(text)}


def file_fault(reference: Mapping[str, Any]) -> str | None:
    return None if reference.get("id") == "F000000READY" else "file not found"


DATA: Block = {
    "type": "data_table",
    "caption": "Runs",
    "rows": [[{"type": "raw_text", "text": "loss"}], [{"type": "raw_number", "value": 0.1}]],
}


def pie(value: object) -> Block:
    chart = {"type": "pie", "segments": [{"label": "teal", "value": value}]}
    return {"type": "data_visualization", "title": "Palette", "chart": chart}


VALID: list[list[Block]] = [
    [section(), {"type": "divider"}, {"type": "header", "text": plain("x" * 150)}],
    [section(fields=[mrkdwn("x" * 2000)] * 10, accessory=button(style="danger", value="v" * 2000))],
    [actions(button(action_id="a"), button(action_id="b"), MENU), actions(button(action_id="a"))],
    [{"type": "context", "elements": [mrkdwn(), shown(image_url="https://acme.com/a.png")]}],
    [shown(slack_file={"id": "F000000READY"}, title=plain())],
    [PLAN],
    [{"type": "task_card", **task("in_progress", details=rich())}],
    [{"type": "markdown", "text": "x" * 6000}, {"type": "markdown", "text": "x" * 6000}],
    [TABLE, chart("a"), chart("a")],
    [CARD, {"type": "carousel", "elements": [CARD] * 10}],
    [{"type": "container", "title": plain(), "child_blocks": [section(), {"type": "divider"}]}],
    [{"type": "context_actions", "elements": [{"type": "icon_button", "icon": "trash", "text": plain()}]}],
    [DATA, pie(3), {**TABLE, "column_settings": [None, {"align": "right", "is_wrapped": True}]}],
    [{**rich(), "block_id": "mine"}],
    [section()] * 50,
]


@pytest.mark.parametrize("blocks", VALID)
def test_what_slack_takes_passes(blocks: list[Block]) -> None:
    assert judge_blocks(blocks, file_fault) == []


INVALID: list[tuple[list[Block], str]] = [
    ([{"type": "sektion"}], "/blocks/0/type"),
    ([ALERT], "/blocks/0/type"),
    ([section()] * 51, "/blocks"),
    ([section(text=mrkdwn("x" * 3001))], "/blocks/0/text/text"),
    ([section(text=mrkdwn(""))], "/blocks/0/text/text"),
    ([{"type": "section"}], "/blocks/0"),
    ([section(fields=[mrkdwn()] * 11)], "/blocks/0/fields"),
    ([section(fields=[mrkdwn("x" * 2001)])], "/blocks/0/fields/0/text"),
    ([section(colour="red")], "/blocks/0/colour"),
    ([section(text={"type": "mrkdwn", "text": "x", "emoji": True})], "/blocks/0/text/emoji"),
    ([section(accessory={"type": "plain_text_input"})], "/blocks/0/accessory/type"),
    ([section(block_id="a"), section(block_id="a")], "/blocks/1/block_id"),
    ([section(block_id="x" * 256)], "/blocks/0/block_id"),
    ([actions(button(action_id="a"), button(action_id="a"))], "/blocks/0/elements/1/action_id"),
    ([actions(*[button()] * 26)], "/blocks/0/elements"),
    ([actions()], "/blocks/0/elements"),
    ([actions(button(style="loud"))], "/blocks/0/elements/0/style"),
    ([actions(button(value="x" * 2001))], "/blocks/0/elements/0/value"),
    ([actions({"type": "button", "text": mrkdwn()})], "/blocks/0/elements/0/text/type"),
    ([actions({"type": "button", "text": plain("x" * 76)})], "/blocks/0/elements/0/text/text"),
    ([actions(button(confirm={"title": plain()}))], "/blocks/0/elements/0/confirm"),
    ([actions({**MENU, "initial_option": option("c")})], "/blocks/0/elements/0"),
    ([actions({"type": "static_select"})], "/blocks/0/elements/0"),
    ([actions({"type": "static_select", "options": [option()] * 101})], "/blocks/0/elements/0/options"),
    ([actions({"type": "overflow", "options": [option()] * 6})], "/blocks/0/elements/0/options"),
    ([actions({"type": "checkboxes", "options": [option()] * 11})], "/blocks/0/elements/0/options"),
    ([actions({"type": "checkboxes", "options": [described("x" * 76)]})], TICK + "/description/text"),
    ([actions({"type": "checkboxes", "options": [option(text="x" * 76)]})], TICK + "/text/text"),
    ([actions({"type": "checkboxes", "options": [option("v" * 151)]})], TICK + "/value"),
    ([actions({**MENU, "options": [{**option(), "description": mrkdwn()}]})], TICK + "/description/type"),
    ([actions({**LIST, "options": [option()] * 101})], "/blocks/0/elements/0/options"),
    ([actions({**LIST, "initial_options": [option("c")]})], "/blocks/0/elements/0"),
    (
        [actions({**LIST, "initial_options": LIST["options"], "max_selected_items": 1})],
        "/blocks/0/elements/0",
    ),
    ([actions({**MENU, "placeholder": plain("x" * 151)})], "/blocks/0/elements/0/placeholder/text"),
    ([actions({**MENU, "options": [option("v" * 151)]})], "/blocks/0/elements/0/options/0/value"),
    ([{"type": "header", "text": mrkdwn()}], "/blocks/0/text/type"),
    ([{"type": "header", "text": plain("x" * 151)}], "/blocks/0/text/text"),
    ([{"type": "context", "elements": [mrkdwn()] * 11}], "/blocks/0/elements"),
    ([{"type": "image", "image_url": "https://acme.com/a.png"}], "/blocks/0"),
    ([shown()], "/blocks/0"),
    ([shown(image_url="https://acme.com/a.png", slack_file={"id": "F000000READY"})], "/blocks/0"),
    ([shown(image_url="http://127.0.0.1/a.png")], "/blocks/0/image_url"),
    ([shown(image_url="http://localhost:8080/a.png")], "/blocks/0/image_url"),
    ([section(), shown(slack_file={"id": "F0000000LATE"})], "/blocks/1/slack_file"),
    ([shown(slack_file={"id": "lower"})], "/blocks/0/slack_file/id"),
    ([shown(slack_file={"id": "F000000READY", "url": "x"})], "/blocks/0/slack_file"),
    ([{**shown(image_url="https://a.com/a.png"), "alt_text": "x" * 2001}], "/blocks/0/alt_text"),
    ([PLAN, {"type": "task_card", **task()}], "/blocks"),
    ([{"type": "task_card", **task("pending")}], "/blocks/0/status"),
    ([{"type": "task_card", **task("completed")}], "/blocks/0/status"),
    ([{"type": "plan", "title": "x", "tasks": [task(), task()]}], "/blocks/0/tasks"),
    ([{"type": "plan", "title": "x", "tasks": [task(details=plain())]}], "/blocks/0/tasks/0/details/type"),
    ([{"type": "markdown", "text": "x" * 6001}] * 2, "/blocks"),
    ([TABLE, TABLE], "/blocks"),
    ([{"type": "table", "rows": [[], [rich()]]}], "/blocks/0/rows"),
    ([{**DATA, "rows": [[{"type": "raw_text", "text": "x" * 20_000}], *DATA["rows"]]}], "/blocks/0/rows"),
    ([{**DATA, "page_size": 101}], "/blocks/0/page_size"),
    ([{**DATA, "page_size": "many"}], "/blocks/0/page_size"),
    ([pie(0)], "/blocks/0/chart/segments/0/value"),
    ([pie("3")], "/blocks/0/chart/segments/0/value"),
    ([chart("a") | {"chart": {"type": "line", "series": 1, "axis_config": 2}}], "/blocks/0/chart/series"),
    ([section(text=mrkdwn(5))], "/blocks/0/text/text"),  # type: ignore[arg-type] # that is the mistake
    ([section(expand="yes")], "/blocks/0/expand"),
    ([section(fields="all")], "/blocks/0/fields"),
    ([section(text="hello")], "/blocks/0/text"),
    ([actions({**MENU, "confirm": "sure?"})], "/blocks/0/elements/0/confirm"),
    ([actions({**MENU, "action_id": "a" * 256})], "/blocks/0/elements/0/action_id"),
    (
        [actions({"type": "datepicker", "initial_date": "tomorrow"})],
        "/blocks/0/elements/0/initial_date",
    ),
    (
        [{"type": "container", "title": plain(), "child_blocks": [{"type": "container"}]}],
        "/blocks/0/child_blocks/0",
    ),
    ([chart("a")] * 3, "/blocks"),
    ([chart("b")], "/blocks/0/chart/series/0/data"),
    ([{**CARD, "actions": [button()] * 4}], "/blocks/0/actions"),
    ([{"type": "card", "subtitle": plain()}], "/blocks/0"),
    ([{"type": "carousel", "elements": [section()]}], "/blocks/0/elements/0/type"),
    ([{"type": "container", "title": plain(), "child_blocks": []}], "/blocks/0/child_blocks"),
    (
        [{"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [{"type": "bold"}]}]}],
        "/blocks/0/elements/0/elements/0/type",
    ),
]


@pytest.mark.parametrize(("blocks", "pointer"), INVALID)
def test_what_slack_refuses_is_pointed_at(blocks: list[Block], pointer: str) -> None:
    assert pointer in {problem.pointer for problem in judge_blocks(blocks, file_fault)}


def test_blocks_that_are_no_list_are_refused() -> None:
    assert [it.pointer for it in judge_blocks({"type": "section"}, file_fault)] == ["/blocks"]


def field(**element: object) -> Block:
    return {"type": "input", "label": plain(), "element": {"type": "plain_text_input", **element}}


def ticked(kind: str = "checkboxes", *, optional: bool = False, **more: object) -> Block:
    element = {"type": kind, "options": [described("x" * 75)], **more}
    return {"type": "input", "label": plain(), "optional": optional, "element": element}


def modal(*blocks: Block, **more: object) -> Block:
    return {"type": "modal", "title": plain(), "submit": plain(), "blocks": list(blocks), **more}


VIEWS: list[tuple[Block, str | None]] = [
    (modal(field(), ALERT, actions(MENU)), None),
    (modal(*[section()] * 100), None),
    (modal(ticked(optional=True), ticked("multi_static_select", options=[option()] * 100)), None),
    (modal(ticked(initial_options=[option("c")])), "/view/blocks/0/element"),
    ({"type": "home", "blocks": [section(), TABLE]}, None),
    (modal(*[section()] * 101), "/view/blocks"),
    (modal(title=plain("x" * 25)), "/view/title/text"),
    (modal(close=plain("x" * 25)), "/view/close/text"),
    (modal(private_metadata="x" * 3001), "/view/private_metadata"),
    (modal(callback_id="x" * 256), "/view/callback_id"),
    (modal(colour="red"), "/view/colour"),
    (modal(PLAN), "/view/blocks/0/type"),
    (modal({"type": "markdown", "text": "x"}), "/view/blocks/0/type"),
    ({"type": "modal", "title": plain(), "blocks": "none"}, "/view/blocks"),
    (modal(field(max_length=3001)), "/view/blocks/0/element/max_length"),
    (modal(field(min_length=3, max_length=2)), "/view/blocks/0/element"),
    (modal({"type": "input", "label": plain(), "element": button()}), "/view/blocks/0/element/type"),
    ({"type": "modal", "title": plain(), "blocks": [field()]}, "/view/submit"),
    ({"type": "modal", "blocks": []}, "/view"),
    ({"type": "home", "title": plain(), "blocks": []}, "/view/title"),
    ({"type": "home", "blocks": [ALERT]}, "/view/blocks/0/type"),
    ({"type": "window", "blocks": []}, "/view/type"),
]


@pytest.mark.parametrize(("view", "pointer"), VIEWS)
def test_views_have_rules_of_their_own(view: Block, pointer: str | None) -> None:
    found = {problem.pointer for problem in judge_view(view, file_fault)}
    assert found == set() if pointer is None else pointer in found


def test_a_view_of_more_than_250_kilobytes_is_too_large() -> None:
    assert view_is_too_large(modal(*[section(text=mrkdwn("x" * 3000))] * 90))
    assert not view_is_too_large(modal(section()))


def test_a_second_builder_agrees_with_the_judge() -> None:
    blocks: list[Any] = [HeaderBlock("Stellar"), SectionBlock("*ready*", fields=["one", "two"])]
    assert judge_blocks([json.loads(repr(block)) for block in blocks], file_fault) == []


def test_ids_that_were_left_out_are_filled_in() -> None:
    container = {"type": "container", "title": plain(), "child_blocks": [actions(button())]}
    (filled, accessorised) = with_ids([container, section(block_id="mine", accessory=button())])
    assert filled["block_id"]
    assert filled["child_blocks"][0]["elements"][0]["action_id"]
    assert (accessorised["block_id"], bool(accessorised["accessory"]["action_id"])) == ("mine", True)
