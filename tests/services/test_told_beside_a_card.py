"""What a card tells besides what it is about: the budget, the channel's default, what may be used."""

from dataclasses import replace

from bot.domain.audit import Did
from bot.domain.facts import Trained
from bot.domain.generation import Generation
from bot.domain.ids import Air, ChannelId, RunId
from bot.domain.message import DefaultMade, GenerationCard, Memo, RunCard, Topic
from bot.domain.policy import Action, Budget, Per, Prices
from bot.domain.run import Run, Stage
from bot.ports import Inspection
from bot.slack.cards import run_card
from bot.slack.forms import use_form
from bot.slack.home import home_view
from bot.slack.pictures import generation_card
from bot.slack.views import render
from tests.fakes import DATASET
from tests.house import BEN, BRAND, CAT, PICTURES, PROPOSAL, T1, House
from tests.services.team import BY_BRAND, BY_BUDGET, asked, done, drawn, limited, ruled, team, trained


def run_shown(house: House) -> str:
    """Return the run's card as it stands in Slack, in words and blocks."""
    state = house.slack.of(RunCard)[-1].states[-1]
    assert isinstance(state, Run)
    return str(run_card(state, now=house.clock.now))


def pictures_shown(house: House) -> str:
    """Return the pictures' card as it stands in Slack."""
    state = house.slack.of(GenerationCard)[-1].states[-1]
    assert isinstance(state, Generation)
    return str(generation_card(state))


def memo_shown(house: House, topic: Topic) -> str:
    """Return how the newest memo of that topic stands in Slack."""
    memos = [(one, one.message) for one in house.slack.of(Memo)]
    [*_, said] = [one for one, memo in memos if isinstance(memo, Memo) and memo.topic is topic]
    return str(render(said.message, said.states[-1], now=house.clock.now))


# ── the budget ───────────────────────────────────────────────────────────────────────────────────────

SHORT = (
    "so $5.64 is left. This needs $12.00. It is more than a whole month's budget: ask an admin to raise it."
)


async def test_a_card_says_from_the_start_that_the_budget_is_too_small(house: House) -> None:
    house.policy = limited(5.64, 12.0)
    await asked(house)
    assert "*It cannot be approved just now.* The budget “brand”" in run_shown(house)
    assert SHORT in run_shown(house)


async def test_a_budget_that_has_room_is_not_spoken_of(house: House) -> None:
    house.policy = limited(50.0, 12.0)
    await asked(house)
    assert "The budget" not in run_shown(house)
    await house.approve()
    await house.work()
    assert "cannot be approved" not in run_shown(house)


async def test_who_is_told_directly_that_it_waits_for_them_reads_of_the_budget_and_whose_it_is(
    house: House,
) -> None:
    rules, own = ruled(BY_BRAND, BY_BUDGET), Budget("own", 5.64, Per.USER)
    team(house).policy = replace(rules, budgets=(own,), prices=Prices(12.0), quiet=(0, 0))
    await asked(house)
    await house.approve(BEN)
    await house.work(steps=2)
    house.clock.pass_time(hours=3)
    await house.work(steps=2)
    for told in (memo_shown(house, Topic.TURN), memo_shown(house, Topic.REMINDER)):
        assert "*It cannot be approved just now.* The budget “own” allows $5.64 a month by <@UANN>:" in told
        assert "$5.64 is left. This needs $12.00. It is more than a whole month's budget" in told
        assert " As of <!date^" in told
        assert "run.approve" in told


async def test_a_home_says_of_what_waits_that_the_budget_is_too_small(house: House) -> None:
    house.policy = limited(5.64, 12.0)
    await asked(house)
    await house.homes.opened(BEN, workspace=T1, delivery=house.delivery(), person=house.by(BEN).by)
    await house.work()
    said = str(home_view(house.slack.homes[-1], now=house.clock.now))
    assert "*It cannot be approved just now.* The budget “brand”" in said
    assert SHORT in said


async def test_pictures_that_wait_say_so_too(house: House) -> None:
    await trained(team(house))
    rules = ruled(BY_BRAND, action=Action.GENERATE)
    house.policy = replace(limited(0.05, picture=0.02), rules=rules.rules)
    await house.generate()
    await house.work()
    assert "so $0.05 is left. This needs $0.08." in pictures_shown(house)


async def test_what_a_card_tells_besides_is_not_kept(house: House) -> None:
    house.policy = limited(5.64, 12.0)
    assert (await asked(house)).aside == Run.aside


# ── the channel's default ────────────────────────────────────────────────────────────────────────────


async def made_default(house: House, channel: ChannelId = BRAND) -> str:
    """Have ben make Stellar@1 a channel's default."""
    answer = await house.proposals.use("stellar", house.by(BEN), channel=channel)
    await house.work(steps=2)
    return answer


async def test_the_card_of_a_channels_default_says_so_and_offers_it_no_more(house: House) -> None:
    await trained(house)
    await house.work()
    assert "run.default" in run_shown(house)
    await made_default(house)
    assert "this channel's default" in run_shown(house)
    assert "run.default" not in run_shown(house)


async def test_the_channel_reads_in_the_runs_thread_who_changed_its_default(house: House) -> None:
    await trained(house)
    await house.work()
    await made_default(house)
    [said] = house.slack.of(DefaultMade)
    assert said.place.thread is not None
    told = render(said.message, said.states[-1], now=house.clock.now).text
    assert told.startswith("<@UBEN> made *Stellar@1* this channel's default")


async def test_to_make_the_default_the_default_changes_and_tells_nothing(house: House) -> None:
    await trained(house)
    await made_default(house)
    assert await made_default(house) == "This channel draws in Stellar@1 already."
    assert len(house.slack.of(DefaultMade)) == 1
    assert await done(house, "acme:stellar@1") == [Did.PROMOTED]


async def test_another_channels_default_is_not_told_in_the_runs_thread(house: House) -> None:
    await trained(house)
    assert await made_default(house, ChannelId("C2")) == "This channel now draws in Stellar@1."
    assert house.slack.of(DefaultMade) == []
    assert "run.default" in run_shown(house)


async def test_the_card_of_what_was_the_default_offers_it_again(house: House) -> None:
    await trained(house)
    await made_default(house)
    house.trainer.looks = [Trained(Air("acme:stellar@2"), 12.0)]
    house.inspector.answers = [Inspection(replace(DATASET, sha256="cd" * 32), b"sheet")]
    house.inspector.fingerprints = ["cd" * 32]
    await house.ask()
    await house.work()
    second = RunId("RUN0000002")
    await house.approve(BEN, second)
    house.clock.pass_time(minutes=1)
    await house.work(steps=5)
    assert (await house.run(second)).stage is Stage.READY
    house.clock.pass_time(minutes=1)
    await made_default(house)
    first, newer = (said.states[-1] for said in house.slack.of(RunCard))
    assert isinstance(first, Run)
    assert isinstance(newer, Run)
    assert (first.aside.is_default, newer.aside.is_default) == (False, True)


# ── pictures for use ─────────────────────────────────────────────────────────────────────────────────


async def used(house: House) -> None:
    """Have cat ask that pictures 1 and 3 of hers may be used, and ben approve that."""
    await drawn(house)
    await house.proposals.clear(PICTURES, (1, 3), house.by(CAT))
    await house.approvals.approve(PROPOSAL, house.by(BEN))
    house.clock.pass_time(minutes=1)
    await house.work(steps=3)


async def test_who_asked_that_pictures_may_be_used_is_told_that_they_may(house: House) -> None:
    await used(house)
    [said] = house.slack.of(Memo)
    assert isinstance(said.message, Memo)
    assert said.message.user == CAT
    told = render(said.message, said.states[-1], now=house.clock.now).text
    assert "which you asked for in <#C1>: <@UBEN> approved it" in told
    assert "they may be used." in told
    assert "rejected" not in told


async def test_who_approves_their_own_proposal_by_the_click_that_makes_it_needs_not_be_told(
    house: House,
) -> None:
    await drawn(house)
    await house.proposals.clear(PICTURES, (1,), house.by(BEN))
    await house.work(steps=3)
    assert house.slack.of(Memo) == []


async def test_the_pictures_card_marks_those_that_may_be_used(house: House) -> None:
    await used(house)
    shown = pictures_shown(house)
    assert [place for place in range(1, 5) if f"{place} of 4 · approved for use" in shown] == [1, 3]


async def test_what_may_be_used_already_is_not_offered_again(house: House) -> None:
    await used(house)
    pictures = await house.generations.get(PICTURES, who=BEN, workspace=T1)
    offered = str(use_form(pictures))
    assert [place for place in range(1, 5) if f"Picture {place} of 4" in offered] == [2, 4]
    assert "generation.use" in pictures_shown(house)
    await house.proposals.clear(PICTURES, (2, 4), house.by(BEN))
    house.clock.pass_time(minutes=1)
    await house.work(steps=2)
    assert "generation.use" not in pictures_shown(house)


async def test_the_audit_of_pictures_tells_which_of_them_may_be_used(house: House) -> None:
    await used(house)
    told = await house.store.read(lambda tx: tx.audit.recent(T1, limit=99, about=PICTURES))
    assert [(row.about, row.words) for row in told if row.did is Did.CLEARED] == [
        (f"picture-2 of {PICTURES}", "picture 3"),
        (f"picture-0 of {PICTURES}", "picture 1"),
    ]
