"""Who and what there is in the workspace when it is new: people, channels, commands, ids."""

from collections.abc import Mapping
from dataclasses import dataclass, field

TEAM_ID = "T0000000001"
TEAM_NAME = "Sandbox"
OTHER_TEAM = "T00000OTHER"
BOT_USER = "U000000BOT"
BOT_ID = "B000000BOT"
BOT_NAME = "housestyle"
APP_ID = "A000000APP"
LONDON = ("Europe/London", "Greenwich Mean Time", 0)
BERLIN = ("Europe/Berlin", "Central European Time", 3600)
INDIA = ("Asia/Kolkata", "India Standard Time", 19800)
PACIFIC = ("America/Los_Angeles", "Pacific Standard Time", -28800)
LEADS, FINANCE = "S00000LEADS", "S000FINANCE"


@dataclass(frozen=True)
class Person:
    """Someone in the workspace, or seen from it; the names of fields are Slack's, as are their values.

    `color` is six hexadecimal digits, `zone` Slack's tz, tz_label and tz_offset, in seconds ahead of UTC.
    """

    id: str
    name: str
    real_name: str
    title: str
    color: str
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_admin: bool = False
    is_owner: bool = False
    is_bot: bool = False
    is_stranger: bool = False
    deleted: bool = False
    team_id: str = TEAM_ID
    zone: tuple[str, str, int] = LONDON

    @property
    def is_external(self) -> bool:
        """Whether they are of another team, and here only through a shared channel."""
        return self.team_id != TEAM_ID

    @property
    def can_act(self) -> bool:
        """Whether anybody sits in front of Slack as this person; what comes from others, a test forged."""
        return not self.deleted and not self.is_bot


@dataclass(frozen=True)
class Usergroup:
    """A user group; people write `@handle`."""

    id: str
    handle: str
    name: str


@dataclass
class Channel:
    """A place to talk. A direct conversation has its person and the bot as members."""

    id: str
    name: str
    topic: str = ""
    members: list[str] = field(default_factory=list)
    is_private: bool = False
    is_archived: bool = False
    is_im: bool = False
    is_ext_shared: bool = False


@dataclass(frozen=True)
class Command:
    """A slash command that the app brought."""

    command: str
    description: str
    usage_hint: str


@dataclass(frozen=True)
class Shortcut:
    """An entry that the app put into the menu of every message."""

    callback_id: str
    name: str


ANN, BEN, CAT, GUS = "U0000000ANN", "U0000000BEN", "U0000000CAT", "U0000000GUS"
DAN, EVE, FIN, EXT = "U0000000DAN", "U0000000EVE", "U0000000FIN", "U0000000EXT"
OLD, ROBO = "U0000000OLD", "U000000ROBO"

PEOPLE = (
    Person(ANN, "ann", "Ann Archer", "Brand designer", "9f69e7"),
    Person(BEN, "ben", "Ben Okafor", "Art director", "4bbe2e", is_admin=True, is_owner=True),
    Person(CAT, "cat", "Cat Lindqvist", "Marketer", "e7392d", zone=PACIFIC),
    Person(GUS, "gus", "Gus Moreau", "Guest, agency", "3c989f", is_restricted=True),
    Person(DAN, "dan", "Dan Weber", "Deputy art director", "d58247", zone=BERLIN),
    Person(EVE, "eve", "Eve Santos", "Workspace admin", "2b6cb0", is_admin=True),
    Person(FIN, "fin", "Fin Rao", "Finance", "8d4b84", zone=INDIA),
    Person(EXT, "ext", "Ext Novak", "Another company", "7d6608", team_id=OTHER_TEAM, zone=BERLIN),
    Person(OLD, "old", "Old Hand", "Left last year", "5b6470", deleted=True),
    Person(ROBO, "robo", "Robo", "Another app", "757575", is_bot=True),
)
"""Everyone there is: those who act, in the order of the page, then who cannot any more or never could."""
BOT = Person(BOT_USER, BOT_NAME, BOT_NAME.title(), "", "757575", is_bot=True)
SLACKBOT = Person("USLACKBOT", "slackbot", "Slackbot", "", "757575")
"""Slack's own; of it Slack says that it is no bot."""

COMMANDS = (
    Command("/train", "Train a style from your pictures", "<zip link> as <name>"),
    Command("/generate", "Draw pictures in your style", "<prompt> [--style name] [--count 4]"),
    Command("/style", "Styles, versions and runs", "list | show <name> | use <name> | runs | help"),
)

SHORTCUTS = (Shortcut("train_from_files", "Train a style"),)

USERGROUPS = (Usergroup(LEADS, "leads", "Brand leads"), Usergroup(FINANCE, "finance", "Finance"))
MEMBERS: Mapping[str, tuple[str, ...]] = {LEADS: (BEN,), FINANCE: (FIN,)}
"""Whom each user group holds when the workspace is new."""


def channels() -> list[Channel]:
    """Return the channels of a new workspace: five to meet in every state of membership, and the DMs."""
    everyone = [person.id for person in PEOPLE if person.can_act and not person.is_external]
    staff = [person.id for person in PEOPLE if person.id in everyone and not person.is_restricted]
    return [
        Channel("C0000BRAND", "brand", "Our illustration style", [*everyone, BOT_USER]),
        Channel("C00GENERAL", "general", "Everything else", [*staff, BOT_USER]),
        Channel("C000RANDOM", "random", "The bot is not in here", [CAT]),
        Channel("C00OLDNEWS", "old-news", "Archived", [*staff, BOT_USER], is_archived=True),
        Channel(
            "C000AGENCY", "agency", "Shared with another company", [*staff, EXT, BOT_USER], is_ext_shared=True
        ),
        Channel("C0PRIVATE1", "leadership", "Private, without the bot", [BEN], is_private=True),
        *(
            Channel(f"D{person.id[1:]}", person.name, "", [person.id, BOT_USER], is_im=True)
            for person in PEOPLE
        ),
    ]
