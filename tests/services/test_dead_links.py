"""A link to a paid picture that is dead: Runware is asked once for another before the picture is lost."""

from dataclasses import dataclass

import pytest

from bot.domain.alarm import Concern
from bot.domain.errors import Refused, Unavailable, Unpostable
from bot.domain.generation import Generation
from bot.domain.generation import Stage as Drawing
from bot.domain.message import GenerationCard, Notice
from bot.domain.results import Rendered, Result, Underway
from bot.domain.task import Failure
from bot.ports import FOREIGN_HOST, TOO_LARGE, FinishedPicture
from tests.fakes import TRAINED, FakeFetcher, rendered
from tests.house import House

PICTURE = FinishedPicture(b"\xff\xd8", "jpg")
NONE_THERE = Refused("There is no picture at its link.")
ABROAD = Refused("It is on a host that is not allowed.", code=FOREIGN_HOST)


async def drawn(house: House, *, count: int = 1) -> None:
    """Have pictures drawn in a trained style; none of them is in Slack yet."""
    house.trainer.looks = [TRAINED]
    await house.trains(steps=4)
    house.images.looks = [rendered(count)]
    await house.generate(count=count)


async def minutes(house: House, number: float, *, each: float = 1) -> None:
    """Let the house work for so many minutes, once in `each`."""
    for _ in range(int(number / each)):
        await house.work()
        house.clock.pass_time(minutes=each)


def renewed(number: int = 1) -> Rendered:
    """Return what `rendered` does, under other addresses."""
    told = rendered(number)
    return Rendered(tuple(type(one)(one.uuid, f"{one.url}?again", one.cost) for one in told.results))


async def test_an_expired_link_is_asked_for_anew_before_a_paid_picture_is_lost(house: House) -> None:
    await drawn(house)
    house.images.looks = [rendered(1), renewed()]
    house.fetcher.answers = [Refused("It is gone."), PICTURE]
    await house.work(steps=6)
    pictures = await house.pictures()
    assert (pictures.stage, len(pictures.uploads), pictures.lost) == (Drawing.DONE, 1, ())
    assert house.fetcher.urls[-1].endswith("?again")
    assert pictures.cost == pytest.approx(0.02)


@pytest.mark.parametrize("told", [None, Underway(), rendered(1)])
async def test_a_link_that_a_look_does_not_renew_is_recalled_from_the_archive(
    house: House, told: object
) -> None:
    await drawn(house)
    house.images.looks = [rendered(1), told]
    house.images.archive = renewed()
    house.fetcher.answers = [Refused("It is gone."), PICTURE]
    await house.work(steps=6)
    assert (await house.pictures()).stage is Drawing.DONE


async def test_a_picture_whose_every_link_is_dead_is_lost_after_one_more(house: House) -> None:
    await drawn(house)
    house.images.looks = [rendered(1), renewed(), rendered(1), renewed()]
    house.fetcher.answers = [Refused("It is gone.")]
    await minutes(house, 40)
    pictures = await house.pictures()
    assert (pictures.stage, pictures.trouble) == (Drawing.FAILED, "")
    assert len(set(house.fetcher.urls)) == 2
    assert pictures.failure == Failure("lost", "It is gone.")


async def test_a_dead_link_waits_for_a_runware_that_cannot_be_asked_for_another(house: House) -> None:
    await drawn(house)
    house.images.looks = [rendered(1), Unavailable("Runware did not answer.")]
    house.fetcher.answers = [Refused("It is gone.")]
    await minutes(house, 90)
    assert (await house.pictures()).trouble == "Runware did not answer."
    house.images.looks = [renewed()]
    house.fetcher.answers = [Refused("It is gone."), PICTURE]
    await minutes(house, 5)
    assert (await house.pictures()).stage is Drawing.DONE


async def test_a_dead_link_does_not_wait_for_a_silent_runware_for_ever(house: House) -> None:
    await drawn(house)
    house.images.looks = [rendered(1), Unavailable("Runware did not answer.")]
    house.fetcher.answers = [Refused("It is gone.")]
    await minutes(house, 60 * 30, each=30)
    pictures = await house.pictures()
    assert pictures.failure
    assert (pictures.stage, pictures.failure.sentence) == (Drawing.FAILED, "It is gone.")


async def test_a_host_that_stays_away_is_asked_under_another_address_before_a_picture_is_lost(
    house: House,
) -> None:
    await drawn(house)
    house.fetcher.answers = [Unavailable("The host did not answer.")]
    house.images.looks = [rendered(1), renewed()]
    await minutes(house, 45)
    house.fetcher.answers = [PICTURE]
    await minutes(house, 3)
    pictures = await house.pictures()
    assert (pictures.stage, pictures.lost) == (Drawing.DONE, ())
    assert house.fetcher.urls[-1].endswith("?again")


@pytest.mark.parametrize(
    "why",
    [
        "There is no picture at its link.",
        "Its link leads to a web page by now, not to the picture.",
        "The picture is damaged.",
        "The picture could not be read.",
    ],
)
async def test_a_paid_picture_outlives_bad_answers_within_half_an_hour(house: House, why: str) -> None:
    await drawn(house)
    house.fetcher.answers = [Refused(why)]
    await minutes(house, 29)
    assert (await house.pictures()).trouble == why
    house.fetcher.answers = [PICTURE]
    await minutes(house, 2)
    pictures = await house.pictures()
    assert (pictures.stage, pictures.lost, pictures.trouble) == (Drawing.DONE, (), "")


async def test_a_picture_that_is_not_at_its_link_for_half_an_hour_is_lost(house: House) -> None:
    await drawn(house)
    house.fetcher.answers = [NONE_THERE]
    await minutes(house, 29)
    assert (await house.pictures()).trouble == str(NONE_THERE)
    await minutes(house, 10)
    assert (await house.pictures()).failure == Failure("lost", str(NONE_THERE))


async def test_a_picture_that_is_too_large_is_not_asked_for_again(house: House) -> None:
    await drawn(house)
    house.fetcher.answers = [Refused("It is too large.", code=TOO_LARGE)]
    await house.work(steps=5)
    assert (await house.pictures()).failure == Failure("lost", "It is too large.")
    assert len(house.fetcher.urls) == 1


async def test_a_host_that_is_away_for_hours_keeps_no_picture_from_coming_after_that(house: House) -> None:
    await drawn(house)
    house.fetcher.answers = [Unavailable("The host did not answer.")]
    await minutes(house, 60 * 20, each=5)
    house.fetcher.answers = [NONE_THERE, PICTURE]
    await minutes(house, 20)
    assert (await house.pictures()).stage is Drawing.DONE


async def test_trouble_with_a_host_is_written_down_once(house: House) -> None:
    await drawn(house)
    house.fetcher.answers = [Unavailable("The host did not answer.")]
    await minutes(house, 10)
    before = await house.pictures()
    await minutes(house, 60, each=5)
    [card] = house.slack.of(GenerationCard)
    assert sum(isinstance(one, Generation) and bool(one.trouble) for one in card.states) == 1
    assert (await house.pictures()).troubled_since == before.troubled_since


async def alarms(house: House) -> list[str]:
    """Return which hosts somebody has to allow."""
    standing = await house.store.read(lambda tx: tx.alarms.standing())
    return [alarm.about for alarm in standing if alarm.concern is Concern.UNLISTED]


async def test_a_picture_on_a_host_that_is_not_allowed_is_held_and_comes_once_it_is(house: House) -> None:
    await drawn(house, count=2)
    house.fetcher.answers = [ABROAD]
    await minutes(house, 60 * 24 * 3, each=60)
    pictures = await house.pictures()
    assert (pictures.stage, pictures.trouble) == (Drawing.COLLECTING, str(ABROAD))
    assert await alarms(house) == ["im.runware.ai"]
    [told] = house.slack.of(Notice)
    assert told.place.channel == "D-UADMIN"
    house.fetcher.answers = [PICTURE]
    await minutes(house, 10)
    assert (await house.pictures()).stage is Drawing.DONE
    assert await alarms(house) == []
    assert [said.message.is_over for said in house.slack.of(Notice) if isinstance(said.message, Notice)] == [
        False,
        True,
    ]


async def test_a_host_that_nobody_allows_for_a_week_is_waited_for_no_longer(house: House) -> None:
    await drawn(house)
    house.fetcher.answers = [ABROAD]
    await minutes(house, 60 * 24 * 8, each=60)
    assert (await house.pictures()).failure == Failure("lost", str(ABROAD))
    assert await alarms(house) == []
    assert len(house.slack.of(Notice)) == 1


async def test_a_link_that_is_none_keeps_nobody_from_being_told_of_a_host(house: House) -> None:
    await drawn(house, count=2)
    strange = Rendered((Result("strange", "https://[oops/0.jpg", 0.02), *rendered(1).results))
    house.images.looks = [strange]
    house.fetcher.answers = [ABROAD]
    await minutes(house, 8)
    assert sorted(await alarms(house)) == ["", "im.runware.ai"]


@dataclass
class HalfDead(FakeFetcher):
    """A host that never answers for the first picture, and now and then not for the others.

    Not `is_away`: it answers that it has none.
    """

    is_away: bool = True
    blips: int = 0
    asked: int = 0

    async def fetch(self, url: str) -> FinishedPicture:
        self.asked += 1
        if url.endswith("/0.jpg") or (self.blips and self.asked % self.blips == 0):
            raise Unavailable("The host did not answer.") if self.is_away else NONE_THERE
        return PICTURE


async def test_a_dead_link_of_one_picture_and_a_slack_that_refuses_another_end_in_their_own_time(
    house: House,
) -> None:
    house.lives_with(fetcher=HalfDead(is_away=False))
    await drawn(house, count=2)
    house.slack.upload_faults = [Unpostable("Slack takes no files.", code="file_uploads_disabled")] * 9999
    await minutes(house, 60, each=5)
    pictures = await house.pictures()
    assert pictures.lost == ("picture-0",)
    await minutes(house, 60 * 22, each=5)
    assert (await house.pictures()).stage is Drawing.COLLECTING
    await minutes(house, 60 * 3, each=5)
    pictures = await house.pictures()
    assert pictures.failure
    assert (pictures.stage, pictures.failure.sentence) == (Drawing.FAILED, "Slack takes no files.")


async def test_a_host_that_fails_now_and_then_does_not_prolong_a_slack_that_refuses_for_good(
    house: House,
) -> None:
    house.lives_with(fetcher=HalfDead(blips=5))
    await drawn(house, count=3)
    house.slack.upload_faults = [Unpostable("Slack takes no files.", code="file_uploads_disabled")] * 9999
    await minutes(house, 60 * 26, each=5)
    assert (await house.pictures()).is_over


async def test_a_dead_host_and_a_silent_runware_do_not_reset_each_other(house: House) -> None:
    await drawn(house)
    house.images.looks = [rendered(1), Unavailable("Runware did not answer.")]
    house.fetcher.answers = [Unavailable("The host did not answer.")]
    await minutes(house, 60 * 26, each=5)
    pictures = await house.pictures()
    assert pictures.failure
    assert (pictures.stage, pictures.failure.sentence) == (Drawing.FAILED, "The host did not answer.")


async def test_a_host_that_answered_meanwhile_begins_anew_though_slack_was_away_all_along(
    house: House,
) -> None:
    await drawn(house)
    house.fetcher.answers = [Unavailable("The host did not answer."), PICTURE]
    house.slack.upload_faults = [Unavailable("Slack did not answer.")] * 9999
    await minutes(house, 55)
    house.slack.upload_faults = []
    house.fetcher.answers = [Unavailable("The host did not answer."), PICTURE]
    await minutes(house, 5)
    assert (await house.pictures()).stage is Drawing.DONE
