"""`housestyle doctor`: every check at once, each by itself, so that one fault hides no other.

What depends on a setting that is at fault is not checked: the setting comes first.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain

from bot.doctor import address, alarms, clock, database, disk, policy, runware, slack
from bot.doctor.finding import Finding, Mark
from bot.doctor.outside import Outside
from bot.doctor.patient import History, Patient

MOST_SECONDS = 13.0
"""For all of it; a check that is not done by then is a fault of its own."""


@dataclass(frozen=True)
class Check:
    """A check, the word for what it looks at, and the settings without which it cannot."""

    subject: str
    look: Callable[[Patient], Awaitable[Finding | list[Finding]]]
    needs: tuple[str, ...] = ()


CHECKS = (
    Check(slack.TOKEN, slack.check_token, ("slack_bot_token",)),
    Check(slack.RIGHTS, slack.check_scopes, ("slack_bot_token",)),
    Check(slack.DELIVERIES, slack.check_deliveries, ("slack_app_token", "slack_signing_secret")),
    Check(runware.KEY, runware.check_key, ("runware_api_key",)),
    Check(runware.BALANCE, runware.check_balance, ("runware_api_key",)),
    Check(runware.NAMESPACE, runware.check_namespace, ("runware_api_key", "housestyle_air_namespace")),
    Check(policy.POLICY, policy.check_policy, ("housestyle_policy",)),
    Check(clock.CLOCK, clock.check_clock),
    Check(database.DATABASE, database.check_database, ("database_url",)),
    Check(alarms.ALARMS, alarms.check_alarms, ("database_url",)),
    Check(disk.DISK, disk.check_disk, ("database_url",)),
    Check(address.ADDRESS, address.check_address, ("public_url", "host", "port")),
)


def utc_now() -> datetime:
    """Return the time of this machine, UTC."""
    return datetime.now(UTC)


async def check_up(known: History, *, now: Callable[[], datetime] = utc_now) -> list[Finding]:
    """Look at everything; return the findings in the order of `CHECKS`, settings at fault first."""
    findings = [Finding("Setting", Mark.FAULT, fault) for fault in known.faults]
    async with Outside(known.settings, now) as outside:
        patient = Patient(known.settings, outside)
        found = await asyncio.gather(*(_look(check, patient, known.broken) for check in CHECKS))
    return [*findings, *chain.from_iterable(found)]


async def _look(check: Check, patient: Patient, broken: frozenset[str]) -> list[Finding]:
    if missing := [name.upper() for name in check.needs if name in broken]:
        return [Finding(check.subject, Mark.LOOK, f"Not checked: {' and '.join(missing)} first.")]
    try:
        async with asyncio.timeout(MOST_SECONDS):
            found = await check.look(patient)
    except TimeoutError:
        return [Finding(check.subject, Mark.FAULT, "This could not be found out in time.", "Try again.")]
    return [found] if isinstance(found, Finding) else found
