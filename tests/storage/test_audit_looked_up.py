"""What a reviewer asks of the audit: what happened to this, whoever was refused, and however it is typed."""

import sqlite3

import pytest

from bot.domain.audit import Deed, Did, faults
from bot.domain.ids import UserId, WorkspaceId
from storage.audit import ABOUT, SQLAudit, faults_beside
from tests.fakes import NOON

ACME, OTHER = WorkspaceId("T1"), WorkspaceId("T2")
ANN, BEN, DAN = UserId("UANN"), UserId("UBEN"), UserId("UDAN")
RUN, AIR, PICTURE = "7K2M9QX4TB", "acme:stellar@1", "5f0c8a1e-33cd-4a0f-9a9d-2f6f2f1d8a10"


def add(audit: SQLAudit, did: Did, about: str, words: str = "", *, who: UserId | None = ANN) -> None:
    audit.add(Deed(ACME, who, did, about, words=words))


@pytest.mark.parametrize("typed", [RUN, RUN.lower()])
def test_what_was_refused_is_found_by_the_id_that_it_was_about(audit: SQLAudit, typed: str) -> None:
    add(audit, Did.ASKED, RUN)
    for about in (f"run.approve {RUN}", f"/style reject {RUN}", f"form.override {RUN}"):
        add(audit, Did.WAS_REFUSED, about, "No.")
    add(audit, Did.WAS_REFUSED, "run.approve 22222222TB")
    add(audit, Did.ASKED, f"X{RUN}")
    rows = audit.recent(ACME, limit=9, about=typed)
    assert [row.about.split(" ")[0] for row in reversed(rows)] == [
        RUN,
        "run.approve",
        "/style",
        "form.override",
    ]


@pytest.mark.parametrize("about", [AIR, PICTURE, "freeze all", "all"])
@pytest.mark.parametrize("typed", [str, str.upper, str.title])
def test_what_has_no_id_of_ours_is_found_as_it_is_typed(
    audit: SQLAudit, about: str, typed: type[str]
) -> None:
    add(audit, Did.PROMOTED, about)
    assert [row.about for row in audit.recent(ACME, limit=9, about=typed(about))] == [about]
    assert audit.recent(OTHER, limit=9, about=typed(about)) == []


@pytest.mark.parametrize("typed", ["%", "_", "*", "' OR 1", RUN[1:], f"approve {RUN}"])
def test_no_pattern_is_looked_for(audit: SQLAudit, typed: str) -> None:
    add(audit, Did.ASKED, RUN)
    assert audit.recent(ACME, limit=9, about=typed) == []


def test_the_question_is_answered_by_an_index_alone(file: sqlite3.Connection) -> None:
    plan = file.execute(f"EXPLAIN QUERY PLAN {ABOUT}", {"workspace": ACME, "about": RUN}).fetchall()
    assert ["COVERING INDEX audit_by_about" in step[-1] for step in plan] == [True]


def test_the_last_of_some_kinds_is_told(audit: SQLAudit) -> None:
    assert audit.last(ACME, Did.BEGAN, Did.RELOADED) is None
    for did, about in ((Did.BEGAN, "a"), (Did.RELOADED, "b"), (Did.ASKED, "c")):
        add(audit, did, about, who=None)
    last = audit.last(ACME, Did.BEGAN, Did.RELOADED)
    assert last
    assert (last.did, last.about) == (Did.RELOADED, "b")
    assert audit.last(OTHER, Did.BEGAN) is None


def found(file: sqlite3.Connection) -> list[str]:
    audit = SQLAudit(file, NOON)
    return [*faults(audit.rows(ACME), head=audit.head(ACME)), *faults_beside(file, ACME)]


def test_words_of_others_that_name_somebody_are_forgotten_with_them(
    file: sqlite3.Connection, audit: SQLAudit
) -> None:
    add(audit, Did.WENT_AWAY, "away", "@UDAN stands in", who=BEN)
    add(audit, Did.REJECTED, RUN, "not for @UDANIEL, ask <@UDAN|dan>", who=ANN)
    add(audit, Did.REJECTED, RUN, "not for @UDANIEL", who=ANN)
    add(audit, Did.APPROVED, RUN, "I am @UDAN", who=DAN)
    assert audit.count(ACME, DAN) == 3
    assert audit.erase(ACME, DAN) == 3
    assert [row.words for row in audit.recent(ACME, limit=9) if row.words] == ["not for @UDANIEL"]
    assert found(file) == []
    assert audit.erase(ACME, DAN) == 0


def test_words_that_were_taken_away_by_hand_are_found_beside_those_that_were_erased(
    file: sqlite3.Connection, audit: SQLAudit
) -> None:
    add(audit, Did.WENT_AWAY, "away", "@UDAN stands in", who=BEN)
    add(audit, Did.REJECTED, RUN, "too dark", who=BEN)
    audit.erase(ACME, DAN)
    file.execute("DELETE FROM audit_words WHERE seq = 2")
    assert found(file) == ["the words of row 2 are gone, and no row says that they were erased"]
