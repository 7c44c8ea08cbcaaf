"""Where things stand in a TOML file: a path such as `("rules", 1, "steps", 0, "count")` to its line.

`tomllib` says what a file holds and not where. This reads the same text once more, token by token with a
stack of its own, and notes where each key and each element of an array begins. It judges nothing: whatever
the text is, it never raises, and it may be wrong only where `tomllib` refuses the text.
"""

import re
import tomllib
from dataclasses import dataclass, field
from typing import Final

Path = tuple[str | int, ...]
DEEPEST: Final = 16
"""Parts of a dotted key beyond these are not told apart; a policy has three."""

_TOKEN = re.compile(
    r"""
      (?P<string> \"{3} (?:\\.|[^\\])*? \"{3,5} | '{3} .*? '{3,5} | "(?:\\[^\n]|[^"\\\n])*" | '[^'\n]*' )
    | (?P<comment> \#[^\n]* )
    | (?P<end> \n )
    | (?P<mark> [][{},=.] )
    | (?P<word> [^\s"'\#\[\]{},=.]+ )
    """,
    re.DOTALL | re.VERBOSE,
)


class Places:
    """The lines of a text, each counted from 1."""

    def __init__(self, text: str) -> None:
        reader, line = _Reader(), 1
        for token in _TOKEN.finditer(text):
            reader.take(token.lastgroup or "", token[0], line)
            line += token[0].count("\n")
        reader.end(line)
        self._lines = reader.lines

    def line(self, path: Path) -> int:
        """Return where the thing at `path` begins, or else the nearest thing around it that there is."""
        for length in range(len(path), 0, -1):
            if found := self._lines.get(path[:length]):
                return found
        return 1


@dataclass
class _Open:
    """A table, inline table or array that is being read. `at` is the path of the value begun in a table."""

    path: Path
    is_array: bool = False
    index: int = 0
    parts: list[str] = field(default_factory=list)
    at: Path | None = None

    @property
    def wants_key(self) -> bool:
        return not self.is_array and self.at is None


class _Reader:
    """Takes tokens in their order; the lowest of `opened` is the table of the last header."""

    def __init__(self) -> None:
        self.lines: dict[Path, int] = {}
        self.opened = [_Open(())]
        self.brackets = 0
        self.counts: dict[Path, int] = {}

    def take(self, kind: str, text: str, line: int) -> None:
        """Go one token on."""
        if kind == "end":
            self.end(line)
        elif kind == "mark":
            self._mark(text, line)
        elif kind != "comment" and not self.opened[-1].wants_key:
            self._value(line)
        elif kind != "comment" and len(self.opened[-1].parts) < DEEPEST:
            self.opened[-1].parts.append(_name(text))

    def end(self, line: int) -> None:
        """End the line, which ends what stands outside of all brackets."""
        if len(self.opened) > 1:
            return
        if self.brackets:
            self.opened = [_Open(self._header(self.opened[0].parts, line))]
        self.brackets = 0
        self.opened[0].parts, self.opened[0].at = [], None

    def _mark(self, mark: str, line: int) -> None:
        innermost = self.opened[-1]
        if mark == "[" and innermost.wants_key:
            self.brackets += 1
        elif mark in "[{":
            self.opened.append(_Open(self._value(line), is_array=mark == "["))
        elif mark in "]}" and len(self.opened) > 1:
            self.opened.pop()
        elif mark == "=" and innermost.wants_key:
            innermost.at = innermost.path
            for part in innermost.parts:
                innermost.at = self._noted((*innermost.at, part), line)
        elif mark == "," and len(self.opened) > 1:
            innermost.index += 1
            innermost.parts, innermost.at = [], None

    def _value(self, line: int) -> Path:
        """Note the value that begins here, or goes on, and return its path."""
        innermost = self.opened[-1]
        if innermost.is_array:
            return self._noted((*innermost.path, innermost.index), line)
        return innermost.at or innermost.path

    def _header(self, parts: list[str], line: int) -> Path:
        """Return what `[a.b]` or `[[a.b]]` names; a table of an array is the last one that it has."""
        path: Path = ()
        for place, part in enumerate(parts, start=1):
            path = self._noted((*path, part), line)
            if self.brackets > 1 and place == len(parts):
                self.counts[path] = self.counts.get(path, -1) + 1
            if path in self.counts:
                path = self._noted((*path, self.counts[path]), line)
        return path

    def _noted(self, path: Path, line: int) -> Path:
        self.lines.setdefault(path, line)
        return path


def _name(text: str) -> str:
    """Return a key without its quotes."""
    if text[0] not in "\"'":
        return text
    try:
        return next(iter(tomllib.loads(f"{text} = 0")))
    except ValueError:
        return text
