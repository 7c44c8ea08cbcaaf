"""Which process tests what, and when, where several test at a time (`pytest -n 4`).

Half of the processes begin with the tests that mostly wait, for other programs or for time to pass; the other
half with those that keep a core busy, and these processes step back for whoever waited and has to act. Each
half goes on with what the other has left. None of it changes what is tested.
"""

import os
from typing import TYPE_CHECKING

import pytest
from xdist.scheduler import LoadFileScheduling

if TYPE_CHECKING:
    from xdist.workermanage import WorkerController

SINGLY = (
    "tests/chaos/",
    "tests/dialogs/test_kill.py",
    "tests/dialogs/test_whole_story.py",
    "tests/dialogs/test_every_button.py",
)
"""Whose tests take so long that each is dealt by itself, and not with its file."""
WAITING = (
    *SINGLY,
    "tests/dialogs/",
    "tests/sandbox/test_runware_",
    "tests/programs/",
    "tests/sandbox/test_slack_",
)
"""Where most of a test is waiting, the longest first."""
BUSY = ("tests/imaging/test_verdicts.py", "tests/fuzz/", "tests/simulator/", "tests/imaging/")
"""Where a core is kept busy, the longest first."""
STEP_BACK = 5
"""By so much nicer is a process that keeps a core busy: enough that a bot under test answers in time."""


class Lanes(LoadFileScheduling):  # type: ignore[misc] # xdist ships no types
    """Deals from the front of the queue to those who wait, and from its end to those who keep busy."""

    def _split_scope(self, nodeid: str) -> str:
        return nodeid if nodeid.startswith(SINGLY) else str(super()._split_scope(nodeid))

    def _assign_work_unit(self, node: "WorkerController") -> None:
        if is_busy(node.gateway.id):
            self.workqueue.move_to_end(next(reversed(self.workqueue)), last=False)
        super()._assign_work_unit(node)


def is_busy(worker: str) -> bool:
    """Whether a process, of gw0, gw1 …, begins with what keeps a core busy."""
    return int(worker.removeprefix("gw")) % 2 == 1


def take_place(worker: str) -> None:
    """Step back, if that is this process's part."""
    if is_busy(worker):
        os.nice(STEP_BACK)


def place(item: pytest.Item) -> int:
    """Return where in the queue a test stands: what waits longest first, what works longest last."""
    for number, name in enumerate(WAITING):
        if item.nodeid.startswith(name):
            return number - len(WAITING)
    for number, name in enumerate(BUSY):
        if item.nodeid.startswith(name):
            return len(BUSY) - number
    return 0
