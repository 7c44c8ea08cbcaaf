"""What asked somebody directly for a decision is drawn anew where it stands once that is made."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.deciding import is_asked
from bot.domain.errors import Unavailable, Unpostable
from bot.domain.generation import Generation
from bot.domain.ids import ChannelId, UserId
from bot.domain.message import Memo, Message, Place, State, Topic
from bot.domain.proposal import Proposal
from bot.domain.run import Run
from bot.ports import Posted
from bot.services.relay import Relay, RelayPace
from tests.fakes import FakeMessenger, Said
from tests.house import ANN, RUN, House, wanted
from tests.services.team import BY_BRAND, BY_BUDGET, EVA, FAY, ruled, team


@dataclass
class Interrupted(FakeMessenger):
    """A Slack in which something happens once, right after somebody was asked directly."""

    meanwhile: Callable[[], Awaitable[object]] | None = None

    async def post(self, place: Place, message: Message, state: State, **key: Any) -> Posted:  # noqa: ANN401
        """Put it up, and let happen what was prepared."""
        posted = await super().post(place, message, state, **key)
        if self.meanwhile and isinstance(message, Memo):
            happens, self.meanwhile = self.meanwhile, None
            await happens()
        return posted


async def asked_directly(house: House) -> None:
    """Have eva and fay told that it is their turn: nobody but ann sees the card."""
    team(house).policy = replace(ruled(BY_BUDGET, BY_BRAND), quiet=(0, 0))
    await house.training.request(replace(wanted(), channel=ChannelId(ANN)), delivery=house.delivery())
    await house.work(steps=2)


def question_to(house: House, user: UserId, topic: Topic = Topic.TURN) -> Said:
    (said,) = (
        said
        for said in house.slack.said.values()
        if isinstance(said.message, Memo) and (said.message.user, said.message.topic) == (user, topic)
    )
    return said


def asks(said: Said) -> bool:
    """Say whether it asks for a decision as it was drawn last."""
    assert isinstance(said.message, Memo)
    (*_, state) = said.states
    assert isinstance(state, Run | Generation | Proposal)
    return is_asked(said.message, state)


async def test_whoever_was_asked_sees_that_it_is_decided(house: House) -> None:
    await asked_directly(house)
    assert asks(question_to(house, EVA))
    assert asks(question_to(house, FAY))
    await house.approvals.reject(RUN, "No.", house.by(EVA))
    await house.work()
    assert not asks(question_to(house, EVA))
    assert not asks(question_to(house, FAY))


async def test_whose_step_is_passed_sees_that_it_waits_for_others(house: House) -> None:
    await asked_directly(house)
    await house.approve(EVA)
    await house.work(steps=3)
    assert not asks(question_to(house, FAY))


async def test_a_vote_that_settles_nothing_draws_nothing_anew(house: House) -> None:
    await asked_directly(house)
    await house.work(steps=3)
    assert len(question_to(house, FAY).states) == 1


async def test_what_was_decided_while_it_was_posted_is_drawn_anew_at_once(house: House) -> None:
    team(house).policy = replace(ruled(BY_BUDGET, BY_BRAND), quiet=(0, 0))
    await house.training.request(replace(wanted(), channel=ChannelId(ANN)), delivery=house.delivery())
    await house.work()
    slack = Interrupted(house.clock, meanwhile=lambda: house.stopping.cancel(RUN, house.by(ANN)))
    house.relay = Relay(house.store, slack, pace=RelayPace(), nudge=lambda: None)
    house.slack = slack
    await house.work(steps=3)
    assert not asks(question_to(house, FAY))


async def test_what_somebody_cannot_be_asked_directly_is_not_put_before_who_asked(house: House) -> None:
    house.slack.closed = {ChannelId(f"D-{EVA}")}
    await asked_directly(house)
    assert {said.place.channel for said in house.slack.of(Memo)} == {f"D-{FAY}"}


async def test_a_question_is_open_again_when_the_approval_is_undone(house: House) -> None:
    team(house).policy = replace(ruled(BY_BUDGET), quiet=(0, 0))
    await house.training.request(replace(wanted(), channel=ChannelId(ANN)), delivery=house.delivery())
    await house.work(steps=2)
    await house.approve(EVA)
    await house.work()
    assert not asks(question_to(house, FAY))
    await house.approvals.undo(RUN, house.by(EVA))
    await house.work()
    assert asks(question_to(house, FAY))


async def test_for_what_was_decided_before_anybody_was_asked_no_conversation_is_opened(house: House) -> None:
    team(house).policy = replace(ruled(BY_BUDGET), quiet=(0, 0))
    await house.ask()
    await house.work(steps=2)
    house.clock.pass_time(hours=3)
    await house.reconciler.advance_due()
    await house.reconciler.finish()
    await house.approvals.reject(RUN, "No.", house.by(EVA))
    house.slack.direct_faults = [Unavailable("Slack does not answer.")]
    await house.work(steps=2)
    assert house.slack.direct_faults
    assert house.slack.of(Memo) == []


@pytest.mark.parametrize("code", ["message_not_found", "channel_not_found"])
async def test_where_it_cannot_be_drawn_anew_nobody_is_bothered(house: House, code: str) -> None:
    await asked_directly(house)
    await house.approvals.reject(RUN, "No.", house.by(EVA))
    house.slack.redraw_faults = [None, Unpostable("Gone.", code=code), Unpostable("Gone.", code=code)]
    await house.work(steps=3)
    assert await house.store.read(lambda tx: tx.alarms.standing()) == []


async def test_one_that_may_have_been_drawn_late_is_drawn_once_more(house: House) -> None:
    await asked_directly(house)
    await house.approvals.reject(RUN, "No.", house.by(EVA))
    house.slack.redraw_faults = [None, Unavailable("Slack does not answer.")]
    await house.work()
    house.clock.pass_time(seconds=timedelta(minutes=2).total_seconds())
    await house.work(steps=3)
    assert not asks(question_to(house, EVA))
    assert not asks(question_to(house, FAY))
