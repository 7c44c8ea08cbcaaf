"""The alarms that stand: what the running bot has already found that a person has to mend."""

import asyncio
import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from bot.doctor.database import opened
from bot.doctor.finding import Finding, Mark
from bot.doctor.patient import Patient
from bot.domain.alarm import HOLDS, Alarm
from storage.transaction import SQLTransaction

ALARMS = "Alarms"


async def check_alarms(patient: Patient) -> list[Finding]:
    """Say which alarms stand, one by one; one that holds back what would be paid for is a fault."""
    standing = await asyncio.to_thread(_standing, patient.database)
    if standing is None:
        return [Finding(ALARMS, Mark.LOOK, "Not checked: the database comes first.")]
    return [_finding(alarm) for alarm in standing] or [Finding(ALARMS, Mark.OK, "none")]


def _finding(alarm: Alarm) -> Finding:
    mark = Mark.FAULT if alarm.concern in HOLDS else Mark.LOOK
    return Finding(ALARMS, mark, f"since {alarm.since:%Y-%m-%d %H:%M} UTC: {alarm.sentence}")


def _standing(path: Path) -> Sequence[Alarm] | None:
    """Return what stands; None where the database cannot tell."""
    if not path.is_file():
        return None
    try:
        with opened(path) as database:
            return SQLTransaction(database, datetime.now(UTC), "").alarms.standing()
    except sqlite3.DatabaseError:
        return None
