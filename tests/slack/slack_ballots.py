"""Ballots and proposals as a team meets them, and a strategy for any there can be."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import strategies as some

from bot.domain.ballot import Ballot, Deed, Vote
from bot.domain.ids import Air, GenerationId, ProposalId, RunId, UserId, WorkspaceId
from bot.domain.money import Estimate
from bot.domain.people import ADMINS, EVERYONE, Party
from bot.domain.policy import Action, Check, Level, Scope, Step
from bot.domain.proposal import Proposal, ProposalRequest, Stage
from bot.domain.terms import Terms
from tests.slack.slack_states import ANN, BEN, CHANNEL, HOSTILE, NOW

CAT, DAN = UserId("U0CAT00001"), UserId("U0DAN00001")
BRAND = Party("S0BRAND0001")
TWO_GATES = ((Step("brand", (BRAND,), 2),), (Step("finance", (Party(CAT), Party(DAN)), 1),))
"""Two of the brand team, then one of two people."""
TOO_DEAR = Check("dear", Scope(), Level.SOFT, "It costs more than $50.")


def terms(*gates: tuple[Step, ...], **changes: Any) -> Terms:  # noqa: ANN401 - what its fields hold
    return replace(Terms(gates or TWO_GATES), **changes)


def ballot(*gates: tuple[Step, ...], by: Terms | None = None, **changes: Any) -> Ballot:  # noqa: ANN401 - what its fields hold
    """Return what Ann asked six hours ago: two of the brand team, then finance."""
    made = Ballot(
        ANN,
        (("name", "Stellar"), ("dataset", "1a2b3c4d")),
        by or terms(*gates),
        NOW - timedelta(hours=6),
        Estimate(10.0, 14.0, 8),
    )
    return replace(made, **changes)


def vote(by: UserId, gate: int = 0, *, seat: UserId | None = None, comment: str = "") -> Vote:
    return Vote(by, gate, NOW - timedelta(hours=1), seat or by, comment)


def deed(reason: str = "The launch is today.", check: str = "") -> Deed:
    return Deed(DAN, reason, NOW - timedelta(minutes=5), check)


def proposal(
    action: Action = Action.PROMOTE,
    stage: Stage = Stage.AWAITING,
    *,
    words: str = "It holds the line better.",
    label: str = "Stellar@2",
    **changes: Any,  # noqa: ANN401 - what its fields hold
) -> Proposal:
    """Return a proposal as it can be at `stage`; `words` and `label` are what others put into it."""
    request = ProposalRequest(WorkspaceId("T0ACME00001"), CHANNEL, ANN, action, label, note=words)
    match action:
        case Action.PROMOTE:
            request = replace(request, air=Air("acme:stellar@2"))
        case Action.USE:
            request = replace(request, generation=GenerationId("3F8HZ2K9QW"), pictures=("1", "3"))
        case Action.REVIEW:
            request = replace(request, run=RunId("7K2M9QX4TB"))
    asked = ballot((Step("a colleague"),), estimate=None)
    made = Proposal(ProposalId("9P4W2D7K1M"), request, NOW - timedelta(hours=6), asked, stage, version=3)
    if stage is not Stage.AWAITING:
        made = replace(made, decided_at=NOW, decided_by=None if stage is Stage.EXPIRED else BEN)
    if stage is Stage.REJECTED:
        made = replace(made, reason=words)
    return replace(made, **changes)


# ── any there can be ─────────────────────────────────────────────────────────────────────────────────

USERS = [UserId(f"U0VOTER{n:03}") for n in range(20)]
WORDS = some.sampled_from(["brand", "Too dear.", "", HOSTILE, "&" * 900, "\U0001f98a" * 400])
_parties = some.lists(
    some.sampled_from([EVERYONE, ADMINS, *(Party(f"S{n:010}") for n in range(30)), *map(Party, USERS)]),
    max_size=40,
)
_steps = some.builds(Step, WORDS, _parties.map(tuple), some.integers(1, 20), _parties.map(tuple))
_gates = some.lists(some.lists(_steps, min_size=1, max_size=4).map(tuple), max_size=12).map(tuple)
_checks = some.builds(Check, WORDS, some.just(Scope()), some.just(Level.SOFT), WORDS)
_deeds = some.builds(Deed, some.sampled_from(USERS), WORDS, some.just(NOW), WORDS)
_votes = some.builds(
    Vote,
    some.sampled_from(USERS),
    some.integers(0, 11),
    some.just(NOW),
    some.sampled_from(USERS),
    WORDS,
)
_terms = some.builds(
    Terms,
    _gates,
    four_eyes=some.booleans(),
    expires=some.sampled_from([timedelta(hours=24), timedelta(days=36500)]),
    escalate_to=_parties.map(tuple),
    advice=some.lists(WORDS, max_size=12).map(tuple),
    objections=some.lists(_checks, max_size=12).map(tuple),
)
BALLOTS = some.builds(
    Ballot,
    some.just(ANN),
    some.lists(some.tuples(WORDS, WORDS), max_size=15).map(tuple),
    _terms,
    some.just(NOW),
    some.none() | some.builds(Estimate, some.floats(0, 9e5), some.floats(0, 9e5), some.integers(0, 20)),
    some.lists(_votes, max_size=20).map(tuple),
    some.lists(WORDS, max_size=12).map(tuple),
    some.lists(_deeds, max_size=9).map(tuple),
    some.none() | _deeds,
    is_escalated=some.booleans(),
)
