"""The parts that forms are made of, and how to read what a person put into them.

Each field's `block_id` is its name and its `action_id` is `value`, so `read` and `picked` need to know no
form. The values are checked where the words of commands are, not here.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.domain.ids import ChannelId, is_direct
from bot.domain.visible import visible
from bot.slack.blocks import Block, plain

MOST_OPTIONS, MOST_TICKS, LONGEST_VALUE, LONGEST_LABEL = 100, 10, 150, 75
"""Slack's: options of a menu, ticks of a group, characters of an option's value and of its label."""
YES = "yes"
"""The value of a ticked box."""


@dataclass(frozen=True)
class Tick:
    """One box to tick: `value` is ours, `label` and `description` may be anybody's."""

    value: str
    label: str
    description: str = ""


def form(callback: str, title: str, submit: str, fields: Sequence[Block], kept: Mapping[str, str]) -> Block:
    """Return a form; `kept` comes back with it (`about`) and is no secret."""
    return {
        "type": "modal",
        "callback_id": callback,
        "title": plain(title, 24),
        "submit": plain(submit, 24),
        "close": plain("Cancel", 24),
        "private_metadata": json.dumps(kept),
        "blocks": list(fields),
    }


def read(view: Mapping[str, Any]) -> dict[str, str]:
    """Return each field's name with its plain value: "" where empty, "yes" for a ticked box."""
    values: Mapping[str, Mapping[str, Any]] = view["state"]["values"]
    return {name: _value(element) for name, elements in values.items() for element in elements.values()}


def picked(view: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """Return all that was chosen in the field `name`, or in its parts `name.0`, `name.1` and so on."""
    values: Mapping[str, Mapping[str, Any]] = view["state"]["values"]
    return tuple(
        str(option["value"])
        for field, elements in values.items()
        if field.partition(".")[0] == name
        for element in elements.values()
        for option in element.get("selected_options") or ()
    )


def about(view: Mapping[str, Any]) -> dict[str, str]:
    """Return what it is about: `channel`, where it was opened, or `run`. It is no proof: look it up first."""
    kept: dict[str, str] = json.loads(view.get("private_metadata") or "{}")
    return kept


def typed(  # noqa: PLR0913 - what a text field is made of, all but the first three by name
    name: str,
    label: str,
    value: str,
    *,
    most: int,
    least: int = 1,
    optional: bool = False,
    lines: bool = False,
    hint: str = "",
) -> Block:
    """Return a field for text of `least` to `most` characters, on several `lines` where that is said."""
    element: Block = {"type": "plain_text_input", "multiline": lines, "max_length": most}
    if not optional:
        element["min_length"] = least
    tidy = "\n".join(visible(line) for line in value.splitlines()) if lines else visible(value)
    if prefilled := tidy.strip()[:most]:
        element["initial_value"] = prefilled
    if hint:
        element["placeholder"] = plain(hint, 150)
    return _input(name, label, element, optional=optional)


def chosen(
    name: str, label: str, options: Sequence[tuple[str, str]], value: str, *, optional: bool = False
) -> Block:
    """Return a menu of which one is chosen; `options` are (value, shown)."""
    made = [
        {"text": plain(shown, LONGEST_LABEL), "value": option} for option, shown in options[:MOST_OPTIONS]
    ]
    element: Block = {"type": "static_select", "options": made}
    if initial := next((option for option in made if option["value"] == value), None):
        element["initial_option"] = initial
    if optional:
        element["placeholder"] = plain("This channel's default", 150)
    return _input(name, label, element, optional=optional)


def place(label: str, channel: ChannelId, *, optional: bool = False) -> list[Block]:
    """Return a field, `channel`, for a channel to be chosen; none where the form was opened in one."""
    if not is_direct(channel):
        return []
    element: Block = {
        "type": "conversations_select",
        "placeholder": plain("Our direct messages" if optional else "A channel that Housestyle is in", 150),
        "filter": {"include": ["public", "private"], "exclude_bot_users": True},
    }
    return [_input("channel", label, element, optional=optional)]


def several(name: str, label: str, options: Sequence[tuple[str, str]], *, hint: str) -> Block:
    """Return a menu of which any number may be chosen; `options` are (value, shown)."""
    made = [
        {"text": plain(shown, LONGEST_LABEL), "value": option} for option, shown in options[:MOST_OPTIONS]
    ]
    element: Block = {"type": "multi_static_select", "options": made, "placeholder": plain(hint, 150)}
    return _input(name, label, element, optional=True)


def ticked(name: str, label: str, text: str, *, ticked: bool = False, optional: bool = True) -> Block:
    """Return one box to tick; where it is not `optional`, the form cannot be sent without."""
    return _group(name, label, [Tick(YES, text)], ticked=ticked, optional=optional)


def ticks(
    name: str, label: str, options: Sequence[Tick], *, ticked: bool = False, optional: bool = False
) -> list[Block]:
    """Return boxes to tick, in as many groups as Slack needs for them: `name.0`, `name.1` and so on.

    Where it is not `optional`, one has to be ticked; of several groups Slack would want one in each.
    """
    optional = optional or len(options) > MOST_TICKS
    return [
        _group(
            f"{name}.{start // MOST_TICKS}",
            label if start == 0 else f"{label}, more",
            options[start : start + MOST_TICKS],
            ticked=ticked,
            optional=optional,
        )
        for start in range(0, len(options), MOST_TICKS)
    ]


def _group(name: str, label: str, options: Sequence[Tick], *, ticked: bool, optional: bool) -> Block:
    made = [_tick(option) for option in options]
    element: Block = {"type": "checkboxes", "options": made}
    if ticked:
        element["initial_options"] = made
    return _input(name, label, element, optional=optional)


def _tick(option: Tick) -> Block:
    made: Block = {"text": plain(option.label, LONGEST_LABEL), "value": option.value}
    if option.description:
        made["description"] = plain(option.description, LONGEST_LABEL)
    return made


def _input(name: str, label: str, element: Block, *, optional: bool = False) -> Block:
    return {
        "type": "input",
        "block_id": name,
        "label": plain(label, 2000),
        "optional": optional,
        "element": {"action_id": "value", **element},
    }


def _value(element: Mapping[str, Any]) -> str:
    if option := element.get("selected_option"):
        return str(option["value"])
    if options := element.get("selected_options"):
        return str(options[0]["value"])
    typed = str(element.get("value") or element.get("selected_conversation") or "").strip()
    return typed.encode(errors="replace").decode()  # half an emoji, say, which nothing can store
