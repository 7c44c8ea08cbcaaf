from datetime import timedelta

import pytest

from bot.domain.alarm import Alarm, Concern
from bot.domain.generation import Stage as Drawing
from bot.domain.ids import WorkspaceId
from bot.domain.message import HomeState
from bot.domain.money import Line, Micros, Statement
from bot.domain.run import Stage
from bot.domain.task import Cancelled, Task
from bot.slack.answers import help_text, pictures_status, run_list, run_status, style_list
from bot.slack.home import home_view
from bot.slack.manifest import manifest
from tests.slack.slack_ballots import ballot, proposal
from tests.slack.slack_limits import judge_mrkdwn, judge_view, units
from tests.slack.slack_states import ANN, HOSTILE, NOW, TASK, full, generation, run, version

STYLE_WORDS = (
    *("list", "show", "use", "runs", "status", "approve", "reject", "leave", "reuse", "cancel", "retry"),
    *("check", "retract", "undo", "release", "override", "breakglass", "budget", "policy", "policy explain"),
    *("away", "back", "freeze", "unfreeze", "resend", "resume", "audit", "help"),
)


@pytest.mark.parametrize("text", ["Stellar", HOSTILE, "&" * 5000])
@pytest.mark.parametrize("many", [0, 1, 60])
def test_slack_takes_every_home_however_much_there_is(text: str, many: int) -> None:
    runs = tuple(run(stage, text=text) for stage in Stage)[:many] * (1 + many // 11)
    styles = tuple(version(n, name=text) for n in range(1, many + 1))
    judge_view(home_view(HomeState(ANN, runs, runs, styles), now=NOW))


def test_home_says_what_waits_what_is_mine_and_how_to_begin() -> None:
    mine = run(Stage.TRAINING, percent=47, stage_since=NOW - timedelta(minutes=58))
    said = str(home_view(HomeState(ANN, (mine,), (run(Stage.AWAITING),), (version(),)), now=NOW))
    for fact in (
        "*Stellar* · training ▓▓▓▓▓░░░░░ 47 % · about 1 h 05 min left",
        "`/style approve 7K2M9QX4TB`",
        "24 pictures, 61 MB",
        "*Stellar@1* · `acme:stellar@1`",
        "'home.train'",
        "'home.generate'",
    ):
        assert fact in said


def test_an_empty_home_says_that_it_is_empty() -> None:
    said = str(home_view(HomeState(ANN), now=NOW))
    for fact in (
        "Nothing that others ask waits for a decision.",
        "You have not asked for a training yet.",
        "No style is trained yet.",
    ):
        assert fact in said


def test_the_home_does_not_invite_to_post_where_the_manifest_does_not_allow_it() -> None:
    app_home = manifest(public_url=None, socket_mode=True)["features"]["app_home"]
    said = str(home_view(HomeState(ANN), now=NOW))
    assert app_home["messages_tab_read_only_enabled"]
    assert "post them here" not in said
    assert "post them in a channel that Housestyle is in" in said


@pytest.mark.parametrize("text", ["Stellar", HOSTILE, "&" * 5000])
def test_every_answer_fits_into_one_message(text: str) -> None:
    styles = [version(n, name=text) for n in range(1, 60)]
    runs = [run(stage, text=text, words=text, trouble=text) for stage in Stage] * 5
    runs += [full(stage, text=text, words=text) for stage in Stage]
    answers = [style_list(styles, styles[0]), run_list(runs, now=NOW)]
    answers += [run_status(one, now=NOW) for one in runs]
    answers += [
        pictures_status(generation(stage, prompt=text, label=text, task=TASK, trouble=text, evidence=(text,)))
        for stage in Drawing
    ]
    for answer in answers:
        assert 0 < units(answer) <= 4000
        judge_mrkdwn(answer)


def test_the_list_of_styles_marks_this_channels_default() -> None:
    told = style_list([version(2), version(1)], version(1))
    assert "*Stellar@1* · `acme:stellar@1` · this channel's default" in told
    assert told.count("default") == 1
    assert "/style use" in style_list([version()], None)


def test_a_style_that_still_trains_is_listed_as_such() -> None:
    assert "*Stellar@2* · `acme:stellar@2` · still training" in style_list([version(2, ready=False)], None)


def test_a_long_list_says_how_much_is_left_out() -> None:
    assert "and 39 more" in style_list([version(n) for n in range(1, 60)], None)


def test_where_there_is_nothing_the_answer_says_how_to_begin() -> None:
    assert "/train" in style_list([], None)
    assert "/train" in run_list([], now=NOW)


def test_the_list_of_runs_says_how_each_stands() -> None:
    told = run_list([run(Stage.TRAINING, percent=47), run(Stage.FAILED)], now=NOW)
    assert "• `7K2M9QX4TB` *Stellar* · training ▓▓▓▓▓░░░░░ 47 %" in told
    assert "*Stellar* · failed" in told


@pytest.mark.parametrize(
    ("stage", "told"),
    [
        (Stage.AWAITING, "waiting for approval"),
        (Stage.READY, "Cost not stated"),
        (Stage.REFUSED, "• So it is."),
        (Stage.REJECTED, "Reason: So it is."),
        (Stage.FAILED, "So it is."),
    ],
)
def test_the_status_of_a_run_tells_what_there_is_to_know(stage: Stage, told: str) -> None:
    status = run_status(run(stage, words="So it is."), now=NOW)
    assert told in status
    assert "<@U0ANN00001> in <#C0BRAND0001>" in status
    assert "Pictures from assets.acme.example" in status
    assert "Signature" not in status


def test_the_status_of_a_run_tells_its_dataset_and_who_decided() -> None:
    told = run_status(full(Stage.TRAINING, starts_at=NOW), now=NOW)
    for fact in (
        "24 pictures, 61 MB · score 82 of 100 · 1 outlier, 2 twins · dataset `1a2b3c4d`",
        "against Stellar@1: 3 new, 1 gone",
        "Left out: 2 pictures (moss-Stellar, fern-Stellar).",
        "<@U0ANN00001> confirmed the rights <!date^",
        "Approved by <@U0BEN00001> <!date^",
    ):
        assert fact in told
    assert "Cancelled by <@U0BEN00001>" in run_status(full(Stage.CANCELLED), now=NOW)


def test_home_tells_the_score_of_what_waits() -> None:
    said = str(home_view(HomeState(ANN, (), (full(),), ()), now=NOW))
    assert "24 pictures, 61 MB · score 82 of 100" in said


@pytest.mark.parametrize("command", ["train", "/generate", "style"])
def test_help_explains_a_command_by_examples(command: str) -> None:
    told = help_text(command)
    assert told.count(f"`/{command.lstrip('/')}") >= 3
    assert units(told) <= 4000


def test_help_names_every_word_that_style_knows() -> None:
    assert all(f"/style {word}" in help_text("style") for word in STYLE_WORDS)


def test_the_home_says_why_nothing_new_is_handed_over() -> None:
    alarm = Alarm(WorkspaceId("T1"), Concern.BALANCE, "", "Top it up.", NOW)
    said = str(home_view(HomeState(ANN, alarms=(alarm,)), now=NOW))
    assert "needs topping up" in said
    assert "Runs that wait are safe" in said


def test_the_status_of_a_run_tells_its_task_and_what_it_cost() -> None:
    told = run_status(run(Stage.READY, cost=12.5), now=NOW)
    assert f"Run `7K2M9QX4TB` · task `{TASK.id}`" in told
    assert "Cost $12.50" in told


def test_the_list_of_runs_tells_a_cost_where_it_is_known() -> None:
    assert "*Stellar* · ready · cost $12.50" in run_list([run(Stage.READY, cost=12.5)], now=NOW)
    assert "cost" not in run_list([run(Stage.READY), run(Stage.TRAINING)], now=NOW)


def test_the_status_of_a_run_in_doubt_tells_since_when_the_evidence_and_what_to_type() -> None:
    doubtful = run(
        Stage.UNCONFIRMED,
        trouble="For a day Runware was silent.",
        troubled_since=NOW,
        evidence=("Not known.",),
        searched_at=NOW,
    )
    told = run_status(doubtful, now=NOW)
    for fact in (
        "For a day Runware was silent. Since <!date^",
        "Sent once, <!date^",
        "Not known. Runware was asked <!date^",
        f"task `{TASK.id}`",
        "`/style check 7K2M9QX4TB`",
        "`/style cancel 7K2M9QX4TB` gives it up",
    ):
        assert fact in told
    assert run_status(doubtful.after(Cancelled(ANN), at=NOW), now=NOW).count("Not known.") == 1


@pytest.mark.parametrize(
    ("stage", "task", "told"),
    [
        (Stage.REQUESTED, None, "`/style cancel 7K2M9QX4TB` ends it; nothing was sent"),
        (Stage.SUBMITTING, TASK, "Nothing was sent yet.\n`/style cancel 7K2M9QX4TB` ends it"),
        (Stage.TRAINING, TASK.attempted(NOW), "`/style cancel 7K2M9QX4TB` stops following it"),
    ],
)
def test_the_status_of_a_run_in_trouble_tells_since_when_and_what_to_type(
    stage: Stage, task: Task | None, told: str
) -> None:
    status = run_status(run(stage, task=task, trouble="No answer.", troubled_since=NOW), now=NOW)
    assert "No answer. Since <!date^" in status
    assert told in status


def test_what_may_just_be_on_its_way_is_not_offered_to_be_cancelled() -> None:
    status = run_status(run(Stage.SUBMITTING, task=TASK.attempted(NOW), trouble="No answer."), now=NOW)
    assert "/style cancel" not in status


def test_the_old_trouble_of_a_cancelled_run_is_not_told_as_if_it_stood() -> None:
    status = run_status(run(Stage.CANCELLED, trouble="For a day Runware was silent."), now=NOW)
    assert "silent" not in status
    given_up = run(Stage.CANCELLED, task=TASK.attempted(NOW), trouble="For a day Runware was silent.")
    status = run_status(given_up, now=NOW)
    assert "silent" not in status
    assert "Runware may still finish and charge it.\nSent once" in status


def test_the_status_of_pictures_in_doubt_tells_the_same_as_that_of_a_run() -> None:
    doubtful = generation(
        Drawing.UNCONFIRMED,
        task=TASK.attempted(NOW),
        trouble="No answer.",
        troubled_since=NOW,
        evidence=("Not known.",),
        searched_at=NOW,
    )
    told = pictures_status(doubtful)
    for fact in (
        "*4 pictures in Stellar@1*",
        "“a red fox on a mossy rock”",
        "<@U0ANN00001> in <#C0BRAND0001>",
        "No answer. Since <!date^",
        "Not known. Runware was asked",
        "`/style check 3F8HZ2K9QW`",
        "`/style cancel 3F8HZ2K9QW` gives it up",
        f"Pictures `3F8HZ2K9QW` · task `{TASK.id}`",
    ):
        assert fact in told


@pytest.mark.parametrize(
    ("stage", "told"),
    [
        (Drawing.REQUESTED, "it goes to Runware next"),
        (Drawing.RENDERING, "Drawing…"),
        (Drawing.DONE, "Drawn: 4 pictures, cost $0.0104"),
        (Drawing.FAILED, "No pictures: a red fox on a mossy rock"),
    ],
)
def test_the_status_of_pictures_tells_how_they_stand(stage: Drawing, told: str) -> None:
    status = pictures_status(generation(stage))
    assert told in status
    assert "/style" not in status


def test_home_lists_pictures_and_proposals_that_wait_for_a_decision() -> None:
    asked = (generation(Drawing.AWAITING, ballot=ballot()), proposal(label=HOSTILE))
    view = home_view(HomeState(ANN, asked=asked), now=NOW)
    judge_view(view)
    said = str(view)
    assert "*4 pictures in Stellar@1*" in said
    for one in asked:
        assert one.ballot
        assert f"`/style approve {one.id} {one.ballot.digest[:8]}`" in said
    assert "Nothing that others ask waits for a decision." not in said
    assert "<!channel>" not in said


def test_home_tells_the_month_in_a_line() -> None:
    money = Statement(
        "2026-11",
        Line("all", Micros(34_200_000), Micros(12_000_000), unpriced=2),
        budgets=(Line(HOSTILE, Micros(34_200_000), Micros(12_000_000), Micros(100_000_000)),),
    )
    view = home_view(HomeState(ANN, money=money), now=NOW)
    judge_view(view)
    told = "*November 2026* · $34.20 spent · $12 reserved · 2 of unknown cost · "
    assert told in str(view)
    assert ": $53.80 left of $100 · `/style budget` shows it all" in str(view)
    unlimited = Statement("2026-11", Line("all", Micros(0), Micros(0)), budgets=(money.total,))
    said = str(home_view(HomeState(ANN, money=unlimited), now=NOW))
    assert "*November 2026* · $0 spent · `/style budget`" in said
