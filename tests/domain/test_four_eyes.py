"""Who may decide on a run, and what the one who may not is told."""

from dataclasses import replace

import pytest

from bot.domain.approval import check_may_decide, check_may_stop, check_same_workspace
from bot.domain.errors import NotAllowed, Refused
from bot.domain.facts import TrainingRequest
from bot.domain.ids import ChannelId, RunId, UserId, WorkspaceId
from bot.domain.run import Run
from tests.fakes import NOON

ANN, BEN, CAT = UserId("UANN"), UserId("UBEN"), UserId("UCAT")
HOME = WorkspaceId("T1")
REQUEST = TrainingRequest(HOME, ChannelId("C1"), ANN, "https://acme.com/a.zip", "Stellar")
RUN = Run.requested(RunId("RUN0000001"), REQUEST, at=NOON)
APPROVED = replace(RUN, decided_by=BEN)


def test_a_colleague_may_decide() -> None:
    check_may_decide(RUN, BEN)


def test_who_asked_may_not_decide() -> None:
    with pytest.raises(NotAllowed, match="You asked for Stellar, so someone else has to decide"):
        check_may_decide(RUN, ANN)


@pytest.mark.parametrize("who", [ANN, BEN])
def test_who_asked_and_who_approved_may_stop_it(who: UserId) -> None:
    check_may_stop(APPROVED, who)


@pytest.mark.parametrize("run", [RUN, APPROVED])
def test_nobody_else_may_stop_it(run: Run) -> None:
    with pytest.raises(NotAllowed, match="Only who asked for Stellar, or approved it, can cancel it"):
        check_may_stop(run, CAT)


def test_the_own_workspace_finds_its_run() -> None:
    check_same_workspace(RUN, HOME)


def test_another_workspace_is_told_that_there_is_no_such_run() -> None:
    with pytest.raises(
        Refused, match=r"There is no run `RUN0000001`; `/style runs` lists them\.$"
    ) as refusal:
        check_same_workspace(RUN, WorkspaceId("T2"))
    assert not isinstance(refusal.value, NotAllowed)
