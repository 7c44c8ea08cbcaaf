"""Whatever the network, the deaths and the people do: nothing is lost, doubled, out of order, or stuck.

The other half of `test_schedules`: two processes test at a time, each a file.
"""

import os

import pytest

from tests.simulator.plan import drawn
from tests.simulator.world import play

SCHEDULES = int(os.environ.get("SCHEDULES", "1000"))
PARTS = 10


@pytest.mark.parametrize("part", range(PARTS))
def test_no_odd_schedule_loses_or_doubles_anything(part: int) -> None:
    seeds = range(2 * part + 1, SCHEDULES, 2 * PARTS)
    assert {seed: wrongs for seed in seeds if (wrongs := play(drawn(seed)).wrongs)} == {}
