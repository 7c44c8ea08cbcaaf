"""Whatever the bot listens to stands in the table of paths that strangers are tried on, or only tells."""

import json
from typing import Any

from slack_bolt.async_app import AsyncBoltRequest
from slack_bolt.listener.async_listener import AsyncListener
from slack_bolt.response import BoltResponse

from tests.dialogs.paths import (
    BUTTONS,
    FORMS,
    LINES,
    SHORTCUTS,
    TELLING_EVENTS,
    TELLING_WORDS,
)
from tests.handlers.handlers_lab import Lab

Json = dict[str, Any]


def action(name: str) -> Json:
    return {"type": "block_actions", "actions": [{"type": "button", "action_id": name, "block_id": "b"}]}


GUARDED: tuple[Json, ...] = (
    *({"command": path.name.split()[0]} for path in LINES),
    *(action(path.name) for path in BUTTONS),
    *({"type": "view_submission", "view": {"type": "modal", "callback_id": path.name}} for path in FORMS),
    *({"type": "message_action", "callback_id": path.name} for path in SHORTCUTS),
)
TELLING: tuple[Json, ...] = tuple(
    {"type": "event_callback", "event": {"type": name}} for name in TELLING_EVENTS
)


async def hears(listener: AsyncListener, body: Json) -> bool:
    request = AsyncBoltRequest(body=body, mode="socket_mode")
    return await listener.async_matches(req=request, resp=BoltResponse(status=200))


async def test_every_listener_is_tried_on_strangers_or_only_tells(lab: Lab) -> None:
    listeners = lab.app._async_listeners  # noqa: SLF001 - Bolt has no other list of them
    assert len(listeners) > 30
    unknown = [
        one.ack_function.__qualname__
        for one in listeners
        if not any([await hears(one, body) for body in (*GUARDED, *TELLING)])
    ]
    assert unknown == []


async def test_nothing_in_the_table_is_heard_by_nobody(lab: Lab) -> None:
    listeners = lab.app._async_listeners  # noqa: SLF001 - as above
    deaf = [json.dumps(body) for body in GUARDED if not any([await hears(one, body) for one in listeners])]
    assert deaf == []


async def test_every_word_of_style_is_tried_on_strangers_or_only_tells(lab: Lab) -> None:
    answer = await lab.types("/style", "qqqqqqqqq")
    words = {word for word in answer.split("`")[3::2] if word.isalpha()}
    assert {"approve", "list"} <= words
    tried = {path.name.split()[1] for path in LINES if path.name.startswith("/style ")}
    assert words == tried | TELLING_WORDS
    assert not tried & TELLING_WORDS
