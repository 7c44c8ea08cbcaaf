"""The sandbox's page, without a browser: it asks only its own server, and never writes markup."""

import re
from pathlib import Path

import pytest

import bot.sandbox

PAGE = Path(bot.sandbox.__file__).parent / "page"
SCRIPTS = sorted(PAGE.glob("*.js"))
TEXTS = sorted([*SCRIPTS, *PAGE.glob("*.css"), *PAGE.glob("*.html")])
IMPORT = re.compile(r'^import\s.*?"\./([^"]+)";$', re.MULTILINE)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_data_enters_the_page_as_text_and_never_as_markup(script: Path) -> None:
    writes_markup = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|\beval\(|new Function"
    assert not re.findall(writes_markup, script.read_text())


@pytest.mark.parametrize("text", TEXTS, ids=lambda path: path.name)
def test_the_page_names_no_address_outside_this_machine(text: Path) -> None:
    found = re.findall(r"https?://([\w.-]+)", text.read_text())
    told_to_people = {"example.com", "www.w3.org"}  # an example in a sentence; the name of SVG
    assert set(found) <= {"127.0.0.1", "localhost"} | told_to_people


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_every_script_imports_only_scripts_that_are_there(script: Path) -> None:
    assert {name for name in IMPORT.findall(script.read_text()) if not (PAGE / name).is_file()} == set()


def test_every_asset_the_page_names_is_there() -> None:
    named = re.findall(r'(?:src|href)="/page/([^"]+)"', (PAGE / "index.html").read_text())
    assert named
    assert [name for name in named if not (PAGE / name).is_file()] == []


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_every_script_is_short_and_says_what_it_is_for(script: Path) -> None:
    lines = script.read_text().splitlines()
    assert lines[0].startswith("// ")
    assert len(lines) <= 300


def test_the_browser_itself_is_told_to_ask_nobody_else() -> None:
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', (PAGE / "index.html").read_text())
    assert policy
    assert "default-src 'none'" in policy[1]
    assert "connect-src 'self'" in policy[1]
