"""The people whom a policy file names: by Slack's ids, by two words, and by groups of its own."""

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence

from bot.domain.people import ADMINS, EVERYONE, Party
from bot.rules.places import Path

Told = tuple[Path, str]
"""A fault before its line is known: the path of what is at fault, and the sentence."""

USER = re.compile(r"[UW][A-Z0-9]{2,20}")
USER_GROUP = re.compile(r"S[A-Z0-9]{2,20}")
CHANNEL = re.compile(r"[CGD][A-Z0-9]{2,20}")
RESERVED = (EVERYONE, ADMINS)
MOST_GROUPS = 200


class Groups:
    """The `[groups]` of a file: what each name stands for. What is no list of words is left out."""

    def __init__(self, raw: object) -> None:
        table = raw if isinstance(raw, Mapping) else {}
        self._words: dict[str, list[str]] = {
            str(name): [word for word in words if isinstance(word, str)]
            for name, words in table.items()
            if isinstance(words, list)
        }

    def fault_of(self, word: str) -> str:
        """Return what is wrong with `word` as the name of people; empty where nothing is."""
        if word in RESERVED or word in self._words or USER.fullmatch(word) or USER_GROUP.fullmatch(word):
            return ""
        if CHANNEL.fullmatch(word):
            return (
                f"“{word}” is a channel, and here stand people: U… or W…, user groups S…, or a group's name."
            )
        if word.startswith(("@", "<")):
            return (
                f"“{shown(word)}” is no id. Write the member id (U…), which a person's profile in Slack "
                "shows under Copy member ID, or a user group's id (S…)."
            )
        near = difflib.get_close_matches(word, (*self._words, *RESERVED), n=1)
        hint = f"Did you mean “{near[0]}”?" if near else "Add it to [groups], or write an id (U…, W…, S…)."
        return f"There is no group “{shown(word)}”. {hint}"

    def expanded(self, words: Iterable[str]) -> tuple[Party, ...]:
        """Return whom `words` mean, each once, in their order; groups in groups are opened."""
        found: dict[Party, None] = {}
        waiting, seen = list(words), set[str]()
        while waiting:
            word = waiting.pop(0)
            if word in self._words and word not in RESERVED:
                waiting = [*(() if word in seen else self._words[word]), *waiting]
                seen.add(word)
            else:
                found[Party(word)] = None
        return tuple(found)

    def faults(self) -> list[Told]:
        """Return what is wrong with the groups themselves, circles among them, each circle once."""
        if len(self._words) > MOST_GROUPS:
            return [(("groups",), f"There are {len(self._words)} groups; at most {MOST_GROUPS} are read.")]
        found: list[Told] = [(("groups", name), told) for name in self._words if (told := _unfit(name))]
        found += [
            (("groups", name, place), told)
            for name, words in self._words.items()
            for place, word in enumerate(words)
            if (told := self.fault_of(word))
        ]
        told_of: set[str] = set()
        for name in self._words:
            if name not in told_of and (circle := self._circle(name)):
                told_of.update(circle)
                way = " → ".join(f"“{shown(one)}”" for one in (*circle, name))
                found.append((("groups", name), f"Groups name each other in a circle: {way}. Take one out."))
        return found

    def _circle(self, start: str) -> list[str]:
        """Return the shortest way from a group back to itself, without its end; empty where there is none."""
        ways = [[start]]
        seen: set[str] = set()
        for way in ways:  # grows while it is walked: breadth first
            for word in self._words[way[-1]]:
                if word == start:
                    return way
                if word in self._words and word not in seen:
                    seen.add(word)
                    ways.append([*way, word])
        return []


def _unfit(name: str) -> str:
    """Return what is wrong with the name of a group; empty where nothing is."""
    if name in RESERVED:
        return f"“{name}” already means something: give this group another name."
    if USER.fullmatch(name) or USER_GROUP.fullmatch(name) or CHANNEL.fullmatch(name):
        return f"“{name}” looks like an id of Slack: write the group's name in small letters."
    if not name.strip() or not name.isprintable():
        return "A group needs a name that can be read."
    return ""


def shown(value: object) -> str:
    """Return a value of the file as a sentence may quote it: short, and without what cannot be seen."""
    text = "".join(c if c.isprintable() else "·" for c in str(value)[:41])
    return text if len(text) <= 40 else f"{text[:39]}…"  # noqa: PLR2004 - the length that is cut to above


def only_users(parties: Sequence[Party]) -> bool:
    """Say whether it is known how many people these are at most: no groups of Slack among them."""
    return all(USER.fullmatch(party) for party in parties)
