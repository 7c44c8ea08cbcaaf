"""What Block Kit allows inside a block: every element and composition object, with its limits.

The limits are those Slack publishes (reference/block-kit, and its changelog up to October 2026), written
down here a second time on purpose: whoever builds blocks must not be the one who judges them.
"""

import ipaddress
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from bot.sandbox.blockkit_shapes import (
    Case,
    Check,
    Fields,
    Rule,
    anything,
    boolean,
    exactly_one,
    listing,
    number,
    one_of,
    plain,
    shape,
    string,
    text,
    variant,
    whole,
)

PLACEHOLDER = plain(150)


def _action_id(case: Case, value: object, at: str) -> None:
    """Check an action_id: up to 255 characters, and no other of its block may have it."""
    string(255)(case, value, at)
    if value in case.action_ids:
        case.fault(at, f"action_id {value} is used more than once in its block")
    case.action_ids.add(str(value))


def _public_url(case: Case, value: object, at: str) -> None:
    """Check an image_url: Slack fetches it itself, so that it must be on the public internet."""
    string(3000, pattern=r"https?://\S+")(case, value, at)
    host = urlsplit(str(value)).hostname or ""
    try:
        is_public = ipaddress.ip_address(host).is_global
    except ValueError:
        is_public = "." in host
    if not is_public:
        case.fault(at, "downloading image failed")


def _slack_file(case: Case, value: object, at: str) -> None:
    """Check a file kept at Slack: it must be there, ready, and a PNG, JPEG or GIF."""
    before = len(case.problems)
    by = {"id": string(255, pattern="F[A-Z0-9]{8,}"), "url": string(3000)}
    shape({}, by, exactly_one("id", "url"))(case, value, at)
    if len(case.problems) == before and isinstance(value, dict) and (why := case.file_fault(value)):
        case.fault(at, f"invalid slack file: {why}")


IMAGE_SOURCE: Fields = {"image_url": _public_url, "slack_file": _slack_file}
ONE_SOURCE: Rule = exactly_one("image_url", "slack_file")

CONFIRM = shape(
    {"title": plain(100), "text": text(300), "confirm": plain(30), "deny": plain(30)},
    {"style": one_of("primary", "danger")},
)


def _option(label: Check, extra: Fields | None = None) -> Check:
    return shape({"text": label, "value": string(150)}, {"description": label, **(extra or {})})


MENU_OPTION = _option(plain(75))
TICK_OPTION = _option(text(75))
OPTION_GROUP = shape({"label": plain(75), "options": listing(MENU_OPTION, most=100)})
DISPATCH = shape(
    {"trigger_actions_on": listing(one_of("on_enter_pressed", "on_character_entered"), most=2)},
)
CONVERSATIONS = shape(
    {},
    {
        "include": listing(one_of("im", "mpim", "private", "public"), most=4),
        "exclude_external_shared_channels": boolean,
        "exclude_bot_users": boolean,
    },
)


def _initial_is_an_option(case: Case, value: Mapping[str, Any], at: str) -> None:
    """Require that what is chosen at the start is among the options, word for word, and not too much."""
    groups = value.get("option_groups") or [{"options": value.get("options") or []}]
    offered = [option for group in groups if isinstance(group, dict) for option in group.get("options") or []]
    chosen = [value["initial_option"]] if value.get("initial_option") else value.get("initial_options") or []
    for option in chosen:
        if option not in offered:
            case.fault(at, "initial_option must be one of the options")
    most = value.get("max_selected_items")
    if isinstance(most, int) and len(chosen) > most:
        case.fault(at, "no more initial_options than max_selected_items allowed")


def _lengths_agree(case: Case, value: Mapping[str, Any], at: str) -> None:
    low, high = value.get("min_length"), value.get("max_length")
    if isinstance(low, int) and isinstance(high, int) and low > high:
        case.fault(at, "min_length must not be greater than max_length")


COMMON: Fields = {"action_id": _action_id, "confirm": CONFIRM, "focus_on_load": boolean}
MENU: Fields = {**COMMON, "placeholder": PLACEHOLDER}
STATIC: Fields = {
    **MENU,
    "options": listing(MENU_OPTION, most=100),
    "option_groups": listing(OPTION_GROUP, most=100),
}
ONE_LIST = exactly_one("options", "option_groups")
MANY: Fields = {"max_selected_items": whole(1)}
TYPED: Fields = {
    "action_id": _action_id,
    "placeholder": PLACEHOLDER,
    "dispatch_action_config": DISPATCH,
    "focus_on_load": boolean,
}
DATE = string(10, pattern=r"\d{4}-\d\d-\d\d")
TIME = string(5, pattern=r"\d\d:\d\d")
FEEDBACK = shape({"text": plain(75), "value": string(2000)}, {"accessibility_label": string(75)})


def _ids(initial: str, extra: Fields | None = None) -> Check:
    """Check a menu of people, channels or conversations."""
    return shape({}, {**MENU, initial: string(255), **(extra or {})})


def _many_ids(initial: str, extra: Fields | None = None) -> Check:
    return shape({}, {**MENU, **MANY, initial: listing(string(255), most=100), **(extra or {})})


MEETINGS: Fields = {"default_to_current_conversation": boolean, "filter": CONVERSATIONS}
ANSWERS: Fields = {"response_url_enabled": boolean}

ELEMENTS: dict[str, Check] = {
    "button": shape(
        {"text": plain(75)},
        {
            "action_id": _action_id,
            "url": string(3000),
            "value": string(2000),
            "style": one_of("primary", "danger"),
            "confirm": CONFIRM,
            "accessibility_label": string(75),
        },
    ),
    "workflow_button": shape(
        {"text": plain(75), "workflow": anything},
        {
            "action_id": _action_id,
            "style": one_of("primary", "danger"),
            "accessibility_label": string(75),
        },
    ),
    "image": shape({"alt_text": string(2000)}, IMAGE_SOURCE, ONE_SOURCE),
    "checkboxes": shape(
        {"options": listing(TICK_OPTION, most=10)},
        {**COMMON, "initial_options": listing(TICK_OPTION, most=10)},
        _initial_is_an_option,
    ),
    "radio_buttons": shape(
        {"options": listing(TICK_OPTION, most=10)},
        {**COMMON, "initial_option": TICK_OPTION},
        _initial_is_an_option,
    ),
    "overflow": shape(
        {"options": listing(_option(plain(75), {"url": string(3000)}), most=5)},
        {"action_id": _action_id, "confirm": CONFIRM},
    ),
    "static_select": shape({}, {**STATIC, "initial_option": MENU_OPTION}, ONE_LIST, _initial_is_an_option),
    "multi_static_select": shape(
        {},
        {**STATIC, **MANY, "initial_options": listing(MENU_OPTION, most=100)},
        ONE_LIST,
        _initial_is_an_option,
    ),
    "external_select": shape({}, {**MENU, "initial_option": MENU_OPTION, "min_query_length": whole(0)}),
    "multi_external_select": shape(
        {},
        {**MENU, **MANY, "initial_options": listing(MENU_OPTION, most=100), "min_query_length": whole(0)},
    ),
    "users_select": _ids("initial_user"),
    "multi_users_select": _many_ids("initial_users"),
    "channels_select": _ids("initial_channel", ANSWERS),
    "multi_channels_select": _many_ids("initial_channels"),
    "conversations_select": _ids("initial_conversation", {**MEETINGS, **ANSWERS}),
    "multi_conversations_select": _many_ids("initial_conversations", MEETINGS),
    "datepicker": shape({}, {**MENU, "initial_date": DATE}),
    "timepicker": shape({}, {**MENU, "initial_time": TIME, "timezone": string(255)}),
    "datetimepicker": shape({}, {**COMMON, "initial_date_time": whole(0)}),
    "plain_text_input": shape(
        {},
        {
            **TYPED,
            "initial_value": string(3000, shortest=0),
            "multiline": boolean,
            "min_length": whole(0, 3000),
            "max_length": whole(1, 3000),
        },
        _lengths_agree,
    ),
    "email_text_input": shape({}, {**TYPED, "initial_value": string(3000)}),
    "url_text_input": shape({}, {**TYPED, "initial_value": string(3000)}),
    "number_input": shape(
        {"is_decimal_allowed": boolean},
        {**TYPED, "initial_value": string(100), "min_value": string(100), "max_value": string(100)},
    ),
    "rich_text_input": shape({}, {**TYPED, "initial_value": anything}),
    "file_input": shape(
        {},
        {"action_id": _action_id, "filetypes": listing(string(255), most=100), "max_files": whole(1, 10)},
    ),
    "feedback_buttons": shape(
        {"positive_button": FEEDBACK, "negative_button": FEEDBACK},
        {"action_id": _action_id},
    ),
    "icon_button": shape(
        {"icon": one_of("trash"), "text": plain(75)},
        {
            "action_id": _action_id,
            "value": string(2000),
            "confirm": CONFIRM,
            "accessibility_label": string(75),
            "visible_to_user_ids": listing(string(255), most=10),
        },
    ),
    "url": shape({"url": string(3000), "text": string(3000)}),
    "icon": shape({"name": string(255)}),
}

MENUS = ("static_select", "external_select", "users_select", "conversations_select", "channels_select")
MANY_MENUS = tuple(f"multi_{name}" for name in MENUS)
CHOICES = (
    *MENUS,
    *MANY_MENUS,
    *("checkboxes", "radio_buttons", "datepicker", "timepicker", "datetimepicker"),
)
ACTIONS = variant(ELEMENTS, *CHOICES, "button", "overflow", "workflow_button")
ACCESSORY = variant(ELEMENTS, *CHOICES, "button", "overflow", "workflow_button", "image")
INPUTS = variant(
    ELEMENTS,
    *CHOICES,
    *("plain_text_input", "email_text_input", "url_text_input", "number_input"),
    *("rich_text_input", "file_input"),
)
IMAGE = variant(ELEMENTS, "image")

STYLE = shape({}, dict.fromkeys(("bold", "italic", "strike", "code", "underline", "highlight"), boolean))
STYLED: Fields = {"style": STYLE}
INLINE: dict[str, Check] = {
    "text": shape({"text": string(12000)}, STYLED),
    "link": shape({"url": string(3000)}, {"text": string(3000), "unsafe": boolean, **STYLED}),
    "user": shape({"user_id": string(255)}, STYLED),
    "channel": shape({"channel_id": string(255)}, STYLED),
    "usergroup": shape({"usergroup_id": string(255)}, STYLED),
    "emoji": shape({"name": string(255)}, {"unicode": string(255), **STYLED}),
    "date": shape(
        {"timestamp": whole(0), "format": string(3000)},
        {"url": string(3000), "fallback": string(3000), **STYLED},
    ),
    "broadcast": shape({"range": one_of("here", "channel", "everyone")}, STYLED),
    "color": shape({"value": string(255)}, STYLED),
}
WORDS: Fields = {"elements": listing(variant(INLINE), most=1000)}
BORDER: Fields = {"border": whole(0, 1)}
PARAGRAPHS: dict[str, Check] = {
    "rich_text_section": shape(WORDS),
    "rich_text_preformatted": shape(WORDS, {**BORDER, "language": string(255)}),
    "rich_text_quote": shape(WORDS, BORDER),
}
PARAGRAPHS["rich_text_list"] = shape(
    {
        "style": one_of("bullet", "ordered"),
        "elements": listing(variant(PARAGRAPHS, "rich_text_section"), most=1000),
    },
    {"indent": whole(0, 8), "offset": whole(0), **BORDER},
)
RICH_TEXT = shape({"elements": listing(variant(PARAGRAPHS), most=1000)}, {"block_id": anything})
CELLS: dict[str, Check] = {
    "raw_text": shape({"text": string(20000)}),
    "raw_number": shape({"value": number}, {"text": string(20000)}),
    "rich_text": RICH_TEXT,
}
