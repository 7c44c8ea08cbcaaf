"""A person's App Home: what waits for them, their own runs, the styles, and how to begin.

At most 20 lines of a kind, so far below Slack's 100 blocks whatever there is.
"""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.message import HomeState
from bot.domain.run import Run, Stage
from bot.domain.style import Version
from bot.slack.blocks import (
    Block,
    actions,
    button,
    channel_mark,
    code,
    context,
    divider,
    esc,
    header,
    mention,
    section,
)
from bot.slack.notices import held
from bot.slack.phrases import STAGE_WORDS, measured, progress, scored

MOST_LINES, MOST_ALARMS = 20, 3


def home_view(state: HomeState, *, now: datetime) -> Block:
    """Return the whole view, as views.publish takes it."""
    blocks = [
        header("Housestyle"),
        section("Train an illustration style from your own pictures, and draw in it without leaving Slack."),
        actions(
            button("Train a style", "home.train", "train", style="primary"),
            button("Generate pictures", "home.generate", "generate"),
        ),
        *[section(held(alarm)) for alarm in state.alarms[:MOST_ALARMS]],
        *_listed("Waiting for your decision", [_waiting(r) for r in state.waiting], "Nothing waits for you."),
        *_listed("My runs", [_mine(r, now) for r in state.mine], "You have not asked for a training yet."),
        *_listed("Styles", [_style(v) for v in state.styles], "No style is trained yet."),
        divider(),
        *_getting_started(),
    ]
    return {"type": "home", "blocks": blocks}


def _listed(title: str, lines: Sequence[str], nothing: str) -> list[Block]:
    shown = [section(line) for line in lines[:MOST_LINES]] or [context(nothing)]
    more = len(lines) - MOST_LINES
    return [header(title), *shown, *([context(f"and {more} more")] if more > 0 else [])]


def _waiting(run: Run) -> str:
    parts = [measured(run.dataset), scored(run.dataset)] if run.dataset else []
    found = "".join(f" · {part}" for part in parts if part)
    where = channel_mark(run.request.channel)
    asked = f"asked by {mention(run.request.requester)} in {where}"
    return (
        f"*{esc(run.request.name)}*{found}\n{asked} · decide on its card, or type `/style approve {run.id}`"
    )


def _mine(run: Run, now: datetime) -> str:
    stage = f"training {progress(run, now=now)}" if run.stage is Stage.TRAINING else STAGE_WORDS[run.stage]
    return f"*{esc(run.request.name)}* · {stage}\nin {channel_mark(run.request.channel)} · run {code(run.id)}"


def _style(version: Version) -> str:
    return f"*{esc(version.label)}* · {code(version.air)}"


def _getting_started() -> list[Block]:
    return [
        header("Getting started"),
        section(
            "1. Put 10 to 50 pictures of one style into a ZIP and get a link to it; or post them here, and "
            "choose Train a style from the message's menu.\n"
            "2. In a channel, type `/train https://assets.example.com/stellar.zip as Stellar`. "
            "A colleague approves it; training takes about two hours.\n"
            "3. Type `/generate a red fox on a mossy rock at dusk`.\n"
            "`/train help`, `/generate help` and `/style help` say the rest."
        ),
    ]
