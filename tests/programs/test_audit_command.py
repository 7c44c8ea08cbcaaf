"""`housestyle audit`, as an owner types it, and as somebody who does not trust us checks what it says."""

import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

from bot.auditing import RECIPE, erase, verify
from bot.domain.audit import Deed, Did, Row
from bot.domain.errors import Refused, Unavailable
from bot.domain.ids import UserId, WorkspaceId
from storage.audit import SQLAudit
from storage.backup import back_up
from storage.connection import connect
from storage.migrate import migrate
from tests.fakes import NOON
from tests.programs.programs_lab import Printed, run

ACME, OTHER = WorkspaceId("T1"), WorkspaceId("T2")
ANN, BEN = UserId("UANN0001"), UserId("UBEN0001")
SECRET = "a sentence that Ann regrets"
DEEDS = (
    Deed(ACME, ANN, Did.ASKED, "run0000001", words=SECRET),
    Deed(ACME, BEN, Did.APPROVED, "run0000001", "ab12", words="fine “ü” \u2028"),
    Deed(ACME, None, Did.RESERVED, "run0000001", dollars=12),
    Deed(ACME, ANN, Did.SAW, "run0000001"),
    Deed(ACME, None, Did.SPENT, "run0000001", dollars=11.82),
)
COLUMNS = "workspace, seq, at, who, did, about, digest, dollars, words, before, hash"


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a database with five rows of one workspace and one of another."""
    path = tmp_path_factory.mktemp("audit") / "original.db"
    migrate(path)
    add(path, *DEEDS, Deed(OTHER, ANN, Did.ASKED, "run0000002"))
    return path


@pytest.fixture
def file(tmp_path: Path, original: Path) -> Path:
    """Return a copy of the original, to be tampered with."""
    return Path(shutil.copy(original, tmp_path / "housestyle.db"))


def add(path: Path, *deeds: Deed) -> None:
    with closing(connect(path).conn) as connection:
        connection.execute("BEGIN IMMEDIATE")
        for deed in deeds:
            SQLAudit(connection, NOON).add(deed)
        connection.execute("COMMIT")


def chain(path: Path) -> Sequence[Row]:
    with closing(connect(path).conn) as connection:
        return SQLAudit(connection, NOON).rows(ACME)


def tamper(path: Path, *statements: str, values: Sequence[object] = ()) -> None:
    """Do to the file what one who can write it could do."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("DROP TRIGGER IF EXISTS audit_is_never_changed")
        connection.execute("DROP TRIGGER IF EXISTS audit_is_never_deleted")
        for statement in statements:
            connection.execute(statement, values)


def faults(path: Path) -> tuple[str, ...]:
    ours, theirs = verify(path)
    assert theirs.faults == ()
    return ours.faults


async def audit(path: Path, *arguments: str, typed: str = "") -> Printed:
    return await run({"DATABASE_URL": f"sqlite:///{path}"}, "audit", *arguments, typed=typed)


def put(path: Path, row: Row) -> None:
    """Write a row in the place of the one of its number."""
    marks = ", ".join("?" * 11)
    with_values = f"REPLACE INTO audit ({COLUMNS}) VALUES ({marks})"
    tamper(path, with_values, values=tuple(vars(row).values()))


def written_anew(path: Path, first: int) -> Row:
    """Let each row from `first` on be about something else, hashes and all; return the last."""
    rows = chain(path)
    before = rows[first - 2].hash
    last = rows[-1]
    for row in rows[first - 1 :]:
        bare = Row(**vars(row) | {"about": "run0000009", "before": before, "hash": ""})
        last = Row(**vars(bare) | {"hash": bare.hashed()})
        put(path, last)
        before = last.hash
    return last


async def test_a_whole_audit_is_told_with_its_span_and_head(file: Path) -> None:
    answer = await audit(file, "verify")
    last = chain(file)[-1]
    assert answer.code == 0, answer.text
    assert "T1: 5 rows, 2026-11-21T12:00:00.000000+00:00 to 2026-11-21T12:00:00.000000+00:00" in answer.words
    assert f"head 5:{last.hash}" in answer.words
    assert "T2: 1 row," in answer.words
    assert answer.words.count("The chain is whole.") == 2


async def test_a_changed_row_is_named_and_the_exit_code_is_1(file: Path) -> None:
    tamper(file, "UPDATE audit SET dollars = '1.000000' WHERE workspace = 'T1' AND seq = 3")
    answer = await audit(file, "verify")
    assert answer.code == 1
    assert "FAULT: row 3 was changed" in answer.words
    assert (await audit(file, "verify", "--workspace", "T2")).code == 0


@pytest.mark.parametrize(
    ("statements", "named"),
    [
        (["DELETE FROM audit WHERE workspace = 'T1' AND seq IN (2, 3)"], "rows 2 to 3 are missing"),
        (["DELETE FROM audit WHERE workspace = 'T1' AND seq = 5"], "row 5 is missing at the end"),
        (["DELETE FROM audit WHERE workspace = 'T1'"], "rows 1 to 5 are missing at the end"),
        (
            ["UPDATE audit SET at = x'80' || substr(at, 2) WHERE workspace = 'T1' AND seq = 4"],
            "row 4 was changed",
        ),
        (
            ["UPDATE audit SET about = CAST(x'ff' AS TEXT) WHERE workspace = 'T1' AND seq = 4"],
            "row 4 was changed",
        ),
        (["UPDATE audit SET seq = 'x' WHERE workspace = 'T1' AND seq = 5"], "row 0 is out of its place"),
        (
            ["UPDATE audit_words SET text = 'no' WHERE workspace = 'T1' AND seq = 2"],
            "the words of row 2 were changed",
        ),
        (
            ["DELETE FROM audit_words WHERE workspace = 'T1' AND seq = 2"],
            "the words of row 2 are gone, and no row says that they were erased",
        ),
        (
            ["INSERT INTO audit_words VALUES ('T1', 7, 's', 'what row 7 said')"],
            "the words of row 7 are there, and the row is not",
        ),
    ],
)
def test_what_was_done_to_the_file_is_named(file: Path, statements: list[str], named: str) -> None:
    tamper(file, *statements)
    assert named in faults(file)


def test_somebody_who_vanished_without_being_erased_is_named(file: Path) -> None:
    tamper(file, "DELETE FROM audit_people WHERE workspace = 'T1'")
    ann, ben = (chain(file)[place].who for place in (0, 1))
    assert faults(file) == (
        f"who {ann} is (row 1) is gone, and no row says that it was erased",
        f"who {ben} is (row 2) is gone, and no row says that it was erased",
    )


@pytest.mark.parametrize(
    ("table", "told", "named"),
    [
        ("audit_words", "text", "the words of row 2 were changed"),
        ("audit_people", "user", "is was changed"),
    ],
)
def test_letters_moved_from_somebodys_words_or_their_id_into_the_salt_are_named(
    file: Path, table: str, told: str, named: str
) -> None:
    moved = f"UPDATE {table} SET salt = salt || substr({told}, 1, 2), {told} = substr({told}, 3)"
    tamper(file, f"{moved} WHERE workspace = 'T1'")
    assert any(named in fault for fault in faults(file))
    back = f"UPDATE {table} SET salt = substr(salt, 1, 31), {told} = substr(salt, 32) || {told}"
    tamper(file, f"{back} WHERE workspace = 'T1'")
    assert any(named in fault for fault in faults(file))


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE audit_heads SET seq = 'x' WHERE workspace = 'T1'",
        "UPDATE audit_heads SET seq = 1.5 WHERE workspace = 'T1'",
        "UPDATE audit_heads SET hash = x'00' WHERE workspace = 'T1'",
        "UPDATE audit_heads SET workspace = x'5431' WHERE workspace = 'T1'",
        "UPDATE audit SET workspace = x'5431' WHERE workspace = 'T1' AND seq = 3",
        "UPDATE audit SET seq = 'x' WHERE workspace = 'T1' AND seq = 5",
        "UPDATE audit SET seq = 1.5 WHERE workspace = 'T1' AND seq = 5",
        "UPDATE audit_words SET text = x'00' WHERE workspace = 'T1' AND seq = 2",
        "UPDATE audit_people SET user = x'00' WHERE user = 'UANN0001' AND workspace = 'T1'",
    ],
)
async def test_a_head_or_workspace_that_is_no_number_or_text_is_named_and_every_row_still_printed(
    file: Path, tampering: str
) -> None:
    tamper(file, tampering)
    answer = await audit(file, "verify")
    assert (answer.code, "FAULT: " in answer.words) == (1, True), answer.text
    exported = await audit(file, "export", "--names")
    assert (exported.code, len(exported.text.splitlines())) == (0, 6), exported.text
    unknown = await audit(file, "verify", "--workspace", "T9")
    assert "It knows: " in unknown.words
    add(file, DEEDS[0])  # what is done next can be put down all the same


def test_two_rows_that_changed_places_are_named(file: Path) -> None:
    third, fourth = chain(file)[2:4]
    put(file, Row(**vars(third) | {"seq": 4}))
    put(file, Row(**vars(fourth) | {"seq": 3}))
    assert {"row 3 was changed", "row 4 was changed"} <= {*faults(file)}


def test_a_changed_row_with_its_hash_worked_out_anew_shows_in_the_next(file: Path) -> None:
    bare = Row(**vars(chain(file)[2]) | {"dollars": "1.000000"})
    put(file, Row(**vars(bare) | {"hash": bare.hashed()}))
    assert faults(file) == ("row 4 does not follow row 3: one of them was replaced",)


async def test_an_end_written_anew_with_its_head_is_found_by_a_head_that_was_kept_and_by_nothing_else(
    file: Path,
) -> None:
    kept = chain(file)[-1]
    last = written_anew(file, 3)
    assert faults(file) == ("row 5 is not the one that the chain ended with",)
    tamper(file, "UPDATE audit_heads SET hash = ? WHERE workspace = 'T1'", values=(last.hash,))
    assert faults(file) == ()
    answer = await audit(file, "verify", "--workspace", "T1", "--expect", f"5:{kept.hash}")
    assert answer.code == 1
    assert "row 5 is not the one that was there" in answer.words


async def test_an_end_cut_off_with_its_head_is_found_by_a_head_that_was_kept(file: Path) -> None:
    third, kept = chain(file)[2], chain(file)[-1]
    cut = "DELETE FROM audit WHERE workspace = 'T1' AND seq > 3"
    tamper(file, cut)
    tamper(file, "UPDATE audit_heads SET seq = 3, hash = ? WHERE workspace = 'T1'", values=(third.hash,))
    assert faults(file) == ()
    expected = ["verify", "--workspace", "T1", "--expect"]
    answer = await audit(file, *expected, f"5:{kept.hash}")
    assert answer.code == 1
    assert "row 5, which was there, is not" in answer.words
    assert (await audit(file, *expected, f"3:{third.hash}")).code == 0


async def test_a_kept_head_has_to_say_what_it_is_and_whose(file: Path) -> None:
    unreadable = await audit(file, "verify", "--expect", "5:abc")
    assert (unreadable.code, "all 64 digits" in unreadable.words) == (2, True)
    whose = await audit(file, "verify", "--expect", f"5:{'0' * 64}")
    assert (whose.code, "with --workspace" in whose.words) == (1, True)


async def test_an_export_is_verified_by_the_recipe_alone(file: Path) -> None:
    assert (await audit(file, "export", "--recipe")).text == RECIPE + "\n"
    exported = (await audit(file, "export")).text
    assert SECRET not in exported
    assert ANN not in exported
    assert [json.loads(line)["seq"] for line in exported.splitlines()] == [1, 2, 3, 4, 5, 1]
    named = (await audit(file, "export", "--names")).text
    forged = exported.replace('"12.000000"', '"1.000000"')
    assert forged != exported
    assert by_the_recipe(named) == by_the_recipe(exported)
    assert by_the_recipe(exported).startswith("ends with {'T1': (5, '")
    assert by_the_recipe(forged).startswith("FAULT at row 3 of T1\nends with")


def by_the_recipe(exported: str) -> str:
    """Return what the recipe says, run as a stranger would, without us."""
    command = [sys.executable, "-I", "-c", RECIPE]
    return subprocess.run(command, input=exported, capture_output=True, text=True, check=True).stdout


async def test_an_export_with_names_has_what_is_not_erased(file: Path) -> None:
    assert (await audit(file, "erase", ANN, "--workspace", "T1", "--yes")).code == 0
    answer = await audit(file, "export", "--names", "--workspace", "T1")
    told = [json.loads(line) for line in answer.text.splitlines()]
    assert [(one["user"], one["text"]) for one in told] == [
        (None, None),
        (BEN, "fine “ü” \u2028"),
        (None, None),
        (None, None),
        (None, None),
        (None, None),
    ]
    assert told[-1]["did"] == "erased"


def on_disk(path: Path) -> bytes:
    """Return all that is in the database's files."""
    return b"".join(one.read_bytes() for one in path.parent.glob(f"{path.name}*") if one.is_file())


async def test_what_is_erased_is_gone_from_the_disk_while_the_database_is_in_use(file: Path) -> None:
    with closing(connect(file).conn) as in_use:  # else the log is emptied whenever anybody closes the file
        in_use.execute("SELECT * FROM audit").fetchall()
        add(file, Deed(ACME, ANN, Did.ASKED, "run0000003", words=SECRET * 500))
        assert SECRET.encode() in on_disk(file)
        answer = await audit(file, "erase", ANN, typed="y\n")
        assert answer.code == 0, answer.text
        assert "Rows that name UANN0001: 3 in T1, 1 in T2." in answer.words
        assert answer.words.count("The chain is whole.") == 2
        left = on_disk(file)
    assert SECRET.encode() not in left
    assert ANN.encode() not in left
    assert BEN.encode() in left


async def test_a_reader_that_keeps_the_log_from_being_emptied_is_told_of(file: Path) -> None:
    with closing(connect(file).conn) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM audit").fetchone()
        with pytest.raises(Unavailable, match="Stop Housestyle once"):
            erase(file, ANN, [ACME], busy_seconds=0)
    assert faults(file) == ()


async def test_nobody_is_erased_without_a_yes(file: Path) -> None:
    answer = await audit(file, "erase", ANN, typed="n\n")
    assert answer.code == 1
    assert "Go on?" in answer.words
    assert len(chain(file)) == 5


async def test_somebody_whom_nothing_names_cannot_be_erased(file: Path) -> None:
    answer = await audit(file, "erase", "UZOE", "--yes")
    assert (answer.code, "Nothing that is kept names UZOE." in answer.words) == (1, True)
    answer = await audit(file, "erase", BEN, "--workspace", "T2", "--yes")
    assert "Nothing that is kept names UBEN0001 in T2." in answer.words


async def test_a_backup_is_verified_as_the_database_is(file: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    back_up(file, copy)
    as_it_was = copy.read_bytes()
    assert (await audit(copy, "verify")).text == (await audit(file, "verify")).text
    assert copy.read_bytes() == as_it_was


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "check DATABASE_URL"),
        (b"", "is no Housestyle database"),
        (b"\x89PNG" * 999, "cannot be read"),
    ],
)
def test_a_file_that_has_no_audit_is_told_in_a_sentence(
    tmp_path: Path, content: bytes | None, told: str
) -> None:
    path = tmp_path / "picture.db"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(Refused, match=told):
        verify(path)


async def test_an_audit_without_rows_is_no_fault(tmp_path: Path) -> None:
    migrate(tmp_path / "new.db")
    answer = await audit(tmp_path / "new.db", "verify")
    assert (answer.code, answer.words) == (0, "The audit has no rows yet.")


def test_an_unknown_workspace_is_told_which_are_known(file: Path) -> None:
    with pytest.raises(Refused, match=r"no row of the workspace T9\. It knows: T1, T2"):
        verify(file, "T9")
