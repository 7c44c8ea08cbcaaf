"""The boundary: here, once, an error becomes a sentence for the person who caused or met it.

One of the two doors at which any exception is caught (Bolt's, whose listeners have none). A known error is
its own text; anything else is a bug: the person gets a reference, the log the traceback.
"""

import json
from typing import Any
from uuid import uuid4

import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.response import BoltResponse

from bot.domain.errors import HousestyleError, NotAllowed
from bot.errands import Errands
from bot.slack.blocks import esc, told
from handlers.gate import Gate
from handlers.replies import Replies

TOLD_DIRECTLY = "That cannot be done now: why, Housestyle tells you in a direct message."
_log = structlog.get_logger()


def register(app: AsyncApp, gate: Gate, replies: Replies, errands: Errands) -> None:
    """Answer every error of every listener of `app`; what somebody may not do goes into the audit."""

    @app.error
    async def boundary(error: Exception, body: dict[str, Any]) -> BoltResponse:
        """Answer in the way that the kind of delivery allows; Slack is never told of an HTTP error."""
        sentence = _sentence(error)
        if isinstance(error, NotAllowed):
            errands.start(gate.note_refusal(body, error))
        if body.get("type") == "view_submission" and (field := _field(body["view"])):
            if told(sentence) != esc(sentence):  # it names somebody, and fields draw no mention
                replies.whisper(body, told(sentence))
                sentence = TOLD_DIRECTLY
            return _json({"response_action": "errors", "errors": {field: sentence}})
        if "command" in body:
            return _json({"response_type": "ephemeral", "text": told(sentence)})
        if "actions" in body or body.get("type") == "message_action":
            replies.whisper(body, told(sentence))
        return BoltResponse(status=200)


def _sentence(error: Exception) -> str:
    if isinstance(error, HousestyleError):
        return str(error)
    reference = uuid4().hex[:8]
    _log.error("bug", reference=reference, exc_info=error)
    return (
        f"That went wrong on our side, and nothing was charged by it. Tell your admin: reference {reference}."
    )


def _field(view: dict[str, Any]) -> str:
    """Return the field an error is shown at: the style where there is one, which is what services refuse.

    Empty where the form has none: the boundary itself must not fail.
    """
    state = view.get("state") or {}
    fields = [str(field) for field in state.get("values") or ()]
    return "style" if "style" in fields else next(iter(fields), "")


def _json(body: dict[str, Any]) -> BoltResponse:
    return BoltResponse(status=200, body=json.dumps(body), headers={"Content-Type": ["application/json"]})
