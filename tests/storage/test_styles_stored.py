"""Styles: numbers given out once, what can draw, and each channel's default, for any store."""

from dataclasses import replace
from functools import partial

import pytest

from bot.domain.errors import Refused
from bot.domain.ids import Air, RunId, WorkspaceId
from bot.domain.run import Run
from bot.domain.style import Ordered, Version, air_of
from bot.ports import Store, Transaction
from tests.fakes import FakeClock
from tests.storage.store_world import ACME, CHANNEL, a_run

FOREIGN = WorkspaceId("T2")


async def reserved(store: Store, run: Run, air: str | None = None) -> Version:
    def work(tx: Transaction) -> Version:
        tx.runs.add(run)
        return reserve(tx, run, air)

    return await store.write(work)


def reserve(tx: Transaction, run: Run, air: str | None = None) -> Version:
    return tx.styles.reserve(run, lambda number: Air(air) if air else air_of("acme", "stellar", number))


def mark_ready(run: RunId, tx: Transaction) -> None:
    tx.styles.mark_ready(run)


def make_default(version: Version, tx: Transaction) -> None:
    tx.styles.make_default(CHANNEL, version)


async def test_numbers_count_up_for_each_style_of_each_workspace(any_store: Store) -> None:
    first = await reserved(any_store, a_run("run-1"))
    second = await reserved(any_store, a_run("run-2"))
    other = await reserved(any_store, a_run("run-3", name="Foxes"), "acme:foxes@1")
    foreign = await reserved(any_store, a_run("run-4", workspace=FOREIGN))
    assert [version.number for version in (first, second, other, foreign)] == [1, 2, 1, 1]
    assert (second.slug, second.air, second.label) == ("stellar", "acme:stellar@2", "Stellar@2")


async def test_a_run_that_asks_again_gets_the_number_it_has(any_store: Store) -> None:
    first = await reserved(any_store, a_run())
    assert await any_store.write(lambda tx: reserve(tx, a_run())) == first
    assert (await reserved(any_store, a_run("run-2"))).number == 2


async def test_an_air_is_reserved_once(any_store: Store) -> None:
    await reserved(any_store, a_run("run-1"), "acme:own@7")
    with pytest.raises(Refused, match="`acme:own@7` is taken"):
        await reserved(any_store, a_run("run-2"), "acme:own@7")


async def test_a_withheld_name_and_number_are_given_to_nobody_in_any_workspace(any_store: Store) -> None:
    names = [Ordered(Air("acme:stellar@1"), "stellar", 1), Ordered(Air("acme:own@7"), "stellar", 4)]
    for _ in range(2):
        await any_store.write(lambda tx: tx.styles.withhold(names))
    with pytest.raises(Refused, match="`acme:own@7` is taken"):
        await reserved(any_store, a_run("run-1"), "acme:own@7")
    assert (await reserved(any_store, a_run("run-2"))).number == 5
    assert (await reserved(any_store, a_run("run-3", workspace=FOREIGN))).number == 5


async def test_a_version_renamed_is_found_by_its_new_name_and_the_old_one_is_given_to_nobody(
    any_store: Store,
) -> None:
    version = await reserved(any_store, a_run("run-1"))
    await reserved(any_store, a_run("run-2"))
    await any_store.write(lambda tx: tx.styles.rename(version.run, Air("acme:comet@1")))
    found = await any_store.read(lambda tx: tx.styles.by_air(ACME, Air("acme:comet@1")))
    assert found == replace(version, air=Air("acme:comet@1"))
    with pytest.raises(Refused, match="`acme:stellar@1` is taken"):
        await reserved(any_store, a_run("run-3"), "acme:stellar@1")
    with pytest.raises(Refused, match="`acme:stellar@2` is taken"):
        await any_store.write(lambda tx: tx.styles.rename(version.run, Air("acme:stellar@2")))


async def test_a_number_that_a_version_has_is_not_given_to_another(any_store: Store) -> None:
    await reserved(any_store, a_run("run-1"))
    await any_store.write(lambda tx: tx.runs.add(a_run("run-2")))
    with pytest.raises(Refused, match="Stellar@1 is another version"):
        await any_store.write(
            lambda tx: tx.styles.reserve(a_run("run-2"), lambda _: Air("acme:own@7"), number=1)
        )


async def test_only_a_run_with_a_version_is_ready(any_store: Store) -> None:
    with pytest.raises(ValueError, match="after its version was reserved"):
        await any_store.write(lambda tx: tx.styles.mark_ready(RunId("run-1")))


async def test_only_versions_that_can_draw_are_listed_newest_first_by_style(
    any_store: Store, clock: FakeClock
) -> None:
    for key in ("run-1", "run-2", "run-3"):
        await reserved(any_store, a_run(key))
    await reserved(any_store, a_run("run-4", name="Foxes"), "acme:foxes@1")
    for key in ("run-1", "run-3", "run-4"):
        await any_store.write(partial(mark_ready, RunId(key)))
    ready = await any_store.read(lambda tx: tx.styles.ready(ACME))
    assert [version.air for version in ready] == ["acme:foxes@1", "acme:stellar@3", "acme:stellar@1"]
    assert {version.ready_at for version in ready} == {clock.now}


async def test_a_version_said_to_be_ready_twice_keeps_the_first_moment(
    any_store: Store, clock: FakeClock
) -> None:
    version = await reserved(any_store, a_run())
    first = clock.now
    await any_store.write(lambda tx: tx.styles.mark_ready(version.run))
    clock.pass_time(days=1)
    await any_store.write(lambda tx: tx.styles.mark_ready(version.run))
    [ready] = await any_store.read(lambda tx: tx.styles.ready(ACME))
    assert ready.ready_at == first


async def test_a_version_is_ready_in_its_own_workspace_whoever_else_has_that_air(any_store: Store) -> None:
    ours = await reserved(any_store, a_run("run-1"))
    theirs = await reserved(any_store, a_run("run-2", workspace=FOREIGN))
    assert ours.air == theirs.air
    await any_store.write(lambda tx: tx.styles.mark_ready(theirs.run))
    assert await any_store.read(lambda tx: tx.styles.ready(ACME)) == []
    assert [one.run for one in await any_store.read(lambda tx: tx.styles.ready(FOREIGN))] == [theirs.run]


async def test_a_channel_draws_in_what_was_last_made_its_default(any_store: Store) -> None:
    assert await any_store.read(lambda tx: tx.styles.default_of(CHANNEL)) is None
    versions = []
    for key in ("run-1", "run-2"):
        versions.append(await reserved(any_store, a_run(key)))
        await any_store.write(partial(make_default, versions[-1]))
    assert await any_store.read(lambda tx: tx.styles.default_of(CHANNEL)) == versions[1]
