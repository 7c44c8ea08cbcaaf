"""Who may not decide at all is told that, whatever they saw; who may is held to what they saw."""

import pytest

from bot.asked import ballot_of
from bot.domain.ids import UserId
from bot.domain.people import Party, Person
from bot.domain.policy import Step
from bot.domain.run import Stage
from tests.handlers.handlers_lab import Lab
from tests.house import RUN
from tests.services.team import ADA, ruled

FIN = Party("UFIN")


@pytest.fixture
async def changed(lab: Lab) -> Lab:
    """Return the lab with a run whose question has changed since it was asked."""
    lab.house.people.people[ADA] = Person(ADA, is_admin=True)
    await lab.house.ask()
    await lab.house.work()
    lab.house.policy = ruled(Step("brand", (Party("UBEN"),)), Step("finance", (FIN,)))
    assert "is not what it was: The rules" in await lab.types("/style", f"approve {RUN}")
    return lab


@pytest.mark.parametrize(
    ("who", "words", "told"),
    [
        ("UANN", "approve {}", "You asked for this, so someone else has to decide."),
        ("UFIN", "approve {}", "It is not your turn yet: brand decides first."),
        ("UFIN", "approve {} 0000beef", "It is not your turn yet: brand decides first."),
        ("UADA", "override {} the fair is near", "Nothing stands in the way of Stellar."),
    ],
)
async def test_who_may_not_decide_is_told_that_and_not_the_digits(
    changed: Lab, who: UserId, words: str, told: str
) -> None:
    before = await changed.house.run()
    said = await changed.types("/style", words.format(RUN), who=who)
    assert told in said
    assert "type the same with" not in said
    assert await changed.house.run() == before


@pytest.mark.parametrize("digits", ["", " 0000beef"])
async def test_who_may_decide_is_held_to_what_was_seen(changed: Lab, digits: str) -> None:
    told = await changed.types("/style", f"approve {RUN}{digits}")
    run = await changed.house.run()
    assert "ecide on its card" in told or "look at its card again" in told
    assert (run.stage, ballot_of(run).votes) == (Stage.AWAITING, ())
