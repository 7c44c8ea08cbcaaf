"""Findings and observations on a terminal: a line each, with a sign and a word, never colour alone."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.doctor.finding import Finding, Mark

_SIGNS = {Mark.OK: ("✓", "green"), Mark.LOOK: ("!", "yellow"), Mark.FAULT: ("✗", "red")}


def sign(mark: Mark) -> Text:
    """Return the sign and the word of a mark."""
    shape, colour = _SIGNS[mark]
    return Text(f"{shape} {mark}", style=colour)


def show(findings: Sequence[Finding], console: Console) -> None:
    """Print the findings, what to do under each, and how it stands in all."""
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for finding in findings:
        table.add_row(sign(finding.mark), Text(finding.subject), Text(finding.sentence))
        if finding.remedy:
            table.add_row("", "", Text(f"→ {finding.remedy}"))
    console.print(table)
    console.print(Text(_summary(findings)))


def has_fault(findings: Sequence[Finding]) -> bool:
    """Say whether anything has to be mended."""
    return any(finding.mark is Mark.FAULT for finding in findings)


def _summary(findings: Sequence[Finding]) -> str:
    faults = sum(finding.mark is Mark.FAULT for finding in findings)
    if not faults:
        return "No fault found."
    return f"{faults} fault{'s' if faults > 1 else ''} to mend."
