"""Who has to decide about a paid request is told directly: a card that is a day old notifies nobody."""

from bot.domain.errors import Refused
from bot.domain.facts import Progressed
from bot.domain.generation import Stage as PictureStage
from bot.domain.message import Memo, Topic
from bot.domain.policy import Action
from bot.domain.results import Underway
from bot.domain.run import Stage
from bot.slack.views import render
from tests.house import ANN, BEN, CAT, PICTURES, RUN, House
from tests.services.team import drawn, memos, team
from tests.services.test_after_a_restore import Forgetful, hours_pass
from tests.services.test_decided_anew import NO_MORE, forbidding, held_pictures, thawed
from tests.services.test_doubts import drawing, in_doubt, training
from tests.services.test_recovery import LOST, restored, tagged
from tests.services.test_who_is_told import all_told


def words(house: House) -> list[str]:
    """Return what was told directly, as it stands by now."""
    said = house.slack.of(Memo)
    return [render(one.message, one.states[-1], now=house.clock.now).text for one in said]


async def steps(house: House) -> None:
    """Let half an hour pass, and what is due take its step; nothing is said of it yet."""
    house.clock.pass_time(minutes=31)
    await house.reconciler.advance_due()
    await house.reconciler.finish()


async def lost(house: House) -> None:
    """Let pictures be drawn of which Runware tells nothing after all."""
    await drawing(house)
    await steps(house)
    assert (await house.pictures()).stage is PictureStage.UNCONFIRMED


async def adopted(house: House) -> None:
    """Let the database be older than the handing over of its training."""
    await house.ask()
    await house.work()
    await restored(house)
    tagged(house, RUN, LOST)
    await house.recovery.look()


async def test_who_asked_and_who_approved_are_told_of_a_training_in_doubt_and_once(house: House) -> None:
    await in_doubt(house)
    await hours_pass(house, 40)
    assert sorted(all_told(house)) == [(ANN, Topic.DOUBT), (BEN, Topic.DOUBT)]


async def test_they_are_told_of_one_that_is_lost_sight_of_too(house: House) -> None:
    await training(house)
    await hours_pass(house, 40)
    assert (await house.run()).stage is Stage.UNCONFIRMED
    assert sorted(memos(house, Topic.DOUBT)) == [ANN, BEN]


async def test_they_read_why_what_runware_said_and_what_to_type(house: House) -> None:
    await in_doubt(house)
    await house.work()
    [told, _] = words(house)
    for part in (
        "asked by <@UANN> in <#C1>: nobody can say what becomes of it, and it may be charged.",
        "For a day Runware has not said whether it took the request.",
        "always the same bytes",
        "Not known.",
        f"`/style check {RUN}` has Runware asked once more; `/style cancel {RUN}` gives it up.",
    ):
        assert part in told


async def test_who_asked_for_pictures_is_told_of_them(house: House) -> None:
    await lost(house)
    await house.work(steps=3)
    assert all_told(house) == [(CAT, Topic.DOUBT)]
    assert f"`/style check {PICTURES}`" in words(house)[0]


async def test_what_is_found_before_it_was_told_is_told_to_nobody(house: House) -> None:
    await lost(house)
    house.images.looks = [Underway()]
    await steps(house)
    assert (await house.pictures()).stage is PictureStage.RENDERING
    await house.work(steps=3)
    assert all_told(house) == []


async def test_after_a_restore_it_is_told_only_once_it_was_looked_for_in_vain(house: House) -> None:
    house.lives_with(trainer=Forgetful())
    await adopted(house)
    await house.relay.carry_due()
    await house.relay.finish()
    assert all_told(house) == []
    await hours_pass(house, 30)
    assert all_told(house) == [(ANN, Topic.DOUBT)]


async def test_what_is_found_at_once_after_a_restore_is_told_to_nobody(house: House) -> None:
    await adopted(house)
    house.trainer.charges.add(LOST)
    house.trainer.looks = [Progressed(30)]
    await hours_pass(house, 2)
    assert (await house.run()).stage is Stage.TRAINING
    assert all_told(house) == []


async def test_a_message_of_a_doubt_that_is_over_asks_for_nothing_any_more(house: House) -> None:
    await in_doubt(house)
    await house.work()
    task = (await house.run()).task
    assert task
    house.trainer.charges.add(task.id)
    house.trainer.looks = [Progressed(40)]
    await hours_pass(house, 1)
    assert (await house.run()).stage is Stage.TRAINING
    for told in words(house):
        assert "Runware has it after all" in told
        assert "/style" not in told


async def test_a_message_of_what_is_given_up_says_so(house: House) -> None:
    await in_doubt(house)
    await house.work()
    await house.stopping.cancel(RUN, house.by(ANN))
    await house.work(steps=2)
    for told in words(house):
        assert "<@UANN> gave it up" in told


# ── pictures that end unsent ─────────────────────────────────────────────────────────────────────────


async def test_who_asked_for_pictures_is_told_that_a_restore_has_ended_them(house: House) -> None:
    await drawn(team(house))
    await house.generate("a blue fox")
    await restored(house)
    await house.recovery.look()
    await house.work(steps=3)
    assert all_told(house) == [(CAT, Topic.ENDED)]
    assert "The database was restored from a backup, so nobody can say whether these" in words(house)[0]


async def test_who_asked_for_pictures_is_told_that_they_are_forbidden_by_now(house: House) -> None:
    await held_pictures(house)
    house.policy = forbidding(house.policy, Action.GENERATE)
    await thawed(house)
    assert memos(house, Topic.ENDED) == [CAT]
    assert f"is refused by now: {NO_MORE} Nothing was sent or charged." in words(house)[-1]
    assert "rejected" not in words(house)[-1]


async def test_pictures_that_runware_refuses_at_once_are_told_on_their_card_alone(house: House) -> None:
    await drawn(team(house))
    house.images.submits = [Refused("It will not draw that.", code="contentRefused")]
    await house.generate("a blue fox")
    await house.work(steps=4)
    assert all_told(house) == []
