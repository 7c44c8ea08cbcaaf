"""The SQL of the shelves: one set of statements for all tables, as there is one class for them.

It is put together once, from the domain's own stages; nothing that anybody typed is ever part of it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass
from typing import Any, Literal

from bot.domain.generation import TRANSITIONS as GENERATION
from bot.domain.generation import Generation
from bot.domain.generation import Stage as GenerationStage
from bot.domain.proposal import TRANSITIONS as PROPOSAL
from bot.domain.proposal import Proposal
from bot.domain.run import TRANSITIONS, Run, Stage


@dataclass(frozen=True)
class Statements:
    """The SQL of one table, here called `shelf`."""

    get: str
    add: str
    save: str
    postpone: str
    renew: str
    due: str
    take: str
    hints: str
    hasten: str
    live: str
    release: str


_ON_A_SHELF = Statements(
    get="SELECT body, version FROM shelf WHERE id = ?",
    add="INSERT INTO shelf (id, workspace, channel, stage, version, due_at, created_at, body)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    # A look that was asked for meanwhile comes first; without a moment there is nothing to look at any more.
    save="UPDATE shelf SET stage = :stage, body = :body, taken_by = NULL, version = version + 1,"
    " due_at = CASE WHEN hint_at < :due_at THEN hint_at ELSE :due_at END,"
    " hint_at = CASE WHEN :due_at IS NULL THEN NULL ELSE hint_at END"
    " WHERE id = :id AND version = :version",
    postpone="UPDATE shelf SET taken_by = NULL, version = version + 1,"
    " due_at = CASE WHEN hint_at < :due_at THEN hint_at ELSE :due_at END"
    " WHERE id = :id AND version = :version",
    renew="UPDATE shelf SET due_at = :due_at WHERE taken_by = :owner AND id = :id AND version = :version",
    # PostgreSQL: json_array_elements_text for json_each.
    due="SELECT body, version FROM shelf WHERE due_at <= :now"
    " AND (:stages IS NULL OR stage IN (SELECT value FROM json_each(:stages)))"
    " ORDER BY due_at, id LIMIT :limit",
    take="UPDATE shelf SET due_at = :due_at, taken_by = :owner, version = version + 1,"
    " hint_taken_at = CASE WHEN hint_at IS NULL THEN hint_taken_at ELSE :now END, hint_at = NULL"
    " WHERE id = :id AND version = :version",
    # Of what is not at Runware there is no news: to look sooner would cut a wait short, as that for an undo.
    hints="SELECT hint_at, hint_taken_at FROM shelf"
    " WHERE id = ? AND due_at IS NOT NULL AND stage IN (STAGES_THERE)",
    hasten="UPDATE shelf SET hint_at = :hint,"
    " due_at = CASE WHEN taken_by IS NULL AND due_at > :hint THEN :hint ELSE due_at END WHERE id = :id",
    live="SELECT body, version FROM shelf WHERE stage IN (STAGES_LIVE) ORDER BY created_at, id",
    # `due_at IS NOT NULL` holds for all that is taken; it lets the index of what is due find them.
    release="UPDATE shelf SET due_at = :now, taken_by = NULL, version = version + 1"
    " WHERE due_at IS NOT NULL AND taken_by = :owner",
)


def _statements(
    table: Literal["runs", "generations", "proposals"],
    transitions: Mapping[Any, object],
    there: Iterable[str],
) -> Statements:
    """Return the SQL for `table`: what may still happen at each stage, and those at which there is a task.

    None of this can be a parameter.
    """
    live = (stage for stage, facts in transitions.items() if facts)
    words = {"shelf": table, "STAGES_THERE": _listed(there), "STAGES_LIVE": _listed(live)}
    statements = astuple(_ON_A_SHELF)
    for word, meaning in words.items():
        statements = tuple(sql.replace(word, meaning) for sql in statements)
    return Statements(*statements)


def _listed(stages: Iterable[str]) -> str:
    return ", ".join(f"'{stage}'" for stage in stages) or "NULL"


STATEMENTS = {
    Run: _statements("runs", TRANSITIONS, (Stage.SUBMITTING, Stage.UNCONFIRMED, Stage.TRAINING)),
    Generation: _statements(
        "generations",
        GENERATION,
        (GenerationStage.SUBMITTING, GenerationStage.UNCONFIRMED, GenerationStage.RENDERING),
    ),
    Proposal: _statements("proposals", PROPOSAL, ()),
}
"""The SQL for each class of items."""
RECENT = "SELECT body, version FROM runs WHERE workspace = ? ORDER BY created_at DESC, id LIMIT ?"
DRAWN_IN = """
SELECT body, version FROM generations
WHERE workspace = :workspace AND air = :air AND (private_to IS NULL OR private_to = :who)
ORDER BY created_at DESC, id LIMIT :limit
"""
