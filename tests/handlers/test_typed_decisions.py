"""What is typed decides as the buttons do: on just what was seen, where its digits are typed too."""

import pytest

from bot.asked import ballot_of
from bot.domain.policy import Step
from bot.domain.run import Stage
from tests.handlers.handlers_lab import Lab
from tests.house import RUN
from tests.services.team import ruled


@pytest.fixture
async def asked(lab: Lab) -> Lab:
    """Return the lab with a run that waits for a decision."""
    await lab.house.ask()
    await lab.house.work()
    return lab


async def test_an_approval_is_typed_with_the_digits_of_what_was_seen_and_a_comment(asked: Lab) -> None:
    digits = ballot_of(await asked.house.run()).digest[:8]
    await asked.types("/style", f"approve {RUN} {digits} lovely set")
    run = await asked.house.run()
    (vote,) = ballot_of(run).votes
    assert (run.stage, vote.comment) == (Stage.APPROVED, "lovely set")


async def test_the_digits_of_what_is_not_asked_any_more_approve_nothing(asked: Lab) -> None:
    told = await asked.types("/style", f"approve {RUN} 0000beef lovely set")
    run = await asked.house.run()
    assert "`0000beef` is not what the card of Stellar asks for, so nothing was done" in told
    assert (run.stage, ballot_of(run).votes) == (Stage.AWAITING, ())


async def test_what_changed_and_changed_back_is_approved_by_who_types_what_is_asked_now(asked: Lab) -> None:
    run, rules = await asked.house.run(), asked.house.policy
    asked.house.policy = ruled(Step("a deputy"))
    assert "is not what it was: The rules" in await asked.types("/style", f"approve {RUN}")
    asked.house.policy = rules
    await asked.types("/style", f"approve {RUN}")
    back = ballot_of(await asked.house.run())
    assert back.digest == ballot_of(run).digest
    told = await asked.types("/style", f"approve {RUN}")
    assert "Stellar: it has changed, and changed back. Decide on its card, or type the same with" in told
    await asked.types("/style", f"approve {RUN} {back.digest[:8]}")
    assert (await asked.house.run()).stage is Stage.APPROVED


async def test_a_comment_that_begins_with_fewer_digits_is_a_comment(asked: Lab) -> None:
    await asked.types("/style", f"approve {RUN} 3fa94c0 is the one")
    (vote,) = ballot_of(await asked.house.run()).votes
    assert vote.comment == "3fa94c0 is the one"


@pytest.mark.parametrize("reason", ["20261201 is too late for the fair", "deadbeef", "3fa94c0 is blurred"])
async def test_a_reason_may_begin_with_what_looks_like_digits(asked: Lab, reason: str) -> None:
    await asked.types("/style", f"reject {RUN} {reason}")
    run = await asked.house.run()
    assert (run.stage, run.reason) == (Stage.REJECTED, reason)


async def test_the_digits_of_what_was_seen_are_no_part_of_a_reason(asked: Lab) -> None:
    digits = ballot_of(await asked.house.run()).digest[:8]
    assert "needs a reason" in await asked.types("/style", f"reject {RUN} {digits}")
    await asked.types("/style", f"reject {RUN} {digits} two are blurred")
    assert (await asked.house.run()).reason == "two are blurred"
