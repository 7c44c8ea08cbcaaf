"""Deliveries answered once, bytes kept until they are posted, and clean-up, for any store."""

import pytest

from bot.domain.errors import Refused
from bot.domain.ids import BlobId, DeliveryKey, FileId
from bot.domain.message import ContactSheet, PairSheet, PaletteSheet
from bot.ports import Store, Transaction
from tests.fakes import FakeClock
from tests.storage.store_world import MINUTE, STANDING, a_run

CLICK = DeliveryKey("T1:click:1700000000.1")


async def answered(store: Store, answer: str) -> str:
    return await store.write(lambda tx: tx.once(CLICK, lambda: answer))


async def kept(store: Store, body: bytes) -> BlobId:
    return await store.write(lambda tx: tx.keep_blob(body))


async def test_a_delivery_that_comes_again_gets_the_first_answer_and_no_work(any_store: Store) -> None:
    work_done: list[str] = []

    def approve() -> str:
        work_done.append("approved")
        return "Approved."

    assert await any_store.write(lambda tx: tx.once(CLICK, approve)) == "Approved."
    assert await any_store.write(lambda tx: tx.once(CLICK, approve)) == "Approved."
    assert work_done == ["approved"]


async def test_a_delivery_whose_work_was_refused_may_come_again(any_store: Store) -> None:
    def refuse() -> str:
        raise Refused("Not now.")

    with pytest.raises(Refused):
        await any_store.write(lambda tx: tx.once(CLICK, refuse))
    assert await answered(any_store, "second") == "second"


async def test_a_delivery_too_old_to_come_again_is_forgotten(any_store: Store, clock: FakeClock) -> None:
    await answered(any_store, "first")
    clock.pass_time(days=2)
    await any_store.clean_up()
    assert await answered(any_store, "second") == "first"
    clock.pass_time(seconds=1)
    await any_store.clean_up()
    assert await answered(any_store, "second") == "second"


async def test_the_same_bytes_are_one_blob(any_store: Store) -> None:
    blob = await kept(any_store, b"sheet")
    assert await kept(any_store, b"sheet") == blob
    assert await kept(any_store, b"another") != blob
    assert await any_store.read(lambda tx: tx.blob(blob)) == b"sheet"


async def test_bytes_that_were_let_go_are_gone(any_store: Store) -> None:
    blob = await kept(any_store, b"sheet")
    await any_store.write(lambda tx: tx.drop_blob(blob))
    with pytest.raises(Refused, match="no longer kept"):
        await any_store.read(lambda tx: tx.blob(blob))


@pytest.mark.parametrize("kind", [ContactSheet, PaletteSheet, PairSheet])
async def test_bytes_that_another_message_needs_stay_until_it_was_said(
    any_store: Store, kind: type[ContactSheet | PaletteSheet | PairSheet]
) -> None:
    blob = await kept(any_store, b"sheet")
    await any_store.write(lambda tx: tx.outbox.announce(kind(a_run().id, blob)))
    await any_store.write(lambda tx: tx.drop_blob(blob))
    await any_store.clean_up()
    assert await any_store.read(lambda tx: tx.blob(blob)) == b"sheet"

    def say(tx: Transaction) -> None:
        [pending] = tx.outbox.take(limit=1, lease=MINUTE)
        tx.outbox.done(pending)

    await any_store.write(lambda tx: tx.outbox.keep_card(a_run().id, STANDING))
    await any_store.write(say)
    await any_store.clean_up()
    with pytest.raises(Refused):
        await any_store.read(lambda tx: tx.blob(blob))


async def test_bytes_that_nobody_came_for_are_dropped_after_a_week(
    any_store: Store, clock: FakeClock
) -> None:
    blob = await kept(any_store, b"sheet")
    clock.pass_time(days=6)
    await kept(any_store, b"sheet")
    clock.pass_time(days=6)
    await any_store.clean_up()
    assert await any_store.read(lambda tx: tx.blob(blob)) == b"sheet"
    clock.pass_time(days=2)
    await any_store.clean_up()
    with pytest.raises(Refused):
        await any_store.read(lambda tx: tx.blob(blob))


async def test_an_upload_that_was_begun_is_remembered_for_a_week(any_store: Store, clock: FakeClock) -> None:
    async def begun() -> FileId | None:
        return await any_store.read(lambda tx: tx.begun_upload("fox-1.jpg"))

    assert await begun() is None
    await any_store.write(lambda tx: tx.begin_upload("fox-1.jpg", FileId("F1")))
    await any_store.write(lambda tx: tx.begin_upload("fox-2.jpg", FileId("F9")))
    assert await begun() == "F1"
    clock.pass_time(days=5)
    await any_store.write(lambda tx: tx.begin_upload("fox-1.jpg", FileId("F2")))
    clock.pass_time(days=6)
    await any_store.clean_up()
    assert await begun() == "F2"
    assert await any_store.read(lambda tx: tx.begun_upload("fox-2.jpg")) is None
    clock.pass_time(days=2)
    await any_store.clean_up()
    assert await begun() is None
