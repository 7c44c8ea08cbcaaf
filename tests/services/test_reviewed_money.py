"""Money that a reviewer found to be lost sight of: after a restore, and where not all pictures were told."""

from dataclasses import replace
from datetime import timedelta

from bot.domain.audit import Did
from bot.domain.facts import Progressed, Trained
from bot.domain.ids import Air, RunId, TaskId
from bot.domain.money import Statement, micros
from bot.domain.policy import BUILT_IN, Action, Prices, Rule, Scope
from bot.domain.results import Rendered, Result
from bot.domain.task import Adopted, Task
from bot.journal import record
from bot.slack.audits import audit_words
from tests.fakes import TRAINED, rendered
from tests.house import ANN, BEN, PICTURES, T1, House
from tests.services.team import BY_BUDGET, PICTURE, done, limited, sent, team


async def ready(house: House) -> House:
    """Have a style trained, in a team with groups."""
    team(house).trainer.looks = [TRAINED]
    await house.trains(steps=4)
    return house


async def statement(house: House) -> Statement:
    """Return what the last days came to."""
    since = house.clock() - timedelta(days=2)
    return await house.store.read(lambda tx: tx.ledger.statement(T1, since, house.clock()))


async def collected(house: House) -> None:
    for _ in range(9):
        await house.work()
        house.clock.pass_time(seconds=60)


async def test_pictures_whose_approval_a_restore_forgot_are_booked_all_the_same(house: House) -> None:
    await ready(house)
    before = (await statement(house)).total.spent
    asked = Rule("pictures", Scope((Action.GENERATE,)), (BY_BUDGET,))
    house.policy = replace(BUILT_IN, rules=(asked, *BUILT_IN.rules), prices=Prices(picture=1.0))
    house.images.looks = [rendered(4)]
    await house.generate(count=4)
    waiting, sent = await house.pictures(), Task(TaskId("forgotten"), "{}", 1, house.clock(), house.clock())
    house.images.charges.add(sent.id)
    await house.store.write(lambda tx: record(tx, waiting, Adopted(sent), timedelta()))
    assert (await statement(house)).total.reserved == micros(4.0)
    await collected(house)
    after = (await statement(house)).total
    assert (after.spent - before, after.reserved) == (micros(0.08), 0)


async def test_a_training_that_a_restore_forgot_is_booked_at_what_it_cost(house: House) -> None:
    await ready(house)
    before = (await statement(house)).total.spent
    await house.ask(name="Comet")
    await house.work()
    (forgotten,) = [run for run in await house.styles.runs(T1) if not run.is_over]
    sent = Task(TaskId("forgotten"), "{}", 1, house.clock(), house.clock())
    house.trainer.charges.add(sent.id)
    await house.store.write(lambda tx: record(tx, forgotten, Adopted(sent), timedelta()))
    await collected(house)
    assert (await house.run(RunId(forgotten.id))).cost == 12.0
    assert (await statement(house)).total.spent - before == micros(12.0)


async def test_a_cost_stated_for_some_pictures_only_is_never_booked_as_nothing(house: House) -> None:
    await ready(house)
    before = await statement(house)
    house.images.looks = [
        Rendered(
            (Result("one", "https://im.runware.ai/1.jpg", 0.5), Result("two", "https://im.runware.ai/2.jpg"))
        )
    ]
    await house.generate(count=2)
    await collected(house)
    after = await statement(house)
    assert after.total.spent - before.total.spent == after.assumed == micros(0.5)
    assert await house.store.read(lambda tx: tx.ledger.costs(T1, PICTURE)) == []


async def test_where_fewer_pictures_came_the_price_of_one_is_learned_from_those(house: House) -> None:
    await ready(house)
    house.images.looks = [Rendered((Result("one", "https://im.runware.ai/1.jpg", 0.5),))]
    await house.generate(count=4)
    await collected(house)
    assert await house.store.read(lambda tx: tx.ledger.costs(T1, PICTURE)) == [0.5]
    assert (await house.pictures(PICTURES)).cost == 0.5


async def test_what_had_no_price_stated_or_was_given_up_is_in_the_audit_as_booked_and_not_as_paid(
    house: House,
) -> None:
    team(house).policy = limited(100.0, 12.0)
    house.trainer.looks = [Trained(Air("acme:stellar@1"), None)]
    await house.trains(steps=4)
    assert (await done(house))[-1] is Did.ASSUMED
    house.trainer.looks = [Progressed(3)]
    given_up = RunId("RUN0000002")
    await house.ask(name="Lunar")
    await house.work()
    await house.approvals.approve(given_up, house.by(BEN))
    await sent(house)
    await house.stopping.cancel(given_up, house.by(ANN))
    assert (await done(house, given_up))[-2:] == [Did.ASSUMED, Did.CANCELLED]
    rows = await house.store.read(lambda tx: tx.audit.recent(T1, limit=2))
    told = audit_words(rows, now=house.clock())
    assert "Housestyle booked `RUN0000002` at its estimate, for no price was stated" in told
    assert "paid for" not in told
    assert "$12.00" in told


async def test_what_it_did_cost_is_in_the_audit_as_paid(house: House) -> None:
    await ready(house)
    assert (await done(house))[-1] is Did.SPENT
