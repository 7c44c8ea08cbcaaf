"""The picture of a run says what the table says: each arrow, each end, and nothing more."""

import re

from bot.domain.diagram import diagram
from bot.domain.run import TRANSITIONS, Stage

ARROW = re.compile(r"    (\w+) --> (\w+): (.+)")


def drawn_id(stage: Stage) -> str:
    return stage.value.replace(" ", "_")


def test_every_move_of_the_table_is_an_arrow_and_every_arrow_a_move() -> None:
    arrows = [match.groups() for match in map(ARROW.fullmatch, diagram().splitlines()) if match]
    drawn = [(start, event, end) for start, end, events in arrows for event in events.split(", ")]
    assert sorted(drawn) == sorted(
        (drawn_id(stage), event.__name__, drawn_id(target))
        for stage, moves in TRANSITIONS.items()
        for event, target in moves.items()
    )


def test_a_run_begins_with_a_request_and_ends_where_nothing_follows() -> None:
    lines = diagram().splitlines()
    assert [line for line in lines if "[*] -->" in line] == ["    [*] --> requested"]
    ends = [line.split()[0] for line in lines if line.endswith("--> [*]")]
    assert ends == [drawn_id(stage) for stage, moves in TRANSITIONS.items() if not moves]


def test_a_stage_of_two_words_is_drawn_with_its_name() -> None:
    assert '    state "awaiting approval" as awaiting_approval' in diagram().splitlines()


def test_it_is_a_mermaid_drawing_with_nothing_else_in_it() -> None:
    first, *rest = diagram().splitlines()
    assert first == "stateDiagram-v2"
    shapes = (
        ARROW,
        re.compile(r"    (\[\*\]|\w+) --> (\[\*\]|\w+)"),
        re.compile(r'    state "[\w ]+" as \w+'),
    )
    assert all(any(shape.fullmatch(line) for shape in shapes) for line in rest)
