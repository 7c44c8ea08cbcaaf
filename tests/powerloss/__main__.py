"""Print what a number of power losses cost with each way of flushing: `python -m tests.powerloss`.

python -m tests.powerloss --crashes 5000 --seed 1
"""

import argparse
import time

from rich.console import Console
from rich.table import Table

from tests.powerloss.losses import lose_power

WAYS = {"FULL (ours)": {}, "NORMAL": {"synchronous": "NORMAL"}, "OFF": {"synchronous": "OFF"}}


def main() -> None:
    """Read what is wanted, lose power, and print the table; end with 1 where ours lost anything."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--crashes", type=int, default=5000, help="power losses for each way")
    parser.add_argument("--seed", type=int, default=1)
    wanted = parser.parse_args()
    table = Table("synchronous", "sound", "acknowledged commits lost", "broken", "seconds")
    is_sound = True
    for way, changed in WAYS.items():
        started = time.monotonic()
        tally = lose_power(wanted.crashes, seed=wanted.seed, **changed)
        lost = f"{tally.forgetful} (at most {tally.most_forgotten} each)" if tally.forgetful else "0"
        took = f"{time.monotonic() - started:.1f}"
        table.add_row(way, f"{tally.sound:,}", lost, f"{tally.broken:,}", took)
        is_sound = is_sound and (bool(changed) or tally.sound == wanted.crashes)
    Console().print(table)
    raise SystemExit(not is_sound)


if __name__ == "__main__":
    main()
