"""What the bot takes when nothing happens, and how fast its command answers.

Run it with `python -m tests.benchmarks.idle`. The baseline of the memory, in the same run, is a Bolt app on
uvicorn with one listener; resident memory is read from /proc ten seconds after the start.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.benchmarks.ack import BASELINE
from tests.benchmarks.machinery import bot_and_sandbox, free_port, process

SETTLED = 10.0
STARTS = 7


def main() -> None:
    """Measure and print the table."""
    argparse.ArgumentParser(
        prog="python -m tests.benchmarks.idle",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    ).parse_args()
    port = free_port()
    with process("-c", BASELINE, str(port), port=port, path="/healthz") as bare:
        time.sleep(SETTLED)
        baseline = resident(bare)
    with tempfile.TemporaryDirectory() as folder, bot_and_sandbox(Path(folder)) as (_, _, bot):
        time.sleep(SETTLED)
        idle, libraries = resident(bot), images_in(bot)
    table = Table(title="idle")
    for column in ("", "", "/ bare Bolt"):
        table.add_column(column, justify="right")
    table.add_row("bare Bolt, resident MB", f"{baseline:.0f}", "1.00")
    table.add_row("the bot, resident MB", f"{idle:.0f}", f"{idle / baseline:.2f}")
    table.add_row("image libraries loaded in it", ", ".join(libraries) or "none", "")
    table.add_row(f"housestyle --help, s, median of {STARTS}", f"{help_seconds():.2f}", "")
    Console().print(table)


def resident(running: subprocess.Popen[bytes]) -> float:
    """Return the resident memory of a process, MB."""
    status = Path(f"/proc/{running.pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def images_in(running: subprocess.Popen[bytes]) -> list[str]:
    """Return the image libraries that a process has mapped."""
    maps = Path(f"/proc/{running.pid}/maps").read_text()
    return sorted({name for name in ("PIL", "vips", "simplejpeg", "numpy") if f"/{name}" in maps})


def help_seconds() -> float:
    """Return how long `housestyle --help` takes, start of the interpreter included."""
    times = []
    for _ in range(STARTS):
        started = time.perf_counter()
        subprocess.run([sys.executable, "-m", "bot.cli", "--help"], check=True, capture_output=True)
        times.append(time.perf_counter() - started)
    return statistics.median(times)


if __name__ == "__main__":
    main()
