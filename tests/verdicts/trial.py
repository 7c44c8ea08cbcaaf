"""Tries one case, and holds what came of it against what was expected."""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass

from bot.domain.dataset import Source
from bot.domain.errors import DatasetUnfit, Refused, Unavailable
from bot.ports import Inspection
from tests.verdicts.case import Case, Verdict
from tests.verdicts.lab import Lab
from tests.verdicts.memory import Memory, wait_for_no_children
from tests.verdicts.site import UPSTREAM

MOST_MEMORY = 150.0
"""MB that one dataset may take at most, all processes together."""
SWAPPED = "The link leads to another file now: it is no longer the file that was inspected."
_ADVICE = re.compile(
    r":\s\S|\b(add|ask|check|choose|export|leave|must|pack|post|put|rename|save|scale|share|tell|try|use)\b"
)
_NUMBERS = re.compile(r"\d+\.\d+\.\d+\.\d+|\[?[0-9a-f]*::[0-9a-f]*|127\.1|2130706433")
_NAMED = re.compile(r"`[^`]*`")
_COUNTED = re.compile(r"… and \d+ more problems?\.")


@dataclass(frozen=True)
class Tried:
    """What came of a case: `callers` are whom the canary let in, `left` is what still lies about."""

    case: Case
    verdict: Verdict
    sentences: tuple[str, ...]
    seconds: float
    megabytes: float
    callers: int
    left: tuple[str, ...]

    @property
    def said(self) -> str:
        """Return everything that was said."""
        return " ".join(self.sentences)

    @property
    def faults(self) -> tuple[str, ...]:
        """Return in what it was not as expected; nothing is how it should be."""
        return tuple(self._faults())

    def _faults(self) -> Iterator[str]:
        if self.verdict is not self.case.verdict:
            yield f"{self.verdict}, not {self.case.verdict}"
        if self.case.sentence not in self.said:
            yield f"nothing of “{self.case.sentence}”"
        if self.callers:
            yield f"{self.callers} connections into our network"
        if self.left:
            yield f"left behind: {', '.join(self.left)}"
        if self.megabytes > MOST_MEMORY:
            yield f"{self.megabytes:.0f} MB of memory"
        if self.verdict is not Verdict.ACCEPTED:
            yield from (fault for sentence in self.sentences for fault in _faults_of(sentence))


def _faults_of(sentence: str) -> Iterator[str]:
    """Say what is wrong with a sentence that a person is to act on."""
    plain = _NAMED.sub("it", sentence)
    if not _COUNTED.fullmatch(sentence):
        if not _ADVICE.search(plain):
            yield f"no advice in “{sentence}”"
        if not plain.endswith(".") or ". " in plain:
            yield f"not one sentence: “{sentence}”"
    if _NUMBERS.search(sentence):
        yield f"an address in “{sentence}”"
    if UPSTREAM in sentence:
        yield f"the server's own words in “{sentence}”"


async def tried(case: Case, lab: Lab) -> Tried:
    """Inspect the dataset of `case`; whatever else than an answer comes of it is raised."""
    link = case.link(lab)
    callers = lab.site.connections
    started = time.perf_counter()
    with Memory() as memory:
        verdict, sentences = await _asked(case, lab, link)
        took = time.perf_counter() - started
    left = [path.name for path in lab.folder.iterdir()]
    if not wait_for_no_children():
        left.append("a process")
    called = lab.site.connections - callers
    return Tried(case, verdict, sentences, took, memory.grown, called, tuple(left))


async def _asked(case: Case, lab: Lab, link: str) -> tuple[Verdict, tuple[str, ...]]:
    inspector = lab.inspector(case.way)
    try:
        found = await inspector.inspect(Source(links=(link,)))
        if case.then:
            case.then(lab)
            if await inspector.fingerprint(link) != found.dataset.sha256:
                return Verdict.REFUSED, (SWAPPED,)
    except DatasetUnfit as unfit:
        return Verdict.REFUSED, unfit.problems
    except Refused as refused:
        return Verdict.REFUSED, (str(refused),)
    except Unavailable as silence:
        return Verdict.UNAVAILABLE, (str(silence),)
    return Verdict.ACCEPTED, _told(found)


def _told(found: Inspection) -> tuple[str, ...]:
    """Return an accepted dataset in words: its pictures counted, the last one's size, and every warning."""
    pictures = found.dataset.pictures
    last = pictures[-1]
    counted = f"{len(pictures)} pictures, the last {last.name} {last.width} x {last.height}."
    return (counted, *found.dataset.warnings)
