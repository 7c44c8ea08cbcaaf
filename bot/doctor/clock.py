"""The clock: this machine's, held against the time that Slack's and Runware's answers state."""

from bot.doctor.finding import Finding, Mark
from bot.doctor.patient import Patient

CLOCK = "Clock"
MOST_SECONDS = 60.0
"""Beyond 300 s nothing that Slack sends would be believed; at 60 a clock is astray already."""


async def check_clock(patient: Patient) -> Finding:
    """Say whether the time is right; an answer states it to the second."""
    settings = patient.settings
    asked = {
        "Slack": settings.slack_bot_token
        and await patient.outside.slack("auth.test", settings.slack_bot_token),
        "Runware": settings.runware_api_key and await patient.outside.account(),
    }
    off = {name: reply.ahead for name, reply in asked.items() if reply and reply.ahead is not None}
    if not off:
        return Finding(CLOCK, Mark.LOOK, "Not checked: nobody told the time.")
    name, worst = max(off.items(), key=lambda one: abs(one[1]))
    if abs(worst) <= MOST_SECONDS:
        return Finding(CLOCK, Mark.OK, f"within {max(1, round(abs(worst)))} s of {_both(off)}")
    sentence = f"{_duration(abs(worst))} {'ahead of' if worst > 0 else 'behind'} {name}'s."
    remedy = "Let the machine keep time (NTP); beyond 5 minutes, what Slack sends is refused."
    return Finding(CLOCK, Mark.FAULT, sentence, remedy)


def _both(off: dict[str, float]) -> str:
    return " and ".join(f"{name}'s" for name in off)


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 2 * 60 else f"{seconds / 60:,.0f} min"
