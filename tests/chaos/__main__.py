"""`python -m tests.chaos --runs 100 --kills 50`: kill -9 over and over, and count what was lost or doubled.

It takes the bot as it is served, with the waits of production. It exits with 1 where anything is wrong.
"""

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bot.services.reconciler import Pace
from tests.chaos.full_disk import on_a_small_disk
from tests.chaos.wave import Figures, Storm, small_dataset, weathered

RESUMES_WITHIN = Pace().lease.total_seconds() + 5
"""Seconds from a kill to the next step of whatever it interrupted (design/reliability.md, D)."""
A_WAVE = 20
"""Runs; one workspace has an account that pays for twice as many."""
A_DRAWING_IN = 4
"""Of so many runs one gets pictures drawn."""
APART = 5.0
"""Seconds between two kills at most."""
AT_ONCE = 2
"""Waves: what makes each of them take minutes is what Slack allows a workspace, and not the machine."""


def main() -> None:
    """Read the options, go through the storms, print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    began = time.monotonic()
    figures, full_disk = asyncio.run(_all_waves(options.runs, options.kills, options.seed))
    Console().print(_table(figures, full_disk, seconds=time.monotonic() - began))
    verdict = figures.verdict
    late = [f"a step was late by {seconds:.0f} s" for seconds in figures.resumed if seconds > RESUMES_WITHIN]
    wrong = [*verdict.lost, *verdict.doubled, *verdict.odd, *late]
    sys.stdout.writelines(f"{sentence}\n" for sentence in wrong)
    sys.exit(bool(wrong))


async def _all_waves(runs: int, kills: int, seed: int) -> tuple[Figures, str]:
    """Return the figures of all storms, and how it went on a full disk."""
    waves = max(1, round(runs / A_WAVE))
    room = asyncio.Semaphore(AT_ONCE)
    with tempfile.TemporaryDirectory(prefix="housestyle-chaos-") as scratch:
        root, bytecode = Path(scratch), Path(scratch) / "bytecode"
        dataset = root / "small.zip"
        dataset.write_bytes(await asyncio.to_thread(small_dataset))
        total = Figures()

        async def one(wave: int) -> None:
            nonlocal total
            of_runs = _share(runs, wave, waves)
            storm = Storm(of_runs, max(1, of_runs // A_DRAWING_IN), _share(kills, wave, waves), APART)
            async with room:
                figures = await weathered(
                    storm, root / f"{wave}", seed=f"{seed}/{wave}", dataset=dataset, bytecode=bytecode
                )
            total += figures
            sys.stderr.write(f"wave {wave + 1} of {waves} is over\n")

        for wave in range(waves):
            (root / f"{wave}").mkdir()
        async with asyncio.TaskGroup() as group:
            for wave in range(waves):
                group.create_task(one(wave))
        return total, await _on_a_small_disk(root, dataset)


async def _on_a_small_disk(root: Path, dataset: Path) -> str:
    disk = root / "disk"
    disk.mkdir()
    try:
        await on_a_small_disk(disk, dataset=dataset, bytecode=root / "bytecode")
    except PermissionError as no:
        return f"NOT TRIED: {no}"
    return "nothing lost or doubled"


def _share(whole: int, part: int, parts: int) -> int:
    return whole * (part + 1) // parts - whole * part // parts


def _table(figures: Figures, full_disk: str, *, seconds: float) -> Table:
    table = Table(title=f"kill -9 at random moments, {seconds:.0f} s", show_header=False)
    table.add_column()
    table.add_column(justify="right")
    verdict = figures.verdict
    for name, value in (
        ("runs", str(figures.runs)),
        ("requests for pictures", str(figures.drawings)),
        ("kill -9", str(figures.kills)),
        ("seconds from start to the first answer, median and longest", _spread(figures.starts)),
        ("seconds from kill to the next step, median and longest", _spread(figures.resumed)),
        ("interrupted steps", str(len(figures.resumed))),
        ("charges", str(verdict.charges)),
        ("messages", str(verdict.messages)),
        ("lost", str(len(verdict.lost))),
        ("doubled", str(len(verdict.doubled))),
        ("a full disk, a real one", full_disk),
    ):
        table.add_row(name, value)
    return table


def _spread(seconds: list[float]) -> str:
    return f"{statistics.median(seconds):.2f} / {max(seconds):.2f}" if seconds else "-"


if __name__ == "__main__":
    main()
