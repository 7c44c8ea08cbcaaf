"""The chart of `/style budget`: drawn, put into Slack and shown to who asked, once the words are said."""

import asyncio
from collections.abc import Callable
from datetime import datetime

from slack_bolt.context.respond.async_respond import AsyncRespond

from bot.domain.ids import FileId
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
        """Show the month; that it may be lost is borne, for the words were said. Raises Unavailable."""
        statement = await self._budgets.statement(sender.workspace, who=sender.user)
        if not (statement.total.spent or statement.total.reserved or statement.budgets):
            return
        from bot.imaging.charts import budget_chart  # noqa: PLC0415 - Pillow is loaded where it is needed

        chart = await asyncio.to_thread(budget_chart, statement)
        file = await self._messenger.upload(f"budget-{statement.month}.png", chart, begun=_begun)
        now = self._clock()
        blocks = budget_blocks(statement, file, now=now)
        await respond(budget_words(statement, now=now), blocks=blocks, response_type="ephemeral")


async def _begun(_: FileId) -> None:
    """Nothing is noted: a chart that is lost is asked for again."""
