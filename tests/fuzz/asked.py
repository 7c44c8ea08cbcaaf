"""What a workspace has when deliveries come: a run and pictures at every stage, and proposals of every kind.

What waits, waits by the rules of here, so that the buttons and words that decide find something to decide.
"""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from bot.clerk import Clerk
from bot.domain.generation import Generation
from bot.domain.generation import Stage as Drawing
from bot.domain.ids import ChannelId, GenerationId, ProposalId, RunId, UserId, WorkspaceId
from bot.domain.people import Person
from bot.domain.policy import BUILT_IN, COLLEAGUE, Action, Check, Level, Rule, Scope
from bot.domain.proposal import Proposal
from bot.domain.run import Run, Stage
from bot.ports import Transaction
from bot.sandbox.world_people import ANN, BEN, TEAM_ID
from tests.fakes import FakeAccount, FakeClock, FakeDirectory
from tests.inline_store import InlineStore, put_database
from tests.slack.slack_ballots import proposal
from tests.slack.slack_states import full, generation, version

BRAND = ChannelId("C0000BRAND")
RULES = replace(
    BUILT_IN,
    rules=(Rule("all else", Scope((Action.GENERATE, Action.PROMOTE)), (COLLEAGUE,)), *BUILT_IN.rules),
    checks=(Check("mind", Scope((Action.PROMOTE,)), Level.SOFT, "Another style is drawn in here."),),
)
"""Everything is decided by a colleague, and what a channel draws in needs an override too."""
WAITS = (Stage.AWAITING, Drawing.AWAITING)
Made = TypeVar("Made", Run, Generation, Proposal)
Everything = tuple[Sequence[Run], Sequence[Generation], Sequence[Proposal]]


def people() -> FakeDirectory:
    """Return a Slack in which Ben is an admin."""
    return FakeDirectory({UserId(BEN): Person(UserId(BEN), is_admin=True)})


@cache
def everything() -> Everything:
    """Return the runs RUN0000000 and on, the pictures GEN0000000 and on, the proposals PRP0000000 and on."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "asked.db"
        put_database(path)
        with closing(InlineStore(path, FakeClock())) as store:
            clerk = Clerk(store, people(), FakeAccount(), policy=lambda: RULES)
            return store.do(lambda tx: _everything(tx, clerk))


def _everything(tx: Transaction, clerk: Clerk) -> Everything:
    runs = [_here(full(stage, text="Fox"), RunId(f"RUN{place:07}")) for place, stage in enumerate(Stage)]
    drawn = [_here(generation(one), GenerationId(f"GEN{place:07}")) for place, one in enumerate(Drawing)]
    done = next(one for one in drawn if one.stage is Drawing.DONE)
    about: list[dict[str, Any]] = [
        {"action": Action.PROMOTE, "air": version().air},
        {"action": Action.USE, "air": None, "generation": done.id, "pictures": ("1", "3")},
        {"action": Action.REVIEW, "air": None, "run": runs[1].id},
    ]
    made = [replace(proposal(), request=replace(proposal().request, **one)) for one in about]
    asked = [_here(one, ProposalId(f"PRP{place:07}")) for place, one in enumerate(made)]
    return (
        [replace(run, ballot=clerk.run_ballot(tx, run)) if run.stage in WAITS else run for run in runs],
        [replace(one, ballot=clerk.picture_ballot(tx, one.request, version())) for one in drawn],
        [replace(one, ballot=clerk.proposal_ballot(tx, one.request)) for one in asked],
    )


def _here(made: Made, name: str) -> Made:
    """Return it as Ann's of this workspace."""
    request: Any = replace(made.request, workspace=WorkspaceId(TEAM_ID), channel=BRAND, requester=UserId(ANN))
    named: Any = name
    return replace(made, id=named, request=request, version=0)


def furnish(tx: Transaction) -> None:
    """Put all of it into an empty store, and a version that can draw."""
    runs, drawn, asked = everything()
    for run in runs:
        tx.runs.add(run)
        if run.stage is Stage.READY:
            tx.styles.reserve(run, lambda _: version().air)
            tx.styles.mark_ready(run.id)
    for one in drawn:
        tx.generations.add(one)
    for proposed in asked:
        tx.proposals.add(proposed)
