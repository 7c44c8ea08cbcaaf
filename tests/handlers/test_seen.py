"""Who looked closely at what they are asked to decide is in the audit, with the digest of what they saw."""

from dataclasses import replace

import pytest

from bot.asked import ballot_of
from bot.domain.audit import Did
from bot.domain.policy import BUILT_IN, Action
from tests.handlers.handlers_lab import Lab
from tests.house import BEN, BRAND, CAT, PICTURES, PROPOSAL, RUN, T1
from tests.services.team import ADA, BY_BRAND, DAN, asked, ruled, team, trained

NONE = "RUN0000009"


@pytest.fixture
async def at(lab: Lab) -> Lab:
    """Return the lab with a run that waits for a decision."""
    await asked(team(lab.house))
    return lab


async def seen(at: Lab) -> list[tuple[str | None, str, str]]:
    """Return who saw what, by the audit, oldest first."""
    rows = await at.house.store.read(lambda tx: tx.audit.recent(T1, limit=99))
    return [(row.who, row.about, row.digest) for row in reversed(rows) if row.did is Did.SAW]


@pytest.mark.parametrize("word", ["reject", "comment", "override", "break_glass"])
async def test_who_opens_a_form_that_decides_saw_what_it_is_about(at: Lab, word: str) -> None:
    digest = ballot_of(await at.house.run()).digest
    await at.clicks(f"run.{word}", who=ADA, block_id=f"awaiting-approval.{digest}.1")
    assert await seen(at) == [(ADA, RUN, digest)]


async def test_who_may_not_open_it_saw_nothing(at: Lab) -> None:
    await at.clicks("run.override", who=BEN)
    assert await seen(at) == []


@pytest.mark.parametrize("words", ["status {}", "status", "show {}", "status `{}`"])
async def test_who_types_that_they_want_to_see_it_saw_it(at: Lab, words: str) -> None:
    told = await at.types("/style", words.format(RUN), who=BEN)
    assert "Stellar" in told
    assert await seen(at) == [(BEN, RUN, ballot_of(await at.house.run()).digest)]


@pytest.mark.parametrize("words", ["status {}", "show {}", "show stellar"])
async def test_what_waits_no_more_is_not_told_of(at: Lab, words: str) -> None:
    await at.house.approve()
    await at.types("/style", words.format(RUN))
    assert await seen(at) == []


async def test_pictures_and_proposals_are_seen_alike(lab: Lab) -> None:
    house = team(lab.house)
    await trained(house)
    rules = (*ruled(BY_BRAND, action=Action.GENERATE).rules, *ruled(BY_BRAND, action=Action.PROMOTE).rules)
    house.policy = replace(BUILT_IN, rules=rules)
    await house.generate()
    await house.proposals.use("stellar", house.by(CAT), channel=BRAND)
    await lab.clicks("generation.reject", run=PICTURES, who=BEN)
    shown = ballot_of(await house.proposal()).digest
    await lab.clicks("proposal.comment", run=PROPOSAL, who=BEN, block_id=f"awaiting-approval.{shown}.1")
    for subject in (PICTURES, PROPOSAL):
        await lab.types("/style", f"status {subject}", who=DAN)
    assert [(who, about) for who, about, _ in await seen(lab)] == [
        (BEN, PICTURES),
        (BEN, PROPOSAL),
        (DAN, PICTURES),
        (DAN, PROPOSAL),
    ]
    digests = {ballot_of(await house.pictures()).digest, ballot_of(await house.proposal()).digest}
    assert {digest for _, _, digest in await seen(lab)} == digests


async def test_an_id_that_nothing_has_was_seen_by_nobody(at: Lab) -> None:
    await at.types("/style", f"status {NONE}")
    assert await seen(at) == []
