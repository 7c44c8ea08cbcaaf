"""The bot dies once, at each place where it can; and the simulator is what it says it is."""

import os
import subprocess
import sys
from dataclasses import replace

import pytest

from tests.simulator.plan import Trouble, canonical, drawn
from tests.simulator.world import play

SITES_TOGETHER = 10
MOST_SITES = 600


@pytest.mark.parametrize("part", range(SITES_TOGETHER))
def test_no_single_death_loses_or_doubles_anything(part: int) -> None:
    sites = play(canonical()).sites
    assert 100 < sites < MOST_SITES
    found = {
        site: wrongs
        for site in range(1 + part, sites + 1, SITES_TOGETHER)
        if (wrongs := play(canonical(deaths_at=frozenset({site}))).wrongs)
    }
    assert found == {}


def test_a_death_is_a_death() -> None:
    plan = canonical(deaths_at=frozenset({40}))
    verdict = play(plan)
    assert any("life 1 dies" in line for line in verdict.trace)
    assert any("life 2 begins" in line for line in verdict.trace)


def test_the_schedules_see_every_fault() -> None:
    verdicts = [play(drawn(seed)) for seed in range(30)]
    for kind in verdicts[0].faults:
        assert sum(verdict.faults[kind] for verdict in verdicts) > 0
    for death in verdicts[0].deaths:
        assert sum(verdict.deaths[death] for verdict in verdicts) > 0
    for trouble in {*verdicts[0].troubles} - {Trouble.FORGOTTEN, Trouble.STALE}:  # in one of a thousand
        assert sum(verdict.troubles[trouble] for verdict in verdicts) > 0


def test_where_nothing_goes_wrong_nothing_is_tried_twice() -> None:
    verdict = play(replace(canonical(), pictures=1))
    assert verdict.wrongs == ()
    assert sum("Runware takes and charges" in line for line in verdict.trace) == 2
    assert not any("already" in line or "log:" in line for line in verdict.trace)


def test_a_seed_is_played_the_same_each_time() -> None:
    for seed in (3, 14, 50):
        assert play(drawn(seed)).digest == play(drawn(seed)).digest


def test_a_seed_is_played_the_same_in_every_process() -> None:
    def digest(hash_seed: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "tests.simulator", "--seed", "14"],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
        )
        return done.stdout.splitlines()[-1]

    assert digest("1") == digest("2") == f"trace {play(drawn(14)).digest}"
