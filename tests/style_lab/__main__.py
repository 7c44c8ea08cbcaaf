"""How many planted strangers the audit finds, and how many others it accuses, per style.

Run it with `python -m tests.style_lab [SETS]`: so many sets of 12 to 50 pictures for each style, with 1 to 3
strangers each; 20 unless told. The goal is 90 % found at no more than 5 % false flags, in every style.
"""

import argparse

from rich.console import Console
from rich.table import Table

from tests.style_lab.hands import TUNED
from tests.style_lab.strange_hands import HELD_OUT
from tests.style_lab.trial import tallied

FIRST = 1000
"""Seeds from here on; those below were used to choose the thresholds."""
SETS = 20


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m tests.style_lab",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("sets", type=int, nargs="?", default=SETS, metavar="SETS")
    sets = parser.parse_args().sets
    table = Table(title=f"Strangers among {sets} sets a style")
    for column in ("style", "", "sets", "planted", "found", "false flags"):
        table.add_column(column, justify="left" if column in {"style", ""} else "right")
    for kind, styles in (("tuned on", TUNED), ("held out", HELD_OUT)):
        for name, tally in tallied(styles, range(FIRST, FIRST + sets)):
            shares = f"{tally.recall:.0%}", f"{tally.false_flags:.1%}"
            table.add_row(name, kind, str(tally.sets), str(tally.planted), *shares)
        table.add_section()
    Console().print(table)


if __name__ == "__main__":
    main()
