"""What a person has to do about a message that was set aside, a sentence for each of Slack's words."""

from bot.domain.errors import Unpostable
from bot.domain.message import Digest, Message
from bot.ports import MAY_STAND
from bot.services.relay.posting import NOT_WELCOME

TRIED_ON = (
    "For an hour Slack has not taken a message of Housestyle ({}), so somebody does not see what became of "
    "their request. Housestyle goes on trying, and tells once it has gone through. If it lasts, tell who "
    "runs it."
)
NOT_SAID = (
    "Slack refuses a message of Housestyle for good ({}), so somebody does not see what became of their "
    "request. {} Then try again."
)
NO_ONE = (
    "Slack refuses a message of Housestyle for good ({}): who asked is no longer in this workspace. Where "
    "others have to see it, invite Housestyle with `/invite` to the channel that it was asked for in, and "
    "try again. Else there is nothing to do."
)
NO_DIGEST = "Slack refuses Housestyle's weekly digest {} ({}), so nobody sees there what the week cost. {}"
INVITE = (
    "Invite Housestyle there with `/invite` and try again, or name another channel as `digest` in the "
    "policy: that holds from the next week on."
)
LEFT = frozenset({"user_disabled", "user_not_found", "user_not_visible"})
"""Slack's words for somebody who cannot be written to any more: they left, most likely."""
SHUT_OUT = frozenset({"account_inactive", "invalid_auth", "not_authed", "token_expired", "token_revoked"})
"""Slack's words for a token that says nothing at all any more."""
REMEDIES = dict.fromkeys(SHUT_OUT, "Install the app again, set the new SLACK_BOT_TOKEN, and restart.") | {
    "missing_scope": "Install the app again with the permissions of its manifest.",
    "restricted_action": "Let apps post: it is a setting of the workspace or the channel.",
}
REMEDY = "That is most likely a fault of Housestyle: look into its log, and tell who runs it."


def what_to_mend(no: Unpostable, message: Message) -> str:
    """Return what is wrong and what to do; whoever leaves a message in doubt has said it already."""
    if no.code.startswith(MAY_STAND):
        return str(no)
    if isinstance(message, Digest):
        return _about_a_digest(no.code, message)
    if no.code in LEFT:
        return NO_ONE.format(no.code)
    return NOT_SAID.format(no.code, REMEDIES.get(no.code, REMEDY))


def _about_a_digest(word: str, digest: Digest) -> str:
    where = f"in #{digest.channel}" if digest.channel else "for an admin"
    if digest.channel and word.startswith(NOT_WELCOME) and word not in REMEDIES:
        return NO_DIGEST.format(where, word, INVITE)
    return NO_DIGEST.format(where, word, f"{REMEDIES.get(word, REMEDY)} Then try again.")
