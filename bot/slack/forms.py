"""The forms that ask for one thing: why a run is rejected, and what pictures are wanted.

What was typed with the command is prefilled. `bot.slack.asking` holds the form for a training,
`bot.slack.curation` the one about the pictures of a dataset.
"""

from collections.abc import Sequence

from bot.domain.generation import LONGEST_PROMPT, MOST_RESULTS, SHORTEST_PROMPT, SIZES, Format, Quality
from bot.domain.ids import ChannelId
from bot.domain.run import Run
from bot.domain.style import LONGEST_NAME, Version
from bot.slack.blocks import Block, clean, esc, section
from bot.slack.fields import LONGEST_VALUE, chosen, form, ticked, typed

LONGEST_REASON = 1000


def reject_form(run: Run) -> Block:
    """Return the form behind Reject; field: reason."""
    fields = [
        section(f"*{esc(run.request.name)}* will not be trained. The one who asked reads your reason."),
        typed("reason", "Reason", "", most=LONGEST_REASON, lines=True),
    ]
    return form("form.reject", "Reject a run", "Reject", fields, {"run": run.id})


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
        typed("prompt", "Prompt", prompt, least=SHORTEST_PROMPT, most=LONGEST_PROMPT, lines=True),
        _style_field(style, styles),
        chosen("size", "Size", _size_options(size), size),
        chosen("count", "Pictures", [(str(n), str(n)) for n in range(1, MOST_RESULTS + 1)], str(count)),
        chosen("quality", "Quality", [(q.value, q.value) for q in Quality], quality),
        chosen("format", "Format", [(f.value, f.value) for f in Format], format),
        ticked("private", "Who sees the pictures", "Only me, in a direct message", ticked=private),
    ]
    return form("form.generate", "Generate pictures", "Generate", fields, {"channel": channel})


def _style_field(style: str, styles: Sequence[Version]) -> Block:
    """Offer what can draw; a style that a select cannot hold (value over 150) has to be typed instead."""
    options = [(f"{version.slug}@{version.number}", version.label) for version in styles]
    fitting = [option for option in options if len(option[0]) <= LONGEST_VALUE]
    if not fitting:
        return typed("style", "Style", style, most=LONGEST_NAME, optional=True, hint="This channel's default")
    named = next((value for value, label in fitting if _names(style, value, label)), "")
    return chosen("style", "Style", fitting, named, optional=True)


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
