"""A target, and the two ways to try it: a fixed number of inputs for the suite, or new ones for a while."""

import random
import traceback
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any, Generic, TypeVar

from hypothesis import HealthCheck, Phase, Verbosity, example, given, seed, settings
from hypothesis.strategies import SearchStrategy

Input = TypeVar("Input")
ROOT = str(Path(__file__).parents[2])
ROUND = 1000
"""Inputs tried with one seed; what a round has learned is forgotten after it."""
_NEVER_MIND = settings(deadline=None, database=None, suppress_health_check=list(HealthCheck))
Origin = tuple[type[BaseException], str]


@dataclass(frozen=True)
class Target(Generic[Input]):
    """`opened` lends the check for the length of a block; it raises for an input that breaks the promise.

    `most` inputs are tried in the suite, and all of the `examples`.
    """

    name: str
    inputs: SearchStrategy[Input]
    opened: Callable[[], AbstractContextManager[Callable[[Input], None]]]
    examples: tuple[Input, ...] = ()
    most: int = 300


@dataclass(frozen=True)
class Crash:
    """What an input, as small as it could be made, led to."""

    example: str
    trace: str


@dataclass
class Tally:
    """What came of one target: `crashes` by where they happened."""

    inputs: int = 0
    seconds: float = 0.0
    crashes: dict[Origin, Crash] = field(default_factory=dict)


def lent(check: Callable[[Input], None]) -> Callable[[], AbstractContextManager[Callable[[Input], None]]]:
    """Return the `opened` of a target whose check needs nothing around it."""
    return lambda: nullcontext(check)


def fuzz(target: Target[Any]) -> None:
    """Try the same few hundred inputs as ever; raises what the check raises, for the smallest such input."""
    with target.opened() as check:

        @settings(_NEVER_MIND, max_examples=target.most, derandomize=True)
        @given(target.inputs)
        def holds(given: object) -> None:
            check(given)

        for known in target.examples:
            holds = example(known)(holds)
        holds()


def campaign(target: Target[Any], *, seconds: float) -> Tally:
    """Try new inputs for as long as that; a crash is made small, told once, and not looked into again."""
    tally, started = Tally(), monotonic()
    with target.opened() as check:
        for known in target.examples:
            _Round(check, tally, started + seconds).tried(known)
        while monotonic() - started < seconds:
            _Round(check, tally, started + seconds).run(target.inputs)
    tally.seconds = monotonic() - started
    return tally


class _Round:
    """One seed's worth of inputs; `fresh` are the crashes that this round met first."""

    def __init__(self, check: Callable[[Any], None], tally: Tally, until: float) -> None:
        self._check = check
        self._tally = tally
        self._until = until
        self._known = frozenset(tally.crashes)

    @property
    def _fresh(self) -> bool:
        return len(self._tally.crashes) > len(self._known)

    def run(self, inputs: SearchStrategy[Any]) -> None:
        """Let Hypothesis look for crashes and make them small."""

        @seed(random.getrandbits(64))
        @settings(
            _NEVER_MIND,
            max_examples=ROUND,
            verbosity=Verbosity.quiet,
            phases=(Phase.generate, Phase.shrink),
        )
        @given(inputs)
        def holds(given: object) -> None:
            if crash := self.tried(given):
                raise crash

        try:
            holds()
        except Exception:
            if not self._fresh:
                raise  # not the check's: a fault of the strategy

    def tried(self, one: object) -> Exception | None:
        """Try one input; return its crash, unless an earlier round has told of it."""
        if monotonic() > self._until and not self._fresh:
            return None
        self._tally.inputs += 1
        try:
            self._check(one)
        except Exception as crash:  # noqa: BLE001 - whatever is raised is what we are here for
            origin = type(crash), _place(crash)
            if origin in self._known:
                return None
            self._tally.crashes[origin] = Crash(repr(one), "".join(traceback.format_exception(crash)))
            return crash
        return None


def _place(crash: BaseException) -> str:
    """Return the innermost line of ours that the crash passed."""
    frames = [frame for frame in traceback.extract_tb(crash.__traceback__) if frame.filename.startswith(ROOT)]
    return f"{Path(frames[-1].filename).relative_to(ROOT)}:{frames[-1].lineno}"
