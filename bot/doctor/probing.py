"""`housestyle doctor --probe`: says what it will do and cost, asks, does it, and says what it means."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.config import HINTS, Settings, SettingsFault
from bot.doctor.database import newest_style
from bot.doctor.finding import Mark
from bot.doctor.prices import foretold, known_price, span
from bot.doctor.probe import PACE, Pace, Probe, Record
from bot.doctor.report import sign
from bot.doctor.verdicts import Known, Observation, cost_told, verdicts
from bot.domain.errors import AccessDenied, Refused
from bot.domain.ids import Air
from bot.domain.style import checked_air
from bot.runware.mouth import HttpMouth

ONE = (
    "This draws one picture at {url}, with {air}: 1024x1024, low quality. {price} The same request is sent "
    "twice at once, which should be charged once: whether it is, is what the probe finds out. What it did "
    "cost is told afterwards. Let nothing else use the account meanwhile: its balance is compared."
)
TWO = "Send the same once more after it is done? That may cost one more picture{price}."
ALL_WELL = "All as relied on: nothing to set."
THE_REST = "Nothing to set for the rest: it is as relied on."
NO_KEY = "Runware refuses RUNWARE_API_KEY. Nothing was drawn; check the key and run the probe again."
NO_MONEY = "The balance at Runware covers no picture. Nothing was drawn; top it up and run the probe again."
STOPPED = "Nothing was asked for, and nothing charged."


@dataclass(frozen=True)
class Wishes:
    """What was asked for on the command line; with `yes` every question is answered so."""

    air: str | None = None
    repeat_finished: bool = True
    yes: bool = False


def probe(settings: Settings, wishes: Wishes, console: Console, *, pace: Pace = PACE) -> bool:
    """Run the probe if the owner agrees; return whether nothing contradicts what is relied on.

    Raises SettingsFault without a key, Refused without a style, and what `Probe.run` raises.
    """
    if settings.runware_api_key is None:
        raise SettingsFault([f"RUNWARE_API_KEY is missing: {HINTS['RUNWARE_API_KEY']}."])
    air = _air(settings, wishes)
    price = known_price(settings)
    told_price = foretold(price, 3 if wishes.repeat_finished else 2)
    console.print(Text(ONE.format(url=settings.runware_api_url, air=air, price=told_price)))
    if not (wishes.yes or click.confirm("Draw it?")):
        console.print(STOPPED)
        return True
    more = TWO.format(price=f", {span(price)}" if price else "")
    late = wishes.repeat_finished and (wishes.yes or click.confirm(more))
    key = settings.runware_api_key.get_secret_value()
    mouth = HttpMouth(key, settings.runware_api_url, connections=1)
    told = Probe(mouth, lambda sentence: console.print(Text(sentence)), pace)
    record = asyncio.run(_probed(mouth, told, air, repeat_finished=late))
    found = verdicts(record, Known(frozenset(settings.housestyle_result_hosts), price))
    show(found, console)
    _show_answers(record, key, console)
    console.print(Text(cost_told(record)))
    return all(one.mark is not Mark.FAULT for one in found)


def _air(settings: Settings, wishes: Wishes) -> Air:
    """Return the style to draw with. Raises NotUnderstood for a word that is none, Refused without any."""
    if wishes.air:
        return checked_air(wishes.air)
    newest = newest_style(Path(settings.database_path))
    if newest is None:
        raise Refused(
            "No style is ready in this database, and the probe needs one to draw with. Name one that your "
            "Runware account has, for example `--air acme:stellar@1`."
        )
    return newest[0]


async def _probed(mouth: HttpMouth, run: Probe, air: Air, *, repeat_finished: bool) -> Record:
    try:
        return await run.run(air, repeat_finished=repeat_finished)
    except AccessDenied as denied:
        raise Refused(NO_MONEY if denied.is_balance else NO_KEY) from None
    finally:
        await mouth.aclose()


def show(found: Sequence[Observation], console: Console) -> None:
    """Print what was found, and below it what to do about that."""
    if console.is_terminal:
        console.print(_table(found))
    else:
        console.print("What was found:")
        for one in found:
            line = f"{sign(one.mark)}  {one.question}: {one.found} (relied on: {one.assumed})"
            console.print(Text(line), soft_wrap=True)
    for advice in dict.fromkeys(one.advice for one in found if one.advice):
        questions = "; ".join(one.question for one in found if one.advice == advice)
        console.print(Text(f"→ {questions}: {advice}"))
    if any(one.advice for one in found):
        console.print(THE_REST)
    elif all(one.mark is Mark.OK for one in found):
        console.print(ALL_WELL)


def _table(found: Sequence[Observation]) -> Table:
    table = Table("", "tried", "found", "relied on", title="What was found", show_lines=True)
    for one in found:
        table.add_row(sign(one.mark), Text(one.question), Text(one.found), Text(one.assumed))
    return table


def _show_answers(record: Record, key: str, console: Console) -> None:
    console.print("What Runware answered:")
    for step, said in record.said.items():
        console.print(Text(f"  {step}: {said.shown}"))
        console.print(Text(f"    {said.raw(key)}"), soft_wrap=True)
