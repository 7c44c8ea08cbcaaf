"""Slack: the tokens, and whether the bot may do all that it needs to."""

from http import HTTPStatus

from bot.doctor.finding import Finding, Mark
from bot.doctor.outside import Reply
from bot.doctor.patient import Patient
from bot.runware.sentences import plain_code
from bot.slack.manifest import SCOPES

TOKEN, RIGHTS, DELIVERIES = "Slack token", "Slack scopes", "Slack deliveries"
_REINSTALL = "Copy the bot token (xoxb-…) from OAuth & Permissions anew, or install the app again."


async def check_token(patient: Patient) -> Finding:
    """Say whether the bot token is one that Slack accepts, and a bot's."""
    reply = await _introduced(patient)
    if trouble := _trouble(TOKEN, reply, "SLACK_BOT_TOKEN", _REINSTALL):
        return trouble
    said = reply.content if reply else {}
    if not said.get("bot_id"):
        sentence = "SLACK_BOT_TOKEN works, but is a person's token and not a bot's."
        return Finding(TOKEN, Mark.FAULT, sentence, _REINSTALL)
    return Finding(TOKEN, Mark.OK, f"{_shown(said.get('user'))} in the workspace {_shown(said.get('team'))}")


async def check_scopes(patient: Patient) -> Finding:
    """Say whether the token has every scope that the manifest asks for."""
    reply = await _introduced(patient)
    if reply is None or not reply.content.get("ok"):
        return Finding(RIGHTS, Mark.LOOK, "Not checked: the token comes first.")
    told = reply.headers.get("X-OAuth-Scopes")
    if told is None:
        return Finding(RIGHTS, Mark.LOOK, "Slack did not say what the token may do.")
    missing = sorted(SCOPES.keys() - {scope.strip() for scope in told.split(",")})
    if not missing:
        return Finding(RIGHTS, Mark.OK, f"all {len(SCOPES)} that it needs")
    return Finding(
        RIGHTS,
        Mark.FAULT,
        f"Missing: {', '.join(missing)}.",
        "Add them under OAuth & Permissions (or paste what `housestyle manifest` prints under App Manifest), "
        "then install the app again.",
    )


async def check_deliveries(patient: Patient) -> Finding:
    """Say whether what people type can reach the bot: on the socket, or over HTTP, verified."""
    if not patient.settings.socket_mode:
        return Finding(DELIVERIES, Mark.OK, "over HTTP; SLACK_SIGNING_SECRET is there to verify them")
    reply = await patient.outside.slack("apps.connections.open", patient.settings.slack_app_token)
    remedy = (
        "Make an app-level token (xapp-…) with connections:write under Basic Information, and turn on "
        "Socket Mode."
    )
    trouble = _trouble(DELIVERIES, reply, "SLACK_APP_TOKEN", remedy)
    return trouble or Finding(DELIVERIES, Mark.OK, "over Socket Mode; the app token opens connections")


async def _introduced(patient: Patient) -> Reply | None:
    return await patient.outside.slack("auth.test", patient.settings.slack_bot_token)


def _trouble(subject: str, reply: Reply | None, setting: str, remedy: str) -> Finding | None:
    """Return what is wrong where Slack did not say yes."""
    if reply is None:
        return Finding(
            subject, Mark.FAULT, "Slack did not answer.", "Check that this machine may reach SLACK_API_URL."
        )
    if reply.content.get("ok") is True:
        return None
    code = plain_code(str(reply.content.get("error", "")))
    if reply.status == HTTPStatus.TOO_MANY_REQUESTS or code == "ratelimited":
        return Finding(subject, Mark.LOOK, "Slack is being asked too often.", "Try again in a minute.")
    if not reply.content or reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        sentence = f"What answers at SLACK_API_URL is not Slack as it should be (HTTP {reply.status})."
        return Finding(subject, Mark.FAULT, sentence, "Check SLACK_API_URL, and status.slack.com.")
    return Finding(subject, Mark.FAULT, f"Slack refuses {setting} ({code}).", remedy)


def _shown(name: object) -> str:
    """Return a name as Slack told it, short and on one line."""
    text = name if isinstance(name, str) else ""
    return "".join(letter for letter in text if letter.isprintable())[:80] or "(unnamed)"
