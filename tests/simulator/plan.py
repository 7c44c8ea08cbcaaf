"""What is drawn for one schedule before it begins: rates of faults, deaths, and when the trouble ends."""

import random
from dataclasses import dataclass, field, replace
from enum import StrEnum

from tests.simulator.team import Team, drawn_team

OFTEN, SOMETIMES = 0.2, 0.1
"""In how many worlds there is each of the further troubles."""
SELDOM = 0.125
"""In how many worlds each of the two others does not know again what it has taken."""


class Fault(StrEnum):
    """What may happen to a request on its way."""

    LOST_REQUEST = "lost request"
    LOST_ANSWER = "lost answer"
    LATE = "late delivery"
    BUSY = "429"
    BROKEN = "5xx, not done"
    BROKEN_BUT_DONE = "5xx, but done"
    DUPLICATED = "duplicated"
    OVERTAKEN = "reordered"
    """The next request that is sent arrives before it."""


class Death(StrEnum):
    """What may happen to the bot at a site."""

    CRASH = "death"
    FREEZE = "freeze"


class Trouble(StrEnum):
    """What else may happen outside, none of it to a request on its way."""

    REFUSAL = "401, 402, 403"
    """One request is refused for the sake of our key, or balance."""
    CALL = "webhooks"
    FORGERY = "forged webhooks"
    RESTORE = "restores"
    STALE = "stale cards"
    """On a card the duplicate of an older redraw came last."""
    FORGOTTEN = "without a trace"
    """A restore forgets what was charged, and no card told of it yet."""


@dataclass(frozen=True)
class Refusal:
    """Runware refuses us with `status` between two moments: of 402 only what costs money."""

    status: int
    begins: float
    ends: float


@dataclass(frozen=True)
class Restore:
    """The database is put back, `at` a moment, to what it was at `backed_up_at`."""

    backed_up_at: float
    at: float


@dataclass(frozen=True)
class Plan:
    """One schedule. Rates are per request and per site; moments in seconds of its world.

    `deaths_at` names sites at which the bot dies for certain; then none is drawn.
    """

    seed: int
    fault_rate: float = 0.0
    weights: tuple[float, ...] = (1.0,) * len(Fault)
    crash_rate: float = 0.0
    freeze_rate: float = 0.0
    repeat_rate: float = 0.0
    releases: bool = True
    """Whether a new life gives back what the dead one had taken, as `SQLiteStore.clean_up` does."""
    calm_from: float = 0.0
    training_seconds: float = 600.0
    pictures: int = 2
    """How many Cat asks for; with none she asks for nothing."""
    has_palette: bool = False
    changes_of_mind: float = 0.0
    tells_cost: bool = True
    """Whether Runware says what it charged."""
    team: Team = field(default_factory=Team)
    deaths_at: frozenset[int] = field(default_factory=frozenset)
    has_webhooks: bool = False
    refusal: Refusal | None = None
    restore: Restore | None = None
    has_conflict_check: bool = True
    """Whether Runware takes each taskUUID once; else it charges whatever arrives."""
    hears_client_msg_id: bool = True
    """Whether Slack posts each `client_msg_id` once; else it posts whatever arrives."""
    is_invited: bool = True
    """Whether the bot was invited to the channel: else it may post there, and not look."""

    @property
    def arrives_once(self) -> frozenset[str]:
        """What would be there twice if it arrived twice, whatever the bot does: posts, and paid orders."""
        posts = () if self.hears_client_msg_id else ("Slack chat.postMessage",)
        orders = () if self.has_conflict_check else ("Runware training", "Runware imageInference")
        return frozenset({*posts, *orders})

    @property
    def may_look(self) -> bool:
        """Whether Slack lets the bot read what stands in the channel.

        It does where it repeats what is repeated: without either, no program could keep a post from standing
        twice. It does where a database is restored, for what cannot be read then is left to a person.
        """
        return self.is_invited or not self.hears_client_msg_id or self.restore is not None


def drawn(seed: int) -> Plan:
    """Return the schedule of that number."""
    chance = random.Random(f"plan {seed}")
    plan = Plan(
        seed,
        fault_rate=chance.choice((0.0, 0.05, 0.1, 0.25)),
        weights=tuple(chance.choice((0.0, 1.0, 1.0, 3.0)) for _ in Fault),
        crash_rate=chance.choice((0.0, 0.005, 0.01, 0.02)),
        freeze_rate=chance.choice((0.0, 0.0, 0.002, 0.005)),
        repeat_rate=chance.choice((0.0, 0.3, 0.7)),
        releases=chance.random() < 0.7,
        calm_from=chance.uniform(60, 900),
        training_seconds=chance.choices((90.0, 300.0, 900.0, 2400.0), (10, 6, 2, 1))[0],
        pictures=chance.choice((0, 0, 1, 1, 2)),
        has_palette=chance.random() < 0.3,
        changes_of_mind=chance.choice((0.0, 0.0, 0.2)),
        tells_cost=chance.random() < 0.8,
    )
    plan = replace(plan, team=drawn_team(chance, pictures=plan.pictures))
    return _with_trouble(plan, chance)


def _with_trouble(plan: Plan, chance: random.Random) -> Plan:
    """Add what only some worlds have, at most one of what ends by itself or by a person."""
    is_invited = random.Random(f"sight {plan.seed}").random() >= OFTEN
    plan = replace(plan, has_webhooks=chance.random() < OFTEN, is_invited=is_invited)
    plan = _with_forgetful_others(plan, random.Random(f"memory {plan.seed}"))
    drawn = chance.random()
    if drawn < OFTEN:
        return refused(plan, chance)
    return restored(plan, chance) if drawn < OFTEN + SOMETIMES else plan


def _with_forgetful_others(plan: Plan, chance: random.Random) -> Plan:
    """Return it with a Slack that posts, or a Runware that charges, whatever arrives; mostly with neither.

    Of that no duplicate arrives then (`Plan.arrives_once`), and it never leaves a process that slept on the
    way to send it, a post for longer than its lease, an order at all (`Network`): whoever took its place had
    looked, and seen nothing. No program could keep either from being there twice; the rest, this one has to.
    """
    hears, checks = chance.random() >= SELDOM, chance.random() >= SELDOM
    return replace(plan, hears_client_msg_id=hears, has_conflict_check=checks)


def refused(plan: Plan, chance: random.Random) -> Plan:
    """Return it with a span in which Runware refuses our key, or wants money."""
    begins = chance.uniform(0.0, plan.training_seconds)
    ends = begins + chance.uniform(20.0, 900.0)
    refusal = Refusal(chance.choice((401, 402, 403)), begins, ends)
    return replace(plan, refusal=refusal, calm_from=max(plan.calm_from, ends))


def restored(plan: Plan, chance: random.Random) -> Plan:
    """Return it with a restore, and no repeats: no program knows of a delivery that its backup forgot."""
    backed_up_at = chance.uniform(1.0, 100.0)
    at = backed_up_at + chance.choice((10.0, 60.0, plan.training_seconds)) * chance.uniform(0.2, 1.5)
    restore = Restore(backed_up_at, at)
    return replace(plan, restore=restore, repeat_rate=0.0, calm_from=max(plan.calm_from, at))


def canonical(*, deaths_at: frozenset[int] = frozenset()) -> Plan:
    """Return the schedule without chance that the sweeps kill the bot in."""
    return Plan(0, training_seconds=150.0, deaths_at=deaths_at, team=Team(budget=100.0, is_strict=True))
