"""What the card says while a run waits for a decision: all that those who decide need, and their buttons.

Advice and warnings never refuse anything here; they are shown to those who may. What is common to all that
is asked is drawn by `bot.slack.voting`; a run without a ballot is of a time before there were any.
"""

from datetime import datetime

from bot.domain.facts import TrainedBefore
from bot.domain.run import Run
from bot.slack import voting
from bot.slack.blocks import Block, button, clamp, code, confirm, context, esc, mention, moment, section
from bot.slack.findings import paragraph
from bot.slack.gates import still_needed
from bot.slack.phrases import counted, differing, judged, measured, price

RIGHTS_OPEN = "Whoever approves confirms that the team may train on these pictures."
NOT_KEPT = "These pictures are not kept here, so none can be left out: take it out of the ZIP and ask again."
MOST_NAMED = 10


def sentence(run: Run) -> str:
    """Return what is asked, in mrkdwn: first of all what is not as it was when it was first asked."""
    found = judged(run.dataset) if run.dataset else "the dataset"
    lines = [
        voting.changed(run.ballot) if run.ballot else "",
        undone(run),
        f"{found} · to become {code(run.air or '')}",
        esc(run.notice),
        _sentence_like(differing(run.compared)) if run.compared else "",
        f"Training costs money. The price: {price(run.ballot.estimate, 'training')}."
        if run.ballot
        else f"Someone other than {mention(run.request.requester)} has to decide: training costs money.",
        voting.over_budget(run),
    ]
    return "\n".join(line for line in lines if line)


def undone(run: Run) -> str:
    """Return who took its approval back, in mrkdwn; empty where nobody did."""
    if run.undone is None:
        return ""
    who, at = mention(run.undone.by), moment(run.undone.at)
    return f"{who} took the approval back {at}: nothing was sent, and it has to be approved anew."


def worth_knowing(run: Run) -> list[Block]:
    """Return what was found, what was done to the dataset, and who confirmed the rights."""
    dataset = run.dataset
    advice = dataset.assessment.advice if dataset and dataset.assessment else ()
    warnings = dataset.warnings if dataset else ()
    return [
        *([section(_before(run.before))] if run.before else []),
        *([section(paragraph("What would help most", [esc(one) for one in advice]))] if advice else []),
        *(
            [section(paragraph("Worth knowing before you decide", [esc(one) for one in warnings]))]
            if warnings
            else []
        ),
        context(*_provisos(run)),
    ]


def choices(run: Run) -> list[Block]:
    """Return the rows of buttons, the decision first."""
    dataset = run.dataset
    others = [
        *([_reuse(run, run.before.label)] if run.before and run.before.is_ready else []),
        *([_leave_out(run)] if dataset and dataset.kept else []),
        *([_details(run)] if dataset else []),
        cancel(run),
    ]
    if run.ballot is None:
        return voting.rows([_approve(run), _reject(run), *others])
    more = voting.seconds(run.ballot, kind="run", subject=run.id, what=run.label)
    return voting.rows([*verdicts(run), *more], others)


def verdicts(run: Run) -> list[Block]:
    """Return the buttons that say yes and no."""
    style = "" if run.before else "primary"
    return voting.verdicts(
        kind="run", subject=run.id, what=run.label, style=style, question=_paid_training(run)
    )


def cancel(run: Run) -> Block:
    """Return the button that ends a run for which nothing was sent yet."""
    return button("Cancel", "run.cancel", run.id, label=f"Cancel the request for {run.request.name}")


def rights(run: Run) -> str:
    """Return who said that the team may train on these pictures, or who will, in mrkdwn."""
    if run.rights is None:
        return RIGHTS_OPEN
    return confirmed(run.rights.by, run.rights.at)


def confirmed(by: str, at: datetime) -> str:
    """Return that `by` confirmed the rights, in mrkdwn."""
    return f"{mention(by)} confirmed the rights {moment(at)}."


def left_out(run: Run) -> str:
    """Return which pictures were left out, and by whom, in mrkdwn; empty where none was."""
    if not run.left_out:
        return ""
    names = ", ".join(clamp(esc(name), 60) for name in run.left_out[:MOST_NAMED])
    more = len(run.left_out) - MOST_NAMED
    rest = f" and {more} more" if more > 0 else ""
    by = f" by {mention(run.left_out_by)}" if run.left_out_by else ""
    return f"Left out{by}: {counted(len(run.left_out), 'picture')} ({names}{rest})."


def _provisos(run: Run) -> list[str]:
    kept = run.dataset is not None and run.dataset.kept
    stripped = "Camera, place and author data is stripped from the files." if run.strip else ""
    return [text for text in (rights(run), left_out(run), stripped, "" if kept else NOT_KEPT) if text]


def _before(before: TrainedBefore) -> str:
    label = esc(before.label)
    if not before.is_ready:
        return (
            f"These very pictures are approved, in training or paid for already, as *{label}*: look at its "
            "card first, for to approve pays for another."
        )
    return (
        f"These very pictures already trained *{label}*. To use that costs nothing; to approve pays for "
        "another version of the same."
    )


def _sentence_like(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def what_it_starts(run: Run) -> str:
    """Return what an approval starts, or waits for, and what it says of the rights, in plain words."""
    found = measured(run.dataset) if run.dataset else "the dataset"
    said = (
        RIGHTS_OPEN
        if run.rights is None
        else "That the team may train on these pictures was confirmed by the one named on the card."
    )
    starts = f"Runware trains this style from {found}, and charges for it"
    if needed := still_needed(run.ballot):
        return f"{needed} Once it has all, {starts}; there is a short time to undo. {said}"
    return f"{starts}. There is a short time to undo; after that it cannot be cancelled at Runware. {said}"


def _paid_training(run: Run) -> Block:
    title = f"Approve {clamp(run.label, 80)}?" if still_needed(run.ballot) else "Start a paid training?"
    return confirm(title, what_it_starts(run), yes="Approve", no="Not yet")


def _approve(run: Run) -> Block:
    style = "" if run.before else "primary"
    label = f"Approve {run.request.name}"
    return button(label, "run.approve", run.id, style=style, confirm=_paid_training(run))


def _reject(run: Run) -> Block:
    return button("Reject", "run.reject", run.id, label=f"Reject {run.request.name}, with a reason")


def _reuse(run: Run, label: str) -> Block:
    question = confirm(
        "Use the version there is?",
        "This channel draws by default in the version that the same pictures trained before, the request "
        "ends, and nothing is charged. Where that needs an approval, you are told, and nothing ends yet.",
        yes="Use it",
        no="Not yet",
    )
    text = f"Use {label} instead"
    return button(text, "run.reuse", run.id, style="primary", confirm=question)


def _leave_out(run: Run) -> Block:
    flagged = run.dataset.assessment.flagged if run.dataset and run.dataset.assessment else {}
    text = f"Leave out {len(flagged)} flagged…" if flagged else "Leave out pictures…"
    label = f"Choose pictures to leave out of {run.request.name}"
    return button(text, "run.leave_out", run.id, label=label)


def _details(run: Run) -> Block:
    label = f"Details of the dataset of {run.request.name}"
    return button("Details", "run.details", run.id, label=label)
