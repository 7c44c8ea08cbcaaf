"""What happens to a dataset before money is due, in a world of fakes."""

from dataclasses import replace

import pytest

from bot.domain.curation import Choice
from bot.domain.dataset import Dataset, SharedFile, Source
from bot.domain.errors import Conflict, DatasetUnfit, Refused, Unavailable
from bot.domain.ids import FileId, RunId
from bot.domain.message import ContactSheet, Findings, PairSheet, PaletteSheet, RunCard
from bot.domain.run import Run, Stage
from bot.ports import Inspection
from tests.fakes import DATASET
from tests.house import ANN, BEN, CAT, RUN, T1, House, click

KEPT = replace(DATASET, kept=True, origin=DATASET.sha256)
SECOND = RunId("RUN0000002")


def hosting(house: House, dataset: Dataset = KEPT) -> None:
    """Let archives be hosted, and this one be kept."""
    house.archives.are_public = True
    house.archives.kept.add(dataset.sha256)
    house.inspector.answers = [Inspection(dataset, b"sheet", b"palette", b"pairs")]


async def approved(house: House) -> None:
    """Bring the run to where the undo window has passed."""
    await house.ask()
    await house.work()
    await house.approve()
    house.clock.pass_time(seconds=30)


async def curate(house: House, *names: str, strip: bool = False) -> str:
    found = (await house.run()).dataset
    choice = Choice(names, found.sha256 if found else "", strip=strip)
    delivery = house.delivery()
    return await house.training.curate(RUN, lambda _: choice, who=CAT, workspace=T1, delivery=delivery)


async def test_the_thread_tells_what_was_found_in_words_and_pictures(house: House) -> None:
    hosting(house)
    await house.ask()
    await house.work(steps=5)
    assert [len(house.slack.of(kind)) for kind in (ContactSheet, Findings, PaletteSheet, PairSheet)] == [
        1
    ] * 4
    assert house.slack.uploads == ["contact-sheet.jpg", "palette.jpg", "pairs.jpg"]


async def test_without_twins_no_sheet_of_pairs_is_posted(house: House) -> None:
    await house.ask()
    await house.work(steps=5)
    assert house.slack.of(PairSheet) == []
    assert len(house.slack.of(Findings)) == 1


async def test_what_was_inspected_is_what_the_provider_is_given(house: House) -> None:
    hosting(house)
    await approved(house)
    await house.work(steps=2)
    assert len(house.trainer.bodies) == 1
    assert f"https://housestyle.example/files/{KEPT.sha256}" in house.trainer.bodies[0]


async def test_without_a_public_address_the_link_goes_after_it_was_hashed_again(house: House) -> None:
    await approved(house)
    await house.work(steps=2)
    assert house.trainer.bodies[0].endswith("https://acme.com/a.zip")


async def test_a_dataset_that_changed_since_the_approval_goes_back_to_approval(house: House) -> None:
    house.inspector.fingerprints = ["cd" * 32]
    await approved(house)
    await house.work(steps=2)
    run = await house.run()
    assert run.stage is Stage.AWAITING
    assert run.decided_by is None
    assert "not what was approved" in run.notice
    assert house.trainer.bodies == []
    assert len(house.inspector.sources) == 2


async def test_a_changed_dataset_can_be_approved_as_it_is_now(house: House) -> None:
    house.inspector.fingerprints = ["cd" * 32]
    await approved(house)
    house.inspector.answers = [Inspection(replace(DATASET, sha256="cd" * 32), b"sheet")]
    await house.work(steps=2)
    await house.approve()
    house.clock.pass_time(seconds=30)
    await house.work(steps=2)
    assert len(house.trainer.charges) == 1
    assert (await house.run()).notice == ""


async def test_a_dataset_that_is_gone_when_money_is_due_is_refused_and_costs_nothing(house: House) -> None:
    house.inspector.fingerprints = [Refused("There is no file at the link.")]
    await approved(house)
    house.inspector.answers = [DatasetUnfit(["There is no file at the link."])]
    await house.work(steps=2)
    assert (await house.run()).stage is Stage.REFUSED
    assert house.trainer.bodies == []


async def test_a_server_that_is_down_when_money_is_due_is_waited_for(house: House) -> None:
    house.inspector.fingerprints = [Unavailable("It is down."), DATASET.sha256]
    await approved(house)
    await house.work()
    run = await house.run()
    assert (run.stage, run.trouble) == (Stage.APPROVED, "It is down.")
    house.clock.pass_time(minutes=1)
    await house.work(steps=2)
    assert len(house.trainer.charges) == 1


async def test_an_approval_can_be_undone_while_the_server_is_waited_for(house: House) -> None:
    house.inspector.fingerprints = [Unavailable("It is down.")]
    await approved(house)
    await house.work()
    await house.approvals.undo(RUN, click(BEN, house.delivery()))
    assert (await house.run()).stage is Stage.AWAITING


async def test_a_server_that_stays_down_sends_the_run_back_to_be_looked_at(house: House) -> None:
    house.inspector.fingerprints = [Unavailable("It is down.")]
    await approved(house)
    house.clock.pass_time(hours=9)
    await house.work()
    assert (await house.run()).stage is Stage.APPROVED
    house.clock.pass_time(minutes=31)
    await house.work()
    run = await house.run()
    assert (run.stage, run.decided_by) == (Stage.REQUESTED, None)
    assert "could not be compared" in run.notice


async def test_an_archive_that_is_no_longer_kept_is_never_promised_to_the_provider(house: House) -> None:
    hosting(house)
    await approved(house)
    house.archives.kept.clear()
    await house.work(steps=2)
    assert (await house.run()).stage is Stage.AWAITING
    assert house.trainer.bodies == []


async def test_pictures_left_out_make_the_dataset_anew_from_the_kept_archive(house: House) -> None:
    hosting(house)
    await house.ask()
    await house.work()
    answer = await curate(house, "fox-3.png", "fox-4.png")
    assert "without 2" in answer
    assert (await house.run()).stage is Stage.REQUESTED
    await house.work(steps=2)
    assert house.inspector.sources[-1] == Source(kept=KEPT.sha256, left_out=("fox-3.png", "fox-4.png"))
    assert (await house.run()).stage is Stage.AWAITING


async def test_a_choice_from_an_older_dataset_is_refused(house: House) -> None:
    hosting(house)
    await house.ask()
    await house.work()
    old = Choice(("fox-1.png",), "99" * 32)
    with pytest.raises(Conflict, match="has changed"):
        await house.training.curate(RUN, lambda _: old, who=CAT, workspace=T1, delivery=house.delivery())
    assert (await house.run()).stage is Stage.AWAITING


async def test_what_was_left_out_can_come_back(house: House) -> None:
    hosting(house)
    await house.ask()
    await house.work()
    await curate(house, "fox-3.png")
    await house.work()
    await curate(house, strip=True)
    await house.work()
    run = await house.run()
    assert (run.left_out, run.strip) == ((), True)


async def test_who_takes_all_pictures_back_reads_that_all_are_in(house: House) -> None:
    hosting(house)
    await house.ask()
    await house.work()
    assert await curate(house, "fox-3.png") == "Looking again at Stellar, without 1 of its pictures."
    await house.work()
    assert await curate(house) == "Looking again at Stellar, with all its pictures."


async def test_what_waits_is_told_to_wait_for_approval_as_its_card_says(house: House) -> None:
    await house.ask()
    await house.work()
    with pytest.raises(Refused, match="Stellar is waiting for approval: it can be asked for again once"):
        await house.training.retry(RUN, who=BEN, workspace=T1, delivery=house.delivery())


@pytest.mark.parametrize(
    ("names", "sentence"),
    [
        (("dragon.png",), "no picture “dragon"),
        ((), "changes nothing"),
        (tuple(f"fox-{n}.png" for n in range(3)), "Only 9 pictures would be left: leave out at most 2 of 12"),
    ],
)
async def test_leaving_out_what_makes_no_sense_is_refused_and_changes_nothing(
    house: House, names: tuple[str, ...], sentence: str
) -> None:
    hosting(house)
    await house.ask()
    await house.work()
    with pytest.raises(Refused, match=sentence):
        await curate(house, *names)
    assert (await house.run()).stage is Stage.AWAITING


async def test_pictures_that_are_not_kept_here_cannot_be_left_out(house: House) -> None:
    await house.ask()
    await house.work()
    with pytest.raises(Refused, match="take them out of the ZIP"):
        await curate(house, "fox-1.png")


async def test_files_from_slack_and_of_a_thread_are_taken_once_each(house: House) -> None:
    one, two = (SharedFile(FileId(f"F{n}"), f"{n}.png", f"https://files.slack.com/{n}") for n in (1, 2))
    house.files.posted, house.files.thread = {one.id: one}, (one, two)
    await house.ask(link="", files=(one.id,), thread="17.5")
    await house.work()
    assert house.inspector.sources == [Source(files=(one, two))]


async def test_a_file_that_is_gone_from_slack_is_told(house: House) -> None:
    await house.ask(link="", files=(FileId("F9"),))
    await house.work(steps=2)
    run = await house.run()
    assert (run.stage, run.problems) == (Stage.REFUSED, ("The file F9 is gone.",))


async def test_every_link_is_taken(house: House) -> None:
    await house.ask(more_links=("https://acme.com/b.zip",))
    await house.work()
    assert house.inspector.sources == [Source(("https://acme.com/a.zip", "https://acme.com/b.zip"))]


async def test_who_said_that_the_team_has_the_rights_is_kept(house: House) -> None:
    await house.ask(has_rights=True)
    rights = (await house.run()).rights
    assert rights
    assert rights.by == ANN


async def test_who_approves_says_so_where_nobody_had(house: House) -> None:
    await house.ask()
    await house.work()
    await house.approve()
    rights = (await house.run()).rights
    assert rights
    assert rights.by == BEN
    await house.approvals.undo(RUN, click(BEN, house.delivery()))
    assert (await house.run()).rights is None


async def test_asking_again_does_not_repeat_what_another_said_of_the_rights(house: House) -> None:
    house.inspector.answers = [DatasetUnfit(["It is empty."])]
    await house.ask(has_rights=True)
    await house.work()
    await house.training.retry(RUN, who=CAT, workspace=T1, delivery=house.delivery())
    assert not (await house.run(SECOND)).request.has_rights


async def test_archives_are_let_go_of_once_no_run_needs_them(house: House) -> None:
    hosting(house)
    await house.ask()
    await house.work()
    await house.retention.forget()
    assert house.archives.kept == {KEPT.sha256}
    await house.stopping.cancel(RUN, click(ANN, house.delivery()))
    await house.retention.forget()
    assert house.archives.kept == set()


async def test_the_card_is_redrawn_when_pictures_are_left_out(house: House) -> None:
    hosting(house)
    await house.ask()
    await house.work(steps=2)
    await curate(house, "fox-1.png")
    house.clock.pass_time(minutes=1)
    await house.work(steps=2)
    shown = house.slack.of(RunCard)[0].states[-1]
    assert isinstance(shown, Run)
    assert shown.left_out == ("fox-1.png",)


async def test_a_choice_that_is_delivered_twice_is_answered_as_the_first_time(house: House) -> None:
    hosting(house)
    await house.ask()
    await house.work()
    delivery, dataset = house.delivery(), (await house.run()).dataset
    assert dataset

    def choose(run: Run) -> Choice:
        if run.stage is not Stage.AWAITING:
            raise Refused("It is being looked at.")
        return Choice(("fox-3.png",), dataset.sha256)

    answers = {
        await house.training.curate(RUN, choose, who=CAT, workspace=T1, delivery=delivery) for _ in range(2)
    }
    assert len(answers) == 1
