"""A second process on a store: `python -m tests.storage.holder DATABASE take|write KEY`.

`take` takes all that is due, says so in a line and sleeps with it; `write` answers 50 deliveries and ends.
"""

import asyncio
import sys
from datetime import timedelta
from functools import partial
from pathlib import Path

from bot.domain.ids import DeliveryKey
from bot.ports import Transaction
from storage.sqlite import SQLiteStore


async def take(store: SQLiteStore) -> None:
    """Take what is due, for an hour of the real clock, and sleep."""
    lease = timedelta(hours=1)
    runs = await store.write(lambda tx: tx.runs.take(limit=99, lease=lease))
    messages = await store.write(lambda tx: tx.outbox.take(limit=99, lease=lease))
    sys.stdout.write(f"{len(runs)} {len(messages)}\n")
    sys.stdout.flush()
    await asyncio.sleep(60)


async def write(store: SQLiteStore, key: str) -> None:
    """Answer 50 deliveries, one by one."""
    for number in range(50):
        await store.write(partial(answer, DeliveryKey(f"{key}-{number}")))


def answer(delivery: DeliveryKey, tx: Transaction) -> None:
    """Answer one delivery with its own key."""
    tx.once(delivery, lambda: delivery)


async def main(database: str, what: str, key: str) -> None:
    """Do what is asked on the store in the file `database`."""
    async with SQLiteStore(Path(database)) as store:
        await (take(store) if what == "take" else write(store, key))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
