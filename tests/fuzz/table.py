"""The long way: every target, or those named, for some minutes in all; a table, and each crash to repeat."""

import argparse
import sys

from rich.console import Console
from rich.table import Table
from rich.text import Text

from tests.fuzz.door import BUGS
from tests.fuzz.target import Tally, campaign
from tests.fuzz.targets import TARGETS

MINUTES = 10.0
WIDTH = 120


def main() -> None:
    """Share the minutes among the targets; exit 1 where anything crashed."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--minutes", type=float, default=MINUTES, help="for all targets together")
    parser.add_argument("--target", action="append", choices=sorted(TARGETS), help="only this one")
    asked = parser.parse_args()
    names = asked.target or list(TARGETS)
    console = Console(width=None if sys.stdout.isatty() else WIDTH)
    tallies: dict[str, Tally] = {}
    for name in names:
        tallies[name] = campaign(TARGETS[name], seconds=asked.minutes * 60 / len(names))
        for crash in tallies[name].crashes.values():
            console.print(Text(f"{name}: {crash.example}\n{crash.trace}"))
    console.print(_table(tallies))
    for bug, times in BUGS.most_common():
        console.print(Text(f"{times:,} times the boundary caught {bug}"))
    sys.exit(any(tally.crashes for tally in tallies.values()))


def _table(tallies: dict[str, Tally]) -> Table:
    table = Table(title="what was made up and sent to us")
    for column in ("target", "inputs", "distinct crashes", "seconds"):
        table.add_column(column, justify="left" if column == "target" else "right")
    for name, tally in tallies.items():
        told = f"{tally.inputs:,}", str(len(tally.crashes)), f"{tally.seconds:.0f}"
        table.add_row(Text(name, "red" if tally.crashes else "green"), *told)
    if len(tallies) > 1:
        table.add_section()
        inputs, crashes = (
            sum(t.inputs for t in tallies.values()),
            sum(len(t.crashes) for t in tallies.values()),
        )
        table.add_row("all", f"{inputs:,}", str(crashes), f"{sum(t.seconds for t in tallies.values()):.0f}")
    return table
