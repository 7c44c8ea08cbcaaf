"""Whom each gate of a ballot asks, and how far it is, in words: mrkdwn, pure.

Who is a member of which group just now is not known here, so a gate is called passed only where the votes on
it prove that.
"""

from collections.abc import Mapping, Sequence

from bot.domain.ballot import Ballot
from bot.domain.ids import UserId
from bot.domain.people import ADMINS, EVERYONE, Party, who_may
from bot.domain.policy import Step
from bot.domain.terms import names
from bot.slack.blocks import clamp, esc, mention
from bot.slack.phrases import counted

MOST_NAMED, LONGEST_NAME = 20, 60
Barred = Mapping[Party, str]
"""Who may not decide, and why: the end of a clause."""


def open_gate(ballot: Ballot) -> int | None:
    """Return the first gate that the votes do not prove passed; None where all are."""
    gates = range(len(ballot.terms.gates))
    return next((gate for gate in gates if not _is_passed(ballot, gate)), None)


def _is_passed(ballot: Ballot, gate: int) -> bool:
    """Say whether the votes prove a gate passed: they are enough, or somebody voted at a later one."""
    if any(vote.gate > gate for vote in ballot.votes):
        return True
    steps = ballot.terms.gates[gate]
    is_plain = len(steps) == 1 or all(step.count == 1 for step in steps)
    return is_plain and len(ballot.seats(gate)) >= steps[0].count


def approvals_left(ballot: Ballot) -> int:
    """Return how many approvals it needs at least: more where some of its votes count no more."""
    gates = [gate for gate in range(len(ballot.terms.gates)) if not _is_passed(ballot, gate)]
    fewest = {gate: min(step.count for step in ballot.terms.gates[gate]) for gate in gates}
    return sum(max(fewest[gate] - len(ballot.seats(gate)), 0) for gate in gates)


def still_needed(ballot: Ballot | None) -> str:
    """Return what else it needs, a sentence that stays true when others vote; empty where one vote may do."""
    if ballot is None:
        return ""
    left = approvals_left(ballot)
    if left <= 1 and not ballot.open_objections:
        return ""
    lacking = [f"at least {counted(left, 'approval')}"] if left else []
    lacking += ["an admin's override"] if ballot.open_objections else []
    return f"When this was shown it still needed {' and '.join(lacking)}."


def standing(gate: int, at: int | None) -> str:
    """Return how a gate stands while the gate `at` is open; None: all are passed."""
    if at is None or gate < at:
        return "✓ approved:"
    return "▸ open now:" if gate == at else "· after that:"


def kept_out(ballot: Ballot, askers: Sequence[UserId]) -> dict[Party, str]:
    """Return who may not decide, and why where that is not plain; a review is about what `askers` asked."""
    if askers:
        theirs = {Party(one): ", whose request it was" for one in askers if one != ballot.asker}
        return {Party(ballot.asker): ", who broke the glass"} | theirs
    return {Party(ballot.asker): ""} if ballot.terms.four_eyes else {}


def gate_words(ballot: Ballot, gate: int, barred: Barred) -> str:
    """Return whom a gate asks, and how many of them have approved."""
    steps, there = ballot.terms.gates[gate], len(ballot.seats(gate))
    if len(steps) == 1:
        return f"{_step(ballot, steps[0], barred)} · {there} of {steps[0].count} approved"
    asked = " or ".join(f"{_step(ballot, step, barred)}, {step.count} needed" for step in steps)
    return f"{asked} · {there} approved"


def _step(ballot: Ballot, step: Step, barred: Barred) -> str:
    """Return whom a step asks: those of its people only who may decide there, as far as that is known."""
    who, is_sure = _among(ballot, step.who, barred)
    silent, is_sure_besides = _among(ballot, step.silent, barred)
    others = ", and ".join(f"{mention(one)}{why}" for one, why in barred.items())
    besides = f"anyone but {others}" if others else "anyone"
    whom = besides if EVERYONE in who else named(who)
    told = " or ".join(part for part in (whom, "others who are not pinged" if silent else "") if part)
    limit = "" if is_sure and is_sure_besides else f", where also among {_holders(ballot, barred)}"
    return f"*{short(step.name)}* ({told or 'nobody'}{limit})"


def _among(ballot: Ballot, parties: Sequence[Party], barred: Barred) -> tuple[tuple[Party, ...], bool]:
    """Return whom of these to name, none who may not, and whether they surely may decide."""
    left, is_sure = who_may(tuple(parties), ballot.terms.holders)
    return tuple(party for party in left if party not in barred), is_sure


def _holders(ballot: Ballot, barred: Barred) -> str:
    """Return who may decide there at all."""
    return named([party for party in ballot.terms.holders if party not in barred]) or "nobody"


def escalated(ballot: Ballot, barred: Barred) -> str:
    """Return who may decide besides since it has waited for so long; empty where nobody does."""
    if not ballot.is_escalated:
        return ""
    others, is_sure = _among(ballot, ballot.terms.escalate_to, barred)
    limit = "" if is_sure else f", where also among {_holders(ballot, barred)}"
    return f"It has waited for long: {named(others)} may decide too{limit}." if others else ""


def expired(ballot: Ballot, until: str) -> tuple[str, str]:
    """Return how it expired, and in a sentence what it waited for then, empty where that is not known."""
    how = f"{'it was not' if ballot.votes else 'nobody'} decided {until}, so it expired."
    if (gate := open_gate(ballot)) is not None:
        return how, f"It waited for {clamp(esc(names(ballot.terms.gates[gate])), 200)}."
    return how, "It waited for an admin's override." if ballot.open_objections else ""


def named(parties: Sequence[Party]) -> str:
    """Return the marks of these parties, of a few of them where there are many."""
    few = [_party(party) for party in parties[:MOST_NAMED]]
    more = len(parties) - MOST_NAMED
    return " or ".join([*few, *([f"{more} others"] if more > 0 else [])])


def _party(party: Party) -> str:
    """Return the mark that names a party; a group's as Slack writes it, where it is one."""
    if party == ADMINS:
        return "a workspace admin"
    if party == EVERYONE:
        return "anyone"
    is_group = party.startswith("S") and party.isascii() and party.isalnum() and party.isupper()
    return f"<!subteam^{party}>" if is_group else mention(party)


def short(name: str) -> str:
    """Return the name of a step or check."""
    return clamp(esc(name), LONGEST_NAME)
