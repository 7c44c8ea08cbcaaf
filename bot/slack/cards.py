"""The card of a run: its one message, drawn whole from the run and the moment, never patched.

Every stage says in words what is true, what comes next and who may do what. A button's value is the run's
id and nothing else. No address but a link's host is ever shown.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.deciding import open_ballot
from bot.domain.run import Run, Stage
from bot.slack import gates, voting
from bot.slack.blocks import (
    FALLBACK_MOST,
    Block,
    Drawn,
    button,
    clamp,
    code,
    confirm,
    context,
    esc,
    header,
    mention,
    moment,
    numbered,
    section,
)
from bot.slack.doubts import HELD_UP, STILL_CHARGED, evidence, is_given_up, is_held_up, troubled
from bot.slack.phrases import STAGE_WORDS, counted, fingerprint, money, origin, phases, progress
from bot.slack.waiting import cancel, choices, sentence, worth_knowing

_ASK_ANEW = "Ask again makes a new request, which is looked at and approved anew."


@dataclass(frozen=True)
class _Told:
    """What a stage has to say: the sentence (mrkdwn, also the fallback), then findings, then buttons.

    `rows` are buttons in rows already.
    """

    sentence: str
    findings: Sequence[Block] = ()
    buttons: Sequence[Block] = ()
    rows: Sequence[Block] = ()


def run_card(run: Run, *, now: datetime) -> Drawn:
    """Draw the card of `run` as it is at `now`."""
    told = _told(run, now)
    title = f"{run.request.name} · {STAGE_WORDS[run.stage]}"
    decided = () if run.stage is Stage.AWAITING else voting.small_print(voting.history(run.ballot))
    small = context(*_small_print(run))
    drawn = [header(title), section(told.sentence), *told.findings, *decided, small]
    drawn += [*voting.rows(told.buttons), *told.rows]
    text = clamp(f"{esc(title)}: {told.sentence}", FALLBACK_MOST)
    return Drawn(text, numbered(drawn, _prefix(run)))


def _prefix(run: Run) -> str:
    if ballot := open_ballot(run):
        return voting.prefix(ballot, run.version)
    return f"{run.stage.replace(' ', '-')}.{run.version}"


def _told(run: Run, now: datetime) -> _Told:
    match run.stage:
        case Stage.REQUESTED:
            return _Told(_troubled(_looking(run), run), buttons=[cancel(run)])
        case Stage.AWAITING:
            asked = voting.asking(run.ballot) if run.ballot else []
            return _Told(sentence(run), [*asked, *worth_knowing(run)], rows=choices(run))
        case Stage.APPROVED:
            return _approved(run)
        case Stage.SUBMITTING:
            if is_held_up(run):
                return _Told(_troubled(HELD_UP, run), buttons=[cancel(run)])
            return _Told(_troubled("Handing it over to Runware…", run))
        case Stage.UNCONFIRMED:
            return _unconfirmed(run)
        case Stage.TRAINING:
            return _Told(_troubled(progress(run, now=now), run), buttons=[_stop(run)])
        case Stage.READY:
            return _ready(run)
        case Stage.FAILED | Stage.EXPIRED:
            return _Told(_over(run), buttons=[_again(run)])
    return _Told(_over(run), evidence(run) if is_given_up(run) else ())


def _troubled(sentence: str, run: Run) -> str:
    return f"{sentence}\n{troubled(run.trouble, run.troubled_since)}" if run.trouble else sentence


def _looking(run: Run) -> str:
    """Return what is looked at, and why it is looked at again where it is."""
    if run.dataset is None:
        return "Looking at the dataset…"
    if run.notice:
        return f"{esc(run.notice)}\nLooking at the dataset again…"
    wanted = run.pending or run
    without = f" without {counted(len(wanted.left_out), 'picture')}" if wanted.left_out else ""
    stripped = ", camera, place and author data stripped," if wanted.strip else ""
    return f"Putting the dataset together anew{without}{stripped} and looking at it again…"


def _approved(run: Run) -> _Told:
    by = voting.completed_by(run.ballot, run.decided_by)
    if run.trouble:
        told = _troubled(f"By {by}. {HELD_UP} It can be undone; nothing has been paid yet.", run)
    else:
        starts = f", training starts {moment(run.starts_at)}" if run.starts_at else ""
        told = f"By {by}{starts}. Until then it can be undone; nothing has been paid yet."
    undo = button(
        "Undo approval", "run.undo", run.id, label=f"Undo the approval of {run.request.name}", style="danger"
    )
    return _Told(told, buttons=[undo])


def _unconfirmed(run: Run) -> _Told:
    told = (
        f"{esc(run.trouble) or 'Runware does not say whether it took this training.'} So it may exist, and "
        "may be charged. Nothing is sent again without a person: look in the Runware dashboard."
    )
    check = button("Check again", "run.check", run.id, label=f"Ask Runware again about {run.request.name}")
    return _Told(told, evidence(run), [check, _give_up(run)])


def _ready(run: Run) -> _Told:
    told = f"{code(run.air or '')} is ready · {money(run.cost)}"
    name, label = run.request.name, f"Generate pictures with {run.request.name}"
    draw = button("Generate", "run.generate", run.id, label=label, style="primary")
    if run.aside.is_default:
        return _Told(f"{told} · this channel's default", buttons=[draw])
    label = f"Make {name} this channel's default style"
    return _Told(told, buttons=[draw, button("Make default", "run.default", run.id, label=label)])


def _over(run: Run) -> str:
    """Return the last word on a run that came to nothing, and what to do next."""
    match run.stage:
        case Stage.REFUSED:
            problems = "\n".join(f"• {esc(problem)}" for problem in run.problems)
            return f"{problems}\nPut that right and ask again: `/train …`. Nothing was charged."
        case Stage.REJECTED:
            at = f" {moment(run.stage_since)}" if run.stage_since else ""
            why = esc(run.reason) or "no reason given."
            next_step = "Nothing was charged. Put that right and ask again: `/train …`."
            return f"By {_decider(run)}{at}: {why}\n{next_step}"
        case Stage.EXPIRED:
            return f"{expired(run)}\n{_ASK_ANEW}"
        case Stage.CANCELLED if is_given_up(run):
            did = "stopped following it" if run.task and run.task.is_taken else "gave it up"
            return f"{_decider(run)} {did}. {STILL_CHARGED}"
        case Stage.CANCELLED:
            why = f" {esc(run.reason)}" if run.reason else ""
            return f"By {_decider(run)}.{why} Nothing was charged."
    why = esc(run.failure.sentence) if run.failure else "Runware did not say why."
    return f"{why}\n{_ASK_ANEW}"


def expired(run: Run) -> str:
    """Return that it was not decided in time, and what it waited for then, in mrkdwn."""
    if run.ballot is None:
        return "Nobody decided in time, so it expired. Nothing was charged."
    how, waited = gates.expired(run.ballot, f"by {moment(run.ballot.expires_at)}")
    return " ".join(part for part in (f"{how[0].upper()}{how[1:]}", waited, "Nothing was charged.") if part)


def _decider(run: Run) -> str:
    return mention(run.decided_by) if run.decided_by else "someone"


def _small_print(run: Run) -> list[str]:
    request = run.request
    seen = "private to this Runware account" if request.private else "public at Runware"
    asked = f"Asked by {mention(request.requester)} · {origin(request)} · {seen}"
    note = f"Note: {esc(request.note)}" if request.note else ""
    known = f" · {fingerprint(run.dataset)}" if run.dataset else ""
    return [text for text in (phases(run), asked, note, f"Run {code(run.id)}{known}") if text]


def _stop(run: Run) -> Block:
    question = confirm(
        "Stop following this training?",
        "A training cannot be cancelled at Runware: it goes on there and is still paid. "
        "Housestyle only stops following it, and the style will not be usable here.",
        yes="Stop following",
        no="Keep following",
    )
    label = f"Stop following {run.request.name}"
    return button("Stop following", "run.cancel", run.id, label=label, style="danger", confirm=question)


def _give_up(run: Run) -> Block:
    question = confirm(
        "Give this training up?",
        "Housestyle stops looking for it. If Runware took it, it is trained and charged all the same, and "
        "the style will not be usable here. Look into the Runware dashboard first.",
        yes="Give up",
        no="Keep looking",
    )
    label = f"Give up {run.request.name}"
    return button("Give up", "run.cancel", run.id, label=label, style="danger", confirm=question)


def _again(run: Run) -> Block:
    return button("Ask again", "run.retry", run.id, label=f"Ask again for {run.request.name}")
