"""A chain of hashes: whatever is changed, removed, swapped or put in is found, and named by its number."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.domain.audit import FIRST, Row, faults
from bot.domain.ids import WorkspaceId

ACME = WorkspaceId("T1")
TEXTS = st.text(max_size=8)
DEEDS = st.lists(st.tuples(TEXTS, TEXTS, TEXTS, TEXTS), min_size=1, max_size=6).map(
    lambda deeds: [*enumerate(deeds, 1)]
)

Head = tuple[int, str]
Deed = tuple[int, tuple[str, str, str, str]]


def written(rows: Sequence[Row], before: str = FIRST) -> list[Row]:
    """Return the rows with their hashes worked out, as one who can write may do it."""
    done: list[Row] = []
    for row in rows:
        linked = replace(row, before=done[-1].hash if done else before)
        done.append(replace(linked, hash=linked.hashed()))
    return done


def chained(count: int) -> list[Row]:
    bare = [
        Row(ACME, seq, f"at {seq}", "p1", "asked", f"run{seq}", "", "", "", "") for seq in range(1, count + 1)
    ]
    return written(bare)


def head_of(rows: Sequence[Row]) -> Head:
    return rows[-1].seq, rows[-1].hash


ROWS = chained(5)
HEAD = head_of(ROWS)
R1, R2, R3, R4, R5 = ROWS


def rehashed(row: Row) -> Row:
    return replace(row, hash=row.hashed())


def test_a_whole_chain_has_no_fault() -> None:
    assert faults(ROWS, head=HEAD) == []
    assert faults([], head=(0, FIRST)) == []


@pytest.mark.parametrize(
    ("rows", "named"),
    [
        ([R1, R2, replace(R3, about="run9"), R4, R5], ["row 3 was changed"]),
        ([R1, R3, R4, R5], ["row 2 is missing"]),
        ([R1, R5], ["rows 2 to 4 are missing"]),
        ([R2, R3, R4, R5], ["row 1 is missing"]),
        ([R1, R2, R3, R4], ["row 5 is missing at the end"]),
        ([R1, R2], ["rows 3 to 5 are missing at the end"]),
        ([], ["rows 1 to 5 are missing at the end"]),
        ([R1, R3, R2, R4, R5], ["row 2 is missing", "row 2 is out of its place"]),
        ([R1, R2, R2, R3, R4, R5], ["row 2 is out of its place"]),
        (
            [R1, R2, rehashed(replace(R3, about="run9")), R4, R5],
            ["row 4 does not follow row 3: one of them was replaced"],
        ),
        (
            [*ROWS[:4], rehashed(replace(R5, about="run9"))],
            ["row 5 is not the one that the chain ended with"],
        ),
        (
            [*ROWS, rehashed(replace(R5, seq=6, before=R5.hash))],
            ["row 6 is not the one that the chain ended with"],
        ),
    ],
)
def test_what_was_done_to_a_chain_is_named_by_its_number(rows: list[Row], named: list[str]) -> None:
    assert faults(rows, head=HEAD) == named


def test_two_rows_that_changed_places_are_both_named() -> None:
    swapped = [R1, replace(R3, seq=2), replace(R2, seq=3), R4, R5]
    told = " ".join(faults(swapped, head=HEAD))
    assert "row 2 was changed" in told
    assert "row 3 was changed" in told


def test_a_row_put_in_between_is_named_with_all_that_it_moved() -> None:
    later = [replace(row, seq=row.seq + 1) for row in (R3, R4, R5)]
    put_in = rehashed(replace(R3, about="run9"))
    told = " ".join(faults([R1, R2, put_in, *later], head=HEAD))
    assert all(f"row {seq} was changed" in told for seq in (4, 5, 6))


@pytest.mark.parametrize("first", [1, 3, 5])
def test_an_end_written_anew_shows_by_the_head_alone(first: int) -> None:
    forged = [replace(row, about="run9") for row in ROWS[first - 1 :]]
    anew = [*ROWS[: first - 1], *written(forged, ROWS[first - 2].hash if first > 1 else FIRST)]
    assert faults(anew, head=HEAD) == ["row 5 is not the one that the chain ended with"]
    assert faults(anew, head=head_of(anew)) == []  # with its head, only a head that was kept elsewhere tells


def test_a_text_that_moved_on_into_the_next_field_is_a_change() -> None:
    moved = replace(R3, about="run", digest="3")
    assert faults([R1, R2, moved, R4, R5], head=HEAD) == ["row 3 was changed"]


@given(DEEDS, st.data())
def test_no_field_of_any_row_can_be_altered_unseen(deeds: list[Deed], data: st.DataObject) -> None:
    rows = written(
        [Row(ACME, seq, at, who, "saw", about, "", "", words, "") for seq, (at, who, about, words) in deeds]
    )
    place = data.draw(st.integers(0, len(rows) - 1))
    name = data.draw(st.sampled_from([*vars(R1)]))
    value: Any = data.draw(st.integers() if name == "seq" else TEXTS)
    altered = replace(rows[place], **{name: value})
    assume(altered != rows[place])
    assert faults(rows, head=head_of(rows)) == []
    assert faults([*rows[:place], altered, *rows[place + 1 :]], head=head_of(rows))
