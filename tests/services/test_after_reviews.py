"""The look afterwards at a broken glass: nobody whose business it was ends it, or says that it was right."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.audit import Did
from bot.domain.errors import NotAllowed
from bot.domain.ids import Air, ChannelId, ProposalId, SubjectId, UserId
from bot.domain.message import Memo, Topic
from bot.domain.people import ADMINS, Party, Person
from bot.domain.policy import BUILT_IN, Action, Check, Level, Policy, Rule, Scope, Step
from bot.domain.proposal import Proposal, Stage
from tests.house import ANN, BEN, BRAND, CAT, PICTURES, PROPOSAL, RUN, House, wanted
from tests.services.team import (
    ADA,
    BY_BRAND,
    BY_BUDGET,
    DAN,
    EVA,
    FAY,
    asked,
    drawn,
    join,
    proposals,
    ruled,
    team,
    trained,
    words,
)

WHY = "the fair is tomorrow"
IDA = UserId("UIDA")
TURN = Topic.TURN


def reviewed_by(*who: UserId, four_eyes: bool = True) -> Policy:
    """Return rules by which these people look at a broken glass."""
    step = Step("leads", tuple(map(Party, who)))
    return replace(
        BUILT_IN,
        rules=(Rule("review", Scope((Action.REVIEW,)), (step,), four_eyes=four_eyes), *BUILT_IN.rules),
    )


async def broken(house: House, policy: Policy = BUILT_IN) -> Proposal:
    """Have ada break the glass for ann's training; return the review of it."""
    team(house).policy = policy
    await asked(house)
    await house.approvals.break_glass(RUN, WHY, house.by(ADA))
    [review] = await proposals(house)
    return review


async def proposed(house: House) -> ProposalId:
    """Have ada break the glass for pictures of cat's that ben proposes; return the review's id."""
    await drawn(team(house))
    house.policy = ruled(BY_BUDGET, action=Action.USE)
    await house.proposals.clear(PICTURES, [1], house.by(BEN))
    await house.approvals.break_glass(PROPOSAL, WHY, house.by(ADA))
    [review] = await proposals(house)
    return review.id


def at_home(*rules: Rule) -> Policy:
    """Return these rules, and that the brand approves trainings: its people can be told directly."""
    return replace(BUILT_IN, rules=(*ruled(BY_BRAND).rules[:1], *rules))


async def asked_at_home(house: House, place: str = ANN) -> None:
    """Have ann ask for a training where there is no channel: on the Home, or in a direct message."""
    request = replace(wanted(), channel=ChannelId(place))
    await house.training.request(request, delivery=house.delivery())
    await house.work()


def asked_directly(house: House) -> list[UserId]:
    """Return who was told that it is their turn to say whether it was right."""
    said = [one.message for one in house.slack.of(Memo)]
    return [
        one.user for one in said if isinstance(one, Memo) and (one.subject, one.topic) == (PROPOSAL, TURN)
    ]


async def away(house: House, who: UserId, stands_in: UserId) -> None:
    await house.switches.away(house.clock().date() + timedelta(days=3), stands_in, house.by(who))


@pytest.mark.parametrize("who", [ADA, ANN, BEN, IDA])
async def test_nobody_cancels_it_not_who_broke_the_glass_nor_an_admin(house: House, who: UserId) -> None:
    house.people.people |= {one: Person(one, is_admin=True) for one in (ANN, IDA)}
    review = await broken(house)
    with pytest.raises(NotAllowed, match="An after-review is not cancelled: somebody else says"):
        await house.stopping.cancel(review.id, house.by(who))
    assert (await house.proposal()).stage is Stage.AWAITING


@pytest.mark.parametrize("who", [ADA, CAT, BEN])
async def test_neither_whose_proposal_it_was_nor_who_made_it_says_that_it_was_right(
    house: House, who: UserId
) -> None:
    review = await proposed(house)
    for deed in (house.approve(who, review), house.approvals.reject(review, "it was not", house.by(who))):
        with pytest.raises(NotAllowed, match="someone else has to look at it"):
            await deed
    assert await house.approve(FAY, review) == "Noted: it was right."


async def test_a_review_of_a_version_for_a_channel_knows_which_proposal_it_is_about(house: House) -> None:
    await trained(team(house))
    house.policy = ruled(BY_BUDGET, action=Action.PROMOTE)
    await house.proposals.use("stellar", house.by(ANN), channel=BRAND)
    await house.approvals.break_glass(PROPOSAL, WHY, house.by(ADA))
    [review] = await proposals(house)
    assert (review.request.proposal, review.request.reviewed) == (PROPOSAL, PROPOSAL)
    with pytest.raises(NotAllowed, match="for what you asked for, so someone else has to look at it"):
        await house.approve(ANN, review.id)


@pytest.mark.parametrize("absent", [ANN, ADA])
async def test_who_stands_in_for_who_asked_or_broke_the_glass_does_not_review_for_them(
    house: House, absent: UserId
) -> None:
    review = await broken(house, reviewed_by(ANN, ADA, BEN, four_eyes=False))
    await away(house, absent, DAN)
    for deed in (house.approve(DAN, review.id), house.approvals.reject(review.id, "no", house.by(DAN))):
        with pytest.raises(NotAllowed, match="This is for leads to decide"):
            await deed


async def test_who_stands_in_for_a_reviewer_too_reviews_in_that_place(house: House) -> None:
    review = await broken(house, reviewed_by(ANN, BEN))
    for one in (ANN, BEN):
        await away(house, one, DAN)
    assert await house.approve(DAN, review.id) == "Noted: it was right."
    assert [vote.seat for vote in (await house.proposal()).ballot.votes] == [BEN]


@pytest.mark.parametrize("who", [ADA, ANN])
async def test_who_may_not_review_it_is_not_given_the_form_either(house: House, who: UserId) -> None:
    review = await broken(house, reviewed_by(ANN, ADA, BEN, four_eyes=False))
    with pytest.raises(NotAllowed, match="someone else has to look at it"):
        await house.approvals.decidable(review.id, house.by(who), "comment")


async def test_who_broke_the_glass_does_not_complete_the_review_by_an_override(house: House) -> None:
    check = Check("late", Scope((Action.REVIEW,)), Level.SOFT, "It is late.")
    review = await broken(house, replace(BUILT_IN, checks=(check,)))
    await house.approve(BEN, review.id)
    with pytest.raises(NotAllowed, match="someone else has to look at it"):
        await house.approvals.override(review.id, WHY, house.by(ADA))
    house.people.people[IDA] = Person(IDA, is_admin=True)
    await house.approvals.override(review.id, WHY, house.by(IDA))
    assert (await house.proposal()).stage is Stage.GRANTED


async def test_a_try_to_cancel_it_is_no_deed_that_the_audit_holds_as_done(house: House) -> None:
    review = await broken(house)
    with pytest.raises(NotAllowed):
        await house.stopping.cancel(review.id, house.by(ADA))
    assert await words(house, Did.CANCELLED) == []


@pytest.mark.parametrize("place", [ANN, "D0123"])
async def test_the_review_of_what_was_asked_for_in_no_channel_is_told_to_the_reviewers(
    house: House, place: str
) -> None:
    team(house).policy = at_home(*ruled(BY_BUDGET, action=Action.REVIEW).rules)
    await asked_at_home(house, place)
    told = await house.approvals.break_glass(RUN, WHY, house.by(ADA))
    await house.work(steps=6)
    assert asked_directly(house) == [EVA, FAY]
    assert "in no channel: who may say whether it was right is asked directly." in told


async def test_who_stands_in_for_whose_request_it_was_is_not_asked_directly(house: House) -> None:
    team(house).policy = at_home(*ruled(BY_BRAND, action=Action.REVIEW).rules)
    await away(house, ANN, FAY)
    await asked_at_home(house)
    await house.approvals.break_glass(RUN, WHY, house.by(ADA))
    await house.work(steps=6)
    assert asked_directly(house) == [BEN, CAT, DAN]


async def test_where_anyone_may_review_it_the_other_admins_are_told(house: House) -> None:
    team(house).policy = at_home(*BUILT_IN.rules)
    join(house.people, ADMINS, ADA, IDA, ANN)
    await asked_at_home(house)
    await house.approvals.break_glass(RUN, WHY, house.by(ADA))
    await house.work(steps=6)
    assert asked_directly(house) == [IDA]


async def test_where_nobody_can_be_told_who_broke_the_glass_reads_to_tell_a_colleague(house: House) -> None:
    team(house).policy = at_home()
    await asked_at_home(house)
    told = await house.approvals.break_glass(RUN, WHY, house.by(ADA))
    assert "nobody else could be asked directly: tell a colleague of it." in told


async def test_in_a_channel_its_card_is_there_for_all_to_see(house: House) -> None:
    await broken(house)
    await house.work(steps=6)
    assert asked_directly(house) == []


async def waited(house: House, *, hours: int) -> None:
    """Let so much time pass while nobody sleeps."""
    house.policy = replace(house.policy, quiet=(0, 0))
    for _ in range(hours):
        house.clock.pass_time(hours=1)
        await house.work(steps=2)


def told_of(house: House, topic: Topic) -> set[UserId]:
    """Return who was told that of the review."""
    said = [one.message for one in house.slack.of(Memo)]
    return {
        one.user for one in said if isinstance(one, Memo) and (one.subject, one.topic) == (PROPOSAL, topic)
    }


async def test_whose_request_it_was_is_not_reminded_of_its_review_nor_who_stands_in(house: House) -> None:
    await broken(house, ruled(BY_BRAND, action=Action.REVIEW))
    await away(house, ANN, FAY)
    await waited(house, hours=4)
    assert told_of(house, Topic.REMINDER) == {BEN, CAT, DAN}


async def test_whose_request_it_was_is_not_asked_besides_either(house: House) -> None:
    rules = ruled(BY_BRAND, action=Action.REVIEW)
    rule = replace(rules.rules[0], escalate_after=timedelta(hours=3), escalate_to=(Party(ANN), Party(EVA)))
    await broken(house, replace(rules, rules=(rule, *rules.rules[1:])))
    await waited(house, hours=4)
    assert told_of(house, Topic.ESCALATED) == {EVA}


@pytest.mark.parametrize("who", [(ANN,), (ADA,), (ANN, ADA)])
async def test_where_only_those_could_review_whose_business_it_was_it_is_told_that_nobody_can(
    house: House, who: tuple[UserId, ...]
) -> None:
    await broken(house, reviewed_by(*who, four_eyes=False))
    join(house.people, ADMINS, ADA, IDA)
    await waited(house, hours=4)
    assert told_of(house, Topic.STUCK) == {ADA, IDA}
    assert told_of(house, Topic.REMINDER) == set()


async def test_where_the_workspace_has_nobody_else_it_is_told_that_nobody_can_review(house: House) -> None:
    await broken(house)
    house.people.others = 1
    await waited(house, hours=10)
    assert told_of(house, Topic.STUCK) == {ADA}


STELLARS = replace(
    BUILT_IN,
    rules=(
        Rule("reviews of stellar", Scope((Action.REVIEW,), styles=("stellar",)), (BY_BUDGET,)),
        *ruled(BY_BRAND, action=Action.PROMOTE).rules[:1],
        *ruled(BY_BRAND, action=Action.GENERATE).rules[:1],
        *BUILT_IN.rules,
    ),
)
"""The reviews of one style are for those who look after the money."""


async def past_the_rules(house: House, subject: SubjectId) -> Proposal:
    """Have ada break the glass for what was asked; return the review of it."""
    await house.approvals.break_glass(subject, WHY, house.by(ADA))
    [review] = [one for one in await proposals(house) if one.is_review]
    return review


async def is_for_who_looks_after_the_money(house: House, review: Proposal) -> None:
    assert review.ballot.terms.rules == ("reviews of stellar",)
    with pytest.raises(NotAllowed, match="This is for budget to decide"):
        await house.approve(DAN, review.id)
    assert await house.approve(EVA, review.id) == "Noted: it was right."


async def test_a_review_of_a_training_is_asked_of_whom_the_rule_about_its_style_names(house: House) -> None:
    team(house).policy = STELLARS
    await asked(house)
    await is_for_who_looks_after_the_money(house, await past_the_rules(house, RUN))


async def test_so_is_a_review_of_pictures(house: House) -> None:
    await trained(team(house))
    house.policy = STELLARS
    await house.generate()
    await is_for_who_looks_after_the_money(house, await past_the_rules(house, PICTURES))


async def test_so_is_a_review_of_what_was_proposed(house: House) -> None:
    await trained(team(house))
    house.policy = STELLARS
    await house.proposals.use("stellar", house.by(ANN), channel=BRAND)
    await is_for_who_looks_after_the_money(house, await past_the_rules(house, PROPOSAL))


async def test_a_review_is_asked_of_the_same_once_the_version_has_another_name(house: House) -> None:
    team(house).policy = STELLARS
    await asked(house)
    review = await past_the_rules(house, RUN)
    await house.store.write(lambda tx: tx.styles.rename(RUN, Air("acme:stellar@7")))
    await is_for_who_looks_after_the_money(house, review)
