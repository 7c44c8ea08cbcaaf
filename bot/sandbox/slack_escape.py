"""How Slack rewrites what a person types, before an app reads it (a command with `should_escape: true`)."""

import re
from collections.abc import Mapping

NONE: Mapping[str, str] = {}
_URL = re.compile(r"https?://[^\s<>]+")
_TRAILING = ".,;:!?)]}'\""
_MENTION = re.compile(r"(?<![\w@#])([@#])([a-z0-9][a-z0-9._-]*)")


def escaped(
    text: str, *, people: Mapping[str, str], channels: Mapping[str, str], groups: Mapping[str, str] = NONE
) -> str:
    """Return `text` with addresses, `@people`, `@groups`, `#channels` in angle brackets, `&<>` as entities.

    `people`, `channels` and user `groups` are ids by name; a name that nobody has stays as it was typed.
    """
    done, position = [], 0
    for found in _URL.finditer(text):
        url = found.group().rstrip(_TRAILING)
        done.append(_mentions(_entities(text[position : found.start()]), people, channels, groups))
        done.append(f"<{_entities(url)}>")
        position = found.start() + len(url)
    done.append(_mentions(_entities(text[position:]), people, channels, groups))
    return "".join(done)


def _entities(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _mentions(
    text: str, people: Mapping[str, str], channels: Mapping[str, str], groups: Mapping[str, str]
) -> str:
    def bracketed(found: re.Match[str]) -> str:
        kind, name = found.groups()
        if kind == "@" and name in people:
            return f"<@{people[name]}>"
        if kind == "@" and name in groups:
            return f"<!subteam^{groups[name]}|@{name}>"
        if kind == "#" and name in channels:
            return f"<#{channels[name]}|{name}>"
        return found.group()

    return _MENTION.sub(bracketed, text)
