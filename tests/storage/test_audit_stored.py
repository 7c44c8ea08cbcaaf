"""The audit's tables: each workspace's chain, what it stands for, and what is left of who is erased."""

import sqlite3
from datetime import timedelta

import pytest

from bot.domain.audit import FIRST, Deed, Did, Told, faults
from bot.domain.ids import UserId, WorkspaceId
from storage.audit import SQLAudit, faults_beside
from storage.rows import text_of
from tests.fakes import NOON

ACME, OTHER = WorkspaceId("T1"), WorkspaceId("T2")
ANN, BEN = UserId("UANN"), UserId("UBEN")
ASKED = Deed(ACME, ANN, Did.ASKED, "run0000001", words="our autumn set")
REJECTED = Deed(ACME, BEN, Did.REJECTED, "run0000001", "ab12", words="too dark, Ann")
SPENT = Deed(ACME, None, Did.SPENT, "run0000001", dollars=12.3)
DEEDS = (ASKED, REJECTED, SPENT)


def add(audit: SQLAudit, *deeds: Deed) -> None:
    for deed in deeds:
        audit.add(deed)


def found(file: sqlite3.Connection, workspace: WorkspaceId = ACME) -> list[str]:
    audit = SQLAudit(file, NOON)
    head = audit.head(workspace)
    return [*faults(audit.rows(workspace), head=head), *faults_beside(file, workspace)]


def test_rows_follow_each_other_and_the_head_is_the_last(file: sqlite3.Connection, audit: SQLAudit) -> None:
    assert (audit.rows(ACME), audit.head(ACME)) == ([], (0, FIRST))
    add(audit, *DEEDS)
    rows = audit.rows(ACME)
    assert [row.seq for row in rows] == [1, 2, 3]
    assert [row.before for row in rows] == [FIRST, rows[0].hash, rows[1].hash]
    assert audit.head(ACME) == (3, rows[2].hash)
    assert found(file) == []


def test_the_chain_names_nobody_and_quotes_nothing(audit: SQLAudit) -> None:
    add(audit, *DEEDS, ASKED)
    rows = audit.rows(ACME)
    assert not any(secret in repr(rows) for secret in (ANN, BEN, "autumn", "dark"))
    assert [len(row.who) for row in rows] == [33, 33, 0, 33]
    assert rows[0].who == rows[3].who != rows[1].who
    assert rows[0].words != rows[3].words  # the same text: each has a salt of its own
    assert [row.dollars for row in rows] == ["", "", "12.300000", ""]
    assert rows[0].at == text_of(NOON)


def test_the_newest_rows_are_told_first_with_names_and_words(
    file: sqlite3.Connection, audit: SQLAudit
) -> None:
    add(audit, ASKED, Deed(ACME, ANN, Did.SAW, "run0000002"))
    SQLAudit(file, NOON + timedelta(hours=1)).add(SPENT)
    spent, saw, asked = audit.recent(ACME, limit=9)
    later = NOON + timedelta(hours=1)
    assert spent == Told(later, None, Did.SPENT, "run0000001", "", 12.3, "")
    assert (saw.who, saw.did) == (ANN, Did.SAW)
    assert asked == Told(NOON, ANN, Did.ASKED, "run0000001", "", None, "our autumn set")
    assert audit.recent(ACME, limit=2) == [spent, saw]
    assert audit.recent(ACME, limit=9, about="run0000001") == [spent, asked]
    assert audit.recent(OTHER, limit=9) == []


def test_somebody_else_put_in_the_place_of_who_decided_is_found(
    file: sqlite3.Connection, audit: SQLAudit
) -> None:
    add(audit, *DEEDS)
    assert found(file) == []
    (_, rejected, _) = audit.rows(ACME)
    file.execute("UPDATE audit_people SET user = 'UCAT' WHERE user = ?", (BEN,))
    assert found(file) == [f"who {rejected.who} is was changed"]


def test_two_people_who_trade_places_are_found(file: sqlite3.Connection, audit: SQLAudit) -> None:
    add(audit, *DEEDS)
    swap = "UPDATE audit_people SET user = CASE user WHEN 'UANN' THEN 'UBEN_' ELSE 'UANN' END"
    file.execute(swap)
    file.execute("UPDATE audit_people SET user = 'UBEN' WHERE user = 'UBEN_'")
    assert len(found(file)) == 2


def test_two_workspaces_have_chains_and_pseudonyms_of_their_own(
    file: sqlite3.Connection, audit: SQLAudit
) -> None:
    add(audit, ASKED, Deed(OTHER, ANN, Did.ASKED, "run0000003"), SPENT)
    [theirs] = audit.rows(OTHER)
    assert (theirs.seq, theirs.before) == (1, FIRST)
    assert theirs.who != audit.rows(ACME)[0].who
    assert audit.erase(OTHER, ANN) == 1
    assert audit.recent(ACME, limit=1, about="run0000001")
    assert audit.count(ACME, ANN) == 1
    assert found(file) == found(file, OTHER) == []


def test_what_is_taken_back_leaves_no_gap(file: sqlite3.Connection, audit: SQLAudit) -> None:
    add(audit, ASKED)
    file.execute("BEGIN")
    file.execute("SAVEPOINT work")
    add(audit, REJECTED)
    file.execute("ROLLBACK TO work")
    add(audit, REJECTED, SPENT)
    file.execute("COMMIT")
    assert found(file) == []
    assert audit.head(ACME)[0] == 3


def test_erasing_somebody_leaves_a_whole_chain_and_says_that_it_was_done(
    file: sqlite3.Connection, audit: SQLAudit
) -> None:
    add(audit, *DEEDS, ASKED)
    before = audit.rows(ACME)
    assert audit.erase(ACME, ANN) == 2
    rows = audit.rows(ACME)
    assert rows[:4] == before
    assert (rows[4].did, rows[4].about, rows[4].who) == ("erased", before[0].who, "")
    assert found(file) == []
    _, _, spent, rejected, asked = audit.recent(ACME, limit=9)
    assert (asked.who, asked.words, asked.is_erased) == (None, "", True)
    assert (rejected.who, rejected.words, rejected.is_erased) == (BEN, "too dark, Ann", False)
    assert (spent.who, spent.is_erased) == (None, False)


def test_somebody_whom_no_row_names_is_nothing_to_erase(audit: SQLAudit) -> None:
    add(audit, SPENT)
    assert audit.erase(ACME, ANN) == 0
    assert audit.head(ACME)[0] == 1


def test_who_comes_back_after_they_were_erased_is_somebody_new(
    file: sqlite3.Connection, audit: SQLAudit
) -> None:
    add(audit, ASKED)
    audit.erase(ACME, ANN)
    add(audit, ASKED)
    first, _, again = audit.rows(ACME)
    assert again.who not in {first.who, ""}
    assert audit.erase(ACME, ANN) == 1
    assert found(file) == []


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE audit SET about = 'run9'",
        "DELETE FROM audit",
        "REPLACE INTO audit SELECT * FROM audit WHERE seq = 1",
    ],
)
def test_the_tables_take_no_change_by_mistake(
    file: sqlite3.Connection, audit: SQLAudit, tampering: str
) -> None:
    add(audit, *DEEDS)
    with pytest.raises(sqlite3.IntegrityError, match="only ever added to"):
        file.execute(tampering)


@pytest.mark.parametrize("edit", ["DELETE FROM audit_heads", "UPDATE audit_heads SET seq = 1, hash = ''"])
def test_a_head_that_was_edited_does_not_keep_the_next_row_from_being_put_down(
    file: sqlite3.Connection, audit: SQLAudit, edit: str
) -> None:
    add(audit, *DEEDS)
    file.execute(edit)
    assert found(file) == ["row 3 is not the one that the chain ended with"]
    add(audit, ASKED)
    assert audit.head(ACME)[0] == 4
    assert found(file) == []


def test_rows_that_are_gone_stay_missing_whatever_is_added(file: sqlite3.Connection, audit: SQLAudit) -> None:
    add(audit, *DEEDS)
    file.execute("DROP TRIGGER audit_is_never_deleted")
    file.execute("DELETE FROM audit WHERE seq = 3")
    add(audit, ASKED)
    assert found(file) == ["row 3 is missing"]
