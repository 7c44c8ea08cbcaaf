"""`housestyle doctor` on the policy file: could the bot start with it, and does it say what is meant?"""

from pathlib import Path

import pytest

from bot.config import Settings
from bot.doctor.checkup import utc_now
from bot.doctor.finding import Finding, Mark
from bot.doctor.outside import Outside
from bot.doctor.patient import Patient
from bot.doctor.policy import check_policy


async def looked_at(path: Path | None) -> Finding:
    settings = Settings.model_validate({"housestyle_policy": path})
    async with Outside(settings, utc_now) as outside:
        return await check_policy(Patient(settings, outside))


async def test_without_a_file_the_built_in_rules_hold() -> None:
    found = await looked_at(None)
    assert (found.mark, "built-in" in found.sentence) == (Mark.OK, True)


@pytest.mark.parametrize(
    ("text", "mark", "said"),
    [
        ('[[budgets]]\nname = "all"\nlimit = 10.0\nper = "workspace"\n', Mark.OK, "1 budgets"),
        ('[[budgets]]\nname = "all"\nlimit = -1.0\nper = "workspace"\n', Mark.FAULT, "3"),
        ("[[rules]\n", Mark.FAULT, "1"),
    ],
)
async def test_a_file_is_read_as_the_bot_reads_it(tmp_path: Path, text: str, mark: Mark, said: str) -> None:
    path = tmp_path / "policy.toml"
    path.write_text(text)
    found = await looked_at(path)
    assert (found.mark, said in found.sentence) == (mark, True)


async def test_a_file_that_is_not_there_is_a_fault_that_says_what_to_do(tmp_path: Path) -> None:
    found = await looked_at(tmp_path / "none.toml")
    assert (found.mark, found.remedy.startswith("Put the file there")) == (Mark.FAULT, True)
