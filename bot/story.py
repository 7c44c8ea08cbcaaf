"""The whole story, played as people would on the page: train, approve, progress, ready, generate.

It knows only what the page knows: what stands in the channel and which buttons there are.
"""

import asyncio
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

import httpx
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn
from rich.text import Text

from bot.domain.errors import HousestyleError

Message = dict[str, Any]
Test = Callable[[Message], bool]
CHANNEL, ANN, BEN, CAT = "C0000BRAND", "U0000000ANN", "U0000000BEN", "U0000000CAT"
PROMPT = "a red fox on a mossy rock at dusk"
PATIENCE = 90.0
"""Seconds for each step; a whole story takes about twenty."""


class StoryStuck(HousestyleError):
    """A step of the story did not happen."""


class Story:
    """Acts for ann, ben and cat in the workspace at `url`; the pictures are saved into `folder`."""

    def __init__(self, url: str, folder: Path) -> None:
        self._http = httpx.AsyncClient(base_url=url, timeout=10)
        self._folder = folder
        self._console = Console(highlight=False)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()

    async def play(self, style: str) -> None:
        """Play it to the end. Raises StoryStuck, naming the step that did not happen."""
        world = (await self._http.get("/sandbox/world", params={"as": ANN})).json()
        await self._command(ANN, f"/train {world['datasets'][0]['url']} as {style}")
        card = await self._wait(
            "the card with Approve", lambda m: has_button("run.approve")(m) or " · refused" in m["text"]
        )
        self._say("bot", card["text"])
        if not has_button("run.approve")(card):
            raise StoryStuck("The dataset was refused, so the story ends here; nothing was charged.")
        await self._wait("the contact sheet", lambda m: m["thread_ts"] == card["ts"] and has_pictures(m))
        self._say("bot", "(contact sheet, in the thread)")
        await self._click(BEN, card, "run.approve")
        await self._follow(card["ts"])
        ended = await self._wait(
            "the requester being told", lambda m: m["thread_ts"] == card["ts"] and f"<@{ANN}>" in m["text"]
        )
        self._say("bot", ended["text"])
        await self._command(CAT, f"/generate {PROMPT}")
        pictures = await self._wait(
            "the pictures", lambda m: has_button("generation.again")(m) and has_pictures(m)
        )
        self._say("bot", pictures["text"])
        await self._save(pictures)

    async def _command(self, person: str, text: str) -> None:
        self._say(NAMES[person], text)
        await self._act("command", {"as": person, "channel": CHANNEL, "text": text})

    async def _click(self, person: str, message: Message, action_id: str) -> None:
        block, button = next(found for found in _buttons(message) if found[1]["action_id"] == action_id)
        self._say(NAMES[person], f"clicks {button['text']['text']}")
        click = {"block_id": block["block_id"], "action_id": action_id, "value": button.get("value")}
        await self._act("action", {"as": person, "channel": CHANNEL, "message_ts": message["ts"], **click})

    async def _act(self, what: str, body: dict[str, Any]) -> None:
        answer = (await self._http.post(f"/sandbox/{what}", json=body)).json()
        if not answer["ok"]:
            raise StoryStuck(f"The bot did not take the {what}: {answer.get('error')}.")

    async def _follow(self, ts: str) -> None:
        """Show the card's progress until its run is ready."""
        columns = TextColumn("      {task.description}"), BarColumn(), TextColumn("{task.percentage:3.0f} %")
        shown = self._console.is_terminal
        with Progress(*columns, console=self._console, transient=True, disable=not shown) as progress:
            bar = progress.add_task("training", total=100)
            seen: set[str] = set()

            def is_ready(message: Message) -> bool:
                if message["ts"] == ts and (percent := re.search(r"(\d+) %", message["text"])):
                    progress.update(bar, completed=int(percent[1]))
                    if not seen:
                        self._say("bot", message["text"])
                    seen.add(percent[1])
                return message["ts"] == ts and has_button("run.default")(message)

            ready = await self._wait("the run being ready", is_ready)
        self._say("bot", ready["text"])

    async def _wait(self, what: str, test: Test) -> Message:
        try:
            async with asyncio.timeout(PATIENCE):
                while True:
                    for message in reversed(await self._messages()):
                        if test(message):
                            return message
                    await asyncio.sleep(0.2)
        except TimeoutError:
            said = "\n".join(f"  {message['text']}" for message in await self._messages())
            raise StoryStuck(f"Waited {PATIENCE:.0f} s in vain for {what}. What was said:\n{said}") from None

    async def _messages(self) -> list[Message]:
        answer = await self._http.get("/sandbox/messages", params={"as": ANN, "channel": CHANNEL})
        messages: list[Message] = answer.json()["messages"]
        return messages

    async def _save(self, message: Message) -> None:
        await asyncio.to_thread(self._folder.mkdir, parents=True, exist_ok=True)
        for block in filter(is_picture, message["blocks"]):
            file = await self._http.get(f"/sandbox/file/{block['slack_file']['id']}", follow_redirects=True)
            path = self._folder / Path(file.url.path).name
            await asyncio.to_thread(path.write_bytes, file.raise_for_status().content)
            self._console.print(f"      saved {path}")

    def _say(self, who: str, text: str) -> None:
        for person, name in NAMES.items():
            text = text.replace(f"<@{person}>", f"@{name}")
        line = Text(f"{who:<5} ", style="bold").append(text.replace("\n", "\n      "), style="not bold")
        self._console.print(line, soft_wrap=True)


NAMES = {ANN: "ann", BEN: "ben", CAT: "cat"}


def has_button(action_id: str) -> Test:
    """Return a test for a message with that button."""
    return lambda message: any(button["action_id"] == action_id for _, button in _buttons(message))


def has_pictures(message: Message) -> bool:
    """Say whether a message shows a picture."""
    return any(map(is_picture, message["blocks"] or []))


def is_picture(block: dict[str, Any]) -> bool:
    """Say whether a block is a picture in Slack."""
    return block["type"] == "image" and "slack_file" in block


def _buttons(message: Message) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    return [
        (block, element)
        for block in message["blocks"] or []
        if block["type"] == "actions"
        for element in block["elements"]
    ]
