"""The tests of the test: with any one safeguard missing the simulator turns red, and with it it is green."""

from dataclasses import dataclass

import pytest

from bot.services.reconciler import Pace
from tests.simulator.edge import Edge
from tests.simulator.plan import drawn
from tests.simulator.sabotage import SABOTAGES
from tests.simulator.world import play


@dataclass(frozen=True)
class Expected:
    """What the simulator finds, and among how many schedules at the latest."""

    wrong: str
    within: int = 40


EXPECTED = {
    "a fresh uuid for every try": Expected("was charged 2 times, under 2 ids"),
    "no settle time": Expected("was charged 2 times, under 1 ids"),
    "Slack's default retry handlers": Expected("stands 2 times in Slack"),
    "no look at the clock before an order": Expected("was charged 2 times, under 1 ids"),
    "no fence": Expected(" when it was "),
    "no inbox": Expected("was charged 2 times, under 2 ids"),
    "no attempt counted before a post": Expected("stands 2 times in Slack"),
    "money reserved in a transaction of its own": Expected("was charged: the ledger has None"),
    "a webhook believed": Expected("lost: "),
    "nothing held while Runware refuses us": Expected("stormed: "),
    "the epoch ignored": Expected("was charged 2 times, under 2 ids"),
    "memos that nobody is told": Expected("lost: a Memo stands 0 times in Slack"),
    "notices that nobody is told": Expected("lost: a Notice stands 0 times in Slack"),
    "notices told twice": Expected("doubled: a Notice stands 2 times in Slack"),
    "the end of alarms untold": Expected("lost: nobody is told that the alarm "),
    "no look for earlier posts": Expected("stands 2 times in Slack"),
}


@pytest.mark.parametrize("missing", SABOTAGES)
def test_without_this_safeguard_the_simulator_turns_red(missing: str) -> None:
    sabotage, expected = SABOTAGES[missing], EXPECTED[missing]
    for seed in range(expected.within):
        plan = sabotage.world(drawn(seed))
        if any(expected.wrong in wrong for wrong in play(plan, sabotage.edge).wrongs):
            assert play(plan).wrongs == ()
            return
    pytest.fail(f"nothing was found in {expected.within} schedules")


@pytest.mark.parametrize("missing", SABOTAGES)
def test_with_every_safeguard_the_same_worlds_are_green(missing: str) -> None:
    world = SABOTAGES[missing].world
    assert {seed: wrongs for seed in range(10) if (wrongs := play(world(drawn(seed))).wrongs)} == {}


def test_where_nothing_is_sent_twice_a_runware_that_takes_everything_charges_once() -> None:
    world, edge = SABOTAGES["no settle time"].world, Edge(pace=Pace(sends_again=False))
    wrongs = [wrong for seed in range(20) for wrong in play(world(drawn(seed)), edge).wrongs]
    assert [wrong for wrong in wrongs if not wrong.startswith("stuck")] == []
    assert any("nothing is sent a second time here" in wrong for wrong in wrongs), "a person decides"
