"""What things will cost, and what is reserved, booked and let go of: no budget is ever exceeded by asking."""

import asyncio
from dataclasses import replace

import pytest

from bot.domain.alarm import HELD, Concern
from bot.domain.errors import BudgetExceeded, HousestyleError, Refused, Unavailable
from bot.domain.facts import Trained
from bot.domain.ids import Air, RunId
from bot.domain.message import Notice, RunCard
from bot.domain.money import Estimate, micros
from bot.domain.policy import BUILT_IN, Budget, Per
from bot.domain.run import Stage
from bot.domain.task import Failed, Failure
from bot.ports import Inspection
from tests.fakes import DATASET
from tests.house import ANN, BEN, RUN, House
from tests.services.team import (
    asked,
    balance,
    cost,
    digits,
    limited,
    money,
    month,
    sent,
    voters,
)

AIR = Air("acme:stellar@1")


async def approved(house: House, price: float = 12.0) -> None:
    """Have a training at that price approved, of which nothing was sent yet."""
    house.policy = limited(100.0, price)
    await asked(house)
    await house.approve()
    assert await money(house) == (0, price)


async def ended(house: House, news: Trained | Failed) -> None:
    """Have it handed over, and end so."""
    house.trainer.looks = [news]
    await sent(house)
    await house.work(steps=2)


async def test_a_price_is_learned_from_what_was_charged(house: House) -> None:
    house.policy = limited(100.0, 50.0)
    await cost(house, 10.0, 12.5, 11.0)
    run = await asked(house)
    assert run.ballot
    assert run.ballot.estimate == Estimate(10.0, 12.5, 3)
    assert dict(run.ballot.payload)["price"] == "$10.00 to $12.50"


async def test_where_nothing_was_charged_yet_an_admins_setting_is_the_price(house: House) -> None:
    house.policy = limited(100.0, 50.0)
    run = await asked(house)
    assert run.ballot
    assert run.ballot.estimate == Estimate(50.0, 50.0)
    assert not run.ballot.estimate.is_measured


def different(count: int) -> list[Inspection | Exception]:
    """Return looks at so many datasets of which none has the pictures of another."""
    firsts = [replace(DATASET.pictures[0], sha256=f"{number + 100:064}") for number in range(count)]
    return [Inspection(replace(DATASET, pictures=(first, *DATASET.pictures[1:])), b"") for first in firsts]


async def test_a_price_that_nobody_knows_is_said_to_be_unknown(house: House) -> None:
    run = await asked(house)
    assert run.ballot
    assert run.ballot.estimate is None
    assert dict(run.ballot.payload)["price"] == "not known yet"


async def test_a_price_that_becomes_known_is_shown_before_it_is_approved(house: House) -> None:
    seen = digits(await asked(house))
    await cost(house, 12.0)
    told = await house.approvals.approve(RUN, house.by(BEN, seen=seen))
    assert "price: not known yet → $12.00" in told
    assert (await house.run()).stage is Stage.AWAITING


async def test_what_it_did_cost_is_booked_in_place_of_what_was_reserved(house: House) -> None:
    await approved(house)
    await ended(house, Trained(AIR, 9.5))
    assert await money(house) == (9.5, 0)
    assert (await month(house)).assumed == 0
    assert (await house.run()).stage is Stage.READY


@pytest.mark.parametrize("told", [None, 0.0, -3.0])
async def test_a_cost_that_is_not_told_is_never_booked_as_free(house: House, told: float | None) -> None:
    await approved(house)
    await ended(house, Trained(AIR, told))
    assert await money(house) == (12.0, 0)
    assert (await month(house)).assumed == micros(12.0)
    await house.ask()
    await house.work()
    ballot = (await house.run(RunId("RUN0000002"))).ballot
    assert ballot
    assert ballot.estimate == Estimate(12.0, 12.0)  # nothing was learned from it


async def test_a_failed_training_frees_its_money(house: House) -> None:
    await approved(house)
    await ended(house, Failed(Failure("trainingFailed", "It failed at Runware.")))
    assert await money(house) == (0, 0)


async def test_a_refused_request_frees_its_money(house: House) -> None:
    await approved(house)
    house.trainer.submits = [Refused("No.", code="no")]
    assert (await sent(house)).stage is Stage.FAILED
    assert await money(house) == (0, 0)


async def test_an_approval_that_is_undone_frees_its_money_and_the_next_reserves_it_again(
    house: House,
) -> None:
    await approved(house)
    await house.approvals.undo(RUN, house.by(BEN))
    assert await money(house) == (0, 0)
    await house.approve()
    assert await money(house) == (0, 12.0)


async def test_a_dataset_that_changed_frees_the_money_of_the_approval_that_is_void(house: House) -> None:
    await approved(house)
    house.inspector.fingerprints = ["cd" * 32]
    await sent(house)
    assert await money(house) == (0, 0)


@pytest.mark.parametrize("end", ["rejected", "expired"])
async def test_what_is_rejected_or_expires_holds_no_money(house: House, end: str) -> None:
    await approved(house)
    await house.approvals.undo(RUN, house.by(BEN))
    if end == "rejected":
        await house.approvals.reject(RUN, "too dear", house.by(BEN))
    house.clock.pass_time(days=2)
    await house.work()
    assert (await house.run()).stage == end
    assert await money(house) == (0, 0)


async def test_what_is_cancelled_before_it_is_sent_frees_its_money(house: House) -> None:
    await approved(house)
    await house.stopping.cancel(RUN, house.by(ANN))
    assert await money(house) == (0, 0)


async def test_what_is_cancelled_after_it_was_sent_is_booked_as_assumed(house: House) -> None:
    await approved(house)
    await sent(house)
    told = await house.stopping.cancel(RUN, house.by(ANN))
    assert "still charged" in told
    assert await money(house) == (12.0, 0)
    assert (await month(house)).assumed == micros(12.0)


async def test_what_is_in_doubt_keeps_its_money_until_somebody_gives_it_up(house: House) -> None:
    await approved(house)
    house.trainer.submits, house.trainer.accepts_unheard = [Unavailable("No answer.")], False
    await sent(house)
    for _ in range(30):
        house.clock.pass_time(hours=1)
        await house.work(steps=2)
    assert (await house.run()).stage is Stage.UNCONFIRMED
    assert await money(house) == (0, 12.0)
    await house.stopping.cancel(RUN, house.by(ANN))
    assert await money(house) == (12.0, 0)


async def test_what_would_exceed_a_budget_is_not_approved_and_nothing_is_kept_of_it(house: House) -> None:
    house.policy = limited(20.0, 12.0)
    house.inspector.answers = different(2)
    for name in ("Stellar", "Lunar"):
        await house.ask(name=name)
    await house.work()
    await house.approve()
    second = RunId("RUN0000002")
    with pytest.raises(BudgetExceeded, match=r"“brand” allows \$20\.00 a month.*so \$8\.00 is left"):
        await house.approvals.approve(second, house.by(BEN))
    run = await house.run(second)
    assert (run.stage, voters(run), await money(house)) == (Stage.AWAITING, set(), (0, 12.0))
    await house.stopping.cancel(RUN, house.by(ANN))
    await house.approvals.approve(second, house.by(BEN))
    assert await money(house) == (0, 12.0)


async def test_twenty_approvals_at_once_never_exceed_a_budget(house: House) -> None:
    house.policy = limited(100.0, 12.0)
    house.inspector.answers = different(20)
    runs = [RunId(f"RUN{number:07}") for number in range(1, 21)]
    for number in range(20):
        await house.ask(name=f"Style {number}")
    await house.work(steps=3)

    async def approve(run: RunId) -> str:
        try:
            return await house.approvals.approve(run, house.by(BEN))
        except HousestyleError as no:
            return type(no).__name__

    told = await asyncio.gather(*map(approve, runs))
    assert told.count("BudgetExceeded") == 12
    stages = [(await house.run(run)).stage for run in runs]
    assert stages.count(Stage.APPROVED) == 8
    assert await money(house) == (0, 96.0)


async def test_each_person_has_their_own_budget_and_what_others_spend_is_not_theirs(house: House) -> None:
    prices = replace(BUILT_IN.prices, training=12.0)
    house.policy = replace(BUILT_IN, budgets=(Budget("own", 20.0, Per.USER),), prices=prices)
    await asked(house)
    await house.approve()
    await house.training.request(
        replace((await house.run()).request, requester=BEN), delivery=house.delivery()
    )
    await house.work()
    await house.approvals.approve(RunId("RUN0000002"), house.by(ANN))
    assert await money(house) == (0, 24.0)


async def test_a_new_month_is_a_new_budget(house: House) -> None:
    house.policy = limited(20.0, 12.0)
    await cost(house, 12.0, 12.0)
    await asked(house)
    await house.approve()
    assert await money(house) == (0, 12.0)


async def test_a_budget_wants_to_know_the_price_and_says_what_to_do(house: House) -> None:
    house.policy = limited(100.0)
    await asked(house)
    with pytest.raises(BudgetExceeded, match="Ask an admin to set a price for it in the policy"):
        await house.approve()
    assert (await house.run()).stage is Stage.AWAITING


async def test_while_the_account_holds_too_little_nobody_is_asked_and_one_is_told(house: House) -> None:
    house.policy = limited(100.0, 12.0)
    balance(house, 5.0)
    await house.ask()
    for _ in range(10):
        await house.work()
        house.clock.pass_time(minutes=2)
    run = await house.run()
    assert (run.stage, run.trouble) == (Stage.REQUESTED, HELD[Concern.BALANCE])
    assert house.inspector.sources == []
    assert [one.place.channel for one in house.slack.of(Notice)] == ["D-UADMIN"]
    balance(house, 50.0)
    house.clock.pass_time(minutes=2)
    await house.work(steps=3)
    assert (await house.run()).stage is Stage.AWAITING
    assert len(house.slack.of(RunCard)) == 1
    told = [one.message.is_over for one in house.slack.of(Notice) if isinstance(one.message, Notice)]
    assert told == [False, True]


@pytest.mark.parametrize("stated", [None, 12.0])
async def test_a_balance_that_does_or_is_not_told_stops_nothing(house: House, stated: float | None) -> None:
    house.policy = limited(100.0, 12.0)
    balance(house, stated)
    await asked(house)
