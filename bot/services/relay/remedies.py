"""What a person has to do about a message that was set aside, a sentence for each of Slack's words."""

from bot.domain.errors import Unpostable
from bot.ports import MAY_STAND

TRIED_ON = (
    "For an hour Slack has not taken a message of Housestyle ({}), so somebody does not see what became of "
    "their request. Housestyle goes on trying, and tells once it has gone through. If it lasts, tell who "
    "runs it."
)
NOT_SAID = (
    "Slack refuses a message of Housestyle for good ({}), so somebody does not see what became of their "
    "request. {} Then try again."
)
SHUT_OUT = frozenset({"account_inactive", "invalid_auth", "not_authed", "token_expired", "token_revoked"})
"""Slack's words for a token that says nothing at all any more."""
REMEDIES = dict.fromkeys(SHUT_OUT, "Install the app again, set the new SLACK_BOT_TOKEN, and restart.") | {
    "missing_scope": "Install the app again with the permissions of its manifest.",
    "restricted_action": "Let apps post: it is a setting of the workspace or the channel.",
}
REMEDY = "That is most likely a fault of Housestyle: look into its log, and tell who runs it."


def what_to_mend(no: Unpostable) -> str:
    """Return what is wrong and what to do; whoever leaves a message in doubt has said it already."""
    if no.code.startswith(MAY_STAND):
        return str(no)
    return NOT_SAID.format(no.code, REMEDIES.get(no.code, REMEDY))
