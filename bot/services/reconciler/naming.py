"""Under which name a training came back: pictures are drawn with what its card names."""

from dataclasses import replace

from bot.domain.alarm import Concern
from bot.domain.errors import Refused
from bot.domain.facts import Trained
from bot.domain.run import Run
from bot.ports import Transaction

RENAMED = (
    "Runware trained task {} as `{}`, where `{}` was ordered. Pictures are drawn with what it trained. "
    "Compare the task in the Runware dashboard with the run, and tell Runware."
)
CLASHES = (
    "Runware trained task {} as `{}`, where `{}` was ordered. That name is not free here: another version "
    "may be overwritten by now. Look for both in the Runware dashboard, and tell Runware."
)


def named(tx: Transaction, run: Run, news: Trained) -> Trained:
    """Let the run's version draw, and return the news with the name that it has; another is looked into."""
    ordered, task = run.air or news.air, run.task.id if run.task else ""
    try:
        version = tx.styles.reserve(run, lambda _: news.air)  # after a restore there may have been none
        if version.air != news.air:
            tx.styles.rename(run.id, news.air)
            _tell(tx, run, RENAMED.format(task, news.air, ordered), about=f"{task} as {news.air}")
    except Refused:
        _tell(tx, run, CLASHES.format(task, news.air, ordered), about=f"{task} as {news.air}")
        news = replace(news, air=ordered)
    if tx.styles.of_run(run.id):
        tx.styles.mark_ready(run.id)
    return news


def _tell(tx: Transaction, run: Run, sentence: str, *, about: str) -> None:
    tx.alarms.sound(run.request.workspace, Concern.FOREIGN, sentence, about=about)
