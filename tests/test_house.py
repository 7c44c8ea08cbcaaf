"""The rules of the house that a program can check: how long, how named, how caught, and what imports what."""

import ast
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.domain.diagram import diagram

ROOT = Path(__file__).parents[1]
ROOMS = ("bot", "handlers", "storage")
OURS = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
LONGEST_FILE, LONGEST_FUNCTION = 300, 40
DOORS = 2
"""How many broad excepts there may be: at the errands, and at the boundary where Bolt has none."""
MUST = {"pyproject.toml", "bot", "handlers", "storage", "tests", "Dockerfile", "README.md"}
MAY = re.compile(r"\..*|.*lock.*|LICEN[CS]E(\.\w+)?|CHANGELOG\.md")
NO_NAMES = {"utils", "util", "helpers", "helper", "common", "manager"}


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Yield each function with its length in lines, decorators and all."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
            yield f"{named(path)}: {node.name}", (node.end_lineno or first) - first + 1


def caught(path: Path) -> Iterator[str]:
    """Yield the name of each exception that is caught or suppressed; a bare `except` has none."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ExceptHandler):
            yield from _names(node.type) if node.type else [""]
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("suppress"):
            for kind in node.args:
                yield from _names(kind)


def _names(kind: ast.expr) -> list[str]:
    return [ast.unparse(part) for part in (kind.elts if isinstance(kind, ast.Tuple) else [kind])]


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def python(*arguments: str) -> str:
    """Run a Python of its own in the repository; return what it printed."""
    done = subprocess.run([sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_every_module_says_what_it_is_for() -> None:
    assert [named(path) for path in OURS if not ast.get_docstring(tree(path))] == []


def test_no_file_is_longer_than_a_person_reads_at_once() -> None:
    lengths = {named(path): len(path.read_text(encoding="utf-8").splitlines()) for path in OURS}
    assert {name: length for name, length in lengths.items() if length > LONGEST_FILE} == {}


def test_no_function_is_longer_than_a_screen() -> None:
    lengths = dict(function for path in OURS for function in functions(path))
    assert {name: length for name, length in lengths.items() if length > LONGEST_FUNCTION} == {}


def test_any_exception_is_caught_at_two_doors_only() -> None:
    broad = [named(path) for path in OURS for kind in caught(path) if kind.endswith("Exception")]
    assert len(broad) <= DOORS, broad


def test_nobody_swallows_the_end_of_the_program() -> None:
    everything = {"", "BaseException", "BaseExceptionGroup"}
    assert [named(path) for path in OURS for kind in caught(path) if kind in everything] == []


def test_nothing_is_mocked_and_no_code_of_ours_is_patched() -> None:
    mocked = [
        named(path)
        for path in (*OURS, *TESTS)
        for name in imported(path)
        if name.startswith(("unittest.mock", "mock.", "pytest_mock")) or name in {"mock", "unittest"}
    ]
    assert mocked == []


def test_no_module_is_named_after_what_it_is_not() -> None:
    parts = {
        (named(path), word)
        for path in (*OURS, *TESTS)
        for part in path.relative_to(ROOT).parts
        for word in Path(part).stem.split("_")
    }
    assert {name for name, word in parts if word in NO_NAMES} == set()


def test_the_top_level_holds_what_it_should_and_nothing_else() -> None:
    if not shutil.which("git") or not (ROOT / ".git").exists():
        pytest.skip("only a git checkout knows what belongs to the repository")
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    top = {line.strip('"').split("/")[0] for line in listed.stdout.splitlines()}
    assert top >= MUST
    assert [name for name in sorted(top - MUST) if not MAY.fullmatch(name)] == []


@pytest.mark.parametrize(
    ("module", "heavy"),
    [
        (
            "bot.cli",
            ("PIL", "slack_bolt", "slack_sdk", "httpx", "aiohttp", "pydantic", "sqlite_utils", "uvicorn"),
        ),
        ("bot.app", ("PIL", "bot.sandbox")),
    ],
)
def test_what_is_heavy_is_loaded_where_it_is_needed_only(module: str, heavy: tuple[str, ...]) -> None:
    there = f"import sys, {module}; print([name for name in {heavy!r} if name in sys.modules])"
    assert python("-c", there).strip() == "[]"


def test_every_import_keeps_its_contract() -> None:
    pytest.importorskip("importlinter")
    python("-c", "from importlinter.cli import lint_imports_command; lint_imports_command(['--no-cache'])")


def test_the_readme_shows_the_run_as_the_table_has_it() -> None:
    drawings = re.findall(
        r"^```mermaid\n(.*?)\n```$", (ROOT / "README.md").read_text("utf-8"), re.DOTALL | re.MULTILINE
    )
    assert diagram() in drawings
