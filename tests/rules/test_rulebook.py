"""The policy that holds, while its file is edited, replaced, half-written, broken and lost."""

import os
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.domain.policy import BUILT_IN, Prices
from bot.rules import Fault, PolicyFault, Reload, Rulebook
from bot.rules.reading import LARGEST
from tests.rules.rules_lab import NOW


class Desk:
    """A policy file, a clock, and the rulebook that looks at it."""

    def __init__(self, path: Path) -> None:
        self.path, self.at = path, NOW
        self.write(10)
        self.book = Rulebook.opened(path, self.now)

    def now(self) -> datetime:
        return self.at

    def write(self, price: int, rest: str = "") -> None:
        """Write over the file, as a second later."""
        self.at += timedelta(seconds=1)
        self.path.write_text(f"[prices]\ntraining = {price}\n{rest}", encoding="utf-8")
        os.utime(self.path, ns=(0, int(self.at.timestamp()) * 10**9))

    def replace(self, price: int) -> None:
        """Put a new file in its place, as editors and mounted folders do, with the time of the old one."""
        new, before = self.path.with_name(f"{price}.new"), self.path.stat()
        new.write_text(f"[prices]\ntraining = {price}\n", encoding="utf-8")
        os.utime(new, ns=(before.st_atime_ns, before.st_mtime_ns))
        new.replace(self.path)

    @property
    def price(self) -> float | None:
        return self.book.current().prices.training

    async def looks(self, times: int = 2) -> list[Reload | None]:
        return [await self.book.look() for _ in range(times)]

    async def refused(self) -> tuple[Fault, ...]:
        """Return what the second look at a bad file tells."""
        first, second = await self.looks()
        assert first is None
        assert second
        assert second.policy is None
        return second.faults


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "policy.toml")


async def test_without_a_file_the_built_in_policy_holds() -> None:
    book = Rulebook.opened(None, lambda: NOW)
    assert book.current() is BUILT_IN
    assert await book.look() is None


def test_the_file_holds_from_the_start(desk: Desk) -> None:
    policy = desk.book.current()
    assert policy.prices == Prices(training=10.0)
    assert (policy.source, policy.loaded_at) == ("policy.toml", desk.at)


def test_with_a_bad_file_it_does_not_start_and_tells_all(tmp_path: Path) -> None:
    path = tmp_path / "policy.toml"
    path.write_text("digest = 1\nprices = 2\n", encoding="utf-8")
    with pytest.raises(PolicyFault) as refused:
        Rulebook.opened(path, lambda: NOW)
    assert [fault.line for fault in refused.value.faults] == [1, 2]


def test_without_the_file_that_was_named_it_does_not_start(tmp_path: Path) -> None:
    with pytest.raises(PolicyFault, match="The policy file cannot be read: No such file or directory"):
        Rulebook.opened(tmp_path / "none.toml", lambda: NOW)


def test_a_folder_or_a_pipe_is_no_policy(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe"):
        with pytest.raises(PolicyFault, match="it is no file"):
            Rulebook.opened(path, lambda: NOW)


async def test_as_long_as_nothing_changes_there_is_nothing_to_tell(desk: Desk) -> None:
    assert await desk.looks(3) == [None, None, None]


async def test_a_changed_file_holds_once_two_looks_found_it_the_same(desk: Desk) -> None:
    desk.write(20)
    assert await desk.book.look() is None
    assert desk.price == 10
    reload = await desk.book.look()
    assert reload == Reload(desk.book.current(), (), desk.at)
    assert desk.price == 20
    assert desk.book.current().loaded_at == desk.at
    assert await desk.looks() == [None, None]


async def test_a_file_put_in_its_place_is_seen_although_size_and_time_are_the_same(desk: Desk) -> None:
    desk.replace(20)
    await desk.looks()
    assert desk.price == 20


async def test_a_file_that_is_still_being_written_is_waited_for(desk: Desk) -> None:
    for price in (20, 30, 40):
        desk.write(price)
        assert await desk.book.look() is None
    assert desk.price == 10
    desk.path.write_text(
        "", encoding="utf-8"
    )  # a file that was only begun is a policy too: one without rules
    assert await desk.book.look() is None
    desk.write(50)
    await desk.looks()
    assert desk.price == 50


async def test_a_bad_file_changes_nothing_and_is_told_once(desk: Desk) -> None:
    desk.write(20, "digest = 3")
    (fault,) = await desk.refused()
    assert fault.line == 3
    assert desk.price == 10
    assert await desk.looks(3) == [None, None, None]


async def test_another_fault_is_told_again(desk: Desk) -> None:
    desk.write(20, "digest = 3")
    await desk.refused()
    desk.write(20, "\ndigest = 4")
    (fault,) = await desk.refused()
    assert fault.line == 4


async def test_a_file_that_is_mended_holds_again_and_that_is_told(desk: Desk) -> None:
    desk.write(20, "digest = 3")
    await desk.refused()
    desk.write(10)  # just what it was
    (_, told) = await desk.looks()
    assert told
    assert told.policy == desk.book.current()
    assert desk.price == 10


async def test_a_lost_file_changes_nothing_and_is_told_once(desk: Desk) -> None:
    desk.path.unlink()
    assert await desk.refused() == (Fault(0, "The policy file cannot be read: No such file or directory."),)
    assert desk.price == 10
    assert await desk.looks(3) == [None, None, None]
    desk.write(30)
    await desk.looks()
    assert desk.price == 30


async def test_a_file_that_is_gone_for_one_look_only_is_not_told(desk: Desk) -> None:
    content = desk.path.read_bytes()
    desk.path.unlink()
    assert await desk.book.look() is None
    desk.path.write_bytes(content)
    assert await desk.looks(3) == [None, None, None]
    desk.path.unlink()
    assert await desk.book.look() is None


async def test_a_file_that_grew_too_large_changes_nothing(desk: Desk) -> None:
    desk.write(20, "#" * LARGEST)
    (fault,) = await desk.refused()
    assert "larger than 256 kB" in fault.sentence
    assert desk.price == 10


async def test_a_file_that_was_only_touched_is_no_news(desk: Desk) -> None:
    desk.write(10)
    before = desk.book.current().loaded_at
    assert await desk.looks(3) == [None, None, None]
    assert desk.book.current().loaded_at == before
