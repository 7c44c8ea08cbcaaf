"""From a prompt to a scene: what is in it, in which colours, when and where.

It reads nouns, colour words, times, places and quoted words; the rest of the prompt only chooses the
arrangement. It is a reader of plain prompts for a sandbox, not a model of language.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.sandbox.drawing import beings, fruit, nature, places, sitting, things
from bot.sandbox.drawing.colour import SYNONYMS, WISHES, Colour
from bot.sandbox.drawing.nouns import Noun, Place, find

DRAWN = (beings, fruit, nature, places, sitting, things)  # imported so that their nouns are known

TIMES: Mapping[str, str] = {
    **dict.fromkeys(
        ("night", "midnight", "starry", "stars", "moonlit", "aurora", "galaxy", "space", "dark"), "night"
    ),
    **dict.fromkeys(("dusk", "sunset", "evening", "twilight", "autumn", "candlelight"), "dusk"),
    **dict.fromkeys(("dawn", "sunrise", "morning", "spring"), "dawn"),
    **dict.fromkeys(("day", "noon", "sunny", "summer", "daylight"), "day"),
}
PLACES: Mapping[str, str] = {
    **dict.fromkeys(
        (
            "sea",
            "ocean",
            "lake",
            "river",
            "water",
            "harbour",
            "harbor",
            "waves",
            "wave",
            "beach",
            "underwater",
        ),
        "sea",
    ),
    **dict.fromkeys(("desert", "dune", "dunes", "sand", "cactus"), "desert"),
    **dict.fromkeys(("forest", "woods", "jungle"), "forest"),
    **dict.fromkeys(("snow", "snowy", "winter", "ice", "arctic"), "snow"),
    **dict.fromkeys(("space", "galaxy", "cosmos", "milky", "nebula", "orbit"), "space"),
    **dict.fromkeys(
        ("room", "table", "desk", "kitchen", "shelf", "wooden", "windowsill", "indoors", "cafe"), "room"
    ),
}
COUNTS: Mapping[str, int] = {
    "two": 2,
    "pair": 2,
    "couple": 2,
    "three": 3,
    "four": 4,
    "several": 3,
    "some": 3,
    "many": 4,
}
_WORD = re.compile(r"[a-z]+")
_QUOTED = re.compile(r"[\"“”]([^\"“”]{1,40})[\"“”]")
_ON = frozenset({"on", "upon", "atop", "onto", "over"})


@dataclass(frozen=True)
class Thing:
    """A noun as the prompt has it; `hue` is the colour word before it, `count` the number."""

    noun: Noun
    hue: Colour | None = None
    count: int = 1


@dataclass(frozen=True)
class Scene:
    """What to draw: `things` in the order they were named, the first of them the subject."""

    things: tuple[Thing, ...]
    support: Thing | None
    time: str
    place: str
    lettering: str = ""
    has_aurora: bool = False


def read(prompt: str) -> Scene:
    """Return the scene that `prompt` describes; without a known noun, `things` is empty."""
    quoted = _QUOTED.search(prompt)
    words = _WORD.findall(_QUOTED.sub(" ", prompt).lower())
    found = _things(words)
    support = next((thing for thing in found[1:] if thing.noun.place is Place.SUPPORT), None)
    left = tuple(thing for thing in found if thing is not support)
    place = next((PLACES[word] for word in words if word in PLACES), _usual_place(left))
    if place == "room" or not _ON & set(words):
        support = None  # indoors, all stands on the one table that is drawn anyway
    return Scene(
        things=left,
        support=support,
        time=next((TIMES[word] for word in words if word in TIMES), ""),
        place=place,
        lettering=quoted[1].strip() if quoted else "",
        has_aurora="aurora" in words or "northern" in words,
    )


def _usual_place(found: Sequence[Thing]) -> str:
    if found and found[0].noun.place is Place.TABLE:
        return "room"
    if found and found[0].noun.place is Place.WATER:
        return "sea"
    return "land"


def _things(words: Sequence[str]) -> tuple[Thing, ...]:
    """Return each noun once, with the colour word among the two words before it.

    A colour that is a fruit as well ("an orange cat") is the fruit only where no noun follows.
    """
    found: dict[str, Thing] = {}
    for index, word in enumerate(words):
        known = find(word)
        follower = find(words[index + 1]) if index + 1 < len(words) else None
        if (
            known
            and not (word in {*WISHES, *SYNONYMS} and follower)
            and not (known.name == "cup" and word == "chocolate" and follower)
        ):
            before = list(reversed(words[max(0, index - 3) : index]))
            hue = next((_hue(one) for one in before[:2] if _hue(one)), None)
            count = next((COUNTS[one] for one in before if one in COUNTS), 1)
            found.setdefault(known.name, Thing(known, hue, count))
    return tuple(found.values())


def _hue(word: str) -> Colour | None:
    return WISHES.get(SYNONYMS.get(word, word))
