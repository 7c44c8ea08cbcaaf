"""A team with groups, an admin and strangers, the rules it may have, and what of its world a test reads."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

from bot.domain.audit import Did
from bot.domain.generation import Generation
from bot.domain.ids import RunId, SubjectId, UserId
from bot.domain.message import Memo, RunEnded, Topic
from bot.domain.money import TRAINING, Entry, PriceKey, Statement, micros
from bot.domain.people import ADMINS, Kind, Party, Person
from bot.domain.policy import BUILT_IN, Action, Budget, Check, Level, Policy, Rule, Scope, Step
from bot.domain.proposal import Proposal
from bot.domain.run import Run, Stage
from bot.ports import Transaction, Usage
from tests.fakes import TRAINED, FakeDirectory, rendered
from tests.house import ANN, BEN, BRAND, CAT, RUN, T1, House

ADA, DAN, EVA, FAY = UserId("UADA"), UserId("UDAN"), UserId("UEVA"), UserId("UFAY")
"""Ada administers the workspace; Dan, Eva and Fay are full members."""
STRANGERS: dict[Kind, Person] = {
    kind: Person(UserId(f"U{kind.upper()}"), kind) for kind in Kind if kind is not Kind.MEMBER
}
DESIGNERS, FINANCE, LEADS = Party("SBRAND"), Party("SBUDGET"), Party("SLEADS")
BY_BRAND, BY_BUDGET = Step("brand", (DESIGNERS,)), Step("budget", (FINANCE,))
PICTURE = PriceKey("picture:1024x1024:low")


def team(house: House) -> House:
    """Let there be an admin, and groups: ann, ben, cat and dan for the brand, eva and fay for the money."""
    house.people.people[ADA] = Person(ADA, is_admin=True)
    house.people.groups |= {
        ADMINS: frozenset({ADA}),
        DESIGNERS: frozenset({ANN, BEN, CAT, DAN}),
        FINANCE: frozenset({EVA, FAY}),
    }
    return house


def ruled(*steps: Step, action: Action = Action.TRAIN, any_step: bool = False, hours: int = 24) -> Policy:
    """Return rules in which these steps approve one action, and the built-in ones hold for the others."""
    rule = Rule(f"our {action}", Scope((action,)), steps, any_step, expires=timedelta(hours=hours))
    return replace(BUILT_IN, rules=(rule, *BUILT_IN.rules))


def checked(level: Level, says: str = "Stellar is a name of the competition.") -> Policy:
    """Return the built-in rules, and a check that each training fails."""
    return replace(BUILT_IN, checks=(Check("names", Scope((Action.TRAIN,)), level, says),))


def limited(limit: float, price: float | None = None, *, picture: float | None = None) -> Policy:
    """Return the built-in rules with a budget of the workspace, and what an admin says things cost."""
    prices = replace(BUILT_IN.prices, training=price, picture=picture)
    return replace(BUILT_IN, budgets=(Budget("brand", limit),), prices=prices)


async def asked(house: House, **changes: object) -> Run:
    """Have ann ask for a training that a colleague is then asked about."""
    await house.ask(**changes)
    await house.work()
    run = await house.run()
    assert run.stage is Stage.AWAITING
    return run


async def sent(house: House) -> Run:
    """Have an approved run handed over."""
    house.clock.pass_time(seconds=30)
    await house.work(steps=2)
    return await house.run()


async def cost(house: House, *prices: float, key: PriceKey = TRAINING) -> None:
    """Let so many have been charged these prices in the month before, the newest last."""
    now, house.clock.now = house.clock.now, house.clock.now - timedelta(days=40)
    for price in prices:
        house.clock.pass_time(minutes=1)
        entry = Entry(RunId(f"of {house.delivery()}"), T1, BRAND, ANN, "old", key, 1, micros(price))
        await house.store.write(partial(_charge, entry, price))
    house.clock.now = now


def _charge(entry: Entry, price: float, tx: Transaction) -> None:
    tx.ledger.reserve(entry, ())
    tx.ledger.settle(entry.subject, price)


async def month(house: House) -> Statement:
    """Return how this month stands."""
    since = house.clock.now.replace(day=1, hour=0)
    until = since + timedelta(days=31)
    return await house.store.read(lambda tx: tx.ledger.statement(T1, since, until, house.policy.budgets))


async def money(house: House) -> tuple[float, float]:
    """Return what was spent this month and what is reserved, in US dollars."""
    total = (await month(house)).total
    return total.spent / 1_000_000, total.reserved / 1_000_000


def balance(house: House, dollars: float | None) -> None:
    """Let the account state this balance."""
    house.account.stated = Usage(0.0, 0, balance=dollars)


async def drawn(house: House, *, private: bool = False) -> Generation:
    """Let cat have asked for four pictures in Stellar, and have them."""
    await trained(house)
    house.images.looks = [rendered(4)]
    await house.generate(private=private)
    await house.work(steps=6)
    return await house.pictures()


async def trained(house: House) -> None:
    """Let Stellar@1 have been trained for $12 in the month before, by the built-in rules."""
    rules, house.policy = house.policy, BUILT_IN
    now, house.clock.now = house.clock.now, house.clock.now - timedelta(days=40)
    house.trainer.looks = [TRAINED]
    await asked(house)
    await house.approve(DAN)
    await sent(house)
    await house.work(steps=2)
    house.policy, house.clock.now = rules, now


async def done(house: House, about: SubjectId | str = RUN) -> list[Did]:
    """Return what the audit tells of something, oldest first."""
    rows = await house.store.read(lambda tx: tx.audit.recent(T1, limit=500, about=about))
    return [row.did for row in reversed(rows)]


async def words(house: House, did: Did) -> list[str]:
    """Return the free text that the audit holds with what was done so, oldest first."""
    rows = await house.store.read(lambda tx: tx.audit.recent(T1, limit=500))
    return [row.words for row in reversed(rows) if row.did is did]


async def proposals(house: House) -> list[Proposal]:
    """Return the proposals that still wait."""
    return [*await house.store.read(lambda tx: tx.proposals.live())]


def memos(house: House, topic: Topic = Topic.REMINDER) -> list[UserId]:
    """Return who was told directly of that, in the order of their being told."""
    said = [one.message for one in house.slack.of(Memo)]
    return [memo.user for memo in said if isinstance(memo, Memo) and memo.topic is topic]


def is_told(house: House) -> bool:
    """Say whether who asked for a run was told of its end."""
    return len(house.slack.of(RunEnded)) == 1


def digits(item: Run | Generation | Proposal) -> str:
    """Return what a card shows of what is asked."""
    assert item.ballot
    return item.ballot.digest[:12]


def voters(item: Run | Generation | Proposal) -> set[UserId]:
    """Return who has approved, as far as that holds."""
    return {vote.by for vote in item.ballot.votes} if item.ballot else set()


def join(people: FakeDirectory, group: Party, *who: UserId) -> None:
    """Let exactly these be in a group from now on."""
    people.groups[group] = frozenset(who)
