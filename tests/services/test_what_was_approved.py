"""What is paid for is what was approved: nothing that changed since, and nothing that was there already."""

from dataclasses import replace

import pytest

from bot.domain.alarm import HELD, Concern
from bot.domain.dataset import Source
from bot.domain.errors import AccessDenied, Conflict, DatasetUnfit
from bot.domain.facts import TrainedBefore
from bot.domain.ids import RunId
from bot.domain.message import ContactSheet, Findings
from bot.domain.run import Run, Stage
from bot.ports import Inspection
from tests.fakes import DATASET, TRAINED
from tests.house import BEN, RUN, T1, House, click
from tests.services.test_intake import KEPT, approved, curate, hosting

SECOND = RunId("RUN0000002")


async def refused_key(house: House) -> None:
    """Bring an approved run to where our key or balance is refused."""
    house.trainer.accepts_unheard = False
    house.trainer.submits = [AccessDenied("Top up the balance."), None]
    await approved(house)
    await house.work(steps=2)
    assert (await house.run()).trouble == HELD[Concern.KEY]


async def test_a_dataset_that_changed_while_the_balance_was_empty_is_not_paid_for(house: House) -> None:
    await refused_key(house)
    house.inspector.fingerprints = ["cd" * 32]
    house.clock.pass_time(days=4)
    await house.work(steps=2)
    run = await house.run()
    assert (run.stage, run.task) == (Stage.AWAITING, None)
    assert house.trainer.charges == set()


async def test_a_dataset_that_did_not_change_is_paid_for_once_there_is_a_balance(house: House) -> None:
    await refused_key(house)
    house.clock.pass_time(days=4)
    await house.work(steps=2)
    assert len(house.trainer.charges) == 1
    assert len(set(house.trainer.bodies)) == 1


async def test_a_hosted_link_is_still_good_after_days_without_a_balance(house: House) -> None:
    hosting(house)
    await refused_key(house)
    house.clock.pass_time(days=4)
    await house.work(steps=2)
    assert len(set(house.trainer.bodies)) == 1
    assert len(house.trainer.charges) == 1


def digits(run: Run) -> str:
    """Return what the card shows of what is asked."""
    assert run.ballot is not None
    return run.ballot.digest[:12]


async def test_an_approval_of_a_card_that_changed_since_is_refused(house: House) -> None:
    hosting(house)
    await house.ask()
    await house.work()
    seen = digits(await house.run())
    house.inspector.answers = [Inspection(replace(KEPT, sha256="cd" * 32), b"sheet")]
    await curate(house, "fox-1.png")
    await house.work()
    with pytest.raises(Conflict, match="look at its card again"):
        await house.approvals.approve(RUN, click(BEN, house.delivery(), seen=seen))
    seen = digits(await house.run())
    await house.approvals.approve(RUN, click(BEN, house.delivery(), seen=seen))
    assert (await house.run()).stage is Stage.APPROVED


async def test_a_second_request_for_the_same_pictures_is_not_approved_without_a_word(house: House) -> None:
    house.trainer.looks = [TRAINED]
    await house.ask()
    await house.trains(steps=2)
    answer = await house.approvals.approve(SECOND, click(BEN, house.delivery()))
    assert "the same pictures went into: none → Stellar@1" in answer
    run = await house.run(SECOND)
    assert (run.stage, run.before) == (Stage.AWAITING, TrainedBefore("Stellar@1", RUN, is_ready=False))
    await house.approve(BEN, SECOND)
    assert (await house.run(SECOND)).stage is Stage.APPROVED


async def test_a_choice_that_cannot_be_made_leaves_a_fit_run_as_it_was(house: House) -> None:
    hosting(house)
    await house.ask()
    await house.work()
    house.inspector.answers = [DatasetUnfit(["`fox.jpg` cannot be stripped."])]
    await curate(house, strip=True)
    await house.work()
    run = await house.run()
    assert (run.stage, run.dataset, run.strip) == (Stage.AWAITING, KEPT, False)
    assert run.notice == "`fox.jpg` cannot be stripped."


async def test_a_changed_dataset_is_cut_from_what_was_fetched_last(house: House) -> None:
    hosting(house)
    await approved(house)
    house.archives.kept.clear()
    newer = replace(KEPT, sha256="cd" * 32, origin="cd" * 32)
    house.inspector.answers = [Inspection(newer, b"sheet")]
    await house.work(steps=2)
    house.archives.kept.add(newer.sha256)
    await curate(house, "fox-1.png")
    await house.work()
    assert house.inspector.sources[-1] == Source(kept=newer.sha256, left_out=("fox-1.png",))


async def test_asking_again_leaves_out_what_was_left_out(house: House) -> None:
    hosting(house)
    await house.ask()
    await house.work()
    await curate(house, "fox-1.png", strip=True)
    await house.work()
    await house.approvals.reject(RUN, "not now", click(BEN, house.delivery()))
    await house.training.retry(RUN, who=BEN, workspace=T1, delivery=house.delivery())
    await house.work()
    assert house.inspector.sources[-1] == Source(
        ("https://acme.com/a.zip",), left_out=("fox-1.png",), strip=True
    )


async def test_without_a_public_address_any_more_an_approved_run_is_decided_anew(house: House) -> None:
    hosting(house)
    await approved(house)
    house.archives.are_public = False
    await house.work(steps=2)
    run = await house.run()
    assert (run.stage, run.task) == (Stage.AWAITING, None)
    assert "no longer kept" in run.notice


async def test_sheets_of_a_dataset_that_is_gone_are_not_posted_with_the_words_of_the_next(
    house: House,
) -> None:
    hosting(house)
    await house.ask()
    await house.reconciler.advance_due()
    await house.reconciler.finish()
    cut = replace(KEPT, sha256="cd" * 32, pictures=KEPT.pictures[1:])
    house.inspector.answers = [Inspection(cut, b"sheet of eleven")]
    await curate(house, "fox-0.png")
    await house.work(steps=8)
    assert [said.message.dataset for said in house.slack.of(ContactSheet)] == [cut.sha256]  # type: ignore[union-attr]  # they are
    assert len(house.slack.of(Findings)) == 1


async def test_a_run_on_other_pictures_is_approved_at_once(house: House) -> None:
    await house.ask()
    other = tuple(replace(picture, sha256=f"{n:064x}") for n, picture in enumerate(DATASET.pictures, 99))
    house.inspector.answers = [*house.inspector.answers, Inspection(replace(DATASET, pictures=other), b"s")]
    await house.trains(steps=2)
    await house.approvals.approve(SECOND, click(BEN, house.delivery()))
    assert (await house.run(SECOND)).stage is Stage.APPROVED
