"""Many people at once, as impatient as people are: they ask, approve and ask for pictures while the bot dies.

A command that nobody took is typed again under another name, so that each name was typed exactly once and
may stand once at most; one that was taken must stand. A button is clicked until it is gone.
"""

import asyncio
import itertools
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from tests.dialogs.stage import BRAND, PEOPLE, Json, Stage, button

GENERAL = "C00GENERAL"
CHANNELS = (BRAND, GENERAL)
LOOKS_EVERY = 0.3
AGAIN_AFTER = 4.0
"""Seconds after which a button that is still there is clicked again, and a command typed again."""
COUNT = 2
"""Pictures that are asked for at a time."""


@dataclass
class Crowd:
    """Ann, Ben and Cat in two channels; `trainings` and `drawings` say of each name if it was taken."""

    at: Stage
    trainings: dict[str, bool] = field(default_factory=dict)
    drawings: dict[str, bool] = field(default_factory=dict)
    messages: list[Json] = field(default_factory=list)
    _clicked: dict[str, float] = field(default_factory=dict)
    _wishes: set[asyncio.Task[None]] = field(default_factory=set)
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    async def asks_for(self, count: int, *, every: float) -> None:
        """Have Ann ask for so many styles, one `every` so many seconds."""
        for _ in range(count):
            await self._until_taken("ann", self.trainings, "Style", "/train {link} as {name}")
            await asyncio.sleep(every)

    async def asks_for_pictures(self, of: list[str]) -> None:
        """Have Cat ask for pictures in each of these styles."""
        for style in of:
            line = f"/generate {{name}} of a red fox --style {style} --count {COUNT}"
            await self._until_taken("cat", self.drawings, "Drawing", line)

    @asynccontextmanager
    async def watching(self) -> AsyncIterator[None]:
        """Read what is said, and have Ben approve whatever asks for it, until the block ends."""
        watch = asyncio.create_task(self._watch())
        try:
            yield
        finally:
            watch.cancel()
            await asyncio.gather(watch, *self._wishes, return_exceptions=True)

    @property
    def cards(self) -> list[Json]:
        """Every card that stands, each as often as it does."""
        return [message for message in self.messages if message["blocks"] and not message["thread_ts"]]

    def cards_of(self, name: str) -> list[Json]:
        """Return the cards of one name; a card of pictures names its style, too, but not so."""
        told = name if name in self.drawings else f"{name} ·"
        return [card for card in self.cards if told in card["text"]]

    @property
    def ready(self) -> list[str]:
        """The styles that can draw."""
        return [name for name in self.trainings if any(button(c, "run.default") for c in self.cards_of(name))]

    async def look(self) -> None:
        """Read both channels."""
        said = [message for channel in CHANNELS for message in await self.at.said(channel=channel)]
        self.messages = [message for message in said if not message["ephemeral"]]

    async def _watch(self) -> None:
        while True:
            await self.look()
            for card in self.cards:
                if self._is_to_click(card):
                    self._wish(card)
            await asyncio.sleep(LOOKS_EVERY)

    def _is_to_click(self, card: Json) -> bool:
        waited = time.monotonic() - self._clicked.get(card["ts"], -AGAIN_AFTER)
        return bool(button(card, "run.approve")) and waited >= AGAIN_AFTER

    def _wish(self, card: Json) -> None:
        self._clicked[card["ts"]] = time.monotonic()
        task = asyncio.create_task(self._approve(card))
        self._wishes.add(task)
        task.add_done_callback(self._wishes.discard)

    async def _approve(self, card: Json) -> None:
        answer = await self.at.tries_to_click("ben", "run.approve", card)
        if not answer["ok"]:
            del self._clicked[card["ts"]]  # nobody took it: at the next look

    async def _until_taken(self, who: str, book: dict[str, bool], kind: str, line: str) -> None:
        while True:
            number = next(self._numbers)
            name = f"{kind}{number:03}"
            link = f"{self.at.url}/datasets/small.zip"
            text = line.format(link=link, name=name)
            body = {"as": PEOPLE[who], "channel": CHANNELS[number % 2], "text": text}
            answer = (await self.at.http.post("/sandbox/command", json=body)).json()
            book[name] = answer["ok"]
            if answer["ok"]:
                return
            await asyncio.sleep(LOOKS_EVERY)
