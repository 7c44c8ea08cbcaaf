"""A person's App Home: what waits for a decision, their own runs, the styles, the month, and how to begin.

At most 20 lines of a kind, so far below Slack's 100 blocks whatever there is.
"""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.generation import Generation
from bot.domain.message import HomeState
from bot.domain.money import Line, Statement, dollars
from bot.domain.proposal import Proposal
from bot.domain.run import Run, Stage
from bot.domain.style import Version
from bot.domain.terms import names
from bot.slack import voting
from bot.slack.blocks import (
    Block,
    actions,
    button,
    channel_mark,
    clamp,
    code,
    context,
    divider,
    esc,
    header,
    section,
)
from bot.slack.budgets import month_name, named
from bot.slack.gates import open_gate
from bot.slack.notices import held
from bot.slack.phrases import STAGE_WORDS, amount, measured, progress, scored
from bot.slack.voting import called

MOST_LINES, MOST_ALARMS, MOST_BUDGETS = 20, 3, 5
CLOSED = "Housestyle shows its styles, runs and what they cost to full members of this workspace only."


def home_view(state: HomeState, *, now: datetime) -> Block:
    """Return the whole view, as views.publish takes it."""
    if state.closed:
        return {"type": "home", "blocks": [header("Housestyle"), section(f"{esc(state.closed)}\n{CLOSED}")]}
    blocks = [
        header("Housestyle"),
        section("Train an illustration style from your own pictures, and draw in it without leaving Slack."),
        actions(
            button("Train a style", "home.train", "train", style="primary"),
            button("Generate pictures", "home.generate", "generate"),
        ),
        *[section(held(alarm)) for alarm in state.alarms[:MOST_ALARMS]],
        *_listed(
            "Waiting for a decision",
            [*(_waiting(run) for run in state.waiting), *(_asked(one) for one in state.asked)],
            "Nothing that others ask waits for a decision.",
        ),
        *_listed("My runs", [_mine(r, now) for r in state.mine], "You have not asked for a training yet."),
        *_listed("Styles", [_style(v) for v in state.styles], "No style is trained yet."),
        *([context(month(state.money))] if state.money else []),
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
    return f"*{esc(run.request.name)}*{found}\nasked by {voting.asker(run)} in {where} · {_next(run)}"


def _asked(asked: Generation | Proposal) -> str:
    what = clamp(esc(called(asked)), 200)
    where = channel_mark(asked.request.channel)
    return f"*{what}*\nasked by {voting.asker(asked)} in {where} · {_next(asked)}"


def _next(asked: voting.Asked) -> str:
    """Return who decides on it now, and how, in mrkdwn."""
    told = f"{_decider(asked)} decides on its card, or types {voting.typed(asked, asked.ballot)}"
    return "\n".join(part for part in (told, voting.over_budget(asked)) if part)


def _decider(asked: voting.Asked) -> str:
    """Return whom it waits for now, as the rules name them."""
    if asked.ballot is None:
        return "a colleague"
    gate = open_gate(asked.ballot)
    return "an admin" if gate is None else clamp(esc(names(asked.ballot.terms.gates[gate])), 60)


def month(money: Statement) -> str:
    """Return in a line what the month has cost, is reserved and leaves, in mrkdwn."""
    total = money.total
    parts = [
        f"*{month_name(money.month)}* · ${amount(dollars(total.spent))} spent",
        f"${amount(dollars(total.reserved))} reserved" if total.reserved else "",
        f"{total.unpriced} of unknown cost" if total.unpriced else "",
        *map(_budget, money.budgets[:MOST_BUDGETS]),
        "`/style budget` shows it all",
    ]
    return " · ".join(part for part in parts if part)


def _budget(line: Line) -> str:
    if line.left is None or line.limit is None:
        return ""
    left, limit = amount(dollars(line.left)), amount(dollars(line.limit))
    return f"{named(line)}: ${left} left of ${limit}"


def _mine(run: Run, now: datetime) -> str:
    stage = f"training {progress(run, now=now)}" if run.stage is Stage.TRAINING else STAGE_WORDS[run.stage]
    return f"*{esc(run.request.name)}* · {stage}\nin {channel_mark(run.request.channel)} · run {code(run.id)}"


def _style(version: Version) -> str:
    return f"*{esc(version.label)}* · {code(version.air)}"


def _getting_started() -> list[Block]:
    return [
        header("Getting started"),
        section(
            "1. Put 10 to 50 pictures of one style into a ZIP and get a link to it; or post them in a "
            "channel that Housestyle is in, and choose Train a style from the message's menu.\n"
            "2. In a channel, type `/train https://assets.example.com/stellar.zip as Stellar`. "
            "It is approved first; training takes about two hours.\n"
            "3. Type `/generate a red fox on a mossy rock at dusk`.\n"
            "`/train help`, `/generate help` and `/style help` say the rest."
        ),
    ]
