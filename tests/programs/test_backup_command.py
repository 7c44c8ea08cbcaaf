"""`housestyle backup` and `restore`, as an owner types them."""

from pathlib import Path

import pytest

from storage.migrate import migrate
from storage.sqlite import SQLiteStore
from tests.programs.programs_lab import run
from tests.storage.store_world import a_run, live


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return where an empty database of ours is."""
    path = tmp_path / "housestyle.db"
    migrate(path)
    return path


def contents(file: Path) -> bytes:
    return file.read_bytes()


async def runs(file: Path) -> int:
    async with SQLiteStore(file) as store:
        return len(await store.read(lambda tx: tx.runs.recent(a_run().request.workspace, limit=9)))


async def test_what_was_backed_up_while_the_bot_runs_comes_back(file: Path, tmp_path: Path) -> None:
    env, copy = {"DATABASE_URL": f"sqlite:///{file}"}, tmp_path / "copy.db"
    async with SQLiteStore(file) as store:
        await live(store, a_run())
        backed_up = await run(env, "backup", str(copy))
        await live(store, a_run("run0000002"))
    assert backed_up.code == 0, backed_up.text
    assert "it is whole" in backed_up.words
    restored = await run(env, "restore", str(copy), "--yes")
    assert restored.code == 0, restored.text
    assert "hands nothing over to Runware until" in restored.words
    assert f"kept as {file}.before-restore" in restored.words
    assert await runs(file) == 1


async def test_a_restore_asks_first_and_takes_no_for_an_answer(file: Path, tmp_path: Path) -> None:
    env, copy = {"DATABASE_URL": f"sqlite:///{file}"}, tmp_path / "copy.db"
    assert (await run(env, "backup", str(copy))).code == 0
    before = contents(file)
    answer = await run(env, "restore", str(copy), typed="n\n")
    assert (answer.code, contents(file)) == (1, before)
    assert "Go on?" in answer.words


async def test_a_restore_under_a_running_bot_is_refused_in_a_sentence(file: Path, tmp_path: Path) -> None:
    env, copy = {"DATABASE_URL": f"sqlite:///{file}"}, tmp_path / "copy.db"
    assert (await run(env, "backup", str(copy))).code == 0
    async with SQLiteStore(file):
        answer = await run(env, "restore", str(copy), "--yes")
    assert answer.code == 1
    assert "Stop it first" in answer.words
    assert "Traceback" not in answer.text


async def test_a_backup_writes_over_nothing(file: Path, tmp_path: Path) -> None:
    there = tmp_path / "precious"
    there.write_text("mine")
    answer = await run({"DATABASE_URL": f"sqlite:///{file}"}, "backup", str(there))
    assert (answer.code, there.read_text()) == (1, "mine")
    assert "already" in answer.words


async def test_a_backup_without_a_database_names_the_setting(tmp_path: Path) -> None:
    nowhere = tmp_path / "none.db"
    answer = await run({"DATABASE_URL": f"sqlite:///{nowhere}"}, "backup", str(tmp_path / "copy.db"))
    assert answer.code == 1
    assert f"There is no database at {nowhere}; check DATABASE_URL." in answer.words
    assert not (tmp_path / "copy.db").exists()
