"""The rules of a team as a value: who may do what, who must approve what, what it may cost.

Rules are asked in their order and the first that covers a case holds, as in a firewall; checks all hold.
A price that nobody knows counts as above every limit. Nothing here reads a file (`bot.rules` does).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from fnmatch import fnmatchcase

from bot.domain.errors import NotAllowed
from bot.domain.ids import ChannelId
from bot.domain.money import micros
from bot.domain.people import ADMINS, EVERYONE, Kind, Party, Person


class Role(StrEnum):
    """What somebody may be allowed to do."""

    REQUEST = "request"
    """Ask for trainings, choose pictures of a dataset, ask again."""
    APPROVE = "approve"
    """Decide where a rule names them: a rule's own list is asked besides."""
    PROMOTE = "promote"
    """Set what a channel draws in."""
    GENERATE = "generate"
    """Ask for pictures."""
    REVIEW = "review"
    """Approve pictures for use."""
    ADMIN = "admin"
    """Override, break the glass, freeze, mend, see the audit."""


class Action(StrEnum):
    """What can need an approval."""

    TRAIN = "train"
    PUBLISH = "publish"
    """Train a model that everybody at Runware may use (`private: false`)."""
    PROMOTE = "promote"
    """Make a version a channel's default."""
    GENERATE = "generate"
    USE = "use"
    """Approve a picture for use."""
    REVIEW = "review"
    """Look afterwards at what an admin did by breaking the glass."""


PRICED = frozenset({Action.TRAIN, Action.PUBLISH, Action.GENERATE})
"""What is paid for at Runware."""


class Level(StrEnum):
    """What happens where a check fails."""

    ADVISORY = "advisory"
    """It is said on the card."""
    SOFT = "soft"
    """Nothing is approved before an admin overrides it, with a reason that every approver is told."""
    HARD = "hard"
    """It is refused."""


@dataclass(frozen=True)
class Case:
    """What somebody wants to do. `style` is its slug, `price` in US dollars, the upper end; None: unknown."""

    action: Action
    channel: ChannelId
    style: str = ""
    price: float | None = None


def asked_together(case: Case) -> tuple[Case, ...]:
    """Return the cases that are one question: a public model is asked for together with its training."""
    return (replace(case, action=Action.TRAIN), case) if case.action is Action.PUBLISH else (case,)


@dataclass(frozen=True)
class Scope:
    """Which cases a rule or check is about. Empty: all of them. `styles` are slugs, with `*` and `?`."""

    actions: tuple[Action, ...] = ()
    channels: tuple[ChannelId, ...] = ()
    styles: tuple[str, ...] = ()
    above: float | None = None

    def misses(self, case: Case) -> str:
        """Return in words why it does not cover `case`; empty where it does."""
        if self.actions and case.action not in self.actions:
            return f"it is about {_either(self.actions)}"
        if self.channels and case.channel not in self.channels:
            return "it is about other channels"
        if self.styles and not any(fnmatchcase(case.style, pattern) for pattern in self.styles):
            return f"it is about the styles {_either(self.styles)}"
        if self.above is not None and case.action not in PRICED:
            return "it is about what has a price"
        if self.above is not None and case.price is not None and micros(case.price) <= micros(self.above):
            return f"it is about prices above ${self.above:g}"
        return ""


@dataclass(frozen=True)
class Step:
    """One group of people who decide: `count` of them must approve; `silent` ones may, and are not pinged."""

    name: str
    who: tuple[Party, ...] = (EVERYONE,)
    count: int = 1
    silent: tuple[Party, ...] = ()


@dataclass(frozen=True)
class Rule:
    """Who must approve the cases it covers: each of the `steps` in their order, or with `any_step` one."""

    name: str
    scope: Scope
    steps: tuple[Step, ...]
    any_step: bool = False
    four_eyes: bool = True
    expires: timedelta = timedelta(hours=24)
    remind_after: timedelta = timedelta(hours=2)
    escalate_after: timedelta | None = None
    escalate_to: tuple[Party, ...] = ()


@dataclass(frozen=True)
class Check:
    """What must not be: the cases it covers. `says` is a sentence for people."""

    name: str
    scope: Scope
    level: Level
    says: str


@dataclass(frozen=True)
class Grant:
    """Who has a role: everywhere, or in `channels`, where it then holds instead of what holds everywhere."""

    role: Role
    to: tuple[Party, ...]
    channels: tuple[ChannelId, ...] = ()


class Per(StrEnum):
    """Whose money a budget limits."""

    WORKSPACE = "workspace"
    CHANNEL = "channel"
    USER = "user"


@dataclass(frozen=True)
class Budget:
    """At most `limit` US dollars a calendar month (UTC): of all, or of each channel or person.

    `of` narrows it to these channels or people.
    """

    name: str
    limit: float
    per: Per = Per.WORKSPACE
    of: tuple[str, ...] = ()


@dataclass(frozen=True)
class Prices:
    """What an admin says things cost, in US dollars: until something was measured, or with `hold` always."""

    training: float | None = None
    picture: float | None = None
    hold: bool = False


@dataclass(frozen=True)
class Policy:
    """All rules of a team. `source` says where they come from, `loaded_at` since when they hold.

    `sha256` is the file's, in hexadecimal; empty where there is none.
    """

    rules: tuple[Rule, ...] = ()
    checks: tuple[Check, ...] = ()
    grants: tuple[Grant, ...] = ()
    budgets: tuple[Budget, ...] = ()
    prices: Prices = Prices()
    quiet: tuple[int, int] = (20, 8)
    """Hours of an approver's own clock, from and until, at which nobody is reminded."""
    digest: ChannelId | None = None
    """Where the weekly digest goes; None: to the admins, directly."""
    source: str = "built-in"
    loaded_at: datetime | None = None
    sha256: str = ""

    def rule_for(self, case: Case) -> Rule | None:
        """Return the rule that holds for `case`: the first that covers it; None: no approval is needed."""
        return next((rule for rule in self.rules if not rule.scope.misses(case)), None)

    def failed(self, case: Case) -> tuple[Check, ...]:
        """Return the checks that `case` fails."""
        return tuple(check for check in self.checks if not check.scope.misses(case))

    def holders(self, role: Role, channel: ChannelId | None) -> tuple[Party, ...]:
        """Return who has `role` in the channel; None: in the whole workspace, for which no channel speaks."""
        granted = [grant for grant in self.grants if grant.role is role]
        here = [grant for grant in granted if channel in grant.channels]
        chosen = here or [grant for grant in granted if not grant.channels]
        if not chosen:
            return (ADMINS,) if role is Role.ADMIN else (EVERYONE,)
        return tuple(dict.fromkeys(party for grant in chosen for party in grant.to))

    @property
    def parties(self) -> frozenset[Party]:
        """Every party that any rule or grant names."""
        steps = [step for rule in self.rules for step in rule.steps]
        named = [*(grant.to for grant in self.grants), *(rule.escalate_to for rule in self.rules)]
        return frozenset(
            party
            for parties in (*named, *(s.who for s in steps), *(s.silent for s in steps))
            for party in parties
        )


COLLEAGUE = Step("a colleague")
BUILT_IN = Policy(
    rules=(
        Rule("a training", Scope((Action.TRAIN,)), (COLLEAGUE,)),
        Rule("a picture for use", Scope((Action.USE,)), (COLLEAGUE,)),
        Rule("an after-review", Scope((Action.REVIEW,)), (COLLEAGUE,), expires=timedelta(days=14)),
    )
)
"""What holds without a policy file: a colleague approves each training and each picture for use."""

_WHY_NOT = {
    Kind.GUEST: "Guests can read the cards here, and can neither ask for nor decide on anything.",
    Kind.EXTERNAL: "People of other workspaces can neither ask for nor decide on anything here.",
    Kind.BOT: "Bots can neither ask for nor decide on anything.",
    Kind.DEACTIVATED: "This account is deactivated: it can neither ask for nor decide on anything.",
}
_DEEDS = {
    Role.REQUEST: "ask for trainings",
    Role.APPROVE: "decide on requests",
    Role.PROMOTE: "choose the default style",
    Role.GENERATE: "ask for pictures",
    Role.REVIEW: "approve pictures for use",
    Role.ADMIN: "do what is for admins",
}


def check_member(person: Person) -> None:
    """Raise NotAllowed for all but full members: others can do nothing that costs or decides."""
    if person.kind is not Kind.MEMBER:
        raise NotAllowed(_WHY_NOT[person.kind])


def authorize(person: Person, role: Role, *, policy: Policy, channel: ChannelId | None) -> None:
    """Let `person` act in `role` in the channel, or raise NotAllowed: the one question on every path.

    None is the whole workspace, as of `Policy.holders`.
    """
    check_member(person)
    if not person.is_among(policy.holders(role, channel)):
        where = "in this channel" if channel else "of the whole workspace"
        raise NotAllowed(
            f"You may not {_DEEDS[role]} {where}. `/style policy` shows who may, and an admin can change it."
        )


def role_of(action: Action) -> Role:
    """Return which role decides on it."""
    return Role.REVIEW if action is Action.USE else Role.APPROVE


def is_quiet(policy: Policy, *, at: datetime, offset: timedelta) -> bool:
    """Say whether it is night, by `policy.quiet`, where the clock is `offset` ahead of UTC."""
    begin, end = policy.quiet
    hour = (at + offset).hour
    return begin <= hour or hour < end if begin > end else begin <= hour < end


def _either(words: Sequence[str]) -> str:
    return " or ".join(words)
