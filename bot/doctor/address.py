"""PUBLIC_URL, and whether it leads to this bot: fetched from here, which may differ from outside."""

from http import HTTPStatus

from bot.config import Settings
from bot.doctor.finding import Finding, Mark
from bot.doctor.outside import Reply
from bot.doctor.patient import Patient

ADDRESS = "Public address"
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - held against a setting, not listened on


async def check_address(patient: Patient) -> Finding:
    """Say whether GET /healthz through PUBLIC_URL reaches the bot, if it runs here."""
    settings = patient.settings
    if settings.public_url is None:
        return Finding(ADDRESS, Mark.OK, "none set: no webhooks, and datasets are fetched where they are")
    through = await patient.outside.get(f"{settings.public_url}/healthz")
    if _is_ours(through):
        return Finding(ADDRESS, Mark.OK, f"{settings.public_url} leads to the bot")
    if not _is_ours(await patient.outside.get(f"{_here(settings)}/healthz")):
        return Finding(
            ADDRESS,
            Mark.LOOK,
            f"{_told(through)}, and the bot does not run here.",
            "Start it with `housestyle serve`, then ask the doctor again.",
        )
    return Finding(
        ADDRESS,
        Mark.FAULT,
        f"{_told(through)}, though the bot runs.",
        f"Let {settings.public_url} lead to port {settings.port} of this machine, by https and without "
        "redirects. If it does from outside and only not from here, this is no fault.",
    )


def _here(settings: Settings) -> str:
    """Return where the bot listens on this machine, if it runs."""
    host = _EVERYWHERE.get(settings.host, settings.host)
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.port}"


def _is_ours(reply: Reply | None) -> bool:
    return reply is not None and reply.status == HTTPStatus.OK and reply.body.strip() == b"ok"


def _told(reply: Reply | None) -> str:
    if reply is None:
        return "Nothing answers there"
    if reply.status == HTTPStatus.OK:
        return "Something else answers there"
    return f"What answers there says HTTP {reply.status}"
