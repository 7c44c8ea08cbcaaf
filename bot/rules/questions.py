"""The words after `explain`: what somebody would like to do, as a case that a policy can be asked about."""

import difflib
import html
import re

from bot.domain.errors import NotUnderstood
from bot.domain.ids import ChannelId
from bot.domain.policy import Action, Case
from bot.domain.style import slug_of
from bot.rules.parties import CHANNEL, shown

EXAMPLE = "Write for example `train in #brand as stellar for $30`."
WORDS = {"training": Action.TRAIN, "publishing": Action.PUBLISH, "promoting": Action.PROMOTE}
CLAUSE = re.compile(r"\s+(in|as|for)\s+", re.IGNORECASE)
PRICE = re.compile(
    r"(?:USD\s*|\$)?(\d{1,3}(?:,\d{3})+|\d{1,9})(\.\d{1,6})?(?:\s*(?:\$|USD|dollars?))?", re.IGNORECASE
)
_LINKED = re.compile(r"<#([A-Z0-9]+)(?:\|[^>]*)?>")


def parsed_question(text: str, *, channel: ChannelId | None) -> Case:
    """Read `<action> [in <channel>] [as <style>] [for <price>]`, as Slack sends it: channels as `<#C…|name>`.

    `channel` is meant where none is named; None: one has to be. Raises NotUnderstood, with an example.
    """
    action, *rest = CLAUSE.split(html.unescape(text).strip())
    clauses = dict[str, str]()
    for word, value in zip(rest[::2], rest[1::2], strict=True):
        if word.lower() in clauses:
            raise NotUnderstood(f"`{word.lower()}` stands there twice. {EXAMPLE}")
        clauses[word.lower()] = value.strip()
    where = _channel(clauses["in"]) if "in" in clauses else channel
    if where is None:
        raise NotUnderstood("Say in which channel, for example `train in #C024BE91L`.")
    style = slug_of(clauses["as"].strip("\"'“”").partition("@")[0]) if "as" in clauses else ""
    return Case(_action(action), where, style, _price(clauses["for"]) if "for" in clauses else None)


def _action(text: str) -> Action:
    word = text.lower()
    if word in WORDS:
        return WORDS[word]
    if word in list(Action):
        return Action(word)
    near = difflib.get_close_matches(word, list(Action), n=1, cutoff=0.5)
    if near and word:
        raise NotUnderstood(f"“{shown(text)}” is nothing that rules are about. Did you mean `{near[0]}`?")
    raise NotUnderstood(f"Begin with {', '.join(Action)}. {EXAMPLE}")


def _channel(text: str) -> ChannelId:
    linked = _LINKED.fullmatch(text)
    name = linked[1] if linked else text.removeprefix("#")
    if not CHANNEL.fullmatch(name):
        raise NotUnderstood(
            f"“{shown(text)}” is no channel that I can see. Choose it from the list that Slack shows after "
            "#, or write its id, for example `in C024BE91L`."
        )
    return ChannelId(name)


def _price(text: str) -> float:
    found = PRICE.fullmatch(text)
    if not found:
        raise NotUnderstood(f"“{shown(text)}” is no price. Write US dollars, for example `for $30`.")
    return float(found[1].replace(",", "") + (found[2] or ""))
