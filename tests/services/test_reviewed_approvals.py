"""Ways round a rule that a reviewer found: about who decides, by which rules, and what nobody may see."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.audit import Did
from bot.domain.errors import NotAllowed, Refused, Unavailable
from bot.domain.generation import Generation, GenerationRequest
from bot.domain.generation import Stage as Drawing
from bot.domain.ids import ChannelId, WorkspaceId
from bot.domain.message import ProposalCard
from bot.domain.policy import BUILT_IN, Action, Check, Grant, Level, Policy, Prices, Role, Rule, Scope
from bot.domain.proposal import Proposal
from bot.domain.proposal import Stage as Proposing
from bot.domain.run import Stage
from tests.fakes import TRAINED, rendered
from tests.house import ANN, BEN, BRAND, CAT, PICTURES, PROPOSAL, RUN, T1, House
from tests.services.team import ADA, BY_BRAND, BY_BUDGET, EVA, FINANCE, ruled, team


async def ready(house: House) -> House:
    """Have a style trained, in a team with groups."""
    team(house).trainer.looks = [TRAINED]
    await house.trains(steps=4)
    assert (await house.run()).stage is Stage.READY
    return house


async def drawn(house: House, *, private: bool = False) -> Generation:
    """Have cat's picture drawn and shown."""
    house.images.looks = [rendered(1)]
    await house.generate(count=1, private=private)
    for _ in range(9):
        await house.work()
        house.clock.pass_time(seconds=20)
    pictures = await house.pictures()
    assert pictures.stage is Drawing.DONE
    return pictures


def checked(level: Level, action: Action) -> Policy:
    """Return the built-in rules, and a check that the action fails everywhere."""
    return replace(BUILT_IN, checks=(Check("names", Scope((action,)), level, "It is not ours."),))


async def test_pictures_that_became_cheaper_than_the_rule_are_still_granted(house: House) -> None:
    await ready(house)
    dear = Rule("dear pictures", Scope((Action.GENERATE,), above=1.0), (BY_BUDGET,))
    house.policy = replace(BUILT_IN, rules=(dear, *BUILT_IN.rules), prices=Prices(picture=1.0))
    await house.generate(count=4)
    house.policy = replace(house.policy, prices=Prices(picture=0.1))
    await house.approve(EVA, PICTURES)
    assert (await house.pictures()).stage is Drawing.REQUESTED


async def test_a_default_that_no_rule_asks_about_any_more_is_still_granted(house: House) -> None:
    await ready(house)
    house.policy = ruled(BY_BRAND, action=Action.PROMOTE)
    await house.proposals.use("stellar", house.by(ANN), channel=BRAND)
    house.policy = BUILT_IN
    await house.approve(BEN, PROPOSAL)
    assert await house.approve(BEN, PROPOSAL) == "Stellar@1 is the default of #C1 now."
    assert (await house.proposal()).stage is Proposing.GRANTED


async def test_an_admin_does_not_override_what_they_alone_asked_for(house: House) -> None:
    await ready(house)
    house.policy = checked(Level.SOFT, Action.GENERATE)
    request = GenerationRequest(T1, BRAND, ADA, "a red fox")
    await house.generations.request(request, delivery=house.delivery())
    with pytest.raises(NotAllowed, match="another admin"):
        await house.approvals.override(PICTURES, "the fair is near", house.by(ADA))
    assert (await house.pictures()).stage is Drawing.AWAITING


async def test_an_override_carries_nothing_out_that_is_frozen(house: House) -> None:
    await ready(house)
    house.policy = checked(Level.SOFT, Action.PROMOTE)
    await house.proposals.use("stellar", house.by(ANN), channel=BRAND)
    await house.switches.freeze("all", "we move house", house.by(ADA))
    with pytest.raises(Refused, match="we move house"):
        await house.approvals.override(PROPOSAL, "the fair is near", house.by(ADA))
    assert (await house.proposal()).stage is Proposing.AWAITING


async def test_who_asked_does_not_review_the_glass_that_was_broken_for_them(house: House) -> None:
    team(house)
    await house.ask()
    await house.work()
    await house.approvals.break_glass(RUN, "the fair is near", house.by(ADA))
    with pytest.raises(NotAllowed, match="someone else"):
        await house.approvals.approve(PROPOSAL, house.by(ANN))
    await house.approvals.approve(PROPOSAL, house.by(BEN))
    assert (await house.proposal()).stage is Proposing.GRANTED


async def test_a_default_that_a_check_forbids_is_not_set_by_reuse_either(house: House) -> None:
    await ready(house)
    await house.ask()
    await house.work()
    house.policy = checked(Level.HARD, Action.PROMOTE)
    with pytest.raises(Refused, match="not ours"):
        await reuse(house)
    assert (await house.styles.all(T1, BRAND))[1] is None


async def test_a_default_that_needs_an_override_is_not_set_by_reuse_either(house: House) -> None:
    await ready(house)
    await house.ask()
    await house.work()
    house.policy = checked(Level.SOFT, Action.PROMOTE)
    assert "propose it" in await reuse(house)
    assert (await house.styles.all(T1, BRAND))[1] is None


async def test_a_default_that_is_set_by_reuse_is_in_the_audit(house: House) -> None:
    await ready(house)
    await house.ask()
    await house.work()
    await reuse(house)
    newest = await house.store.read(lambda tx: tx.audit.recent(T1, limit=1))
    assert [(row.who, row.did, row.about) for row in newest] == [(ANN, Did.PROMOTED, "acme:stellar@1")]


async def reuse(house: House) -> str:
    """Have ann take the version that there is for the second request."""
    run = (await house.styles.runs(T1))[0]
    return await house.training.reuse(run.id, house.by(ANN), channel=BRAND)


async def test_private_pictures_are_nobody_elses_to_clear_or_to_ask_for_again(house: House) -> None:
    await ready(house)
    await drawn(house, private=True)
    with pytest.raises(Refused, match=PICTURES):
        await house.proposals.clear(PICTURES, (1,), house.by(BEN))
    with pytest.raises(Refused, match="private"):
        await house.proposals.clear(PICTURES, (1,), house.by(CAT))
    with pytest.raises(Refused, match="no pictures of that number"):
        await house.generations.again(
            PICTURES, who=BEN, workspace=T1, quality=None, delivery=house.delivery()
        )
    await house.work()
    assert house.slack.of(ProposalCard) == []


async def test_who_may_not_review_in_the_channel_of_the_pictures_clears_none_from_elsewhere(
    house: House,
) -> None:
    await ready(house)
    pictures = await drawn(house)
    house.policy = replace(BUILT_IN, grants=(Grant(Role.REVIEW, (FINANCE,), (BRAND,)),))
    with pytest.raises(NotAllowed):
        await house.proposals.clear(PICTURES, (1,), house.by(BEN))
    await house.proposals.clear(PICTURES, (1,), house.by(EVA))
    cleared = await house.store.read(lambda tx: tx.library.cleared(PICTURES))
    assert cleared == {upload.result for upload in pictures.uploads}


async def test_what_could_not_be_compared_for_days_can_be_decided_on_anew(house: House) -> None:
    team(house)
    await house.ask()
    await house.work()
    house.clock.pass_time(hours=23)
    await house.approve()
    house.inspector.fingerprints = [Unavailable("The host does not answer.")]
    for _ in range(40):
        house.clock.pass_time(hours=1)
        await house.work()
        if (await house.run()).stage is Stage.AWAITING:
            break
    run = await house.run()
    assert run.ballot
    assert run.ballot.expires_at > house.clock() + timedelta(hours=20)
    await house.work()
    await house.approve()


async def test_a_proposals_card_that_is_found_again_shows_what_became_of_it(house: House) -> None:
    await ready(house)
    house.policy = ruled(BY_BRAND, action=Action.PROMOTE)
    await house.proposals.use("stellar", house.by(ANN), channel=BRAND)
    house.slack.faults, house.slack.hears = [Unavailable("The answer was lost.")], True
    await house.relay.carry_due()
    await house.relay.finish()
    await house.approvals.approve(PROPOSAL, house.by(BEN))
    for _ in range(5):
        house.clock.pass_time(seconds=40)
        await house.work()
    (card,) = house.slack.of(ProposalCard)
    newest = card.states[-1]
    assert isinstance(newest, Proposal)
    assert newest.stage is Proposing.GRANTED


async def test_the_audits_chain_does_not_name_who_stands_in(house: House) -> None:
    team(house)
    await house.switches.away(house.clock().date() + timedelta(days=3), BEN, house.by(ANN))
    rows = await house.store.read(lambda tx: tx.audit.rows(T1))
    assert not any(BEN in repr(row) for row in rows)
    (told,) = await house.store.read(lambda tx: tx.audit.recent(T1, limit=1))
    assert BEN in told.words


async def test_a_run_says_where_it_was_asked_for_and_to_its_workspace_only(house: House) -> None:
    await house.ask()
    assert await house.training.channel_of(RUN, workspace=T1) == ChannelId("C1")
    with pytest.raises(Refused, match="There is no run"):
        await house.training.channel_of(RUN, workspace=WorkspaceId("T2"))
