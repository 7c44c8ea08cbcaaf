"""What a card says of trouble, and of a paid request of which nobody can say whether it was taken."""

from datetime import datetime

from bot.domain.generation import Generation
from bot.domain.run import Run
from bot.slack.blocks import Block, code, context, esc, moment
from bot.slack.phrases import counted


def troubled(trouble: str, since: datetime | None) -> str:
    """Return what keeps it from moving on, and since when, in mrkdwn."""
    return f"{esc(trouble)} Since {moment(since)}." if since else esc(trouble)


def evidence(item: Run | Generation) -> list[Block]:
    """Return what a person needs to decide: what was sent when, and what Runware said last, and when."""
    task = item.task
    if task is None:
        return []
    first, last = task.first_attempt_at, task.last_attempt_at
    times = f"Sent {counted(task.attempts, 'time')}, always the same bytes"
    if first and last:
        times += f", first {moment(first)}" + (f", last {moment(last)}" if last != first else "")
    said = " ".join(esc(sentence) for sentence in item.evidence) or "Runware was not asked yet."
    asked = f" Asked {moment(item.searched_at)}." if item.searched_at else ""
    return [context(f"{times}. Task {code(task.id)}.", f"{said}{asked}")]
