"""Safeguards taken away, each at the simulator's edge: with any of them the simulator has to turn red.

A safeguard that has a second one behind it is only missed in a world without that: see `Sabotage.world`.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from random import Random

from bot.services.reconciler import Pace
from tests.simulator.edge import Edge
from tests.simulator.faulty import (
    BlindMessenger,
    EndlessTransaction,
    ForgetfulTransaction,
    FreshIds,
    HoldlessTransaction,
    LateTransaction,
    Owing,
    Rash,
    RepeatingClient,
    SecretiveAboutAlarms,
    SecretiveMessenger,
    StutteringMessenger,
    UncountingTransaction,
    Unfenced,
    believing,
)
from tests.simulator.plan import Fault, Plan, refused, restored


def _as_drawn(plan: Plan) -> Plan:
    return _unrestored(plan)


def _without_conflicts(plan: Plan) -> Plan:
    """A Runware that charges whatever arrives, if it does, and then mostly late."""
    weights = tuple(float(fault in (Fault.LATE, Fault.LOST_REQUEST)) for fault in Fault)
    return replace(_unrestored(plan), has_conflict_check=False, fault_rate=0.3, weights=weights)


def _freezing_without_conflicts(plan: Plan) -> Plan:
    return replace(_freezing(plan), has_conflict_check=False)


def _without_client_msg_id(plan: Plan) -> Plan:
    """A Slack that posts whatever arrives."""
    return replace(_unrestored(plan), hears_client_msg_id=False)


def _freezing(plan: Plan) -> Plan:
    return replace(_unrestored(plan), freeze_rate=0.02, crash_rate=0.0)


def _mortal(plan: Plan) -> Plan:
    """A world in which no life lasts, and nobody has to be asked twice."""
    return replace(_unrestored(plan), crash_rate=0.08, freeze_rate=0.0, fault_rate=0.0)


def _repeating(plan: Plan) -> Plan:
    team = replace(plan.team, has_rival=False, is_deaf=False)  # there is one style to draw in
    return replace(_unrestored(plan), repeat_rate=0.7, pictures=1, team=team)


def _with_webhooks(plan: Plan) -> Plan:
    return replace(plan, has_webhooks=True, restore=None)


def _refused(plan: Plan) -> Plan:
    plan = replace(_unrestored(plan), training_seconds=60.0, fault_rate=0.0, crash_rate=0.0, freeze_rate=0.0)
    return refused(plan, Random(plan.seed))


def _refused_without_client_msg_id(plan: Plan) -> Plan:
    return replace(_refused(plan), hears_client_msg_id=False)


def _restored(plan: Plan) -> Plan:
    return restored(replace(plan, refusal=None), Random(plan.seed))


def _unrestored(plan: Plan) -> Plan:
    return replace(plan, restore=None)


@dataclass(frozen=True)
class Sabotage:
    """A safeguard missing, in a world in which nothing else stands in for it."""

    edge: Edge
    world: Callable[[Plan], Plan] = _as_drawn


SABOTAGES = {
    "a fresh uuid for every try": Sabotage(Edge(mouth=FreshIds)),
    "no settle time": Sabotage(Edge(pace=Pace(settle=timedelta())), _without_conflicts),
    "Slack's default retry handlers": Sabotage(Edge(client=RepeatingClient), _without_client_msg_id),
    "no look at the clock before an order": Sabotage(Edge(pace=Rash()), _freezing_without_conflicts),
    "no fence": Sabotage(Edge(connection=Unfenced), _freezing),
    "no inbox": Sabotage(Edge(transaction=ForgetfulTransaction), _repeating),
    "no attempt counted before a post": Sabotage(
        Edge(transaction=UncountingTransaction), _without_client_msg_id
    ),
    "money reserved in a transaction of its own": Sabotage(
        Edge(transaction=LateTransaction, connection=Owing), _mortal
    ),
    "a webhook believed": Sabotage(Edge(door=believing), _with_webhooks),
    "nothing held while Runware refuses us": Sabotage(Edge(transaction=HoldlessTransaction), _refused),
    "the epoch ignored": Sabotage(Edge(heeds_epoch=False), _restored),
    "memos that nobody is told": Sabotage(Edge(messenger=SecretiveMessenger)),
    "notices that nobody is told": Sabotage(Edge(messenger=SecretiveAboutAlarms), _refused),
    "notices told twice": Sabotage(Edge(messenger=StutteringMessenger), _refused_without_client_msg_id),
    "the end of alarms untold": Sabotage(Edge(transaction=EndlessTransaction), _refused),
    "no look for earlier posts": Sabotage(Edge(messenger=BlindMessenger), _without_client_msg_id),
}
"""Each by its name."""
