"""After a loss of power everything that was acknowledged is there, and nothing is half there."""

import random
from pathlib import Path

import pytest

from tests.powerloss.borrowed import Borrowed, Recorder, settings_of_ours
from tests.powerloss.disk import Acknowledged, Cut, Disk, Flushed, Made, Removed, Wrote
from tests.powerloss.losses import Tally, lose_power

OFTEN = range(200)


def images(disk: Disk) -> list[dict[str, bytes]]:
    """Return what many losses of power at this moment leave."""
    return [dict(disk.lose_power(random.Random(seed))) for seed in OFTEN]


def test_no_loss_of_power_forgets_a_commit_or_keeps_half_of_one() -> None:
    assert lose_power(300, seed=1) == Tally(sound=300)


def test_without_a_flush_at_each_commit_the_same_losses_forget_commits() -> None:
    tally = lose_power(100, seed=1, synchronous="NORMAL")
    assert tally.forgetful > 20
    assert tally.broken == 0


def test_without_any_flush_the_same_losses_break_the_database() -> None:
    assert lose_power(100, seed=1, synchronous="OFF").broken > 20


def test_what_loses_power_here_has_the_settings_of_the_store(tmp_path: Path) -> None:
    ours, recorder = settings_of_ours(tmp_path / "ours.db"), Recorder()
    borrowed = Borrowed(tmp_path / "borrowed.db", recorder, ours)
    theirs = {name: borrowed.execute(f"PRAGMA {name}").fetchone()[0] for name in ours}
    borrowed.close()
    recorder.unregister()
    assert theirs == ours


def test_what_was_flushed_is_there_whatever_came_after() -> None:
    disk = Disk({"a": b"old"})
    for deed in (Wrote("a", 0, b"new"), Flushed("a"), Wrote("a", 3, b"er"), Acknowledged()):
        disk.do(deed)
    assert {image["a"][:3] for image in images(disk)} == {b"new"}
    assert {image["a"] for image in images(disk)} == {b"new", b"newer"}


def test_of_what_was_not_flushed_any_part_may_be_there_sector_by_sector() -> None:
    disk = Disk({"a": bytes(1024)})
    disk.do(Wrote("a", 256, b"x" * 512))
    parts = {(image["a"][256:512], image["a"][512:768]) for image in images(disk)}
    assert parts == {(one * 256, other * 256) for one in (b"\0", b"x") for other in (b"\0", b"x")}


def test_a_later_write_may_be_there_without_an_earlier_one() -> None:
    disk = Disk({"a": b"--"})
    disk.do(Wrote("a", 0, b"1"))
    disk.do(Wrote("a", 1, b"2"))
    assert {image["a"] for image in images(disk)} == {b"--", b"1-", b"-2", b"12"}


@pytest.mark.parametrize("deed", [Made("b", brings_folder=True), Removed("a", is_flushed=False), Cut("a", 0)])
def test_a_new_name_a_removal_and_a_new_length_may_be_lost(deed: Made | Removed | Cut) -> None:
    disk = Disk({"a": b"1"})
    disk.do(deed)
    left = images(disk)
    assert {"a": b"1"} in left
    assert any(image != {"a": b"1"} for image in left)


def test_the_first_flush_of_a_log_keeps_its_name() -> None:
    disk = Disk({})
    disk.do(Made("a-wal", brings_folder=True))
    disk.do(Flushed("a-wal"))
    assert all("a-wal" in image for image in images(disk))
