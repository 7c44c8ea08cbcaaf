"""What came of all cases, as a table."""

import argparse
import sys
import time
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from tests.verdicts.cases import CASES, all_tried
from tests.verdicts.trial import Tried

WIDTH = 190


def main() -> None:
    """Try every case, or those of the ids (`Z4`) and families (`Z`) given; exit 1 where one is unexpected."""
    parser = argparse.ArgumentParser(prog="python -m tests.verdicts", description=main.__doc__)
    parser.add_argument("wanted", nargs="*", metavar="ID or FAMILY")
    wanted = frozenset(parser.parse_args().wanted)
    if unknown := wanted - {name for one in CASES for name in (one, one[0])}:
        parser.error(f"there is no case of the id or family {', '.join(sorted(unknown))}")
    started = time.perf_counter()
    results = all_tried([one for one in CASES if not wanted or {one, one[0]} & wanted])
    took = time.perf_counter() - started
    console = Console(width=None if sys.stdout.isatty() else WIDTH)
    console.print(_table(results))
    for result in results:
        for fault in result.faults:
            console.print(Text(f"{result.case.id}  {fault}"))
    right = sum(not result.faults for result in results)
    most = max((result.megabytes for result in results), default=0)
    callers = sum(result.callers for result in results)
    console.print(Text(f"{took:.0f} s; {callers} connections into our network"))
    console.print(Text(f"{right} of {len(results)} as expected; most memory gained: {most:.0f} MB"))
    sys.exit(right != len(results))


def _table(results: Sequence[Tried]) -> Table:
    table = Table(title="what becomes of bad datasets, and of odd ones that are sound")
    for column in ("", "what it is", "expected", "got", "said", "s", "MB"):
        table.add_column(column, justify="right" if column in {"s", "MB"} else "left")
    for result in results:
        table.add_row(
            Text(result.case.id, "red" if result.faults else "green"),
            Text(result.case.what),
            Text(result.case.verdict),
            Text(result.verdict),
            Text(result.said),
            f"{result.seconds:.2f}",
            f"{result.megabytes:.0f}",
        )
    return table
