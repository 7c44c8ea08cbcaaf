"""The answer to `/style budget`: the month in words around its chart, which is drawn and put into Slack."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Any

from bot.domain.errors import Refused, Unavailable
from bot.domain.ids import FileId
from bot.domain.money import Statement
from bot.ports import Messenger
from bot.services.budgets import Budgets
from bot.slack.budgets import budget_blocks, budget_words
from handlers.deliveries import Sender
from handlers.replies import Replies


class Charts:
    """Answers with a picture."""

    def __init__(
        self, budgets: Budgets, messenger: Messenger, replies: Replies, clock: Callable[[], datetime]
    ) -> None:
        self._budgets = budgets
        self._messenger = messenger
        self._replies = replies
        self._clock = clock

    async def show(self, sender: Sender, body: dict[str, Any]) -> None:
        """Show the month, without the chart where there is nothing to draw, or Slack does not take it."""
        statement = await self._budgets.statement(sender.workspace, who=sender.user)
        file = None
        if statement.total.spent or statement.total.reserved or statement.budgets:
            with suppress(Unavailable, Refused):
                file = await self._drawn(statement)
        now = self._clock()
        blocks = budget_blocks(statement, file, now=now)
        await self._replies.tell(body, budget_words(statement, now=now), blocks)

    async def _drawn(self, statement: Statement) -> FileId:
        """Return the chart as a file in Slack. Raises Unavailable and Refused."""
        from bot.imaging.charts import budget_chart  # noqa: PLC0415 - Pillow is loaded where it is needed

        chart = await asyncio.to_thread(budget_chart, statement)
        return await self._messenger.upload(f"budget-{statement.month}.png", chart, begun=_begun)


async def _begun(_: FileId) -> None:
    """Nothing is noted: a chart that is lost is asked for again."""
