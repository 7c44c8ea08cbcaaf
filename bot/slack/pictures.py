"""The card of a generation: what was asked while it is drawn, and in the end the pictures themselves.

At most 20 pictures, so 20 image blocks and a handful more: well under Slack's 50. Every picture carries
its place, its style and its prompt as alternative text.
"""

from bot.domain.collecting import Upload
from bot.domain.deciding import open_ballot
from bot.domain.generation import Format, Generation, Quality, Stage
from bot.slack import voting
from bot.slack.blocks import (
    FALLBACK_MOST,
    Block,
    Drawn,
    actions,
    button,
    clamp,
    code,
    confirm,
    context,
    esc,
    image,
    mention,
    moment,
    numbered,
    plain,
    section,
)
from bot.slack.doubts import HELD_UP, evidence, is_doubtful, is_given_up, is_held_up, troubled
from bot.slack.gates import still_needed
from bot.slack.phrases import amount, counted, ended, money, price

_WAITING = {
    Stage.AWAITING: "These pictures wait for approval: they cost money.",
    Stage.REQUESTED: "Asked for; it goes to Runware next.",
    Stage.SUBMITTING: "Handing it over to Runware…",
    Stage.UNCONFIRMED: (
        "Nobody can say whether these pictures are drawn, so they may be charged. "
        "Nothing is sent again without a person: look for them in the Runware dashboard."
    ),
    Stage.RENDERING: "Drawing…",
    Stage.COLLECTING: "Drawn; bringing the pictures here…",
}


def generation_card(generation: Generation) -> Drawn:
    """Draw the card of `generation`; once it is done, with its pictures."""
    said = _said(generation)
    drawn = [
        section(plain(generation.request.prompt)),
        *_pictures(generation),
        *([] if generation.stage is Stage.DONE else [section(said)]),
        *_ballot(generation),
        context(*_small_print(generation)),
    ]
    if is_doubtful(generation) or is_given_up(generation):
        drawn += evidence(generation)
    if is_doubtful(generation):
        drawn.append(actions(*_ways_out(generation)))
    drawn += _choices(generation)
    prompt = f"{esc(generation.label)}: {esc(generation.request.prompt)}"
    text = clamp(f"{said} {prompt}", FALLBACK_MOST)
    return Drawn(text, numbered(drawn, _prefix(generation)))


def _prefix(generation: Generation) -> str:
    if ballot := open_ballot(generation):
        return voting.prefix(ballot, generation.version)
    return f"{generation.stage.replace(' ', '-')}.{generation.version}"


def _said(generation: Generation) -> str:
    """Return how it stands, in mrkdwn, with the next step where it failed."""
    if generation.stage is Stage.DONE:
        return f"{counted(len(generation.uploads), 'picture')} in the style"
    if generation.stage is Stage.FAILED:
        return f"{failed_because(generation)} {_next_step(generation)}"
    told = waiting_for(generation)
    if generation.trouble:
        told += f"\n{troubled(generation.trouble, generation.troubled_since)}"
    if ballot := open_ballot(generation):
        lines = [
            voting.changed(ballot),
            f"{told} {_priced(generation)}",
            voting.over_budget(generation),
        ]
        return "\n".join(line for line in lines if line)
    return told


def _priced(generation: Generation) -> str:
    estimate = generation.ballot.estimate if generation.ballot else None
    return f"The price: {price(estimate, 'picture')}."


def _next_step(generation: Generation) -> str:
    if _code(generation) in {"expired", "cancelled"}:
        return "Again asks for the same anew."
    if _code(generation) == "lost":
        by_task = f", by task {code(generation.task.id)}" if generation.task else ""
        return (
            f"Look for them in the Runware dashboard{by_task}. Again has them drawn, and charged, once more."
        )
    return "Change the prompt with Edit prompt, or try the same with Again."


def _code(generation: Generation) -> str:
    return generation.failure.code if generation.failure else ""


def waiting_for(generation: Generation) -> str:
    """Return what is done about pictures that are not there yet, in mrkdwn."""
    if _was_approved(generation):
        by = voting.completed_by(generation.ballot, generation.decided_by)
        return f"Approved by {by}; it goes to Runware next. Until then it can be cancelled."
    return HELD_UP if is_held_up(generation) else _WAITING[generation.stage]


def failed_because(generation: Generation) -> str:
    """Return that there are none, why, and who decided that when, in mrkdwn."""
    why = esc(generation.failure.sentence) if generation.failure else "Runware did not say why."
    by = mention(generation.decided_by or generation.request.requester)
    match _code(generation):
        case "rejected":
            at = f" {moment(generation.stage_since)}" if generation.stage_since else ""
            return f"No pictures: rejected by {by}{at}: {ended(why)} Nothing was charged."
        case "cancelled":
            return f"No pictures: cancelled by {by}. {why}"
        case "givenUp":
            return f"No pictures: given up by {by}. {why}"
        case "lost":
            return f"No pictures: {ended(why)} They were drawn and charged{_charged(generation)}."
    return f"No pictures: {why}"


def _charged(generation: Generation) -> str:
    return f" (${amount(generation.cost)})" if generation.cost else "; what they cost was not stated"


def verdicts(generation: Generation) -> list[Block]:
    """Return the buttons that say yes and no while it waits for a decision."""
    what = voting.called(generation)
    needed = still_needed(generation.ballot)
    question = _not_last(needed, what) if needed else voting.paid(what)
    return voting.verdicts(kind="generation", subject=generation.id, what=what, question=question)


def _not_last(needed: str, what: str) -> Block:
    what = clamp(what, 80)
    starts = f"Once it has all, Runware draws {what}, and charges for it."
    told = f"{needed} {starts} There may be a short time to take it back."
    return confirm(f"Approve {what}?", told, yes="Approve", no="Not yet")


def _was_approved(generation: Generation) -> bool:
    """Say whether somebody approved it, and nothing has been sent yet."""
    return generation.stage is Stage.REQUESTED and generation.decided_by is not None


def _ballot(generation: Generation) -> list[Block]:
    """Return who decides, or who did."""
    if ballot := open_ballot(generation):
        return voting.asking(ballot)
    return voting.small_print(voting.history(generation.ballot))


def _choices(generation: Generation) -> list[Block]:
    """Return the rows of buttons, the decision first."""
    if generation.is_over:
        return [actions(*_buttons(generation))]
    subject, what = generation.id, voting.called(generation)
    cancel = voting.cancelling("generation", subject, what)
    if generation.stage is Stage.REQUESTED and generation.ballot:
        return voting.rows([cancel])
    ballot = open_ballot(generation)
    if ballot is None:
        return []
    more = voting.seconds(ballot, cancel, kind="generation", subject=subject, what=what)
    return voting.rows([*verdicts(generation), *more])


def _pictures(generation: Generation) -> list[Block]:
    if generation.stage is not Stage.DONE:
        return []
    total, prompt = len(generation.uploads), generation.request.prompt
    return [
        image(
            upload.shown,
            alt=f"Picture {place} of {total}, in the style {generation.label}: {prompt}",
            title=f"{place} of {total}{_marked(generation, upload)}",
        )
        for place, upload in enumerate(generation.uploads, start=1)
    ]


def _marked(generation: Generation, upload: Upload) -> str:
    return " · approved for use" if upload.result in generation.aside.cleared else ""


def _small_print(generation: Generation) -> list[str]:
    request = generation.request
    parts = [f"Style *{esc(generation.label)}*", str(request.size), f"quality {request.quality}"]
    if generation.stage is Stage.DONE:
        parts.append(money(generation.cost))
    else:
        parts.append(f"{counted(request.count, 'picture')} asked")
    if request.private:
        parts.append("private")
    asked = f"Asked by {mention(request.requester)} · pictures {code(generation.id)}"
    missing = _missing(generation) if generation.stage is Stage.DONE else ""
    thread = "The WebP originals are in the thread." if request.format is Format.WEBP else ""
    originals = thread if generation.stage is Stage.DONE else ""
    return [text for text in (" · ".join(parts), asked, missing, originals) if text]


def _missing(generation: Generation) -> str:
    """Return why there are fewer pictures than were asked for; empty where there are not."""
    drawn, asked = len(generation.results), generation.request.count
    fewer = f"Runware drew {drawn} of the {asked} that were asked for." if drawn < asked else ""
    pictures = counted(len(generation.lost), "more picture")
    lost = f"{pictures} could not be brought here: {esc(generation.trouble)}" if generation.lost else ""
    return " ".join(text for text in (fewer, lost) if text)


def _ways_out(generation: Generation) -> list[Block]:
    question = confirm(
        "Give these pictures up?",
        "Housestyle stops looking for them. If Runware took the request, it is charged all the same.",
        yes="Give up",
        no="Keep looking",
    )
    return [
        button("Check again", "generation.check", generation.id, label="Ask Runware again"),
        button(
            "Give up",
            "generation.give_up",
            generation.id,
            label="Give these pictures up",
            style="danger",
            confirm=question,
        ),
    ]


def _buttons(generation: Generation) -> list[Block]:
    made = [
        button("Again", "generation.again", generation.id, label="Draw the same prompt again"),
        button("Edit prompt", "generation.edit", generation.id, label="Edit the prompt and draw again"),
    ]
    if generation.stage is Stage.DONE and generation.request.quality is not Quality.HIGH:
        label = "Draw the same prompt in high quality"
        made.append(button("High quality", "generation.high", generation.id, label=label))
    is_left = any(upload.result not in generation.aside.cleared for upload in generation.uploads)
    if is_left and not generation.request.private:
        label = "Choose pictures to be approved for use"
        made.append(button("Approve for use…", "generation.use", generation.id, label=label))
    return made
