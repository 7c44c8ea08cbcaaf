"""Controls on a screen: finding one in blocks, and what a form's controls hold."""

from collections.abc import Iterator, Mapping
from typing import Any

from bot.sandbox.slack_call import Json

REQUIRED = "Please complete this required field."
_TEXT = ("value", "initial_value", None)
# what holds the value of each control, what fills it at the start, and what it holds when empty
STATEFUL: Mapping[str, tuple[str, str, object]] = {
    "plain_text_input": _TEXT,
    "email_text_input": _TEXT,
    "url_text_input": _TEXT,
    "number_input": _TEXT,
    "rich_text_input": ("rich_text_value", "initial_value", None),
    "static_select": ("selected_option", "initial_option", None),
    "external_select": ("selected_option", "initial_option", None),
    "radio_buttons": ("selected_option", "initial_option", None),
    "overflow": ("selected_option", "", None),
    "multi_static_select": ("selected_options", "initial_options", []),
    "multi_external_select": ("selected_options", "initial_options", []),
    "checkboxes": ("selected_options", "initial_options", []),
    "users_select": ("selected_user", "initial_user", None),
    "multi_users_select": ("selected_users", "initial_users", []),
    "channels_select": ("selected_channel", "initial_channel", None),
    "multi_channels_select": ("selected_channels", "initial_channels", []),
    "conversations_select": ("selected_conversation", "initial_conversation", None),
    "multi_conversations_select": ("selected_conversations", "initial_conversations", []),
    "datepicker": ("selected_date", "initial_date", None),
    "timepicker": ("selected_time", "initial_time", None),
    "datetimepicker": ("selected_date_time", "initial_date_time", None),
    "file_input": ("files", "", []),
}


def controls(blocks: object, block_id: str = "") -> Iterator[tuple[str, Json]]:
    """Yield every control in the blocks with the id of the block that it stands in."""
    if isinstance(blocks, list):
        for part in blocks:
            yield from controls(part, block_id)
    elif isinstance(blocks, dict):
        block_id = blocks.get("block_id", block_id)
        if "action_id" in blocks:
            yield block_id, blocks
        for part in blocks.values():
            if isinstance(part, (list, dict)):
                yield from controls(part, block_id)


def find(blocks: object, block_id: str, action_id: str) -> Json | None:
    """Return the control, None where there is none."""
    return next(
        (it for where, it in controls(blocks) if where == block_id and it["action_id"] == action_id), None
    )


def pressed(control: Json, block_id: str, given: Mapping[str, Any], *, at: str) -> Json | None:
    """Return the action that using the control makes; None if it does not offer what was chosen.

    A button sends its own value, whatever was given.
    """
    kind = control["type"]
    action: Json = {"type": kind, "action_id": control["action_id"], "block_id": block_id, "action_ts": at}
    if kind not in STATEFUL:
        return action | {name: control[name] for name in ("text", "value", "style") if name in control}
    name = STATEFUL[kind][0]
    action[name] = given.get(name)
    return action if _offers(control, given) else None


def _offers(control: Json, given: Mapping[str, Any]) -> bool:
    """Whether the chosen options are all on the list; a menu without a list offers everything."""
    offered = _options(control)
    chosen = given.get("selected_options") or [given.get("selected_option")]
    return not offered or all(option is None or option.get("value") in offered for option in chosen)


def _options(control: Json) -> dict[str, Json]:
    """Return a menu's own options by their values."""
    groups = control.get("option_groups") or [{"options": control.get("options")}]
    return {option["value"]: option for group in groups for option in group["options"] or []}


def offers_all(view: Json, given: Mapping[str, Mapping[str, Json]]) -> bool:
    """Whether nothing was chosen in the form that its menus and boxes do not offer."""
    return all(
        _offers(control, given.get(block_id, {}).get(control["action_id"], {}))
        for block_id, control in controls(view["blocks"])
    )


def state_of(view: Json, given: Mapping[str, Mapping[str, Json]]) -> Json:
    """Return `state.values` of the form: what was given, else what each control started with."""
    values: dict[str, Json] = {}
    for block_id, control in controls(view["blocks"]):
        if control["type"] not in STATEFUL or control["type"] == "overflow":
            continue
        name, initial, empty = STATEFUL[control["type"]]
        entered = given.get(block_id, {}).get(control["action_id"], {})
        held = entered.get(name) if name in entered else control.get(initial)
        held = empty if held in (None, "") else _whole(control, held)
        values.setdefault(block_id, {})[control["action_id"]] = {"type": control["type"], name: held}
    return values


def _whole(control: Json, held: object) -> object:
    """Return what is held with each chosen option as the control has it, text, description and all."""
    options = _options(control)
    if isinstance(held, list):
        return [_whole(control, each) for each in held]
    return options.get(held.get("value", ""), held) if isinstance(held, dict) else held


def missing(view: Json, values: Mapping[str, Json]) -> dict[str, str]:
    """Return what Slack itself finds wrong with a filled form, by block_id, before the app hears of it."""
    faults: dict[str, str] = {}
    for block in view["blocks"]:
        if block["type"] != "input":
            continue
        control = block["element"]
        held = values[block["block_id"]][control["action_id"]][STATEFUL[control["type"]][0]]
        if held in (None, "", []):
            if not block.get("optional"):
                faults[block["block_id"]] = REQUIRED
        elif isinstance(held, str) and (fault := _unfit(control, held)):
            faults[block["block_id"]] = fault
        elif isinstance(held, list) and len(held) > (most := control.get("max_selected_items", len(held))):
            faults[block["block_id"]] = f"You can select up to {most}."
    return faults


def _unfit(control: Json, held: str) -> str | None:
    if len(held) > control.get("max_length", 3000):
        return f"This must be at most {control.get('max_length', 3000)} characters."
    if len(held) < control.get("min_length", 0):
        return f"This must be at least {control['min_length']} characters."
    if control["type"] == "url_text_input" and "://" not in held:
        return "Please enter a valid URL."
    if control["type"] == "number_input" and not held.lstrip("-").replace(".", "", 1).isdigit():
        return "Please enter a number."
    return None
