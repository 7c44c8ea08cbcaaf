"""`python -m tests.simulator`: play schedules, or one by its seed, or every death of the plain one."""

import argparse
import itertools
import multiprocessing
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.simulator.plan import Death, Fault, Plan, Trouble, canonical, drawn
from tests.simulator.world import Verdict, play


@dataclass
class Tally:
    """The figures of many schedules."""

    schedules: int = 0
    deaths: Counter[Death] = field(default_factory=Counter)
    faults: Counter[Fault] = field(default_factory=Counter)
    troubles: Counter[Trouble] = field(default_factory=Counter)
    wrongs: Counter[str] = field(default_factory=Counter)
    failed: list[tuple[Plan, tuple[str, ...]]] = field(default_factory=list)

    def add(self, plan: Plan, verdict: Verdict) -> None:
        """Count a schedule."""
        self.schedules += 1
        self.deaths.update(verdict.deaths)
        self.faults.update(verdict.faults)
        self.troubles.update(verdict.troubles)
        self.wrongs.update({wrong.partition(":")[0] for wrong in verdict.wrongs})
        if verdict.wrongs:
            self.failed.append((plan, verdict.wrongs))


def plans(arguments: argparse.Namespace) -> list[Plan]:
    """Return what is asked for."""
    if not (arguments.singles or arguments.pairs):
        return [drawn(seed) for seed in range(arguments.first, arguments.first + arguments.schedules)]
    sites = range(1, play(canonical()).sites + 1)
    deaths: list[tuple[int, ...]] = [*itertools.combinations(sites, 2 if arguments.pairs else 1)]
    every = max(1, len(deaths) // arguments.limit) if arguments.limit else 1
    return [canonical(deaths_at=frozenset(at)) for at in deaths[::every]]


def played(plan: Plan) -> tuple[Plan, Verdict]:
    """Play one and let its trace go, as one process of several does."""
    return plan, play(plan).without_trace()


def play_all(chosen: Sequence[Plan]) -> Tally:
    """Play them on all cores."""
    tally = Tally()
    with multiprocessing.Pool() as pool:
        for plan, verdict in pool.imap_unordered(played, chosen, chunksize=20):
            tally.add(plan, verdict)
    return tally


def told(tally: Tally, seconds: float) -> str:
    """Return the table."""
    rows = {
        "schedules": tally.schedules,
        **{f"{death.value}s": count for death, count in tally.deaths.items()},
        **{str(fault): count for fault, count in tally.faults.items()},
        **{str(trouble): count for trouble, count in tally.troubles.items()},
        "lost": tally.wrongs["lost"],
        "doubled": tally.wrongs["doubled"],
        "wrong otherwise": tally.wrongs.total() - tally.wrongs["lost"] - tally.wrongs["doubled"],
        "seconds": f"{seconds:.0f}",
    }
    return "\n".join(f"{name:<16} {figure:>10}" for name, figure in rows.items())


def show(*lines: str) -> None:
    """Show lines to whoever called the program."""
    sys.stdout.writelines(f"{line}\n" for line in lines)


def replay_of(plan: Plan) -> str:
    """Return the command that plays it once more."""
    if plan.deaths_at:
        return f"python -m tests.simulator --deaths {','.join(map(str, sorted(plan.deaths_at)))}"
    return f"python -m tests.simulator --seed {plan.seed}"


def replay(plan: Plan) -> int:
    """Play one and show all that happened; return the program's exit code."""
    verdict = play(plan)
    wrongs = [f"WRONG: {wrong}" for wrong in verdict.wrongs]
    show(*verdict.trace, *wrongs, f"trace {verdict.digest}")
    return 1 if verdict.wrongs else 0


def read(words: Sequence[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulator", description=__doc__)
    parser.add_argument("--schedules", type=int, default=1000, help="how many to play")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--seed", type=int, help="play this one, and show its trace")
    parser.add_argument("--singles", action="store_true", help="one death at each site of the plain schedule")
    parser.add_argument("--pairs", action="store_true", help="two deaths, at every pair of sites")
    parser.add_argument("--limit", type=int, default=2000, help="play no more than about so many of these")
    parser.add_argument("--deaths", help="play the plain schedule with deaths at these sites: 12,50")
    return parser.parse_args(words)


def main(words: Sequence[str]) -> int:
    """Do what the command line says; return the program's exit code."""
    arguments = read(words)
    if arguments.seed is not None:
        return replay(drawn(arguments.seed))
    if arguments.deaths:
        return replay(canonical(deaths_at=frozenset(map(int, arguments.deaths.split(",")))))
    begun = time.monotonic()
    tally = play_all(plans(arguments))
    show(told(tally, time.monotonic() - begun))
    show(*(f"{replay_of(plan)}: {'; '.join(wrongs)}" for plan, wrongs in tally.failed))
    return 1 if tally.failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
