"""Kept archives: taken over once and sound, let go when old, and linked to until a moment and no longer."""

import asyncio
import errno
import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path, PosixPath
from typing import Any
from uuid import uuid4

import pytest

from bot.domain.errors import Unavailable
from storage.archives import FolderArchives
from tests.fakes import FakeClock

SECRET = b"a secret of 32 characters or more"
PUBLIC = "https://house.example"
BODY = b"PK\x03\x04" + bytes(range(256)) * 400
NAME = hashlib.sha256(BODY).hexdigest()
HOUR = timedelta(hours=1)
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "housestyle-datasets"


@pytest.fixture
def open_folder(folder: Path) -> Path:
    """Return the folder, made by someone who let everybody read it."""
    folder.mkdir(mode=0o755)
    return folder


@pytest.fixture
def archives(folder: Path, clock: FakeClock) -> FolderArchives:
    return FolderArchives(folder, public_url=PUBLIC, secret=SECRET, clock=clock)


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Path]:
    """Return a folder on another file system."""
    there = Path("/dev/shm")
    if not there.is_dir() or there.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("there is one file system only")
    made = Path(tempfile.mkdtemp(dir=there))
    yield made
    shutil.rmtree(made)


def a_file(folder: Path, body: bytes = BODY) -> Path:
    path = folder / f"{uuid4().hex}.zip"
    path.write_bytes(body)
    return path


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


@contextmanager
def another_at(folder: Path) -> Iterator[None]:
    """Hold the folder as another process would."""
    held = os.open(folder, os.O_RDONLY)
    fcntl.flock(held, fcntl.LOCK_EX)
    try:
        yield
    finally:
        os.close(held)


def token(archives: FolderArchives, clock: FakeClock, sha256: str = NAME) -> str:
    return archives.link(sha256, until=clock.now + HOUR).removeprefix(f"{PUBLIC}/files/")


async def test_a_kept_archive_is_found_whole_and_gone_from_its_place(
    archives: FolderArchives, folder: Path, tmp_path: Path
) -> None:
    given = a_file(tmp_path)
    await archives.keep(given, NAME)
    found = await archives.find(NAME)
    assert found == folder / NAME
    assert found.read_bytes() == BODY
    assert not given.exists()


async def test_a_kept_archive_is_for_this_user_alone(
    archives: FolderArchives, open_folder: Path, folder: Path, tmp_path: Path
) -> None:
    given = a_file(tmp_path)
    given.chmod(0o644)
    await archives.keep(given, NAME)
    assert (mode(folder), mode(folder / NAME)) == (0o700, 0o600)


async def test_an_archive_comes_over_from_another_file_system(
    archives: FolderArchives, folder: Path, elsewhere: Path
) -> None:
    given = a_file(elsewhere)
    await archives.keep(given, NAME)
    assert names(folder) == [NAME]
    assert (folder / NAME).read_bytes() == BODY
    assert mode(folder / NAME) == 0o600
    assert not given.exists()


async def test_the_same_archive_again_is_kept_once_and_as_it_was(
    archives: FolderArchives, folder: Path, tmp_path: Path
) -> None:
    await archives.keep(a_file(tmp_path), NAME)
    first = (folder / NAME).stat()
    again = a_file(tmp_path)
    await archives.keep(again, NAME)
    assert names(folder) == [NAME]
    assert (folder / NAME).stat().st_ino == first.st_ino
    assert not again.exists()


async def test_to_keep_once_more_what_was_taken_over_is_no_fault(
    archives: FolderArchives, tmp_path: Path
) -> None:
    given = a_file(tmp_path)
    await archives.keep(given, NAME)
    await archives.keep(given, NAME)
    assert await archives.find(NAME)


async def test_an_archive_kept_by_many_at_once_is_sound(
    archives: FolderArchives, folder: Path, tmp_path: Path, elsewhere: Path
) -> None:
    given = [a_file(tmp_path if number % 2 else elsewhere) for number in range(8)]
    await asyncio.gather(*(archives.keep(path, NAME) for path in given))
    assert names(folder) == [NAME]
    assert (folder / NAME).read_bytes() == BODY
    assert not any(path.exists() for path in given)


async def test_a_kept_archive_that_was_damaged_gives_way_to_a_sound_one(
    archives: FolderArchives, folder: Path, tmp_path: Path
) -> None:
    await archives.keep(a_file(tmp_path), NAME)
    (folder / NAME).write_bytes(BODY[:100])
    await archives.keep(a_file(tmp_path), NAME)
    assert (folder / NAME).read_bytes() == BODY


async def test_a_sound_archive_is_never_replaced_by_another(
    archives: FolderArchives, folder: Path, tmp_path: Path
) -> None:
    await archives.keep(a_file(tmp_path), NAME)
    with pytest.raises(ValueError, match="another archive"):
        await archives.keep(a_file(tmp_path, b"something else"), NAME)
    assert (folder / NAME).read_bytes() == BODY


@pytest.mark.parametrize("name", ["", "../../etc/passwd", NAME[:-1], NAME + "0", NAME.upper(), NAME + "\n"])
async def test_a_name_that_is_no_hash_is_refused_everywhere(
    archives: FolderArchives, tmp_path: Path, clock: FakeClock, name: str
) -> None:
    with pytest.raises(ValueError, match="64 hexadecimal digits"):
        await archives.keep(a_file(tmp_path), name)
    with pytest.raises(ValueError, match="64 hexadecimal digits"):
        await archives.find(name)
    with pytest.raises(ValueError, match="64 hexadecimal digits"):
        archives.link(name, until=clock.now)


class Stubborn(PosixPath):
    """A file that cannot be moved, for the reason `why`."""

    why = errno.ENOSPC

    def rename(self, target: Any) -> Any:  # noqa: ANN401 - as Path has it
        raise OSError(self.why, os.strerror(self.why), str(self))


class Unreadable(Stubborn):
    """A file on a disk that is broken."""

    why = errno.EIO


@pytest.mark.parametrize(("kind", "told"), [(Stubborn, "My disk is full"), (Unreadable, "does not work")])
async def test_what_the_disk_refuses_is_told_without_a_path_and_changes_nothing(
    archives: FolderArchives, folder: Path, tmp_path: Path, kind: type[Stubborn], told: str
) -> None:
    given = a_file(tmp_path)
    with pytest.raises(Unavailable, match=f"{told}.*tell whoever runs") as failure:
        await archives.keep(kind(given), NAME)
    assert str(tmp_path) not in str(failure.value)
    assert given.read_bytes() == BODY
    assert names(folder) == []


async def test_old_archives_that_nobody_needs_are_let_go(
    archives: FolderArchives, tmp_path: Path, clock: FakeClock
) -> None:
    bodies = {hashlib.sha256(body).hexdigest(): body for body in (b"old", b"needed", b"young")}
    old, needed, young = bodies
    for name in (old, needed):
        await archives.keep(a_file(tmp_path, bodies[name]), name)
    clock.pass_time(hours=2)
    await archives.keep(a_file(tmp_path, bodies[young]), young)
    await archives.forget(needed={needed}, older_than=HOUR)
    assert [bool(await archives.find(name)) for name in bodies] == [False, True, True]


async def test_an_archive_kept_again_is_young_again(
    archives: FolderArchives, tmp_path: Path, clock: FakeClock
) -> None:
    await archives.keep(a_file(tmp_path), NAME)
    clock.pass_time(hours=2)
    await archives.keep(a_file(tmp_path), NAME)
    await archives.forget(needed=(), older_than=HOUR)
    assert await archives.find(NAME)


async def test_to_look_an_archive_up_does_not_keep_it_longer(
    archives: FolderArchives, tmp_path: Path, clock: FakeClock
) -> None:
    await archives.keep(a_file(tmp_path), NAME)
    clock.pass_time(hours=2)
    await archives.find(NAME)
    await archives.forget(needed=(), older_than=HOUR)
    assert await archives.find(NAME) is None


async def test_copies_cut_short_are_removed_and_what_is_not_ours_stays(
    archives: FolderArchives, open_folder: Path, folder: Path
) -> None:
    (folder / f"{uuid4().hex}.part").write_bytes(b"half")
    (folder / "README").write_bytes(b"not ours")
    await archives.forget(needed=(), older_than=timedelta())
    assert names(folder) == ["README"]


async def test_there_may_be_nothing_to_let_go_of(archives: FolderArchives, folder: Path) -> None:
    await archives.forget(needed=(), older_than=HOUR)
    assert names(folder) == []


async def test_who_changes_the_folder_waits_for_whoever_is_at_it(
    archives: FolderArchives, folder: Path, tmp_path: Path, clock: FakeClock
) -> None:
    await archives.keep(a_file(tmp_path), NAME)
    clock.pass_time(hours=2)
    given, other = a_file(tmp_path, b"other"), hashlib.sha256(b"other").hexdigest()
    with another_at(folder):
        waiting = [
            asyncio.create_task(archives.keep(given, other)),
            asyncio.create_task(archives.forget(needed=(), older_than=HOUR)),
        ]
        done, _ = await asyncio.wait(waiting, timeout=0.1)
        assert not done
        assert names(folder) == [NAME]
    await asyncio.gather(*waiting)
    assert names(folder) == [other]


async def test_a_link_leads_to_its_archive_until_it_ends(
    archives: FolderArchives, folder: Path, tmp_path: Path, clock: FakeClock
) -> None:
    await archives.keep(a_file(tmp_path), NAME)
    link = archives.link(NAME, until=clock.now + HOUR)
    assert link.startswith(f"{PUBLIC}/files/")
    assert link.endswith(".zip")
    part = link.rpartition("/")[2]
    assert await archives.resolve(part) == folder / NAME
    clock.pass_time(minutes=59, seconds=59)
    assert await archives.resolve(part) == folder / NAME
    clock.pass_time(seconds=1)
    assert await archives.resolve(part) is None


async def test_a_link_holds_over_a_restart_and_ends_with_its_secret(
    archives: FolderArchives, folder: Path, tmp_path: Path, clock: FakeClock
) -> None:
    await archives.keep(a_file(tmp_path), NAME)
    restarted = FolderArchives(folder, public_url=PUBLIC, secret=SECRET, clock=clock)
    foreign = FolderArchives(folder, public_url=PUBLIC, secret=SECRET + b"!", clock=clock)
    assert await restarted.resolve(token(archives, clock)) == folder / NAME
    assert await foreign.resolve(token(archives, clock)) is None


async def test_a_link_changed_anywhere_leads_nowhere(
    archives: FolderArchives, tmp_path: Path, clock: FakeClock
) -> None:
    await archives.keep(a_file(tmp_path), NAME)
    good = token(archives, clock)
    for at in range(len(good) - len(".zip")):
        other = ALPHABET[(ALPHABET.index(good[at]) + 1) % 64]
        assert await archives.resolve(good[:at] + other + good[at + 1 :]) is None, at
    assert await archives.resolve(good)


@pytest.mark.parametrize(
    "change",
    [
        lambda good: "",
        lambda good: ".zip",
        lambda good: good.removesuffix(".zip"),
        lambda good: good[1:],
        lambda good: good + "\n",
        lambda good: " " + good,
        lambda good: good.replace(".zip", "=.zip"),
        lambda good: good.replace(".zip", ".ZIP"),
        lambda good: good[:50] + "\n" + good[50:],
        lambda good: "é" + good[1:],
        lambda good: "/" + good[1:],
        lambda good: good * 100,
        lambda good: "A" * 96 + ".zip",
        lambda good: NAME,
        lambda good: "../" + NAME,
    ],
)
async def test_what_is_no_link_of_ours_leads_nowhere(
    archives: FolderArchives, tmp_path: Path, clock: FakeClock, change: Callable[[str], str]
) -> None:
    await archives.keep(a_file(tmp_path), NAME)
    assert await archives.resolve(change(token(archives, clock))) is None


async def test_a_link_to_an_archive_that_was_let_go_leads_nowhere(
    archives: FolderArchives, clock: FakeClock
) -> None:
    assert await archives.resolve(token(archives, clock)) is None


async def test_without_an_address_there_are_no_links(
    folder: Path, tmp_path: Path, archives: FolderArchives, clock: FakeClock
) -> None:
    hidden = FolderArchives(folder, public_url=None, secret=None, clock=clock)
    await hidden.keep(a_file(tmp_path), NAME)
    assert (hidden.are_public, archives.are_public) == (False, True)
    assert await hidden.resolve(token(archives, clock)) is None
    with pytest.raises(ValueError, match="no public address"):
        hidden.link(NAME, until=clock.now)


def test_an_address_without_a_secret_is_a_bug(folder: Path, clock: FakeClock) -> None:
    with pytest.raises(ValueError, match="secret"):
        FolderArchives(folder, public_url=PUBLIC, secret=None, clock=clock)
