"""What we ask of Runware: a model trained, pictures drawn, and what the account has spent.

Every adapter raises only the family of `bot.domain.errors`: `Refused` is an answer, `Unavailable` is the
lack of one.
"""

from dataclasses import dataclass
from typing import Protocol

from bot.domain.facts import Progressed, Trained
from bot.domain.generation import Generation
from bot.domain.ids import TaskId
from bot.domain.results import Rendered, Underway
from bot.domain.run import Run
from bot.domain.style import Ordered
from bot.domain.task import Failed, Task, Testimony


class Trainer(Protocol):
    """Turns a dataset into a model, somewhere else and slowly."""

    async def namespace(self) -> str:
        """Return the provider part of our AIRs. Raises Unavailable."""
        ...

    def order(self, run: Run, task: TaskId, *, dataset: str) -> str:
        """Return the exact request body that trains `run` on what the link `dataset` leads to.

        It asks for a webhook where we can be reached. Nothing is sent.
        """
        ...

    async def submit(self, task: Task) -> bool:
        """Send `task.body`; to send one task twice starts it once. Returns when it has been accepted.

        True where it had been accepted before. Raises Refused if the answer is a certain no, AccessDenied if
        our key or balance is refused, NotSent if nothing has left the house, and Unavailable if nobody can
        say: it may or may not have been accepted.
        """
        ...

    async def look(self, task: TaskId) -> Progressed | Trained | Failed | None:
        """Say how far a training is; None: no news, which proves nothing. Raises Unavailable."""
        ...

    async def recall(self, task: TaskId) -> Trained | Failed | None:
        """Say how a training ended by Runware's archive, where a look tells nothing any more; else None.

        Raises Unavailable.
        """
        ...

    async def testify(self, task: Task) -> Testimony:
        """Ask every witness whether Runware has the task. Raises Unavailable where nobody answers."""
        ...

    async def archived(self, task: TaskId) -> str | None:
        """Return the request body that Runware's archive holds under that id, as we word bodies; else None.

        Raises Unavailable.
        """
        ...

    def ordered(self, body: str) -> Ordered | None:
        """Return the version that such a body has trained; None where it tells none."""
        ...


class ImageGenerator(Protocol):
    """Draws pictures with a trained model, somewhere else."""

    def order(self, generation: Generation, task: TaskId) -> str:
        """Return the exact request body that asks for the pictures; nothing is sent."""
        ...

    async def submit(self, task: Task) -> bool:
        """Send `task.body`, as `Trainer.submit` does."""
        ...

    async def look(self, task: TaskId, *, expected: int) -> Rendered | Failed | Underway | None:
        """Say whether all `expected` pictures are drawn, else which; None: no news. Raises Unavailable."""
        ...

    async def recall(self, task: TaskId, *, expected: int) -> Rendered | Failed | Underway | None:
        """Say how it ended by Runware's archive, as `Trainer.recall` does, or else which are drawn."""
        ...

    async def testify(self, task: Task) -> Testimony:
        """Ask every witness whether Runware has the task, as `Trainer.testify` does."""
        ...


@dataclass(frozen=True)
class Usage:
    """What an account states: US dollars spent and requests made since ever; None where it does not say."""

    spent: float | None
    requests: int | None
    balance: float | None = None


class Accountant(Protocol):
    """Reads the account that pays."""

    async def usage(self) -> Usage:
        """Return what the account states now. Raises Unavailable."""
        ...
