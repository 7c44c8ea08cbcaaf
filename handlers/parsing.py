"""The words of the commands: text in, a draft of a request out, or a sentence that says what is wrong.

Slack sends links as `<https://…>` or `<https://…|label>` with `&amp;` for &; phones and Macs turn straight
quotes into curly ones and `--` into a dash. All of that is understood here, and nothing is asked of anyone.
"""

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeVar

from bot.domain.errors import NotUnderstood
from bot.domain.facts import TrainingRequest
from bot.domain.generation import Format, GenerationRequest, Quality
from bot.domain.ids import FileId
from bot.domain.size import checked_size
from bot.domain.style import checked_air, checked_name
from bot.domain.visible import visible
from handlers.deliveries import Sender

_LINK = re.compile(r"<(https?://[^>|\s]+)(?:\|[^>]*)?>", re.IGNORECASE)
_MENTION = re.compile(r"<[@#!]([^>|]+)(?:\|([^>]*))?>")
_OPTION = re.compile(r"(?:^|(?<=\s))(--|—|–)([A-Za-z][\w-]*)(?:[=\s]|$)")  # noqa: RUF001 - dashes as phones type them
_CURLY = str.maketrans({"“": '"', "”": '"', "„": '"', "‘": "'", "’": "'"})  # noqa: RUF001 - the curly ones are the point
_QUOTED = re.compile(r'"[^"]*"')
Choice = TypeVar("Choice", bound=StrEnum)
LONGEST_LINK = 2048
MOST_LINKS = 10
LONGEST_NOTE = 500


@dataclass(frozen=True)
class Words:
    """A command's text, taken apart: what stands before the options, and each option's value."""

    plain: str
    options: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class TrainingDraft:
    """What was given of a training request; the form asks for the rest where `is_complete` is false."""

    link: str = ""
    name: str = ""
    air: str = ""
    note: str = ""
    public: bool = False
    more_links: tuple[str, ...] = ()
    files: tuple[FileId, ...] = ()
    thread: str = ""
    has_rights: bool = False
    strip: bool = False

    @property
    def links(self) -> tuple[str, ...]:
        """Every link, in the order given."""
        return (self.link, *self.more_links) if self.link else ()

    @property
    def is_complete(self) -> bool:
        """Whether it says what to train and what to call it."""
        return bool(self.link and self.name)

    def request(self, sender: Sender) -> TrainingRequest:
        """Return the request. Raises NotUnderstood with what is wrong and an example."""
        links = checked_links(self.links, needed=not (self.files or self.thread))
        return TrainingRequest(
            workspace=sender.workspace,
            channel=sender.channel,
            requester=sender.user,
            link=links[0] if links else "",
            name=checked_name(self.name),
            air=checked_air(self.air) if self.air else None,
            private=not self.public,
            note=checked_note(self.note),
            more_links=links[1:],
            files=self.files,
            thread=self.thread,
            has_rights=self.has_rights,
            strip=self.strip,
        )


@dataclass(frozen=True)
class GenerationDraft:
    """What was given of a request for pictures, each value still as it was typed."""

    prompt: str = ""
    style: str = ""
    size: str = "square"
    count: str = "4"
    quality: str = "low"
    format: str = "jpg"
    private: bool = False

    def request(self, sender: Sender) -> GenerationRequest:
        """Return the request. Raises NotUnderstood with what is wrong and an example."""
        return GenerationRequest(
            workspace=sender.workspace,
            channel=sender.channel,
            requester=sender.user,
            prompt=self.prompt,
            style=self.style or None,
            size=checked_size(self.size),
            count=checked_count(self.count),
            quality=_one_of(Quality, "quality", self.quality),
            format=_one_of(Format, "format", self.format.lower().replace("jpeg", "jpg")),
            private=self.private,
        )


def training_draft(text: str) -> TrainingDraft:
    """Read `/train <link> [<link> …] as <name> [--air …] [--public] [--note "…"]`."""
    words = _words(text, TRAIN_OPTIONS, "/train <link> as Stellar")
    links, name = _links_and_name(words.plain)
    return TrainingDraft(
        link=links[0] if links else "",
        more_links=tuple(links[1:]),
        name=_unquoted(name),
        air=words.options.get("air", ""),
        note=words.options.get("note", ""),
        public="public" in words.options,
    )


TRAIN_OPTIONS = {"air": "word", "note": "text", "public": ""}
GENERATE_OPTIONS = {
    "style": "text",
    "size": "word",
    "count": "word",
    "quality": "word",
    "format": "word",
    "private": "",
}
"""What each option takes: one word, any text, or nothing."""


def generation_draft(text: str) -> GenerationDraft:
    """Read `/generate <prompt> [--style …] [--size …] [--count …] [--quality …] [--format …] [--private]`."""
    words = _words(text, GENERATE_OPTIONS, "/generate a red fox on a mossy rock --size landscape")
    given = {name: value for name, value in words.options.items() if name != "private"}
    return GenerationDraft(prompt=words.plain, private="private" in words.options, **given)


def subcommand(text: str, known: tuple[str, ...]) -> tuple[str, str]:
    """Split `/style` text into one of `known` and the rest; bare text is `help`.

    Raises NotUnderstood with the nearest match.
    """
    first, _, rest = plain_text(text).partition(" ")
    word = first.lower() or "help"
    if word not in known:
        raise NotUnderstood(f"`{first}` is not something I know. {_nearest(word, known)}")
    return word, rest.strip()


def plain_text(text: str) -> str:
    """Undo what Slack and phones do to text: links and mentions unwrapped, entities and quotes straight."""
    text = _LINK.sub(r"\1", text)
    text = _MENTION.sub(lambda match: match[2] or match[1], text)
    for entity, character in (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):  # all that Slack escapes
        text = text.replace(entity, character)
    return " ".join(text.translate(_CURLY).split())


def checked_link(link: str) -> str:
    """Return a link to fetch. Raises NotUnderstood where it is none."""
    if not re.match(r"(?i)https?://[^/\s]", link) or len(link) > LONGEST_LINK or re.search(r"\s", link):
        raise NotUnderstood(
            "The dataset is a link to a ZIP, for example https://assets.acme.com/stellar.zip."
        )
    return link


def checked_links(links: Sequence[str], *, needed: bool = True) -> tuple[str, ...]:
    """Return links to fetch. Raises NotUnderstood with the place of the first that is none."""
    if needed and not links:
        checked_link("")
    if len(links) > MOST_LINKS:
        raise NotUnderstood(f"At most {MOST_LINKS} links are taken at once; these are {len(links)}.")
    for place, link in enumerate(links, start=1):
        try:
            checked_link(link)
        except NotUnderstood as fault:
            raise NotUnderstood(f"Link {place}: {fault}" if len(links) > 1 else str(fault)) from None
    return tuple(links)


def checked_note(note: str) -> str:
    """Return what can be seen of a note short enough for a card. Raises NotUnderstood."""
    if len(note) > LONGEST_NOTE:
        raise NotUnderstood(f"A note has at most {LONGEST_NOTE} characters; this one has {len(note)}.")
    return visible(note)


def checked_count(text: str) -> int:
    """Return how many pictures are wanted. Raises NotUnderstood where it is no number."""
    if not re.fullmatch(r"\d{1,3}", text, re.ASCII):
        raise NotUnderstood("`--count` takes a number from 1 to 20, for example `--count 4`.")
    return int(text)


def _links_and_name(plain: str) -> tuple[list[str], str]:
    """Take the links off the front; between them may stand a comma or “and”."""
    words, links = plain.split(), list[str]()
    while words and _is_link(words[0]):
        links.append(words.pop(0))
        if len(words) > 1 and words[0].lower() in {"and", ","} and _is_link(words[1]):
            words.pop(0)
    links = [*(link.rstrip(",") for link in links[:-1]), *links[-1:]]
    if not links:
        name = plain.removeprefix("as ")
        if plain and name == plain:
            raise NotUnderstood(
                f"“{plain.partition(' ')[0]}” is no link. "
                "Write `/train https://assets.acme.com/stellar.zip as Stellar`."
            )
        return [], name
    if words and words[0] != "as":
        raise NotUnderstood("Put `as` between the link and the name: `/train <link> as Stellar`.")
    return links, " ".join(words[1:])


def _is_link(word: str) -> bool:
    return word.lower().startswith(("http://", "https://"))


def _words(text: str, known: dict[str, str], example: str) -> Words:
    """Take options off the end; `known` says of each what it takes."""
    text = plain_text(text)
    unquoted = _QUOTED.sub(lambda quoted: " " * len(quoted[0]), text)
    starts = [found for found in _OPTION.finditer(unquoted) if found[1] == "--" or found[2].lower() in known]
    if not starts:
        return Words(text)
    options = {}
    for start, following in zip(starts, [*starts[1:], None], strict=True):
        name = start[2].lower()
        if name not in known:
            raise NotUnderstood(f"There is no option `--{name}`. {_nearest(name, tuple(known), '--')}")
        value = _unquoted(text[start.end(2) : following.start() if following else None].strip(" ="))
        if fault := _fault(known[name], value):
            raise NotUnderstood(f"`--{name}` {fault}. Put options last, for example `{example}`.")
        options[name] = value
    return Words(text[: starts[0].start()].strip(), options)


def _fault(takes: str, value: str) -> str:
    """Return what is wrong with an option's value, "" where nothing is."""
    if takes and not value:
        return "needs a value"
    if not takes and value:
        return f"takes no value, so “{value}” is left over"
    if takes == "word" and " " in value:
        return f"takes one word, not “{value}”"
    return ""


def _unquoted(text: str) -> str:
    quote = text[:1]
    return text[1:-1] if len(text) > 1 and quote in {'"', "'"} and text.endswith(quote) else text


def _one_of(kind: type[Choice], name: str, text: str) -> Choice:
    try:
        return kind(text.lower())
    except ValueError:
        raise NotUnderstood(
            f"`--{name}` takes {' or '.join(kind)}, for example `--{name} {next(iter(kind))}`."
        ) from None


def _nearest(word: str, known: tuple[str, ...], prefix: str = "") -> str:
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.5)
    if near:
        return f"Did you mean `{prefix}{near[0]}`?"
    return "There is: " + ", ".join(f"`{prefix}{name}`" for name in known) + "."


def needed(rest: str, example: str) -> str:
    """Return what stands after a subcommand of `/style`. Raises NotUnderstood where nothing does."""
    if not rest:
        raise NotUnderstood(f"Something is missing: write for example `/style {example.strip()}`.")
    return rest


def named(text: str) -> str:
    """Return an id of ours as it was typed."""
    return text.strip("`").upper()
