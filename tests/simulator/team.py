"""What is drawn of a team: by which rules it decides, what it may spend, and how slow its people are."""

import random
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.domain.ids import ChannelId, UserId, WorkspaceId
from bot.domain.people import Party
from bot.domain.policy import BUILT_IN, Action, Budget, Policy, Prices, Rule, Scope, Step

T1, BRAND = WorkspaceId("T1"), ChannelId("C1")
ANN, BEN, CAT, DAN = UserId("UANN"), UserId("UBEN"), UserId("UCAT"), UserId("UDAN")
PRICES = Prices(training=15.0, picture=0.05)
"""Above what Runware charges here: then only a fault can exceed a budget."""
REMIND, ESCALATE, EXPIRE = timedelta(minutes=1), timedelta(minutes=4), timedelta(minutes=12)
LEADS = Step("the leads", (Party(BEN), Party(ANN)))
FINANCE = Step("finance", (Party(DAN),))


@dataclass(frozen=True)
class Team:
    """Ben decides, and where `has_finance` Dan after him; Cat's pictures wait for them where `is_strict`.

    `budget` is in US dollars a month; without one nothing has a price that is known beforehand.
    """

    budget: float | None = None
    is_strict: bool = False
    has_finance: bool = False
    has_rival: bool = False
    """Cat wants a style of her own at the same time."""
    proposes: bool = False
    """Ann wants the channel to draw in her style, and somebody has to agree."""
    waits: float = 0.0
    """Seconds that pass before anybody decides; meanwhile they are reminded."""
    is_deaf: bool = False
    """Nobody ever decides on a training: it expires."""
    sleeps: bool = False
    """It is night: reminders are kept back for up to an hour."""

    @property
    def policy(self) -> Policy:
        """Return their rules."""
        steps = (LEADS, FINANCE) if self.has_finance else (LEADS,)
        named = [Rule("a training of a team", Scope((Action.TRAIN,)), steps)] if self._is_slow else []
        if self.is_strict:
            named.append(Rule("dear pictures", Scope((Action.GENERATE,), above=0.01), (LEADS,)))
        if self.proposes:
            named.append(Rule("a default", Scope((Action.PROMOTE,)), (LEADS,)))
        rules = tuple(_quick(rule, is_deaf=self.is_deaf) for rule in (*named, *BUILT_IN.rules))
        return replace(
            BUILT_IN,
            rules=rules,
            budgets=() if self.budget is None else (Budget("the month", self.budget),),
            prices=Prices() if self.budget is None else PRICES,
            quiet=(12, 13) if self.sleeps else (20, 8),
        )

    @property
    def _is_slow(self) -> bool:
        return self.has_finance or bool(self.waits) or self.is_deaf


def _quick(rule: Rule, *, is_deaf: bool) -> Rule:
    """Return a rule under which things happen while a schedule lasts."""
    named = replace(rule, remind_after=REMIND, escalate_after=ESCALATE, escalate_to=(Party(CAT),))
    return replace(named, expires=EXPIRE) if is_deaf else named


def drawn_team(chance: random.Random, *, pictures: int) -> Team:
    """Draw one; Cat wants `pictures`, which nobody could draw in the styles of some teams."""
    waits = chance.choice((0.0, 0.0, 0.0, 0.0, 80.0, 500.0))
    return Team(
        budget=chance.choice((None, 15.0, 20.0, 100.0)),
        is_strict=chance.random() < 0.2,
        has_finance=chance.random() < 0.15,
        has_rival=not pictures and chance.random() < 0.3,
        proposes=bool(pictures) and chance.random() < 0.15,
        waits=waits,
        is_deaf=not pictures and chance.random() < 0.1,
        sleeps=bool(waits) and chance.random() < 0.3,
    )
