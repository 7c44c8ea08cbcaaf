"""A request for pictures, step by step, in a world of fakes."""

import pytest

from bot.domain.errors import Refused, Unavailable
from bot.domain.generation import Format, Generation, Quality, Stage
from bot.domain.ids import DeliveryKey, GenerationId, TaskId, WorkspaceId
from bot.domain.message import GenerationCard, Originals
from bot.domain.results import Rendered, Underway
from bot.domain.task import Failed, Failure
from bot.ports import FOREIGN_HOST, FinishedPicture
from tests.fakes import TRAINED, FakeImages, rendered
from tests.house import BEN, BRAND, CAT, PICTURES, T1, House, click


async def ready(house: House, *names: str) -> None:
    """Let there be trained styles of these names."""
    house.trainer.looks = [TRAINED]
    for name in names or ("Stellar",):
        await house.ask(name=name)
        await house.work()
        newest = (await house.styles.runs(T1))[0]
        await house.approvals.approve(newest.id, click(BEN, house.delivery()))
        house.clock.pass_time(seconds=31)
        await house.work(steps=3)


async def test_pictures_go_from_the_prompt_to_one_message(house: House) -> None:
    await ready(house)
    house.images.looks = [None, rendered(4)]
    await house.generate()
    await house.work(steps=4)
    house.clock.pass_time(seconds=3)
    await house.work(steps=4)
    pictures = await house.pictures()
    assert pictures.stage is Stage.DONE
    assert [upload.shown for upload in pictures.uploads] == [f"F{n:09}" for n in range(2, 6)]
    assert pictures.cost == pytest.approx(0.08)
    [card] = house.slack.of(GenerationCard)
    shown = card.states[-1]
    assert isinstance(shown, Generation)
    assert shown.stage is Stage.DONE
    assert len(house.images.charges) == 1


async def test_an_unnamed_style_is_the_channels_default_or_the_only_one(house: House) -> None:
    with pytest.raises(Refused, match="No style is trained yet"):
        await house.generate()
    await ready(house, "Stellar", "Fruit")
    with pytest.raises(Refused, match="Which style"):
        await house.generate()
    await house.proposals.use("fruit", click(BEN, house.delivery()), channel=BRAND)
    assert "Fruit@1" in await house.generate()
    assert "Stellar@1" in await house.generate(style="stellar")


async def test_a_misspelt_style_is_answered_with_the_nearest(house: House) -> None:
    await ready(house)
    with pytest.raises(Refused, match="Did you mean `stellar`"):
        await house.generate(style="stelar")
    with pytest.raises(Refused, match="no trained version 7"):
        await house.generate(style="stellar@7")


async def test_making_a_version_the_default_is_of_one_channel_only(house: House) -> None:
    await ready(house)
    run = (await house.styles.runs(T1))[0]
    said = await house.proposals.use_run(run.id, click(BEN, house.delivery()), channel=BRAND)
    assert said == "This channel now draws in Stellar@1."
    _, default = await house.styles.all(T1, BRAND)
    assert default is not None
    assert default.label == "Stellar@1"


async def test_a_click_that_slack_delivers_twice_is_charged_once(house: House) -> None:
    await ready(house)
    house.images.looks = [rendered(1)]
    await house.generate(count=1)
    twice = DeliveryKey("again, delivered twice")
    for _ in range(2):
        await house.generations.again(PICTURES, who=CAT, workspace=T1, quality=Quality.HIGH, delivery=twice)
    await house.work(steps=6)
    assert len(house.images.charges) == 2
    again = await house.pictures(GenerationId("GEN0000002"))
    assert (again.request.quality, again.request.prompt) == (Quality.HIGH, "a red fox")


async def test_another_workspaces_pictures_cannot_be_asked_for_again(house: House) -> None:
    await ready(house)
    await house.generate()
    with pytest.raises(Refused, match="no pictures"):
        await house.generations.get(PICTURES, who=CAT, workspace=WorkspaceId("T2"))


async def test_a_picture_that_cannot_be_fetched_now_is_fetched_later(house: House) -> None:
    await ready(house)
    house.images.looks = [rendered(1)]
    house.fetcher.answers = [Unavailable("down"), FinishedPicture(b"jpeg", "jpg")]
    await house.generate(count=1)
    await house.work(steps=5)
    assert (await house.pictures()).trouble == "down"
    house.clock.pass_time(minutes=1)
    await house.work(steps=3)
    pictures = await house.pictures()
    assert (pictures.stage, pictures.trouble) == (Stage.DONE, "")


async def test_pictures_that_never_come_end_in_a_sentence(house: House) -> None:
    await ready(house)
    house.images.looks = [rendered(1)]
    house.fetcher.answers = [Unavailable("The pictures cannot be fetched.")]
    await house.generate(count=1)
    for _ in range(60):
        await house.work()
        house.clock.pass_time(minutes=30)
    pictures = await house.pictures()
    assert pictures.failure == Failure("lost", "The pictures cannot be fetched.")


async def test_pictures_that_came_are_shown_whatever_became_of_the_others(house: House) -> None:
    await ready(house)
    house.images.looks = [rendered(3)]
    picture = FinishedPicture(b"jpeg", "jpg")
    house.fetcher.answers = [picture, Refused("It is no picture."), picture, Refused("It is no picture.")]
    await house.generate(count=3)
    for _ in range(9):
        await house.work()
        house.clock.pass_time(minutes=10)
    pictures = await house.pictures()
    assert (pictures.stage, len(pictures.uploads), len(pictures.lost)) == (Stage.DONE, 2, 1)
    assert pictures.trouble == "It is no picture."


async def test_a_picture_is_uploaded_once_however_long_another_is_missing(house: House) -> None:
    await ready(house)
    house.images.looks = [rendered(2)]
    house.fetcher.answers = [FinishedPicture(b"jpeg", "jpg"), Unavailable("down")]
    before = len(house.slack.uploads)
    await house.generate(count=2)
    for _ in range(50):
        await house.work(steps=2)
        house.clock.pass_time(minutes=30)
    pictures = await house.pictures()
    assert (pictures.stage, len(pictures.uploads)) == (Stage.DONE, 1)
    assert len(house.slack.uploads) == before + 1


async def test_pictures_that_take_long_are_waited_for_and_said_to_be_slow(house: House) -> None:
    await ready(house)
    house.images.looks = [Underway()]
    await house.generate()
    for _ in range(40):
        await house.work(steps=2)
        house.clock.pass_time(minutes=1)
    pictures = await house.pictures()
    assert pictures.stage is Stage.RENDERING
    assert pictures.trouble.startswith("It takes longer than usual")


async def test_a_picture_on_a_foreign_host_is_never_shown(house: House) -> None:
    await ready(house)
    house.images.looks = [rendered(1)]
    house.fetcher.answers = [Refused("The picture is on a host that is not allowed.", code=FOREIGN_HOST)]
    await house.generate(count=1)
    for _ in range(9 * 24):
        await house.work()
        house.clock.pass_time(hours=1)
    assert (await house.pictures()).stage is Stage.FAILED
    assert "stellar-1-GEN0000001-1.jpg" not in house.slack.uploads


async def test_webp_is_shown_as_something_else_and_its_original_is_kept(house: House) -> None:
    await ready(house)
    house.images.looks = [rendered(1)]
    house.fetcher.answers = [FinishedPicture(b"jpeg", "jpg", b"webp", "webp")]
    await house.generate(count=1, format=Format.WEBP)
    await house.work(steps=6)
    assert house.slack.uploads[-2:] == ["stellar-1-GEN0000001-1.jpg", "stellar-1-GEN0000001-1.webp"]
    assert len(house.slack.of(Originals)) == 1


async def test_private_pictures_go_to_the_one_who_asked(house: House) -> None:
    await ready(house)
    await house.generate(private=True)
    await house.work(steps=2)
    assert house.slack.of(GenerationCard)[0].place.channel == "D-UCAT"


async def test_a_declined_prompt_is_told_on_the_card(house: House) -> None:
    await ready(house)
    house.images.looks = [Failed(Failure("contentPolicyViolation", "Runware declined the prompt."))]
    await house.generate()
    await house.work(steps=4)
    shown = house.slack.of(GenerationCard)[0].states[-1]
    assert isinstance(shown, Generation)
    assert shown.failure == Failure("contentPolicyViolation", "Runware declined the prompt.")


async def test_a_lost_answer_to_a_render_request_is_charged_once(house: House) -> None:
    await ready(house)
    house.images.submits = [Unavailable("no answer"), None]
    house.images.looks = [Unavailable("still no answer"), rendered(4)]
    await house.generate()
    await house.work(steps=2)
    for _ in range(3):
        house.clock.pass_time(seconds=40)
        await house.work(steps=2)
    assert (await house.pictures()).stage is Stage.DONE
    assert len(house.images.charges) == 1


async def test_a_wait_that_runware_asks_for_is_kept_while_pictures_are_drawn(house: House) -> None:
    looks = 0

    class Counting(FakeImages):
        async def look(self, task: TaskId, *, expected: int) -> Rendered | Failed | Underway | None:
            nonlocal looks
            looks += 1
            return await super().look(task, expected=expected)

    house.lives_with(images=Counting())
    await ready(house)
    house.images.looks = [Unavailable("Not now.", retry_after=600), None]
    await house.generate()
    await house.work(steps=3)
    house.clock.pass_time(seconds=599)
    await house.work(steps=2)
    assert looks == 1
    house.clock.pass_time(seconds=2)
    await house.work()
    assert looks == 2
