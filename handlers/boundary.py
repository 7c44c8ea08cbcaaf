"""The boundary: here, once, an error becomes a sentence for the person who caused or met it.

One of the two doors at which any exception is caught (Bolt's, whose listeners have none). A known error is
its own text; anything else is a bug: the person gets a reference, the log the traceback.
"""

import json
from typing import Any
from uuid import uuid4

import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.errors import HousestyleError, NotAllowed
from bot.errands import Errands
from bot.slack.blocks import told
from bot.slack.faults import error_word
from handlers.gate import Gate

_log = structlog.get_logger()
TOO_LATE = frozenset({"expired_trigger_id", "exchanged_trigger_id"})


def register(app: AsyncApp, gate: Gate, errands: Errands) -> None:
    """Answer every error of every listener of `app`; what somebody may not do goes into the audit."""

    @app.error
    async def boundary(
        error: Exception, body: dict[str, Any], respond: AsyncRespond, client: AsyncWebClient
    ) -> BoltResponse:
        """Answer in the way that the kind of delivery allows; Slack is never told of an HTTP error."""
        sentence = _sentence(error)
        if isinstance(error, NotAllowed):
            errands.start(gate.note_refusal(body, error))
        if body.get("type") == "view_submission" and (field := _field(body["view"])):
            return _json({"response_action": "errors", "errors": {field: sentence}})
        if "command" in body:
            return _json({"response_type": "ephemeral", "text": told(sentence)})
        if "actions" in body or body.get("type") == "message_action":
            errands.start(whisper(body, told(sentence), respond, client))
        return BoltResponse(status=200)


async def whisper(body: dict[str, Any], text: str, respond: AsyncRespond, client: AsyncWebClient) -> None:
    """Tell only the person who acted: beside the message, or directly where there was none."""
    if body.get("response_url"):
        await respond(text, response_type="ephemeral", replace_original=False)
    else:
        await client.chat_postMessage(channel=body["user"]["id"], text=text)


def _sentence(error: Exception) -> str:
    if isinstance(error, HousestyleError):
        return str(error)
    if isinstance(error, SlackApiError) and error_word(error) in TOO_LATE:
        return "Slack was too slow to open the form. Try once more."
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
