"""The buttons and words about a waiting run's dataset, through real Bolt and the real services."""

from dataclasses import replace

import pytest

from bot.domain.facts import Trained
from bot.domain.ids import Air, RunId
from bot.domain.run import Run, Stage
from bot.ports import Inspection
from tests.handlers.handlers_lab import Lab
from tests.house import BRAND, RUN, T1
from tests.slack.slack_filled import chosen, fields
from tests.slack.slack_states import judged

FLAGGED = ("6-fox.png", "8-fox.png", "9-fox.png")


@pytest.fixture
async def waiting(lab: Lab) -> Lab:
    """Return the lab with a run of 24 pictures, three of them flagged, that waits for a decision."""
    lab.house.archives.are_public = True
    lab.house.archives.kept |= {judged().origin, judged().sha256}
    lab.house.inspector.answers = [Inspection(judged(), b"sheet")]
    await lab.house.ask()
    await lab.house.work()
    assert (await lab.house.run()).stage is Stage.AWAITING
    return lab


async def test_the_flagged_pictures_are_left_out_by_two_clicks(waiting: Lab) -> None:
    await waiting.clicks("run.leave_out")
    (form,) = waiting.slack.opened
    assert await waiting.sends(form) == {"text": ""}
    run = await waiting.house.run()
    assert run.stage is Stage.REQUESTED
    assert run.pending
    assert (run.pending.left_out, run.pending.strip) == (FLAGGED, False)


async def test_the_choice_may_be_another_and_the_files_stripped(waiting: Lab) -> None:
    await waiting.clicks("run.leave_out")
    (form,) = waiting.slack.opened
    values = {
        "flagged.0": chosen(form, "flagged.0", "6"),
        "others": chosen(form, "others", "0"),
        "strip": chosen(form, "strip", "yes"),
    }
    await waiting.sends(form, values)
    run = await waiting.house.run()
    assert run.pending
    assert (run.pending.left_out, run.pending.strip) == (("0-fox.png", "6-fox.png"), True)


async def test_too_few_pictures_are_told_in_the_form_and_nothing_moves(waiting: Lab) -> None:
    await waiting.clicks("run.leave_out")
    (form,) = waiting.slack.opened
    others = [option["value"] for option in fields(form)["others"]["options"]]
    answer = await waiting.sends(form, {"others": chosen(form, "others", *others)})
    assert answer["response_action"] == "errors"
    assert "leave out at most 14 of 24" in str(answer["errors"])
    assert (await waiting.house.run()).stage is Stage.AWAITING


async def test_a_form_of_an_older_dataset_moves_nothing(waiting: Lab) -> None:
    await waiting.clicks("run.leave_out")
    (form,) = waiting.slack.opened
    newer = replace(judged(), sha256="e" * 64)
    waiting.house.inspector.answers = [Inspection(newer, b"sheet")]
    await waiting.types("/style", f"leave {RUN} 1")
    await waiting.house.work()
    answer = await waiting.sends(form)
    assert "open it again from the card" in str(answer["errors"])
    assert (await waiting.house.run()).left_out == ("0-fox.png",)


async def test_a_click_when_it_is_too_late_is_answered_to_who_clicked(waiting: Lab) -> None:
    await waiting.house.approve()
    await waiting.clicks("run.leave_out")
    assert waiting.slack.opened == []
    assert "pictures can be left out while it waits" in waiting.slack.whispers[0]["text"]
    assert waiting.slack.whispers[0]["response_type"] == "ephemeral"


async def test_pictures_are_left_out_by_typing_too(waiting: Lab) -> None:
    assert "without 4 of its pictures" in await waiting.types(
        "/style", f"leave {RUN.lower()} flagged 1 strip"
    )
    run = await waiting.house.run()
    assert run.pending
    assert (set(run.pending.left_out), run.pending.strip) == ({*FLAGGED, "0-fox.png"}, True)


async def test_the_details_open_for_anyone(waiting: Lab) -> None:
    await waiting.clicks("run.details", who="UCAT")
    (view,) = waiting.slack.opened
    assert "*24 23-fox.png*" in str(view)


async def test_another_workspaces_run_is_not_shown(waiting: Lab) -> None:
    await waiting.clicks("run.details", run="RUN0000099")
    assert waiting.slack.opened == []
    assert "There is no run" in waiting.slack.whispers[0]["text"]


async def trained(lab: Lab) -> RunId:
    """Let the waiting run be trained, and ask for the same pictures again; return the new run."""
    house = lab.house
    house.trainer.looks = [Trained(Air("acme:stellar@1"), 12.0)]
    await house.approve()
    for _ in range(4):
        house.clock.pass_time(minutes=10)
        await house.work()
    assert (await house.run()).stage is Stage.READY
    await house.ask()
    await house.work()
    return RunId("RUN0000002")


@pytest.mark.parametrize("typed", [True, False])
async def test_the_version_of_the_same_pictures_is_taken_instead(waiting: Lab, *, typed: bool) -> None:
    again = await trained(waiting)
    if typed:
        told = await waiting.types("/style", f"reuse {again}", who="UANN")
    else:
        await waiting.clicks("run.reuse", run=again, who="UANN")
        told = waiting.slack.whispers[0]["text"]
    assert told == "This channel now draws in Stellar@1; nothing was charged."
    run = await waiting.house.run(again)
    assert (run.stage, run.reason) == (Stage.CANCELLED, "The same pictures had already trained Stellar@1.")
    default = await waiting.house.store.read(lambda tx: tx.styles.default_of(BRAND))
    assert default is not None
    assert default.label == "Stellar@1"


async def test_a_style_is_shown_from_its_dataset_to_its_pictures(waiting: Lab) -> None:
    await trained(waiting)
    await waiting.house.generate("a red fox", style="stellar")
    for what in ("stellar", "Stellar@1", "acme:stellar@1", f"`{RUN}`", "1a2b3c4d", "GEN0000001"):
        told = await waiting.types("/style", f"show {what}")
        for fact in (
            "*Stellar@1*",
            "dataset `1a2b3c4d`",
            "Approved by <@UBEN>",
            f"Run `{RUN}`",
            "“a red fox”",
        ):
            assert fact in told, what


async def test_a_waiting_run_is_told_with_its_dataset(waiting: Lab) -> None:
    told = await waiting.types("/style", f"status {RUN}")
    assert "score 82 of 100 · 1 outlier, 2 twins · dataset `1a2b3c4d`" in told
    assert T1 not in told


def digits(run: Run) -> str:
    assert run.ballot is not None
    return run.ballot.digest[:12]


async def test_a_click_on_a_card_that_has_changed_since_approves_nothing(waiting: Lab) -> None:
    old = digits(await waiting.house.run())
    waiting.house.inspector.answers = [Inspection(replace(judged(), sha256="cd" * 32), b"sheet")]
    await waiting.types("/style", f"leave {RUN} 1")
    await waiting.house.work()
    await waiting.clicks("run.approve", block_id=f"awaiting-approval.{old}.6")
    assert (await waiting.house.run()).stage is Stage.AWAITING
    assert "look at its card again" in waiting.slack.whispers[0]["text"]
    new = digits(await waiting.house.run())
    await waiting.clicks("run.approve", block_id=f"awaiting-approval.{new}.6")
    assert (await waiting.house.run()).stage is Stage.APPROVED


async def test_private_pictures_are_shown_to_who_asked_for_them_alone(waiting: Lab) -> None:
    await trained(waiting)
    await waiting.house.generate("the secret mascot", style="stellar", private=True)
    assert "the secret mascot" in await waiting.types("/style", "show stellar", who="UCAT")
    assert "the secret mascot" not in await waiting.types("/style", "show stellar", who="UANN")
