"""What of the simulator's edge can be exchanged, so that a safeguard is missing: see `sabotage`."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from starlette.routing import Route

from bot.ports import Store
from bot.runware.webhooks import Webhooks
from bot.services.reconciler import Pace
from bot.slack.messenger import SlackMessenger
from storage.transaction import SQLTransaction
from tests.simulator.callbacks import door
from tests.simulator.wire import SimClient, SimMouth


def _as_it_is(connection: sqlite3.Connection) -> sqlite3.Connection:
    return connection


@dataclass(frozen=True)
class Edge:
    """The parts that one life is made of, each as the program has it where nothing else is said."""

    transaction: type[SQLTransaction] = SQLTransaction
    connection: Callable[[sqlite3.Connection], Any] = _as_it_is
    mouth: type[SimMouth] = SimMouth
    client: type[SimClient] = SimClient
    messenger: type[SlackMessenger] = SlackMessenger
    pace: Pace = field(default_factory=Pace)
    door: Callable[[Webhooks, Store, Callable[[], None]], Route] = door
    heeds_epoch: bool = True


WHOLE = Edge()
"""Nothing is missing."""
