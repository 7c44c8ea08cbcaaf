"""Pictures that somebody deleted in Slack: a message that shows one is refused whole, so it is left out.

Slack refuses a file that it is not done with in the same words. So it is asked what became of a picture only
when messages that show it were refused again and again. What is gone is remembered for as long as we run.
"""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.errors import Unavailable, Unpostable
from bot.slack.blocks import Block, Drawn, context, esc
from bot.slack.faults import is_about_a_file, told_in_our_words

REFUSALS = 10
"""After so many, and after as many again, Slack is asked whether a picture is gone."""
REMEMBERED = 1000
GONE = {"file_not_found", "file_deleted"}


class Missing:
    """What is known of the pictures of one workspace."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client
        self._refusals: Counter[str] = Counter()
        self._gone: set[str] = set()

    def left_out(self, drawn: Drawn) -> Drawn:
        """Return what is drawn, with a line in the place of each picture that is gone."""
        return replace(
            drawn,
            blocks=[_in_words(block) if _file(block) in self._gone else block for block in drawn.blocks],
        )

    @asynccontextmanager
    async def watching(self, drawn: Drawn) -> AsyncIterator[None]:
        """Learn from a refusal of what is drawn, which passes as it is."""
        try:
            yield
        except SlackApiError as error:
            if is_about_a_file(error):
                await self._look_into(drawn)
            raise

    async def _look_into(self, drawn: Drawn) -> None:
        if len(self._refusals) > REMEMBERED:
            self._refusals.clear()
            self._gone.clear()  # they are found out anew
        for file in filter(None, map(_file, drawn.blocks)):
            self._refusals[file] += 1
            if self._refusals[file] % REFUSALS == 0 and await self._is_gone(file):
                self._gone.add(file)

    async def _is_gone(self, file: str) -> bool:
        try:
            with told_in_our_words():
                await self._client.files_info(file=file)
        except Unpostable as no:
            return no.code in GONE
        except Unavailable:  # nobody can say
            return False
        return False


def _file(block: Block) -> str:
    """Return the file that a block shows, or nothing."""
    return str(block.get("slack_file", {}).get("id", ""))


def _in_words(block: Block) -> Block:
    """Return what stands in the place of a picture; a block that is another needs another id."""
    said = (
        f"*{esc(block['title']['text'])}*: this picture was deleted from Slack, so it is not shown any more."
    )
    return context(said) | {"block_id": f"{block['block_id']}.gone"}
