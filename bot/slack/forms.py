"""The forms that ask for one thing: a reason or comment for a decision, and what pictures are wanted.

Those about a decision keep the `kind` and `id` of what it is about, and the mark of what exactly was asked.
What was typed with the command is prefilled. `bot.slack.asking` holds the form for a training,
`bot.slack.curation` the one about the pictures of a dataset.
"""

from collections.abc import Sequence
from dataclasses import replace

from bot.domain.generation import (
    LONGEST_PROMPT,
    MOST_RESULTS,
    SHORTEST_PROMPT,
    Format,
    Generation,
    Quality,
)
from bot.domain.ids import ChannelId
from bot.domain.policy import Action
from bot.domain.proposal import Proposal
from bot.domain.run import Run
from bot.domain.size import SIZES
from bot.domain.style import LONGEST_NAME, Version
from bot.domain.visible import visible
from bot.slack.blocks import Block, clamp, esc, section
from bot.slack.clauses import sentence
from bot.slack.fields import LONGEST_VALUE, Tick, chosen, form, place, ticked, ticks, typed
from bot.slack.findings import paragraph
from bot.slack.gates import approvals_left, open_gate
from bot.slack.voting import Asked, called, mark
from bot.slack.waiting import what_it_starts

LONGEST_REASON = 1000
_REFUSED = {
    Action.PROMOTE: "the channel goes on drawing in what it draws in now.",
    Action.USE: "they may not be used.",
    Action.REVIEW: "you find that what was done was not right.",
}
_TOLD = "Who asked and the approvers are told your name and reason; where anyone may approve, the admins are."
_PAID = "Runware draws them and charges for them; once they are handed over they cannot be cancelled."


def reject_form(kind: str, subject: Asked) -> Block:
    """Return the form behind Reject; field: reason."""
    word = "Not right" if kind == "proposal" and _is_review(subject) else "Reject"
    fields = [
        section(f"{_named(subject)}: {_refused(subject)} The one who asked reads your reason."),
        typed("reason", "Reason", "", most=LONGEST_REASON, lines=True),
    ]
    return form("form.reject", word, word, fields, _kept(kind, subject))


def comment_form(kind: str, subject: Asked) -> Block:
    """Return the form behind Approve with a comment; field: comment."""
    fields = [
        section(f"{_named(subject)}\n{_starts(subject)}".strip()),
        typed("comment", "Comment", "", most=LONGEST_REASON, lines=True, optional=True),
    ]
    return form("form.comment", "Approve", "Approve", fields, _kept(kind, subject))


def override_form(kind: str, subject: Asked) -> Block:
    """Return the form behind Override, which overrides all that is in the way; field: reason."""
    objections = subject.ballot.open_objections if subject.ballot else ()
    says = paragraph("In the way", [esc(check.says) for check in objections])
    fields = [
        section(f"{_named(subject)}\n{says}"),
        section(f"{_to_override(subject)} {_TOLD}"),
        typed("reason", "Reason", "", most=LONGEST_REASON, lines=True),
    ]
    return form("form.override", "Override", "Override", fields, _kept(kind, subject))


def _to_override(subject: Asked) -> str:
    """Return what comes of an override, in mrkdwn: where it was all that was left, it is paid for."""
    ballot = subject.ballot
    if ballot is None or approvals_left(ballot):
        return "To override that approves nothing yet."
    needs = (
        "It needs no other approval: to" if open_gate(ballot) is None else "If it needs no other approval, to"
    )
    return f"{needs} override that approves it. {_starts_at_once(subject)}".strip()


def _starts(subject: Asked) -> str:
    """Return what an approval starts and costs, in mrkdwn; empty for what starts nothing."""
    match subject:
        case Run():
            return esc(what_it_starts(subject))
        case Generation():
            return _PAID
    return ""


def _starts_at_once(subject: Asked) -> str:
    """Return what it starts where nobody else has to approve it, in mrkdwn."""
    return _starts(replace(subject, ballot=None) if isinstance(subject, Run) else subject)


def break_glass_form(kind: str, subject: Asked) -> Block:
    """Return the form behind Break the glass; field: reason."""
    starts = _starts_at_once(subject)
    fields = [
        section(f"{_named(subject)}\nYou alone approve that, past all approvals. {starts}".strip()),
        section(f"{_TOLD} Somebody else is asked to look at it afterwards."),
        typed("reason", "Reason", "", most=LONGEST_REASON, lines=True),
    ]
    return form("form.break_glass", "Break the glass", "Break the glass", fields, _kept(kind, subject))


def use_form(generation: Generation) -> Block:
    """Return the form behind Approve for use; fields: pictures.n, whose values are Runware's ids.

    Those that may be used already are left out.
    """
    total = len(generation.uploads)
    options = [
        Tick(upload.result, f"Picture {place} of {total}")
        for place, upload in enumerate(generation.uploads, start=1)
        if upload.result not in generation.aside.cleared
    ]
    fields = [
        section(
            f"*{esc(generation.label)}* · “{clamp(esc(generation.request.prompt), 500)}”\n"
            "The numbers are those on the card. If you may decide, this approves them; otherwise a "
            "colleague decides."
        ),
        *(
            ticks("pictures", "Pictures", options)
            if options
            else [section("All of them may be used already.")]
        ),
    ]
    return form("form.use", "Approve for use", "Ask", fields, _kept("generation", generation))


def _named(subject: Asked) -> str:
    return f"*{clamp(esc(sentence(called(subject))), 300)}*"


def _refused(subject: Asked) -> str:
    match subject:
        case Run():
            return "it will not be trained."
        case Generation():
            return "they will not be drawn."
    return _REFUSED[subject.request.action]


def _is_review(subject: Asked) -> bool:
    return isinstance(subject, Proposal) and subject.is_review


def _kept(kind: str, subject: Asked) -> dict[str, str]:
    """Return what comes back with a form: what it is about, and exactly what was asked when it opened."""
    digest = {"digest": mark(subject.ballot)} if subject.ballot else {}
    return {"kind": kind, "id": subject.id, **digest}


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
    """Return the form behind `/generate`; where it was opened in no channel it asks for one."""
    fields = [
        typed("prompt", "Prompt", prompt, least=SHORTEST_PROMPT, most=LONGEST_PROMPT, lines=True),
        _style_field(style, styles),
        *place("Channel for the pictures", channel, optional=True),
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
    own = visible(size)[:LONGEST_VALUE]
    return named if own in SIZES or not own else [*named, (own, own)]
