"""Who and what there is in the workspace when it is new: people, channels, commands, ids."""

from dataclasses import dataclass, field

TEAM_ID = "T0000000001"
TEAM_NAME = "Sandbox"
BOT_USER = "U000000BOT"
BOT_ID = "B000000BOT"
BOT_NAME = "housestyle"
APP_ID = "A000000APP"
LEADS = "S00000LEADS"


@dataclass(frozen=True)
class Person:
    """Someone to act as; `color` is six hexadecimal digits, as in Slack."""

    id: str
    name: str
    real_name: str
    title: str
    color: str
    is_restricted: bool = False


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

PEOPLE = (
    Person(ANN, "ann", "Ann Archer", "Brand designer", "9f69e7"),
    Person(BEN, "ben", "Ben Okafor", "Art director", "4bbe2e"),
    Person(CAT, "cat", "Cat Lindqvist", "Marketer", "e7392d"),
    Person(GUS, "gus", "Gus Moreau", "Guest, agency", "3c989f", is_restricted=True),
)

COMMANDS = (
    Command("/train", "Train a style from your pictures", "<zip link> as <name>"),
    Command("/generate", "Draw pictures in your style", "<prompt> [--style name] [--count 4]"),
    Command("/style", "Styles, versions and runs", "list | show <name> | use <name> | runs | help"),
)

SHORTCUTS = (Shortcut("train_from_files", "Train a style"),)

USERGROUPS = {LEADS: [BEN]}


def channels() -> list[Channel]:
    """Return the channels of a new workspace: four to meet in every state of membership, and the DMs."""
    everyone = [person.id for person in PEOPLE]
    staff = [person.id for person in PEOPLE if not person.is_restricted]
    return [
        Channel("C0000BRAND", "brand", "Our illustration style", [*everyone, BOT_USER]),
        Channel("C00GENERAL", "general", "Everything else", [*staff, BOT_USER]),
        Channel("C000RANDOM", "random", "The bot is not in here", [CAT]),
        Channel("C00OLDNEWS", "old-news", "Archived", [*staff, BOT_USER], is_archived=True),
        Channel("C0PRIVATE1", "leadership", "Private, without the bot", [BEN], is_private=True),
        *(
            Channel(f"D{person.id[1:]}", person.name, "", [person.id, BOT_USER], is_im=True)
            for person in PEOPLE
        ),
    ]
