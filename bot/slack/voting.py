"""What every card that asks for a decision shows alike: who decides, what it costs, exactly what is asked.

Pure, and drawn from the ballot alone. Whose word (`run`, `generation`, `proposal`) and id buttons carry is
handed in; their blocks carry the digest of what was shown.
"""

import re
from collections.abc import Sequence

from bot.domain import approval
from bot.domain.ballot import Ballot, Deed, Vote
from bot.domain.generation import Generation
from bot.domain.ids import UserId
from bot.domain.policy import Action
from bot.domain.proposal import Proposal
from bot.domain.run import Run
from bot.domain.terms import FOREVER, names
from bot.domain.visible import shortened
from bot.slack.blocks import (
    Block,
    actions,
    button,
    clamp,
    code,
    confirm,
    context,
    esc,
    mention,
    moment,
    plain,
    section,
)
from bot.slack.blocks import told as worded
from bot.slack.findings import paragraph
from bot.slack.gates import LONGEST_NAME, escalated, gate_words, kept_out, open_gate, short, standing
from bot.slack.phrases import counted, payload_value

SHOWN = 8
"""So many digits of the digest are shown, and typed: they tell what was seen from what it became meanwhile.

Against somebody who makes up datasets until two have the same digits they are too few: buttons carry all.
"""
MOST_GATES, MOST_VOTES, MOST_SAID = 10, 7, 6
LONGEST_COMMENT = 300
_ROOM = 2600
_PICTURES = re.compile(r"The pictures in |Pictures? \d")

Asked = Run | Generation | Proposal
"""What can wait for a decision."""


# ── what it is ───────────────────────────────────────────────────────────────────────────────────────


def called(subject: Asked) -> str:
    """Return what people call it; not escaped."""
    match subject:
        case Run():
            return subject.label
        case Generation():
            return f"{counted(subject.request.count, 'picture')} in {subject.label}"
    match subject.request.action:
        case Action.PROMOTE:
            return f"{subject.label} as the default"
        case Action.USE:
            return f"{subject.label} for use"
    return f"the after-review of {reviewed(subject)}"


def reviewed(proposal: Proposal) -> str:
    """Return what a review is about, as people call it within a sentence; not escaped."""
    label = proposal.label
    return label[:1].lower() + label[1:] if _PICTURES.match(label) else label


def reviewed_of(subject: Asked) -> tuple[UserId, ...]:
    """Return whose request a review is about, who do not say whether it was right."""
    return subject.request.askers if isinstance(subject, Proposal) else ()


def asker(subject: Asked) -> str:
    """Return the mark of who asks for it: of pictures for use that need not be who made them."""
    return mention(approval.asker(subject))


def completed_by(ballot: Ballot | None, by: UserId | None) -> str:
    """Return who completed an approval, in mrkdwn: to override what was left is not to approve."""
    who = mention(by) if by else "someone"
    if ballot is None or ballot.glass or by in {vote.by for vote in ballot.votes}:
        return who
    return f"{who}'s override" if by in {deed.by for deed in ballot.overrides} else who


def mark(ballot: Ballot) -> str:
    """Return by what a card's buttons, and forms, say what was shown; those of old cards carry 12 digits."""
    return ballot.digest


def prefix(ballot: Ballot, version: int) -> str:
    """Return what the blocks of a card are named by while it waits: what is asked, and the redraw."""
    return f"awaiting-approval.{mark(ballot)}.{version}"


# ── what is said ─────────────────────────────────────────────────────────────────────────────────────


def changed(ballot: Ballot) -> str:
    """Return what is not as it was when it was first asked, in mrkdwn; empty where all is."""
    void = "Earlier approvals are void." if ballot.is_void and not ballot.votes else ""  # else given since
    if not ballot.changed:
        return f"{void} It is again what was first asked." if void else ""
    told = "; ".join(clamp(esc(shortened(one)).rstrip("."), LONGEST_COMMENT) for one in ballot.changed)
    return f"*Changed since it was first asked:* {clamp(told, _ROOM)}. {void}".rstrip()


def over_budget(asked: Asked) -> str:
    """Return that a budget keeps it from being approved just now, in mrkdwn; empty where none does."""
    if isinstance(asked, Proposal) or not asked.aside.over_budget:
        return ""
    at = f" As of {moment(asked.aside.as_of)}." if asked.aside.as_of else ""
    return f"*It cannot be approved just now.* {worded(asked.aside.over_budget)}{at}"


def who_decides(ballot: Ballot, askers: Sequence[UserId] = ()) -> str:
    """Return each gate in its order, how far it is, and which is open now, in mrkdwn.

    `askers` are those whose request a review is about.
    """
    gates = ballot.terms.gates
    if not gates:
        return "*Who decides:* nobody has to approve this."
    barred = kept_out(ballot, askers)
    at, besides = open_gate(ballot), [one for one in [escalated(ballot, barred)] if one]
    room = _ROOM // min(len(gates), MOST_GATES)
    if len(gates) == 1:
        return "\n".join([f"*Who decides:* {clamp(gate_words(ballot, 0, barred), room)}", *besides])
    order = ", then ".join(clamp(esc(names(gate)), LONGEST_NAME) for gate in gates[:MOST_GATES])
    lines = [
        clamp(f"{standing(gate, at)} {gate_words(ballot, gate, barred)}", room - LONGEST_NAME)
        for gate in range(min(len(gates), MOST_GATES))
    ]
    more = len(gates) - MOST_GATES
    rest = [f"and {counted(more, 'more step')} after that"] if more > 0 else []
    return "\n".join([f"*Who decides:* {clamp(order, LONGEST_NAME * MOST_GATES)}", *lines, *rest, *besides])


def history(ballot: Ballot | None) -> list[str]:
    """Return who approved when, why and for whom, and what was done past the rules: mrkdwn, a line each."""
    if ballot is None:
        return []
    few, rest = ballot.votes[-MOST_VOTES:], ballot.votes[:-MOST_VOTES]
    others = clamp(", ".join(mention(vote.by) for vote in rest), _ROOM)
    before = [f"Approved before by {others}"] if rest else []
    return [*before, *(_vote(ballot, vote) for vote in few), *deeds(ballot)]


def deeds(ballot: Ballot) -> list[str]:
    """Return what admins did past the rules, and why: mrkdwn, a line each."""
    told = [
        f"{mention(deed.by)} overrode *{short(deed.check)}* {moment(deed.at)}: {said(deed.reason)}"
        for deed in ballot.overrides[-MOST_SAID:]
    ]
    return [*told, broken(ballot.glass)] if ballot.glass else told


def broken(glass: Deed) -> str:
    """Return who decided past all approvals, when and why, in mrkdwn."""
    return f"{mention(glass.by)} broke the glass {moment(glass.at)}: {said(glass.reason)}"


def said(words: str) -> str:
    """Return somebody's words in quotation marks, in mrkdwn."""
    return f"“{clamp(esc(words), LONGEST_COMMENT) or 'no reason given'}”"


def exactly(ballot: Ballot) -> str:
    """Return what a vote is bound to, in mrkdwn."""
    pairs = ", ".join(f"{esc(word)} {payload_value(word, value)}" for word, value in ballot.payload if value)
    told = f"Asks for exactly {code(ballot.digest[:SHOWN])}"
    return f"{told}: {clamp(pairs, _ROOM)}" if pairs else told


def typed(subject: Asked, ballot: Ballot | None) -> str:
    """Return the command that approves just what is shown, in mrkdwn."""
    shown = f" {ballot.digest[:SHOWN]}" if ballot else ""
    return code(f"/style approve {subject.id}{shown}")


def deadline(ballot: Ballot) -> str:
    """Return until when it can be decided, in mrkdwn; empty where that is for ever."""
    return f"Expires {moment(ballot.expires_at)}." if ballot.terms.expires < FOREVER else ""


def asking(ballot: Ballot, askers: Sequence[UserId] = ()) -> list[Block]:
    """Return the blocks: who decides, what stands in the way, who has decided, what exactly is asked."""
    small = [deadline(ballot), exactly(ballot)]
    advice = [esc(one) for one in ballot.terms.advice]
    objections = [esc(check.says) for check in ballot.open_objections]
    return [
        section(who_decides(ballot, askers)),
        *([section(f"{paragraph('In the way', objections)}\n{IN_THE_WAY}")] if objections else []),
        *([section(paragraph("Advice from the rules", advice))] if advice else []),
        *small_print(history(ballot)),
        context(*(text for text in small if text)),
    ]


def small_print(lines: Sequence[str]) -> list[Block]:
    """Return `lines` in small print, as many blocks as they need."""
    return [context(*lines[start : start + 10]) for start in range(0, len(lines), 10)]


IN_THE_WAY = (
    "Nothing is granted before an admin overrides that, with a reason that is told to who asked and to the "
    "approvers; where anyone may approve, to the admins."
)


# ── buttons ──────────────────────────────────────────────────────────────────────────────────────────


def verdicts(  # noqa: PLR0913 - what the buttons are made of, all by name
    *,
    kind: str,
    subject: str,
    what: str,
    yes: str = "",
    no: str = "Reject…",
    style: str = "primary",
    question: Block | None = None,
) -> list[Block]:
    """Return the buttons that say yes and no to `what`, which is `subject` (its id), a `kind`."""
    text = yes or f"Approve {what}"
    longer = f"{yes}, with a comment…" if yes else "Approve with a comment…"
    against = f"{no.rstrip('…')}: {what}" if yes else f"Reject {what}"
    return [
        button(text, f"{kind}.approve", subject, style=style, confirm=question),
        button(longer, f"{kind}.comment", subject, label=f"{clamp(text, 55)}, with a comment"),
        button(no, f"{kind}.reject", subject, label=f"{clamp(against, 55)}, with a reason"),
    ]


def seconds(ballot: Ballot, *others: Block, kind: str, subject: str, what: str) -> list[Block]:
    """Return what else may be done about the decision: override, take back, `others`, break the glass."""
    made = []
    if ballot.open_objections:
        label = f"Override what is in the way of {what}"
        made.append(button("Override…", f"{kind}.override", subject, label=label))
    if ballot.votes:
        label = f"Take my approval of {what} back"
        made.append(button("Take my approval back", f"{kind}.retract", subject, label=label))
    return [*made, *others, _menu(f"{kind}.break_glass", "Break the glass…", subject)]


def cancelling(kind: str, subject: str, what: str) -> Block:
    """Return the button that takes the request back."""
    return button("Cancel", f"{kind}.cancel", subject, label=f"Cancel the request for {what}")


def paid(what: str) -> Block:
    """Return the question that is asked before pictures are paid for."""
    return confirm(
        "Draw for money?",
        f"Runware draws {clamp(what, 100)}, and charges for it. There may be a short time to take it back; "
        "after that it cannot be cancelled at Runware.",
        yes="Approve",
        no="Not yet",
    )


def rows(*rows: Sequence[Block]) -> list[Block]:
    """Return a row of buttons for each of those that has any."""
    return [actions(*row) for row in rows if row]


def _menu(action: str, text: str, value: str) -> Block:
    """Return a menu of one entry: what should not be pressed by mistake."""
    return {"type": "overflow", "action_id": action, "options": [{"text": plain(text, 75), "value": value}]}


# ── parts ────────────────────────────────────────────────────────────────────────────────────────────


def _vote(ballot: Ballot, vote: Vote) -> str:
    gates = ballot.terms.gates
    at = f" *{short(names(gates[vote.gate]))}*" if len(gates) > 1 and vote.gate < len(gates) else ""
    seat = f" for {mention(vote.seat)}" if vote.seat != vote.by else ""
    comment = f": {said(vote.comment)}" if vote.comment else ""
    return f"{mention(vote.by)} approved{at}{seat} {moment(vote.at)}{comment}"
