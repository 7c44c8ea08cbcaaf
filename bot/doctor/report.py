"""Findings and observations, a line each, with a sign and a word, never colour alone.

Columns and folded lines are for terminals: into a file or a program goes each on a line of its own.
"""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.doctor.finding import Finding, Mark

_SIGNS = {Mark.OK: ("✓", "green"), Mark.LOOK: ("!", "yellow"), Mark.FAULT: ("✗", "red")}


def paper() -> Console:
    """Return standard output; where it is no terminal, no line is broken."""
    console = Console(highlight=False)
    console.soft_wrap = not console.is_terminal
    return console


def sign(mark: Mark) -> Text:
    """Return the sign and the word of a mark."""
    shape, colour = _SIGNS[mark]
    return Text(f"{shape} {mark}", style=colour)


def show(findings: Sequence[Finding], console: Console) -> None:
    """Print the findings, what to do under each, and how it stands in all."""
    if console.is_terminal:
        console.print(_table(findings))
    else:
        _list(findings, console)
    console.print(Text(_summary(findings)))


def _table(findings: Sequence[Finding]) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for finding in findings:
        table.add_row(sign(finding.mark), Text(finding.subject), Text(finding.sentence))
        if finding.remedy:
            table.add_row("", "", Text(f"→ {finding.remedy}"))
    return table


def _list(findings: Sequence[Finding], console: Console) -> None:
    width = max((len(finding.subject) for finding in findings), default=0)
    for finding in findings:
        head = f"{sign(finding.mark)!s:7}  {finding.subject:{width}}  "
        console.print(Text(head + finding.sentence), soft_wrap=True)
        if finding.remedy:
            console.print(Text(f"{'':{len(head)}}→ {finding.remedy}"), soft_wrap=True)


def has_fault(findings: Sequence[Finding]) -> bool:
    """Say whether anything has to be mended."""
    return any(finding.mark is Mark.FAULT for finding in findings)


def _summary(findings: Sequence[Finding]) -> str:
    faults = sum(finding.mark is Mark.FAULT for finding in findings)
    if not faults:
        return "No fault found."
    return f"{faults} fault{'s' if faults > 1 else ''} to mend."
