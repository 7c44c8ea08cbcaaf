"""The shape of a policy file: which keys there are, and what each takes.

A field's description is what a person reads when it holds something else ("write …"), so it says what to
write, with an example. Whatever needs a second value to be judged is in `bot.rules.sense`.
"""

import re
from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo
from pydantic_core import PydanticCustomError

from bot.domain.ids import ChannelId
from bot.domain.policy import Action, Level, Per, Scope
from bot.rules.parties import CHANNEL, Groups

UNITS = {"m": "minutes", "h": "hours", "d": "days"}
LONGEST = timedelta(days=365)
MOST_ENTRIES, MOST_LISTED, MOST_STEPS = 200, 100, 8
DEAREST = 1_000_000_000
"""US dollars: more is a slip of the keyboard."""


def _known(word: str, info: ValidationInfo) -> str:
    groups = info.context
    if isinstance(groups, Groups) and (told := groups.fault_of(word)):
        raise PydanticCustomError("party", "{told}", {"told": told})
    return word


def _duration(value: object) -> timedelta:
    found = re.fullmatch(r"([1-9]\d{0,5})([mhd])", value, re.ASCII) if isinstance(value, str) else None
    time = timedelta(**{UNITS[found[2]]: int(found[1])}) if found else timedelta()
    if not timedelta() < time <= LONGEST:
        raise ValueError(value)
    return time


def _hours(value: object) -> tuple[int, int]:
    times = value if isinstance(value, list) else []
    hours = [
        int(time[:2])
        for time in times
        if isinstance(time, str) and re.fullmatch(r"([01]\d|2[0-3]):00", time, re.ASCII)
    ]
    if len(hours) != 2 or len(times) != 2:  # noqa: PLR2004 - from and until
        raise ValueError(value)
    return hours[0], hours[1]


def _readable(text: str) -> str:
    tidy = " ".join(text.split())
    if not tidy or not tidy.isprintable():
        raise ValueError(text)
    return tidy


Listed = Field(max_length=MOST_LISTED)
Word = Annotated[str, AfterValidator(_known)]
People = Annotated[list[Word], Listed]
Channel = Annotated[ChannelId, Field(pattern=f"^{CHANNEL.pattern}$")]
Channels = Annotated[list[Channel], Listed]
Slugs = Annotated[list[Annotated[str, Field(pattern=r"^[a-z0-9*?-]{1,255}$")]], Listed]
Deed = Annotated[Action, Field(strict=False)]
Time = Annotated[timedelta, BeforeValidator(_duration)]
Title = Annotated[str, Field(max_length=80), AfterValidator(_readable)]
Sentence = Annotated[str, Field(max_length=500), AfterValidator(_readable)]
Dollars = Annotated[float, Field(ge=0, le=DEAREST, allow_inf_nan=False)]
Entries = Annotated[list[Any], Field(max_length=MOST_ENTRIES)]

PEOPLE = 'a list of at most 100 ids and group names, for example ["brand", "U024BE7LH", "S0614TZR7"]'
CHANNELS = 'a list of at most 100 channel ids, for example ["C024BE91L"]'
TIME = 'minutes, hours or days, at most 365 days, for example "90m", "24h" or "7d"'
TITLE = "a name of 1 to 80 letters, for example"
DOLLARS = "an amount of US dollars, for example"


class Shape(BaseModel):
    """A table of the file."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Lists(Shape):
    """Who has which role."""

    request: People | None = Field(default=None, description=PEOPLE)
    approve: People | None = Field(default=None, description=PEOPLE)
    promote: People | None = Field(default=None, description=PEOPLE)
    generate: People | None = Field(default=None, description=PEOPLE)
    review: People | None = Field(default=None, description=PEOPLE)
    admin: People | None = Field(default=None, description=PEOPLE)


class Local(Lists):
    """Who has which role in some channels."""

    channels: Channels = Field(min_length=1, description=CHANNELS)


class Roles(Lists):
    """Who has which role: everywhere, or in some channels."""

    within: list[Local] = Field(
        default=[], alias="in", description="tables, each under a header [[roles.in]] of its own"
    )


class Reckoned(Shape):
    """What things cost as long as nothing was measured, or whatever was."""

    training: Dollars | None = Field(default=None, gt=0, description=f"{DOLLARS} 12.0, and never 0")
    picture: Dollars | None = Field(default=None, gt=0, description=f"{DOLLARS} 0.04, and never 0")
    hold: bool = Field(default=False, description="true or false, without quotes")


class Head(Shape):
    """The file as a whole; the entries of its three lists are judged one by one."""

    quiet_hours: Annotated[tuple[int, int], BeforeValidator(_hours)] | None = Field(
        default=None,
        description='two whole hours, for example ["20:00", "08:00"]; the same twice for no quiet hours',
    )
    digest: Channel | None = Field(default=None, description='the id of a channel, for example "C024BE91L"')
    groups: dict[str, Annotated[list[str], Listed]] = Field(default={}, description=PEOPLE)
    roles: Roles = Field(default=Roles(), description="a table under the header [roles]")
    prices: Reckoned = Field(default=Reckoned(), description="a table under the header [prices]")
    rules: Entries = Field(
        default=[], description="at most 200 tables, each under a header [[rules]] of its own"
    )
    checks: Entries = Field(
        default=[], description="at most 200 tables, each under a header [[checks]] of its own"
    )
    budgets: Entries = Field(
        default=[], description="at most 200 tables, each under a header [[budgets]] of its own"
    )


ONE_ACTION = '"train", "publish", "promote", "generate", "use" or "review"'


class Covering(Shape):
    """What a rule or check is about."""

    action: Deed | None = Field(default=None, description=ONE_ACTION)
    actions: Annotated[list[Deed], Listed] = Field(default=[], description=f"a list of {ONE_ACTION}")
    channels: Channels = Field(default=[], description=CHANNELS)
    styles: Slugs = Field(
        default=[],
        description='a list of style names as in an AIR (a-z, 0-9, -), with * and ?, such as ["stellar*"]',
    )
    above: Dollars | None = Field(default=None, description=f"{DOLLARS} 20.0")

    @property
    def scope(self) -> Scope:
        """The cases that it covers."""
        actions = [self.action] if self.action else self.actions
        channels = dict.fromkeys(self.channels)
        return Scope(tuple(dict.fromkeys(actions)), tuple(channels), tuple(self.styles), self.above)


class StepShape(Shape):
    """One group of people who decide."""

    who: People = Field(alias="from", min_length=1, description=PEOPLE + ", with one entry or more")
    count: int = Field(default=1, ge=1, le=50, description="a whole number from 1 to 50, for example 2")
    name: Title | None = Field(default=None, description=f'{TITLE} "brand"')
    silent: People = Field(default=[], description=PEOPLE)


class RuleShape(Covering):
    """Who must approve what."""

    name: Title = Field(description=f'{TITLE} "dear trainings"')
    steps: Annotated[list[StepShape], Field(min_length=1, max_length=MOST_STEPS)] = Field(
        description=f'1 to {MOST_STEPS} steps such as [{{ from = ["brand"], count = 2 }}]; to let people '
        'decide alone, write from = ["everyone"] and four_eyes = false'
    )
    mode: Literal["all", "any"] = Field(default="all", description='"all" or "any"')
    four_eyes: bool = Field(default=True, description="true or false, without quotes")
    expires: Time = Field(default=timedelta(hours=24), description=TIME)
    remind_after: Time = Field(default=timedelta(hours=2), description=TIME)
    escalate_after: Time | None = Field(default=None, description=TIME)
    escalate_to: People = Field(default=[], description=PEOPLE)


class CheckShape(Covering):
    """What must not be."""

    name: Title = Field(description=f'{TITLE} "no public models"')
    level: Annotated[Level, Field(strict=False)] = Field(description='"advisory", "soft" or "hard"')
    says: Sentence = Field(
        description='a sentence of at most 500 letters, for example "Models of this team are never public."'
    )


class BudgetShape(Shape):
    """How much may be spent in a month."""

    name: Title = Field(description=f'{TITLE} "brand"')
    limit: Dollars = Field(description=f"{DOLLARS} 200.0")
    per: Annotated[Per, Field(strict=False)] = Field(
        default=Per.WORKSPACE, description='"workspace", "channel" or "user"'
    )
    of: Annotated[list[str], Listed] = Field(
        default=[], description="a list of channel ids for each channel, of member ids (U…, W…) for each user"
    )


SHAPES: dict[tuple[str, ...], type[Shape]] = {
    (): Head,
    ("roles",): Roles,
    ("roles", "in"): Local,
    ("prices",): Reckoned,
    ("rules",): RuleShape,
    ("rules", "steps"): StepShape,
    ("checks",): CheckShape,
    ("budgets",): BudgetShape,
}
"""What table stands at which keys, however often."""


def keys_of(shape: type[Shape]) -> dict[str, str]:
    """Return each key of a table, with what to write there."""
    return {
        field.alias or name: field.description or "something else"
        for name, field in shape.model_fields.items()
    }
