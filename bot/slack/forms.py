"""The three forms, and how to read what a person put into them.

Each field's `block_id` is its name and its `action_id` is `value`, so `read` needs to know no form. What
was typed with the command is prefilled. The values are checked where the words of commands are, not here.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from bot.domain.generation import LONGEST_PROMPT, MOST_RESULTS, SHORTEST_PROMPT, SIZES, Format, Quality
from bot.domain.ids import ChannelId
from bot.domain.run import Run
from bot.domain.style import LONGEST_NAME, SHORTEST_NAME, Version
from bot.slack.blocks import Block, clean, esc, plain, section

LONGEST_LINK, LONGEST_NOTE, LONGEST_REASON, LONGEST_AIR = 3000, 500, 1000, 255
MOST_OPTIONS, LONGEST_VALUE = 100, 150
YES = "yes"
"""The value of a ticked box."""


def train_form(*, channel: ChannelId, link: str = "", name: str = "", note: str = "", air: str = "") -> Block:
    """Return the form behind `/train`; fields: link, name, note, air, public."""
    fields = [
        _typed(
            "link", "Link to the ZIP with the pictures", link, most=LONGEST_LINK, hint="10 to 50 pictures"
        ),
        _typed("name", "Name of the style", name, least=SHORTEST_NAME, most=LONGEST_NAME, hint="Stellar"),
        _typed("note", "Note for the approver", note, most=LONGEST_NOTE, optional=True, lines=True),
        _typed(
            "air", "AIR, if not the next version", air, most=LONGEST_AIR, optional=True, hint="acme:foxes@1"
        ),
        _ticked("public", "Who may use the model", "Public at Runware: anyone there may draw with it"),
    ]
    return _form("form.train", "Train a style", "Ask", fields, {"channel": channel})


def reject_form(run: Run) -> Block:
    """Return the form behind Reject; field: reason."""
    fields = [
        section(f"*{esc(run.request.name)}* will not be trained. The one who asked reads your reason."),
        _typed("reason", "Reason", "", most=LONGEST_REASON, lines=True),
    ]
    return _form("form.reject", "Reject a run", "Reject", fields, {"run": run.id})


def generate_form(  # noqa: PLR0913 - one argument for each field of the form, all by name
    *,
    channel: ChannelId,
    prompt: str = "",
    style: str = "",
    size: str = "square",
    count: int = 4,
    quality: str = "low",
    format: str = "jpg",  # noqa: A002 - the field's name, as in `--format`
    private: bool = False,
    styles: Sequence[Version] = (),
) -> Block:
    """Return the form behind `/generate`; fields: prompt, style, size, count, quality, format, private."""
    fields = [
        _typed("prompt", "Prompt", prompt, least=SHORTEST_PROMPT, most=LONGEST_PROMPT, lines=True),
        _style_field(style, styles),
        _chosen("size", "Size", _size_options(size), size),
        _chosen("count", "Pictures", [(str(n), str(n)) for n in range(1, MOST_RESULTS + 1)], str(count)),
        _chosen("quality", "Quality", [(q.value, q.value) for q in Quality], quality),
        _chosen("format", "Format", [(f.value, f.value) for f in Format], format),
        _ticked("private", "Who sees the pictures", "Only me, in a direct message", ticked=private),
    ]
    return _form("form.generate", "Generate pictures", "Generate", fields, {"channel": channel})


def read(view: Mapping[str, Any]) -> dict[str, str]:
    """Return each field's name with its plain value: "" where empty, "yes" for a ticked box."""
    values: Mapping[str, Mapping[str, Any]] = view["state"]["values"]
    return {name: _value(element) for name, elements in values.items() for element in elements.values()}


def about(view: Mapping[str, Any]) -> dict[str, str]:
    """Return what the form is about: `channel`, or `run`. It is not proof: look it up before acting."""
    kept: dict[str, str] = json.loads(view.get("private_metadata") or "{}")
    return kept


def _value(element: Mapping[str, Any]) -> str:
    if chosen := element.get("selected_option"):
        return str(chosen["value"])
    if ticked := element.get("selected_options"):
        return str(ticked[0]["value"])
    return str(element.get("value") or "").strip()


def _form(callback: str, title: str, submit: str, fields: list[Block], kept: dict[str, str]) -> Block:
    return {
        "type": "modal",
        "callback_id": callback,
        "title": plain(title, 24),
        "submit": plain(submit, 24),
        "close": plain("Cancel", 24),
        "private_metadata": json.dumps(kept),
        "blocks": fields,
    }


def _input(name: str, label: str, element: Block, *, optional: bool = False) -> Block:
    return {
        "type": "input",
        "block_id": name,
        "label": plain(label, 2000),
        "optional": optional,
        "element": {"action_id": "value", **element},
    }


def _typed(  # noqa: PLR0913 - what a text field is made of, all but the first three by name
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
    element: Block = {"type": "plain_text_input", "multiline": lines, "max_length": most}
    if not optional:
        element["min_length"] = least
    if prefilled := clean(value)[:most]:
        element["initial_value"] = prefilled
    if hint:
        element["placeholder"] = plain(hint, 150)
    return _input(name, label, element, optional=optional)


def _chosen(
    name: str, label: str, options: Sequence[tuple[str, str]], value: str, *, optional: bool = False
) -> Block:
    made = [{"text": plain(shown, 75), "value": option} for option, shown in options[:MOST_OPTIONS]]
    element: Block = {"type": "static_select", "options": made}
    if initial := next((option for option in made if option["value"] == value), None):
        element["initial_option"] = initial
    if optional:
        element["placeholder"] = plain("This channel's default", 150)
    return _input(name, label, element, optional=optional)


def _ticked(name: str, label: str, text: str, *, ticked: bool = False) -> Block:
    option = {"text": plain(text, 75), "value": YES}
    element: Block = {"type": "checkboxes", "options": [option]}
    if ticked:
        element["initial_options"] = [option]
    return _input(name, label, element, optional=True)


def _style_field(style: str, styles: Sequence[Version]) -> Block:
    """Offer what can draw; a style that a select cannot hold (value over 150) has to be typed instead."""
    options = [(f"{version.slug}@{version.number}", version.label) for version in styles]
    fitting = [option for option in options if len(option[0]) <= LONGEST_VALUE]
    if not fitting:
        return _typed(
            "style", "Style", style, most=LONGEST_NAME, optional=True, hint="This channel's default"
        )
    named = next((value for value, label in fitting if _names(style, value, label)), "")
    return _chosen("style", "Style", fitting, named, optional=True)


def _names(style: str, value: str, label: str) -> bool:
    """Say whether a person who writes `style` means this one: by its name or slug, with or without @n."""
    wanted = style.strip().lower()
    return bool(wanted) and wanted in {
        name.lower() for whole in (value, label) for name in (whole, whole.rpartition("@")[0])
    }


def _size_options(size: str) -> list[tuple[str, str]]:
    named = [(name, f"{name}, {size.width}x{size.height}") for name, size in SIZES.items()]
    own = clean(size)[:LONGEST_VALUE]
    return named if own in SIZES or not own else [*named, (own, own)]
