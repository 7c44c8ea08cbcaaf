"""All cases, and how they are tried: in processes of their own, each with a lab, one case after another."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import fields
from multiprocessing import get_context
from typing import Any

from tests.verdicts.answers import ANSWERS
from tests.verdicts.archives import ARCHIVES
from tests.verdicts.case import Case
from tests.verdicts.counts import COUNTS
from tests.verdicts.lab import open_lab
from tests.verdicts.links import LINKS
from tests.verdicts.pictures import PICTURES
from tests.verdicts.trial import Tried, tried

CASES: dict[str, Case] = {
    case.id: case for group in (LINKS, ANSWERS, COUNTS, ARCHIVES, PICTURES) for case in group
}
PROCESSES = 2


def all_tried(ids: Sequence[str], *, processes: int = PROCESSES) -> list[Tried]:
    """Try these cases; each process measures its own memory and that of its children only."""
    shares = [ids[number::processes] for number in range(processes)]
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        told = {told[0]: told for share in pool.map(_share, shares) for told in share}
    return [Tried(CASES[one], *told[one][1:]) for one in ids]


def _share(ids: Sequence[str]) -> list[tuple[Any, ...]]:
    return asyncio.run(_one_after_another(ids))


async def _one_after_another(ids: Sequence[str]) -> list[tuple[Any, ...]]:
    """Return what came of each, with its id in the place of the case: a link is made of functions."""
    with open_lab() as lab:
        results = [await tried(CASES[one], lab) for one in ids]
    return [
        (result.case.id, *(getattr(result, field.name) for field in fields(result)[1:])) for result in results
    ]
