"""With an address of our own Runware tells us when something has ended, nobody waits for a look."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.dialogs.stage import PACE, PEOPLE, Stage, button, pictures, stage

SELDOM = replace(PACE, poll=timedelta(hours=10), render_poll=timedelta(hours=1))
"""A look at the start and then none for hours: what is told sooner was told by a webhook."""


@pytest.fixture
async def hosting(tmp_path: Path, dataset: Path) -> AsyncIterator[Stage]:
    async with stage(tmp_path, dataset=dataset, hosting=True, pace=SELDOM) as opened:
        yield opened


async def becomes_ready(at: Stage) -> None:
    """Have ann's style asked for, approved and trained."""
    await at.types("ann", f"/train {at.url}/datasets/stellar.zip as Stellar")
    card = await at.sees(lambda message: bool(button(message, "run.approve")))
    await at.clicks("ben", "run.approve", card)
    await at.sees(lambda message: bool(button(message, "run.default")))


async def test_a_finished_training_and_finished_pictures_are_told_by_webhooks(hosting: Stage) -> None:
    await becomes_ready(hosting)
    await hosting.types("cat", "/generate a red fox on a mossy rock --count 2")
    await hosting.sees(lambda message: len(pictures(message)) == 2)


async def test_a_webhook_told_twice_ends_a_run_once(hosting: Stage) -> None:
    await hosting.misbehaves(service="runware", kind="duplicate", times=3)
    await becomes_ready(hosting)
    await asyncio.sleep(1)
    said = [message for message in await hosting.said() if PEOPLE["ann"] in message["text"]]
    ends = [message for message in said if message["thread_ts"] and "ready" in message["text"]]
    assert len(ends) == 1
    ledger = await hosting.ledger()
    assert [charge["taskType"] for charge in ledger["runware"]["charges"]] == ["training"]
