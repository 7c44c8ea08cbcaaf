"""What is drawn for one schedule before it begins: rates of faults, deaths, and when the trouble ends."""

import random
from dataclasses import dataclass, field, replace
from enum import StrEnum

from tests.simulator.team import Team, drawn_team


class Fault(StrEnum):
    """What may happen to a request on its way."""

    LOST_REQUEST = "lost request"
    LOST_ANSWER = "lost answer"
    LATE = "late delivery"
    BUSY = "429"
    BROKEN = "5xx, not done"
    BROKEN_BUT_DONE = "5xx, but done"


class Death(StrEnum):
    """What may happen to the bot at a site."""

    CRASH = "death"
    FREEZE = "freeze"


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
    has_conflict_check: bool = True
    hears_client_msg_id: bool = True


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
    return replace(plan, team=drawn_team(chance, pictures=plan.pictures))


def canonical(*, deaths_at: frozenset[int] = frozenset()) -> Plan:
    """Return the schedule without chance that the sweeps kill the bot in."""
    return Plan(0, training_seconds=150.0, deaths_at=deaths_at, team=Team(budget=100.0, is_strict=True))


def without_client_msg_id(plan: Plan) -> Plan:
    """Return it in a world where Slack repeats what is repeated."""
    return replace(plan, hears_client_msg_id=False)


def without_conflict_check(plan: Plan) -> Plan:
    """Return it in a world where Runware charges whatever arrives."""
    return replace(plan, has_conflict_check=False)
