"""Where things stand in a TOML file: what tomllib reads is found again, at the line where it begins."""

import json
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.rules.places import Path, Places

TRICKY = '''
# a = [ "not a value" ]
title = "has # no comment, and [no] = header"
"quoted.key" . 'other key' = 1
long = """
[[rules]]
name = "inside a string" \\"""
# nor a comment
"""""
literal = \'\'\'
a = 1''\'\'\'
list = [   # a comment with ] and "
  1, "two ] # ,",

  [ 3,
    4 ], { five = 5, six.seven = [
      7 ] },
]
[a.b]
c = 1979-05-27 07:32:00
d.e = -inf
[[a.list]]
x = 1
[a.list.sub]
y = 2
[[a.list.deep]]
[[a.list.deep]]
z = 1
[[a.list]]
x = {}
[[a.list.deep]]
z = []
[ "a" . "\\u0066" ]
g = 'C:\\'
last = 1.5e3'''
LINES: dict[Path, int] = {
    ("title",): 3,
    ("quoted.key", "other key"): 4,
    ("long",): 5,
    ("literal",): 10,
    ("list",): 12,
    ("list", 0): 13,
    ("list", 1): 13,
    ("list", 2): 15,
    ("list", 2, 1): 16,
    ("list", 3, "five"): 16,
    ("list", 3, "six", "seven"): 16,
    ("list", 3, "six", "seven", 0): 17,
    ("a",): 19,
    ("a", "b", "c"): 20,
    ("a", "b", "d", "e"): 21,
    ("a", "list", 0): 22,
    ("a", "list", 0, "sub", "y"): 25,
    ("a", "list", 0, "deep", 0): 26,
    ("a", "list", 0, "deep", 1, "z"): 28,
    ("a", "list", 1): 29,
    ("a", "list", 1, "deep", 0, "z"): 32,
    ("a", "f", "g"): 34,
    ("a", "f", "last"): 35,
}


def paths(value: Any, at: Path = ()) -> Iterator[Path]:  # noqa: ANN401 - whatever TOML holds
    """Yield the path of everything in what tomllib read."""
    if at:
        yield at
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield from paths(inner, (*at, key))


@pytest.mark.parametrize(("path", "line"), LINES.items())
def test_a_thing_is_found_where_it_begins(path: Path, line: int) -> None:
    assert Places(TRICKY).line(path) == line


def test_all_that_is_read_from_a_tricky_file_is_found() -> None:
    wanted = set(paths(tomllib.loads(TRICKY)))
    assert set(LINES) <= wanted
    assert wanted <= set(Places(TRICKY)._lines)  # noqa: SLF001 - nothing may be found by its surroundings only


def test_what_is_not_there_is_looked_for_where_it_would_be() -> None:
    places = Places("a = 1\n[[rules]]\nname = 'x'\n[[rules]]\nname = 'y'\n")
    assert places.line(("rules", 1, "steps", 0, "count")) == 4
    assert places.line(("checks", 3)) == 1
    assert places.line(()) == 1


def test_a_string_may_end_with_quotes_of_its_own() -> None:
    places = Places('a = [ """x"""", "y",\n \'\'\'x\'\'\'\', \'y\',\n "z" ]')
    assert [places.line(("a", place)) for place in range(5)] == [1, 1, 2, 2, 3]


def test_lines_are_counted_alike_in_the_files_of_every_system() -> None:
    assert Places("a = 1\r\n\r\nb = 2\r\n").line(("b",)) == 3


@settings(max_examples=80, deadline=None)
@given(st.text(alphabet="[]{}=.,\"'#\\\n\r\t ab1🦊", max_size=200) | st.text(max_size=60))
@example("[[[[[[")
@example('"""\\')
@example("]]}}==,,")
@example("a = [{[[")
def test_whatever_the_text_it_has_lines_and_they_are_in_it(text: str) -> None:
    places = Places(text)
    found = [*places._lines.values(), places.line(("rules", 0, "name"))]  # noqa: SLF001 - all that it knows
    assert set(found) <= set(range(1, text.count("\n") + 2))


KEYS = st.text(alphabet="ab.\"'# =[]\\é\n", min_size=1, max_size=6)
SCALARS = st.integers() | st.booleans() | st.text(alphabet="ab\"'#[]{}=,\\\n", max_size=8) | st.floats(-9, 9)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)
GAPS = st.sampled_from(["", " ", "\n", "\n\n", " # ] } \" '''\n", "\t"])


class Writer:
    """Writes TOML, and notes the line on which each thing begins."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.text, self.lines, self._draw = "", dict[Path, int](), draw

    def begin(self, path: Path) -> None:
        self.lines[path] = self.text.count("\n") + 1

    def key(self, path: Path) -> None:
        self.begin(path)
        self.text += f"{json.dumps(path[-1], ensure_ascii=False)} = "

    def value(self, value: object, at: Path) -> None:
        match value:
            case dict():
                self.text += "{"
                for place, (key, inner) in enumerate(value.items()):
                    self.text += ", " * (place > 0)
                    self.key((*at, key))
                    self.value(inner, (*at, key))
                self.text += "}"
            case list():
                self.text += "["
                for place, inner in enumerate(value):
                    self.text += self._draw(GAPS)
                    self.begin((*at, place))
                    self.value(inner, (*at, place))
                    self.text += f"{self._draw(GAPS)},"
                self.text += f"{self._draw(GAPS)}]"
            case str() if "\n" in value and "'''" not in value and not value.endswith("'"):
                self.text += f"'''\n{value}'''"
            case _:
                self.text += json.dumps(value, ensure_ascii=False)


@st.composite
def documents(draw: st.DrawFn) -> tuple[str, dict[Path, int]]:
    """Write whole files: keys, tables and tables of arrays, in the odd layouts that TOML allows."""
    writer = Writer(draw)
    for number, kind in enumerate(draw(st.lists(st.sampled_from(["key", "rules", "table"]), max_size=6))):
        entries = draw(st.dictionaries(KEYS, VALUES, max_size=3))
        at: Path = (f"{kind}{number}",)
        if kind == "key":
            # what stands before all tables: a table of its own would be needed after one
            at = (f"table{number}", "dotted key")
            writer.text += f'[ {at[0]} . "{at[1]}" ] # table\n'
        elif kind == "rules":
            count = sum(path[0] == "rules" and len(path) == 2 for path in writer.lines)
            at = ("rules", count)
            writer.begin(at)
            writer.text += "[[rules]]\n"
        else:
            writer.text += f"[{at[0]}]\n"
        for key, value in entries.items():
            writer.key((*at, key))
            writer.value(value, (*at, key))
            writer.text += draw(st.sampled_from(["\n", " # ' comment\n", "\n\n"]))
    return writer.text, writer.lines


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(documents())
def test_everything_in_any_file_is_found_on_its_line(document: tuple[str, dict[Path, int]]) -> None:
    text, lines = document
    places = Places(text)
    assert {path: places.line(path) for path in lines} == lines
    assert set(paths(tomllib.loads(text))) <= set(places._lines)  # noqa: SLF001 - none by its surroundings
