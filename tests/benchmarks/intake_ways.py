"""Goes one way to a verdict in a process of its own, and says what it took.

`python -m tests.benchmarks.intake_ways NAME URL` prints JSON; the ways are the modules `intake_raw`,
`intake_naive`, `intake_thumbnails`, `intake_limit` and `intake_ours`, loaded before the clock starts.
"""

import importlib
import json
import resource
import subprocess
import sys
import time
from dataclasses import asdict, dataclass

from tests.verdicts.memory import Memory


@dataclass(frozen=True)
class Measured:
    """Seconds by the clock and of processor (all processes), MB at the peak, and what was found."""

    wall: float
    cpu: float
    memory: float
    found: str


def run(way: str, port: int, path: str) -> Measured:
    """Go one way in a fresh process."""
    url = f"http://127.0.0.1:{port}/{path}"
    command = [sys.executable, "-m", "tests.benchmarks.intake_ways", way, url]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return Measured(**json.loads(done.stdout))


def main() -> None:
    """Measure one way, and print it."""
    name, url = sys.argv[1:3]
    way = importlib.import_module(f"tests.benchmarks.intake_{name}").way
    before = _processor()
    started = time.perf_counter()
    with Memory() as memory:
        found = way(url)
        wall = time.perf_counter() - started
    json.dump(asdict(Measured(wall, _processor() - before, memory.grown, found)), sys.stdout)


def _processor() -> float:
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in used)


if __name__ == "__main__":
    main()
