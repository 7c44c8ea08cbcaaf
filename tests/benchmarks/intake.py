"""How long a verdict on a dataset takes, against what one writes first and against what cannot be avoided.

Run it with `python -m tests.benchmarks.intake [--pictures 50] [--megapixels 24] [--large] [FOLDER]`. The
pictures are made once and kept in FOLDER; a server of its own process hands them out over loopback. Every
way to a verdict runs in a fresh process on the same bytes: ours and the limit three times (medians), the
others once. `wall` and processor seconds include every process that was started; `memory` is what the ways
took at most beyond their libraries, all processes together. A busy machine shows in `wall`, above all for
ours, whose worker gives way to everyone else: go by the processor seconds then.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.benchmarks.intake_damage import damage
from tests.benchmarks.intake_parts import parts
from tests.benchmarks.intake_refusals import refusals
from tests.benchmarks.intake_ways import Measured, run
from tests.benchmarks.machinery import free_port, process

TIMES = 3
"""Runs of what is compared most closely."""


@dataclass(frozen=True)
class Goal:
    """A ratio of ours to another way that is asked for: at least, or at most."""

    what: str
    value: float
    goal: float
    at_least: bool

    @property
    def is_met(self) -> bool:
        """Whether it is."""
        return self.value >= self.goal if self.at_least else self.value <= self.goal


def main() -> None:
    """Measure and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--pictures", type=int, default=50)
    parser.add_argument("--megapixels", type=int, default=24)
    parser.add_argument("--large", action="store_true", help="also 1.8 GB of 96 megapixels each")
    parser.add_argument("--only", choices=("ways", "refusals", "parts", "damage", "large"), default="")
    asked = parser.parse_args()
    folder = asked.folder or Path(tempfile.gettempdir()) / "housestyle-intake"
    console = Console(width=None if sys.stdout.isatty() else 150)
    console.print(f"load of the machine before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    archive = made(folder, "--pictures", str(asked.pictures), "--megapixels", str(asked.megapixels))
    wanted = {asked.only} if asked.only else {"ways", "refusals", "parts", "damage"}
    with served(folder) as port:
        if "ways" in wanted:
            for table in ways(port, archive):
                console.print(table)
        if "refusals" in wanted:
            console.print(refusals(port, archive))
        if "parts" in wanted:
            console.print(parts(archive))
        if "damage" in wanted:
            console.print(damage(port, folder))
        if asked.large or "large" in wanted:
            console.print(large(port, folder))


def made(folder: Path, *arguments: str) -> Path:
    """Have the archive made, by a process of its own, and return it."""
    command = [sys.executable, "-m", "tests.benchmarks.intake_pictures", str(folder), *arguments]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return Path(done.stdout.strip())


@contextmanager
def served(folder: Path) -> Iterator[int]:
    """Serve `folder` until the block ends; yields the port."""
    port = free_port()
    with process("-m", "tests.benchmarks.intake_server", str(folder), str(port), port=port, path="/stats"):
        yield port


def median(several: Sequence[Measured]) -> Measured:
    """Return the median of each figure."""
    wall, cpu, memory = (
        statistics.median(figures)
        for figures in zip(*((m.wall, m.cpu, m.memory) for m in several), strict=True)
    )
    return Measured(wall, cpu, memory, several[-1].found)


def ways(port: int, archive: Path) -> Iterator[Table]:
    """Go every way, those that are compared most closely in turns, and hold ours against the goals."""
    runs = {way: [run(way, port, archive.name)] for way in ("raw", "naive", "thumbnails")}
    for _ in range(TIMES):
        for way in ("limit", "ours"):
            runs.setdefault(way, []).append(run(way, port, archive.name))
    results = {way: median(several) for way, several in runs.items()}
    table = Table(title=f"a verdict on {archive.name}, {archive.stat().st_size / 1e6:.0f} MB")
    for column in ("", "wall s", "processor s", "memory MB", "x ours, wall", "found"):
        table.add_column(column, justify="left" if column in {"", "found"} else "right")
    for way, m in results.items():
        times = f"{m.wall / results['ours'].wall:.2f}"
        table.add_row(way, f"{m.wall:.2f}", f"{m.cpu:.2f}", f"{m.memory:.0f}", times, m.found)
    yield table
    yield goals(goals_of(results))


def goals_of(results: dict[str, Measured]) -> list[Goal]:
    """Return the goals of design/performance.md for the ways."""
    ours, naive, limit = results["ours"], results["naive"], results["limit"]
    return [
        Goal("faster than naive", naive.wall / ours.wall, 10, at_least=True),
        Goal("faster than thumbnails only", results["thumbnails"].wall / ours.wall, 4, at_least=True),
        Goal("processor, of the limit's", ours.cpu / limit.cpu, 1.15, at_least=False),
        Goal("memory, of naive's", ours.memory / naive.memory, 0.5, at_least=False),
        Goal("slower than the limit (no goal)", ours.wall / limit.wall, float("inf"), at_least=False),
    ]


def goals(several: Sequence[Goal]) -> Table:
    """Return the goals as a table."""
    table = Table(title="goals")
    for column in ("", "measured", "goal", ""):
        table.add_column(column, justify="right" if column in {"measured", "goal"} else "left")
    for goal in several:
        sign = ">=" if goal.at_least else "<="
        met = "met" if goal.is_met else "missed"
        table.add_row(goal.what, f"{goal.value:.2f}", f"{sign} {goal.goal:g}", met)
    return table


def large(port: int, folder: Path) -> Table:
    """Look at 1.8 GB of pictures of 96 megapixels, once."""
    archive = made(folder, "--pictures", "50", "--megapixels", "96", "--large")
    m = run("ours", port, archive.name)
    table = Table(title=f"{archive.name}, {archive.stat().st_size / 1e9:.2f} GB: {m.found}")
    for column in ("", "measured", "goal"):
        table.add_column(column, justify="right" if column else "left")
    table.add_row("wall s", f"{m.wall:.1f}", "<= 35")
    table.add_row("processor s", f"{m.cpu:.1f}", "")
    table.add_row("memory MB", f"{m.memory:.0f}", "<= 500")
    return table


if __name__ == "__main__":
    main()
