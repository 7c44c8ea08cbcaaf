"""Forms as people fill them in and Slack sends them back."""

from typing import Any

Json = dict[str, Any]


def fields(view: Json) -> dict[str, Json]:
    """Return each field's element by its name."""
    return {block["block_id"]: block["element"] for block in view["blocks"] if block["type"] == "input"}


def submitted(view: Json, values: dict[str, Json] | None = None, **more: Json) -> Json:
    """Return `view` as Slack sends it back: every field with its state, `values` where a person acted."""
    given = {**(values or {}), **more}
    state = {name: {"value": given.get(name, _untouched(element))} for name, element in fields(view).items()}
    return {**view, "state": {"values": state}}


def typed(text: str) -> Json:
    """Return the state of a text field."""
    return {"type": "plain_text_input", "value": text}


def chosen(view: Json, name: str, *values: str) -> Json:
    """Return the state of the field `name` when these of its options are chosen, and no others."""
    element = fields(view)[name]
    options = [option for option in element["options"] if option["value"] in values]
    assert len(options) == len(values)
    return {"type": element["type"], "selected_options": options}


def _untouched(element: Json) -> Json:
    match element["type"]:
        case "plain_text_input":
            return {"type": "plain_text_input", "value": element.get("initial_value")}
        case "checkboxes" | "multi_static_select":
            return {"type": element["type"], "selected_options": element.get("initial_options", [])}
    return {"type": element["type"], "selected_option": element.get("initial_option")}
