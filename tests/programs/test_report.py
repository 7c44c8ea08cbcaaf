"""What the doctor prints: columns that fold on a terminal, and a line each where a program reads it."""

import io

import pytest
from rich.console import Console

from bot.doctor.finding import Finding, Mark
from bot.doctor.probing import show
from bot.doctor.report import paper
from bot.doctor.report import show as report
from bot.doctor.verdicts import Observation

LONG = " ".join(["The fox is loose."] * 30)


def printed(finding: Finding, *, terminal: bool) -> list[str]:
    stream = io.StringIO()
    report([finding], Console(file=stream, force_terminal=terminal, width=80, color_system=None))
    return stream.getvalue().splitlines()


def test_what_a_program_reads_has_a_line_each_however_long() -> None:
    told = printed(Finding("Alarms", Mark.FAULT, LONG, "Mend it."), terminal=False)
    assert [line.split() for line in told] == [
        ["✗", "fault", "Alarms", *LONG.split()],
        ["→", "Mend", "it."],
        ["1", "fault", "to", "mend."],
    ]
    assert [line for line in told if line != line.rstrip()] == []


def test_on_a_terminal_what_is_long_is_folded_in_its_column() -> None:
    told = printed(Finding("Alarms", Mark.FAULT, LONG), terminal=True)
    assert len(told) > 5
    assert max(map(len, told)) <= 80


def test_what_the_probe_found_has_a_line_each_too() -> None:
    stream = io.StringIO()
    show([Observation("the fox", LONG, "a hen", Mark.LOOK)], Console(file=stream, width=80))
    assert [line.rstrip() for line in stream.getvalue().splitlines()] == [
        "What was found:",
        f"! look  the fox: {LONG} (relied on: a hen)",
    ]


def test_paper_that_is_no_terminal_breaks_no_line(capsys: pytest.CaptureFixture[str]) -> None:
    paper().print(LONG)
    assert capsys.readouterr().out == f"{LONG}\n"
