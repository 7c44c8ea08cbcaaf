"""Whose a thing is, and who may stop what was asked; who may decide is the ballots' to test."""

from dataclasses import replace

import pytest

from bot.domain.approval import check_may_stop, check_same_workspace
from bot.domain.errors import NotAllowed, Refused
from bot.domain.generation import Generation, GenerationRequest
from bot.domain.ids import Air, ChannelId, GenerationId, ProposalId, UserId, WorkspaceId
from bot.domain.people import Kind, Party, Person
from bot.domain.policy import BUILT_IN, Action, Grant, Policy, Role
from bot.domain.proposal import Proposal, ProposalRequest
from bot.domain.run import Run
from tests.domain.ballot_samples import ANN, BEN, CAT, DAN, NOON, approved, ask
from tests.domain.run_samples import a_run

HOME, CHANNEL = WorkspaceId("T1"), ChannelId("C1")
VOTED = approved(ask(), DAN)
ADA = Person(UserId("UADA"), is_admin=True)
RUN = replace(a_run(), decided_by=BEN.id, ballot=VOTED)
PICTURES = Generation(
    GenerationId("GEN0000001"),
    GenerationRequest(HOME, CHANNEL, ANN.id, "a red fox"),
    Air("acme:stellar@1"),
    "Stellar@1",
    NOON,
    ballot=VOTED,
    decided_by=BEN.id,
)
PROPOSAL = Proposal(
    ProposalId("PROPOSAL01"),
    ProposalRequest(HOME, CHANNEL, ANN.id, Action.PROMOTE, "Stellar@2"),
    NOON,
    VOTED,
    decided_by=BEN.id,
)
items = pytest.mark.parametrize("item", [RUN, PICTURES, PROPOSAL], ids=lambda item: type(item).__name__)
Item = Run | Generation | Proposal


@items
@pytest.mark.parametrize("who", [ANN, BEN, DAN, ADA], ids=lambda who: who.id)
def test_who_asked_who_approved_and_an_admin_may_stop_it(item: Item, who: Person) -> None:
    check_may_stop(item, who, BUILT_IN)


@items
def test_nobody_else_may_stop_it(item: Item) -> None:
    with pytest.raises(NotAllowed, match="Only who asked for it, who approved it, or an admin can stop it"):
        check_may_stop(item, CAT, BUILT_IN)


def test_who_may_stop_what_was_never_asked_of_anybody_is_who_asked() -> None:
    check_may_stop(a_run(), ANN, BUILT_IN)
    with pytest.raises(NotAllowed, match="Only who asked"):
        check_may_stop(a_run(), DAN, BUILT_IN)


def test_who_proposes_what_is_anothers_may_stop_it_too() -> None:
    proposed = replace(PROPOSAL, request=replace(PROPOSAL.request, proposed_by=CAT.id))
    assert (proposed.asked_by, PROPOSAL.asked_by) == (CAT.id, ANN.id)
    for who in (ANN, CAT):
        check_may_stop(proposed, who, BUILT_IN)


def test_an_admin_is_whom_the_policy_grants_that_role() -> None:
    policy = Policy(grants=(Grant(Role.ADMIN, (Party(CAT.id),)),))
    check_may_stop(RUN, CAT, policy)
    with pytest.raises(NotAllowed, match="Only who asked"):
        check_may_stop(RUN, ADA, policy)


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.MEMBER])
def test_who_is_no_member_any_more_stops_nothing_not_even_what_they_asked_for(kind: Kind) -> None:
    with pytest.raises(NotAllowed, match="neither ask for nor decide on"):
        check_may_stop(RUN, replace(ANN, kind=kind), BUILT_IN)


@items
def test_the_own_workspace_finds_it(item: Item) -> None:
    check_same_workspace(item, HOME)


@items
def test_another_workspace_is_told_that_there_is_no_such_thing(item: Item) -> None:
    with pytest.raises(Refused, match=r"^There is no run `\w{10}`; `/style runs` lists them\.$") as refusal:
        check_same_workspace(item, WorkspaceId("T2"))
    assert not isinstance(refusal.value, NotAllowed)
