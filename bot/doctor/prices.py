"""What a picture like the probe's is known to cost, told before the probe is agreed to."""

import sqlite3
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

from bot.config import Settings
from bot.doctor.database import opened
from bot.doctor.exchanges import PRICED_AS
from bot.domain.money import Estimate, estimated
from bot.rules import PolicyFault, read_policy
from bot.slack.phrases import amount, counted
from storage.transaction import SQLTransaction

UNKNOWN = (
    "What that costs is not known: Runware publishes no price for it, none was learned in this database yet, "
    "and none is set ([prices] in the file of HOUSESTYLE_POLICY). Another model for illustrations at "
    "Runware, Recraft V4.1, was seen to cost $0.035 a picture. The probe sends {requests} requests at most, "
    "each for one picture."
)
KNOWN = (
    "It should cost {once}, {how}; {often} if Runware charges each of the {requests} requests that the probe "
    "sends at most."
)


def known_price(settings: Settings) -> Estimate | None:
    """Return what such a picture cost by the ledgers of all workspaces, for they share the account.

    Where none was measured, what the policy says; None where nobody knows, or neither can be read: why that
    is so, `housestyle doctor` tells.
    """
    return estimated(_learned(Path(settings.database_path)), _stated(settings.housestyle_policy))


def foretold(price: Estimate | None, requests: int) -> str:
    """Say what the probe will cost, if it sends so many requests for one picture each."""
    if price is None:
        return UNKNOWN.format(requests=requests)
    once, often = span(price), span(Estimate(price.low * requests, price.high * requests))
    past = counted(price.runs, "past request")
    how = f"by {past} for such pictures" if price.is_measured else "as the file of HOUSESTYLE_POLICY says"
    return KNOWN.format(once=once, how=how, often=often, requests=requests)


def span(price: Estimate) -> str:
    """Return `$0.02`, or `$0.02 to $0.05`."""
    low, high = f"${amount(price.low)}", f"${amount(price.high)}"
    return low if low == high else f"{low} to {high}"


def _learned(path: Path) -> list[float]:
    if not path.is_file():
        return []
    try:
        with opened(path) as database:
            tx = SQLTransaction(database, datetime.now(UTC), "")
            costs = [tx.ledger.costs(workspace, PRICED_AS) for workspace in tx.books.workspaces()]
    except sqlite3.DatabaseError:
        return []
    return [*chain.from_iterable(costs)]


def _stated(path: Path | None) -> float | None:
    if path is None:
        return None
    try:
        return read_policy(path.read_bytes(), source=path.name).policy.prices.picture
    except (OSError, PolicyFault):
        return None
