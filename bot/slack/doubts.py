"""What is said of trouble, and of a paid request of which nobody can say, or could, whether it was taken.

For the cards and for the answers to `/style status`: both tell the same evidence.
"""

from datetime import datetime

from bot.domain.generation import Generation
from bot.domain.generation import Stage as Drawing
from bot.domain.run import Run, Stage
from bot.domain.task import Task
from bot.slack.blocks import Block, code, context, esc, moment

HELD_UP = "Waiting to be handed over to Runware."
STILL_CHARGED = "Runware may still finish and charge it."


def troubled(trouble: str, since: datetime | None) -> str:
    """Return what keeps it from moving on, and since when, in mrkdwn."""
    return f"{esc(trouble)} Since {moment(since)}." if since else esc(trouble)


def is_doubtful(item: Run | Generation) -> bool:
    """Say whether a person has to decide: nobody knows whether Runware took it."""
    return item.stage in (Stage.UNCONFIRMED, Drawing.UNCONFIRMED)


def is_given_up(item: Run | Generation) -> bool:
    """Say whether somebody ended it although Runware may have taken it, and may charge it."""
    if isinstance(item, Run):
        return item.stage is Stage.CANCELLED and item.may_be_charged
    return item.failure is not None and item.failure.code == "givenUp"


def is_held_up(item: Run | Generation) -> bool:
    """Say whether its request is written down, and something keeps it from being sent at all."""
    is_ready = item.stage in (Stage.SUBMITTING, Drawing.SUBMITTING)
    return is_ready and bool(item.trouble) and not (item.task and item.task.attempts)


def evidence(item: Run | Generation) -> list[Block]:
    """Return what a person needs to decide: what was sent when, and what Runware said last, and when."""
    if item.task is None:
        return []
    told = [f"{sent(item.task)} Task {code(item.task.id)}.", heard(item)]
    return [context(*(text for text in told if text))]


def sent(task: Task) -> str:
    """Return how often it was sent, and when, in mrkdwn."""
    first, last = task.first_attempt_at, task.last_attempt_at
    if not task.attempts:
        return "Nothing was sent yet."
    if task.attempts == 1:
        return f"Sent once, {moment(first)}." if first else "Sent once."
    times = f"Sent {task.attempts} times, always the same bytes"
    return f"{times}, first {moment(first)}, last {moment(last)}." if first and last else f"{times}."


def heard(item: Run | Generation) -> str:
    """Return what Runware said of it, and when it was asked while in doubt, in mrkdwn; empty for nothing."""
    said = ["Runware has said that it took it."] if item.task and item.task.is_taken else []
    if is_doubtful(item) or is_given_up(item):
        said += map(esc, item.evidence)
        said += [f"Runware was asked {moment(item.searched_at)}."] if item.searched_at else []
    if is_doubtful(item) and not item.searched_at:
        said.append("Runware was not asked yet.")
    return " ".join(said)


def unsettled(item: Run | Generation) -> list[str]:
    """Return what is the matter with it, for an answer: the trouble, the evidence, and what can be typed.

    Mrkdwn, a line each; none where nothing is the matter. Trouble of what is over is a thing of the past.
    """
    is_open = not item.is_over and bool(item.trouble or is_doubtful(item))
    if not is_open and not is_given_up(item):
        return []
    trouble = troubled(item.trouble, item.troubled_since) if is_open and item.trouble else ""
    told = [sent(item.task), heard(item)] if item.task else []
    return [line for line in (trouble, *told, _typed(item)) if line]


def numbers(item: Run | Generation) -> str:
    """Return its id, and once there is one its task's, by which Runware's dashboard finds it, in mrkdwn."""
    kind = "Run" if isinstance(item, Run) else "Pictures"
    return f"{kind} {code(item.id)}" + (f" · task {code(item.task.id)}" if item.task else "")


def _typed(item: Run | Generation) -> str:
    """Return what to type where it is not settled; empty where nothing helps."""
    cancel = f"`/style cancel {item.id}`"
    if item.is_over:
        return ""
    if is_doubtful(item):
        return f"`/style check {item.id}` has Runware asked once more; {cancel} gives it up."
    if isinstance(item, Run) and item.stage is Stage.TRAINING:
        return f"{cancel} stops following it; Runware trains on."
    is_leaving = isinstance(item, Generation) or item.may_be_charged
    return "" if is_leaving else f"{cancel} ends it; nothing was sent to Runware yet."
