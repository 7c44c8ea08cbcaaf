import pytest

from bot.domain.generation import Stage as Drawing
from bot.domain.run import Run, Stage
from bot.domain.trace import Step, Trace
from bot.slack.traces import traced
from tests.slack.slack_limits import judge_mrkdwn, units
from tests.slack.slack_states import HOSTILE, NOW, TASK, full, generation, run, version


def told(*steps: Step) -> str:
    return traced(Trace(steps), now=NOW)


def step(number: int = 1, *, text: str = "Stellar", state: Run | None = None, drawn: int = 1) -> Step:
    made = tuple(generation(Drawing.DONE, prompt=f"a fox {n} {text}") for n in range(drawn))
    state = state or full(Stage.READY, text=text, words=text, cost=12.0, starts_at=NOW)
    return Step(state, version(number, name=text), made, is_default=number == 1)


@pytest.mark.parametrize("text", ["Stellar", HOSTILE, "&" * 5000])
@pytest.mark.parametrize("many", [1, 3, 40])
def test_every_trace_fits_into_one_message(text: str, many: int) -> None:
    answer = told(*(step(n, text=text, drawn=20) for n in range(many, 0, -1)))
    assert 0 < units(answer) <= 4000
    judge_mrkdwn(answer)


def test_a_version_is_followed_from_its_dataset_to_its_pictures() -> None:
    lines = told(step()).splitlines()
    assert lines[0] == "*Stellar@1* · `acme:stellar@1` · this channel's default"
    assert "Pictures from assets.acme.example · 24 pictures, 61 MB · score 82 of 100" in lines[1]
    assert "dataset `1a2b3c4d` · against Stellar@1: 3 new, 1 gone" in lines[1]
    assert "Left out: 2 pictures" in lines[2]
    assert "<@U0ANN00001> confirmed the rights" in lines[3]
    assert "Approved by <@U0BEN00001> <!date^" in lines[4]
    assert "Run `7K2M9QX4TB`, asked by <@U0ANN00001>" in lines[5]
    assert lines[5].endswith(f"task `{TASK.id}` · ready · cost $12.00")
    assert "`3F8HZ2K9QW` 4 x “a fox 0 Stellar” · <@U0ANN00001>" in lines[7]
    assert lines[7].endswith("cost $0.0104")


def test_the_newest_five_pictures_are_told() -> None:
    answer = told(step(drawn=9))
    assert "a fox 4" in answer
    assert "a fox 5" not in answer


def test_a_version_that_drew_nothing_says_so() -> None:
    assert "Nothing drawn in it yet" in told(step(drawn=0))
    assert "Nothing drawn" not in told(step(state=full(Stage.TRAINING), drawn=0))


def test_older_versions_are_told_in_a_line_each_and_the_rest_counted() -> None:
    answer = told(*(step(n, drawn=0) for n in range(20, 0, -1)))
    assert "• *Stellar@17* · `acme:stellar@17` · ready" in answer
    assert "• *Stellar@9*" in answer
    assert "and 8 more; name one" in answer


def test_a_run_whose_dataset_was_not_looked_at_has_no_version_yet() -> None:
    answer = told(Step(run(Stage.REQUESTED)))
    assert answer.startswith("*Stellar* · no version yet")
    assert "not looked at yet" in answer


def test_a_run_that_still_trains_tells_its_progress() -> None:
    assert "training ▓▓▓▓▓░░░░░ 47 %" in told(step(state=full(Stage.TRAINING, percent=47)))
