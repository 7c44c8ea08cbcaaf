"""What Block Kit allows as a block: each block type with its fields and limits, and where it may stand."""

from collections.abc import Mapping
from typing import Any

from bot.sandbox.blockkit_rules import (
    ACCESSORY,
    ACTIONS,
    CELLS,
    ELEMENTS,
    IMAGE,
    IMAGE_SOURCE,
    INPUTS,
    ONE_SOURCE,
    RICH_TEXT,
)
from bot.sandbox.blockkit_shapes import (
    Case,
    Check,
    Fields,
    Rule,
    anything,
    at_least_one,
    boolean,
    exactly_one,
    listing,
    number,
    one_of,
    plain,
    shape,
    string,
    text,
    texts,
    unique,
    variant,
    whole,
)


def _block_id(case: Case, value: object, at: str) -> None:
    """Check a block_id: up to 255 characters, and no other of the payload may have it."""
    string(255)(case, value, at)
    if value in case.block_ids:
        case.fault(at, f"block_id {value} already exists")
    case.block_ids.add(str(value))


def _block(required: Fields, optional: Fields | None = None, *rules: Rule) -> Check:
    """Check a block: what `shape` checks, its block_id, and action_ids that are unique within it."""
    inside = shape(required, {**(optional or {}), "block_id": _block_id}, *rules)

    def check(case: Case, value: object, at: str) -> None:
        around, case.action_ids = case.action_ids, set()
        inside(case, value, at)
        case.action_ids = around

    return check


def _even_rows(case: Case, value: Mapping[str, Any], at: str) -> None:
    """Require rows of one length."""
    rows = [row for row in value.get("rows") or [] if isinstance(row, list)]
    if len({len(row) for row in rows}) > 1:
        case.fault(f"{at}/rows", "all rows must have the same number of cells")


def _characters(value: object) -> int:
    """Count the characters of every `text` inside."""
    if isinstance(value, dict):
        own = len(value["text"]) if isinstance(value.get("text"), str) else 0
        return own + sum(_characters(part) for part in value.values())
    return sum(_characters(part) for part in value) if isinstance(value, list) else 0


def _small_content(case: Case, value: Mapping[str, Any], at: str) -> None:
    if _characters(value.get("rows")) > DATA_TABLE_CHARACTERS:
        case.fault(f"{at}/rows", "no more than 20000 characters allowed")


def _unique_tasks(case: Case, value: Mapping[str, Any], at: str) -> None:
    tasks = [task.get("task_id") for task in value.get("tasks") or [] if isinstance(task, dict)]
    unique(case, tasks, f"{at}/tasks", "task_id")


def _unique_series(case: Case, value: Mapping[str, Any], at: str) -> None:
    """Require that each series has its own name and exactly one point for every category."""
    axis, series = value.get("axis_config"), value.get("series")
    if not isinstance(axis, dict) or not isinstance(series, list):
        return
    lines = [line for line in series if isinstance(line, dict)]
    unique(case, [line.get("name") for line in lines], f"{at}/series", "series name")
    wanted = sorted(str(name) for name in axis.get("categories") or [])
    for index, line in enumerate(lines):
        labels = [str(point.get("label")) for point in line.get("data") or [] if isinstance(point, dict)]
        if sorted(labels) != wanted:
            case.fault(f"{at}/series/{index}/data", "must hold one point for every category")


def _positive(case: Case, value: object, at: str) -> None:
    number(case, value, at)
    if isinstance(value, (int, float)) and value <= 0:
        case.fault(at, "must be greater than 0")


TASK: Fields = {
    "task_id": string(255),
    "title": string(3000),
    "status": one_of("pending", "in_progress", "complete", "error"),
}
RICH_BLOCK = variant({"rich_text": RICH_TEXT})
TASK_EXTRA: Fields = {
    "details": RICH_BLOCK,
    "output": RICH_BLOCK,
    "sources": listing(variant(ELEMENTS, "url"), most=50),
}
POINT = shape({"label": string(20), "value": number})
SERIES = listing(shape({"name": string(20), "data": listing(POINT, most=20)}), most=12)
AXIS = shape(
    {"categories": listing(string(20), most=20)},
    {"x_label": string(50), "y_label": string(50)},
)
SLICES = listing(shape({"label": string(20), "value": _positive}), most=12)
AXIS_CHART = shape({"series": SERIES, "axis_config": AXIS}, None, _unique_series)
CHARTS = {"pie": shape({"segments": SLICES}), **dict.fromkeys(("bar", "area", "line"), AXIS_CHART)}
CONTEXT = variant({"image": ELEMENTS["image"], **texts(3000)})
DATA_TABLE_CHARACTERS = 20_000


def _cell_setting(case: Case, value: object, at: str) -> None:
    """Check how a column of a table is set; null leaves it as it is."""
    if value is not None:
        shape({}, {"align": one_of("left", "center", "right"), "is_wrapped": boolean})(case, value, at)


BLOCKS: dict[str, Check] = {
    "section": _block(
        {},
        {
            "text": text(3000),
            "fields": listing(text(2000), most=10),
            "accessory": ACCESSORY,
            "expand": boolean,
        },
        at_least_one("text", "fields"),
    ),
    "divider": _block({}),
    "header": _block({"text": plain(150)}),
    "context": _block({"elements": listing(CONTEXT, most=10)}),
    "actions": _block({"elements": listing(ACTIONS, most=25)}),
    "context_actions": _block(
        {"elements": listing(variant(ELEMENTS, "feedback_buttons", "icon_button"), most=5)},
    ),
    "image": _block({"alt_text": string(2000)}, {**IMAGE_SOURCE, "title": plain(2000)}, ONE_SOURCE),
    "input": _block(
        {"label": plain(2000), "element": INPUTS},
        {"hint": plain(2000), "optional": boolean, "dispatch_action": boolean},
    ),
    "rich_text": _block({"elements": listing(variant({}), most=1000)}),
    "markdown": _block({"text": string(12000)}),
    "table": _block(
        {"rows": listing(listing(variant(CELLS), most=20), most=100)},
        {"column_settings": listing(_cell_setting, most=20)},
        _even_rows,
    ),
    "data_table": _block(
        {
            "caption": string(3000),
            "rows": listing(listing(variant(CELLS), most=20), least=2, most=201),
        },
        {"page_size": whole(1, 100), "row_header_column_index": whole(0, 19)},
        _even_rows,
        _small_content,
    ),
    "data_visualization": _block({"title": string(50), "chart": variant(CHARTS)}),
    "card": _block(
        {},
        {
            "hero_image": IMAGE,
            "icon": IMAGE,
            "slack_icon": variant(ELEMENTS, "icon"),
            "title": text(150),
            "subtitle": text(150),
            "body": text(200),
            "subtext": text(200),
            "actions": listing(variant(ELEMENTS, "button"), most=3),
        },
        at_least_one("hero_image", "title", "body", "actions"),
    ),
    "alert": _block(
        {"text": text(200)},
        {"level": one_of("default", "info", "warning", "error", "success")},
    ),
    "task_card": _block(TASK, TASK_EXTRA),
    "plan": _block(
        {
            "title": string(3000),
            "tasks": listing(shape(TASK, {**TASK_EXTRA, "type": one_of("task_card")}), most=50),
        },
        None,
        _unique_tasks,
    ),
    "video": _block(
        {"alt_text": string(2000), "title": plain(200), "thumbnail_url": string(3000)},
        {
            "video_url": string(3000),
            "title_url": string(2000),
            "description": plain(200),
            "author_name": string(50),
            "provider_name": string(50),
            "provider_icon_url": string(2000),
        },
    ),
    "file": _block({"external_id": string(255), "source": one_of("remote")}),
    "layout": _block(
        {"label": anything, "rows": listing(anything, most=5)},
        {"fallback": listing(anything, most=50)},
    ),
}


def _rich_text(case: Case, value: object, at: str) -> None:
    """Check a rich_text block: what a rich_text value is, and a block_id of its own."""
    if isinstance(value, dict) and "block_id" in value:
        _block_id(case, value["block_id"], f"{at}/block_id")
    RICH_TEXT(case, value, at)


BLOCKS["rich_text"] = _rich_text
BLOCKS["carousel"] = _block({"elements": listing(variant(BLOCKS, "card"), most=10)})
BLOCKS["container"] = _block(
    {"child_blocks": listing(variant(BLOCKS), most=10)},
    {
        "title": text(150),
        "rich_text_title": RICH_BLOCK,
        "subtitle": text(150),
        "width": one_of("narrow", "standard", "wide", "full"),
        "icon": IMAGE,
        "is_collapsible": boolean,
        "default_collapsed": boolean,
        "has_header_divider": boolean,
    },
    exactly_one("title", "rich_text_title"),
)

EVERYWHERE = {"actions", "card", "context", "divider", "header", "image", "input", "layout", "rich_text"}
WIDE = {"carousel", "container", "data_table", "data_visualization", "table"}
SURFACES: dict[str, set[str]] = {
    "message": EVERYWHERE
    | WIDE
    | {"section", "video", "context_actions", "file", "markdown", "plan", "task_card"},
    "modal": EVERYWHERE | {"section", "video", "alert"},
    "home": EVERYWHERE | WIDE | {"section", "video"},
}
