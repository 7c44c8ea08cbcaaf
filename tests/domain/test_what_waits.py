"""What waits for a decision is asked alike of runs, pictures and proposals."""

from bot.domain.deciding import is_waiting, open_ballot
from bot.domain.run import Run, Stage
from tests.domain.ballot_samples import ask
from tests.domain.run_samples import a_run

ASKED = ask()


def run(stage: Stage) -> Run:
    return a_run(stage, ballot=ASKED)


def test_a_ballot_is_open_as_long_as_what_it_is_about_waits() -> None:
    assert is_waiting(run(Stage.AWAITING))
    assert open_ballot(run(Stage.AWAITING)) is ASKED


def test_once_it_is_decided_a_ballot_is_open_no_more() -> None:
    assert not is_waiting(run(Stage.APPROVED))
    assert open_ballot(run(Stage.APPROVED)) is None
