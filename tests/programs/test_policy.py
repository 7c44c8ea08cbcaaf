"""`housestyle policy`, as an owner types it."""

from pathlib import Path

import pytest

from tests.programs.programs_lab import run
from tests.rules.rules_lab import example


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return where the policy of the example is."""
    path = tmp_path / "policy.toml"
    path.write_text(example(), encoding="utf-8")
    return path


def hold(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8")


async def test_a_good_policy_is_counted_and_its_surprises_are_noted(file: Path) -> None:
    line = example()[: example().index("request = []")].count("\n") + 1
    checked = await run({}, "policy", "check", str(file))
    assert checked.code == 0
    assert checked.text.splitlines() == [
        f"{file}:{line}: note: Nobody has the role “request” in these channels.",
        "2 rules, 1 check, 1 budget: all understood",
    ]


async def test_every_fault_is_printed_as_editors_and_pipelines_read_it(file: Path) -> None:
    hold(file, '\nquite_hours = 1\n[[rules]]\nname = "a"\nsteps = 1\n')
    checked = await run({}, "policy", "check", str(file))
    assert checked.code == 1
    first, second = checked.text.splitlines()
    assert first == f"{file}:2: A policy has no “quite_hours”. Did you mean “quiet_hours”?"
    assert second.startswith(f"{file}:5: “steps” takes 1 to 8 steps")


async def test_a_fault_of_the_file_as_a_whole_has_no_line(file: Path) -> None:
    hold(file, "#" * 300_000)
    checked = await run({}, "policy", "check", str(file))
    assert checked.code == 1
    assert checked.text == f"{file}: The file is larger than 256 kB: that is no policy.\n"


async def test_a_case_is_explained_in_plain_text(file: Path) -> None:
    asked = "train in #C0BRAND as stellar for $30"
    checked = await run({}, "policy", "check", str(file), "--explain", asked)
    assert checked.code == 0
    assert "Training in #C0BRAND as `stellar` for $30" in checked.text
    assert "• dear trainings holds" in checked.text
    assert "2 of @S0BRAND or @U0BEN (“brand”)" in checked.text


async def test_a_case_that_cannot_be_understood_is_told_with_an_example(file: Path) -> None:
    checked = await run({}, "policy", "check", str(file), "--explain", "train")
    assert checked.code == 1
    assert "Say in which channel, for example `train in #C024BE91L`." in checked.text


async def test_a_policy_is_shown_in_words_by_its_name_by_the_setting_or_as_built_in(file: Path) -> None:
    named = await run({}, "policy", "show", str(file))
    assert "1. dear trainings (training in #C0BRAND" in named.text
    assert (await run({"HOUSESTYLE_POLICY": str(file)}, "policy", "show")).text == named.text
    built_in = await run({"HOUSESTYLE_POLICY": ""}, "policy", "show")
    assert "The policy is the built-in one: no file was named." in built_in.text
    assert {named.code, built_in.code} == {0}


async def test_a_bad_policy_is_not_shown_but_told_what_is_wrong(file: Path) -> None:
    hold(file, "digest = 1")
    shown = await run({}, "policy", "show", str(file))
    assert shown.code == 1
    assert "Line 1: “digest” takes the id of a channel" in shown.text
