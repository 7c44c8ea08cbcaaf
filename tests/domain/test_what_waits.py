"""What waits for a decision is asked alike of runs, pictures and proposals."""

from dataclasses import replace

from bot.domain.deciding import is_asked, is_turn_of, is_waiting, open_ballot
from bot.domain.ids import UserId, WorkspaceId
from bot.domain.message import Memo, Topic
from bot.domain.people import Party
from bot.domain.run import Run, Stage
from bot.domain.terms import UNTOLD, Terms
from tests.domain.ballot_samples import BEN, BY_BRAND, BY_BUDGET, EVA, FAY, ask, each_of
from tests.domain.run_samples import a_run

ASKED = ask()


def run(stage: Stage) -> Run:
    return a_run(stage, ballot=ASKED)


def told(topic: Topic, gate: int | None = None) -> Memo:
    return Memo(WorkspaceId("T1"), run(Stage.AWAITING).id, UserId("UBEN"), topic, gate=gate)


def test_what_asks_somebody_asks_until_it_is_decided_or_the_turn_of_others() -> None:
    assert is_asked(told(Topic.REMINDER), run(Stage.AWAITING))
    assert is_asked(told(Topic.TURN, gate=ASKED.turn), run(Stage.AWAITING))
    assert not is_asked(told(Topic.TURN, gate=ASKED.turn + 1), run(Stage.AWAITING))
    assert not is_asked(told(Topic.REMINDER), run(Stage.APPROVED))
    assert not is_asked(told(Topic.GLASS_BROKEN), run(Stage.AWAITING))


def test_who_has_to_decide_in_doubt_is_asked_until_it_is_over() -> None:
    assert is_asked(told(Topic.DOUBT), run(Stage.UNCONFIRMED))
    assert not is_asked(told(Topic.DOUBT), run(Stage.TRAINING))
    assert not is_asked(told(Topic.DOUBT), run(Stage.AWAITING))


def test_a_ballot_is_open_as_long_as_what_it_is_about_waits() -> None:
    assert is_waiting(run(Stage.AWAITING))
    assert open_ballot(run(Stage.AWAITING)) is ASKED


def test_once_it_is_decided_a_ballot_is_open_no_more() -> None:
    assert not is_waiting(run(Stage.APPROVED))
    assert open_ballot(run(Stage.APPROVED)) is None


def test_it_is_the_turn_of_those_whom_the_open_gate_names_and_who_may_decide_at_all() -> None:
    asked = ask(Terms(each_of(BY_BRAND, BY_BUDGET)))
    assert [is_turn_of(one, asked) for one in (BEN, FAY)] == [True, False]
    assert [is_turn_of(one, replace(asked, turn=1)) for one in (BEN, FAY)] == [False, False]
    assert is_turn_of(EVA, replace(asked, turn=1))
    assert is_turn_of(BEN, replace(asked, turn=UNTOLD))
    barred = replace(asked.terms, holders=(Party(EVA.id),))
    assert not is_turn_of(BEN, replace(asked, terms=barred))


def test_after_the_last_gate_it_is_an_admins_turn() -> None:
    asked = replace(ask(Terms(each_of(BY_BRAND))), turn=1)
    assert [is_turn_of(one, asked) for one in (BEN, replace(BEN, is_admin=True))] == [False, True]
