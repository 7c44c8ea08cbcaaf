"""The answer to `/style budget`: the month in words around its chart, which is drawn and put into Slack."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from slack_bolt.context.respond.async_respond import AsyncRespond

from bot.domain.errors import Refused, Unavailable
from bot.domain.ids import FileId
from bot.domain.money import Statement
from bot.ports import Messenger
from bot.services.budgets import Budgets
from bot.slack.budgets import budget_blocks, budget_words
from handlers.deliveries import Sender


class Charts:
    """Answers with a picture."""

    def __init__(self, budgets: Budgets, messenger: Messenger, clock: Callable[[], datetime]) -> None:
        self._budgets = budgets
        self._messenger = messenger
        self._clock = clock

    async def show(self, sender: Sender, respond: AsyncRespond) -> None:
        """Show the month, without the chart where there is nothing to draw, or Slack does not take it."""
        statement = await self._budgets.statement(sender.workspace, who=sender.user)
        file = None
        if statement.total.spent or statement.total.reserved or statement.budgets:
            with suppress(Unavailable, Refused):
                file = await self._drawn(statement)
        now = self._clock()
        blocks = budget_blocks(statement, file, now=now)
        await respond(budget_words(statement, now=now), blocks=blocks, response_type="ephemeral")

    async def _drawn(self, statement: Statement) -> FileId:
        """Return the chart as a file in Slack. Raises Unavailable and Refused."""
        from bot.imaging.charts import budget_chart  # noqa: PLC0415 - Pillow is loaded where it is needed

        chart = await asyncio.to_thread(budget_chart, statement)
        return await self._messenger.upload(f"budget-{statement.month}.png", chart, begun=_begun)


async def _begun(_: FileId) -> None:
    """Nothing is noted: a chart that is lost is asked for again."""
