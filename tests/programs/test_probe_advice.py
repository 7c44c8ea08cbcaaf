"""What the contract probe says: what it will cost, what was found, and what to set or why nothing."""

from pathlib import Path

import pytest

from bot.config import Settings
from bot.doctor.exchanges import Step
from bot.doctor.finding import Mark
from bot.doctor.prices import foretold, known_price
from bot.doctor.probe import Pace, Probe, Record
from bot.doctor.verdicts import MAYBE_FIRST, Known, Observation, verdicts
from bot.domain.ids import Air, GenerationId, WorkspaceId
from bot.domain.money import Estimate, Micros
from bot.domain.size import SIZES
from bot.journal import entry_of
from storage.sqlite import SQLiteStore
from tests.programs.contrary import PRICE, ContraryRunware
from tests.programs.programs_lab import AIR
from tests.storage.store_world import a_generation

PACE = Pace(look=0.01, picture=0.3, settle=0)
HOSTS = frozenset({"im.runware.ai"})
COST = "cost, as includeCost has it told"


async def probed(runware: ContraryRunware, *, repeat_finished: bool = True) -> Record:
    return await Probe(runware, lambda _: None, PACE).run(Air(AIR), repeat_finished=repeat_finished)


def told(record: Record, price: Estimate | None = None) -> dict[str, Observation]:
    return {one.question: one for one in verdicts(record, Known(HOSTS, price))}


async def test_a_repeat_that_is_taken_after_the_first_was_lost_contradicts_nothing() -> None:
    runware = ContraryRunware(loses_next=True)
    found = told(await probed(runware))
    assert runware.charges == 1
    assert (found[Step.REPEATED].mark, found[Step.REPEATED].advice) == (Mark.LOOK, MAYBE_FIRST)
    assert [one.question for one in found.values() if one.mark is Mark.FAULT] == []


async def test_a_repeat_that_is_charged_though_the_first_answer_was_lost_is_a_fault_all_the_same() -> None:
    runware = ContraryRunware(conflicts=False, loses_answers=1)
    found = told(await probed(runware))
    assert runware.charges == 2
    assert found[Step.REPEATED].mark is Mark.LOOK
    assert found["what the account was charged for both requests"].mark is Mark.FAULT


@pytest.mark.parametrize(
    "runware",
    [
        ContraryRunware(),
        ContraryRunware(loses_next=True),
        ContraryRunware(conflicts=False),
        ContraryRunware(conflicts_when_done=False),
        ContraryRunware(knows_all=True),
        ContraryRunware(archives=False),
        ContraryRunware(archived_more={"positivePrompt": "a hen"}),
        ContraryRunware(takes_batches=False),
        ContraryRunware(states_cost=False),
        ContraryRunware(account_fault="internalServerError"),
        ContraryRunware(host="other.runware.ai"),
        ContraryRunware(looks_until_done=10**9),
        ContraryRunware(silent_on={"getTaskDetails"}),
        ContraryRunware(silent_on={"getResponse"}),
    ],
)
async def test_whatever_is_not_as_relied_on_comes_with_what_to_set_or_that_nothing_is(
    runware: ContraryRunware,
) -> None:
    for one in told(await probed(runware)).values():
        if one.mark is not Mark.OK:
            words = ("Nothing to set: ", "HOUSESTYLE_", "No setting makes up for it.")
            assert any(word in one.advice for word in words), one


async def test_pictures_on_a_host_that_is_not_allowed_are_a_fault_with_the_setting_to_change() -> None:
    found = told(await probed(ContraryRunware(host="other.runware.ai")))[Step.DONE]
    assert found.mark is Mark.FAULT
    assert found.found.endswith(", at other.runware.ai")
    assert "Set HOUSESTYLE_RESULT_HOSTS=im.runware.ai,other.runware.ai and" in found.advice


@pytest.mark.parametrize(
    ("known", "says"),
    [
        (None, True),
        (Estimate(0.01, 0.01), True),
        (Estimate(PRICE, PRICE), False),
        (Estimate(0.05, 0.05), False),
        (Estimate(0.01, 0.01, 3), False),
    ],
)
async def test_a_price_is_to_be_set_unless_it_is_learned_or_is_set_that_high(
    known: Estimate | None, *, says: bool
) -> None:
    found = told(await probed(ContraryRunware()), known)[COST]
    assert found.mark is Mark.OK
    assert ("`picture = 0.02`" in found.advice) == says


def test_what_it_will_cost_is_told_for_each_request_that_may_be_charged() -> None:
    assert foretold(Estimate(0.02, 0.05, 4), 3).startswith(
        "It should cost $0.02 to $0.05, by 4 past requests for such pictures; $0.06 to $0.15 if Runware "
        "charges each of the 3 requests"
    )
    assert "$0.04, as the file of HOUSESTYLE_POLICY says; $0.08 if" in foretold(Estimate(0.04, 0.04), 2)
    unknown = foretold(None, 2)
    assert "is not known" in unknown
    assert "$0.035 a picture" in unknown


async def test_the_price_is_learned_from_pictures_of_that_size_in_any_workspace(tmp_path: Path) -> None:
    database = tmp_path / "housestyle.db"
    settings = Settings.model_validate({"database_url": f"sqlite:///{database}"})
    assert known_price(settings) is None
    async with SQLiteStore(database) as store:
        for number, (workspace, cost) in enumerate((("T1", 0.08), ("T2", 0.12))):
            one = a_generation(GenerationId(f"gen{number:07}"), workspace=WorkspaceId(workspace))
            assert one.request.size == SIZES["square"]
            await store.write(lambda tx: tx.generations.add(one))  # noqa: B023 - written at once
            entry = entry_of(one, Micros(0))
            await store.write(lambda tx: tx.ledger.reserve(entry, ()))  # noqa: B023 - the same
            settled = (entry.subject, cost)
            await store.write(lambda tx: tx.ledger.settle(*settled, count=4))  # noqa: B023 - the same
    assert known_price(settings) == Estimate(0.02, 0.03, 2)


def test_a_database_or_policy_that_cannot_be_read_states_no_price(tmp_path: Path) -> None:
    (tmp_path / "other.db").write_text("This is no database, but a text that is long enough to be one.")
    (tmp_path / "policy.toml").write_text("[prices\n")
    for policy in ("policy.toml", "missing.toml"):
        wanted = {
            "database_url": f"sqlite:///{tmp_path}/other.db",
            "housestyle_policy": tmp_path / policy,
        }
        assert known_price(Settings.model_validate(wanted)) is None
