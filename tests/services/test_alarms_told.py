"""What a person has to mend is told once, to who can; meanwhile nothing is paid for, and nothing storms."""

from bot.domain.alarm import HELD, Concern
from bot.domain.errors import AccessDenied, Unpostable
from bot.domain.ids import RunId, UserId
from bot.domain.message import Notice, RunEnded
from bot.domain.run import Stage
from bot.ports import Transaction
from tests.house import ANN, BEN, T1, House, click


async def approved(house: House, count: int = 1) -> None:
    """Have so many runs approved."""
    for n in range(1, count + 1):
        await house.ask(name=f"Stellar {n}")
        await house.work()
        run = RunId(f"RUN{n:07}")
        await house.approvals.approve(run, click(BEN, house.delivery()))
    house.clock.pass_time(seconds=30)


async def test_an_empty_balance_is_told_once_however_many_runs_wait(house: House) -> None:
    house.trainer.submits = [AccessDenied("Runware waits for its balance.", is_balance=True)]
    await approved(house, 3)
    for _ in range(30):
        await house.work()
        house.clock.pass_time(minutes=1)
    notices = house.slack.of(Notice)
    assert [notice.place.channel for notice in notices] == ["D-UADMIN"]
    assert (await house.run()).trouble == HELD[Concern.BALANCE]


async def test_while_the_balance_is_empty_one_request_in_two_minutes_is_tried(house: House) -> None:
    house.trainer.submits = [AccessDenied("Runware waits for its balance.", is_balance=True)]
    await approved(house, 3)
    await house.work(steps=2)
    before = len(house.trainer.bodies)
    for _ in range(60):
        await house.work()
        house.clock.pass_time(minutes=1)
    assert 20 <= len(house.trainer.bodies) - before <= 31


async def test_once_the_balance_is_topped_up_all_runs_go_on_and_that_is_told(house: House) -> None:
    house.trainer.submits = [AccessDenied("Runware waits for its balance.", is_balance=True)]
    house.trainer.accepts_unheard = False
    await approved(house, 3)
    await house.work(steps=3)
    house.trainer.submits = [None]
    for _ in range(10):
        house.clock.pass_time(minutes=1)
        await house.work()
    stages = [(await house.run(RunId(f"RUN{n:07}"))).stage for n in (1, 2, 3)]
    assert stages == [Stage.TRAINING] * 3
    told = house.slack.of(Notice)
    assert [notice.message.is_over for notice in told if isinstance(notice.message, Notice)] == [False, True]


async def test_a_refused_key_is_told_even_where_it_is_noticed_by_a_look(house: House) -> None:
    house.trainer.looks = [AccessDenied("Runware refuses the key.")]
    await approved(house)
    await house.work(steps=2)
    house.clock.pass_time(minutes=2)
    await house.work(steps=2)
    [told] = house.slack.of(Notice)
    assert isinstance(told.message, Notice)
    assert told.message.concern is Concern.KEY


async def test_a_message_that_slack_refuses_is_told_to_who_can_mend_it_and_tried_again_at_a_click(
    house: House,
) -> None:
    await house.ask()
    await house.work(steps=4)
    house.slack.faults = [Unpostable("Slack refuses this.", code="invalid_blocks")]
    await house.approvals.reject(RunId("RUN0000001"), "No.", click(BEN, house.delivery()))
    await house.work(steps=3)
    assert house.slack.of(RunEnded) == []
    [told] = house.slack.of(Notice)
    assert told.place.channel == "D-UADMIN"
    house.clock.pass_time(minutes=1)
    answer = await house.alarms.unpark(T1, by=UserId("UADMIN"), delivery=house.delivery())
    await house.work(steps=2)
    assert answer == "Trying 1 message once more."
    assert len(house.slack.of(RunEnded)) == 1


async def test_an_alarm_is_told_to_everyone_who_can_mend_it(house: House) -> None:
    house.slack.admins = (UserId("UADMIN"), UserId("UOWNER"))
    await house.store.write(lambda tx: tx.alarms.sound(T1, Concern.KEY, "Runware refuses the key."))
    await house.work(steps=3)
    assert {told.place.channel for told in house.slack.of(Notice)} == {"D-UADMIN", "D-UOWNER"}


async def test_an_alarm_that_is_over_before_it_was_told_is_only_told_to_be_over(house: House) -> None:
    def work(tx: Transaction) -> None:
        tx.alarms.sound(T1, Concern.KEY, "Runware refuses the key.")
        tx.alarms.settle(T1, Concern.KEY)

    await house.store.write(work)
    await house.work(steps=4)
    assert [told.message.is_over for told in house.slack.of(Notice) if isinstance(told.message, Notice)] == [
        True
    ]


async def test_cards_wait_for_their_turn_while_slack_lets_none_be_drawn_anew(house: House) -> None:
    await house.ask()
    await house.work()
    house.slack.may_redraw = 0
    await house.stopping.cancel(RunId("RUN0000001"), click(ANN, house.delivery()))
    house.clock.pass_time(minutes=1)
    await house.work(steps=2)
    [card] = [said for said in house.slack.said.values() if said.place.thread is None]
    assert len(card.states) == 1
    house.slack.may_redraw = 1
    await house.work()
    assert len(card.states) == 2
    assert len(house.slack.of(RunEnded)) == 1


async def test_a_hint_has_a_run_looked_at_within_seconds(house: House) -> None:
    await approved(house)
    await house.work(steps=3)
    assert (await house.run()).stage is Stage.TRAINING
    looks = len(house.trainer.looks)
    house.trainer.looks = [None] * 50
    for _ in range(100):
        await house.hints.heard("RUN0000001")
        await house.work()
        house.clock.pass_time(seconds=0.1)
    assert looks
    assert 2 <= 50 - len(house.trainer.looks) <= 4


async def test_a_hint_about_nothing_we_know_changes_nothing(house: House) -> None:
    await house.hints.heard("RUN9999999")
    await house.work()
    assert house.trainer.bodies == []


async def test_that_an_alarm_is_over_is_not_told_once_it_stands_again(house: House) -> None:
    for _ in range(2):
        await house.store.write(lambda tx: tx.alarms.settle(T1, Concern.KEY))
        await house.store.write(lambda tx: tx.alarms.sound(T1, Concern.KEY, "The key is refused."))
        if not house.slack.of(Notice):
            await house.work(steps=2)
    await house.work(steps=3)
    notices = [one.message for one in house.slack.of(Notice)]
    assert not any(isinstance(one, Notice) and one.is_over for one in notices)
