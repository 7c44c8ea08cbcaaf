"""The policy file: whether the bot could start with it, and what in it is likely a slip."""

import asyncio
from datetime import UTC, datetime

from bot.doctor.finding import Finding, Mark
from bot.doctor.patient import Patient
from bot.rules import PolicyFault, read_policy

POLICY = "Policy"
MOST = 5
REMEDY = "`housestyle policy check` names them all."


async def check_policy(patient: Patient) -> Finding:
    """Say whether the file can be read, and what is wrong or odd in it, by its lines."""
    path = patient.settings.housestyle_policy
    if path is None:
        return Finding(POLICY, Mark.OK, "The built-in rules hold: a colleague approves what is paid.")
    try:
        content = await asyncio.to_thread(path.read_bytes)
    except OSError as error:
        remedy = "Put the file there, or unset HOUSESTYLE_POLICY."
        return Finding(POLICY, Mark.FAULT, f"{path.name} cannot be read: {error.strerror}.", remedy)
    try:
        reading = read_policy(content, source=path.name, at=datetime.now(UTC))
    except PolicyFault as fault:
        return Finding(POLICY, Mark.FAULT, f"{path.name} has faults. {_some(fault.faults)}", REMEDY)
    if reading.cautions:
        return Finding(POLICY, Mark.LOOK, f"{path.name} can be used. {_some(reading.cautions)}", REMEDY)
    rules, budgets = len(reading.policy.rules), len(reading.policy.budgets)
    return Finding(
        POLICY, Mark.OK, f"{path.name}: {rules} rules, the built-in ones included, {budgets} budgets"
    )


def _some(faults: tuple[object, ...]) -> str:
    told = " ".join(str(fault) for fault in faults[:MOST])
    return f"{told} And {len(faults) - MOST} more." if len(faults) > MOST else told
