"""The contract probe: what Runware does with a repeat, an unknown task and a batch, told as it is."""

import asyncio
import json
import shutil
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot.doctor.exchanges import Exchange, Step
from bot.doctor.finding import Mark
from bot.doctor.probe import Pace, Probe, Record
from bot.doctor.verdicts import DO_NOT_RUN, FOREIGN, NO_WITNESS, Known, Observation, cost_told, verdicts
from bot.domain.errors import AccessDenied, Refused, Unavailable
from bot.domain.ids import Air
from bot.domain.money import Estimate, Micros
from bot.journal import entry_of
from bot.runware.mouth import HttpMouth, Mouth
from storage.sqlite import SQLiteStore
from tests.programs.contrary import PRICE, ContraryRunware, Json
from tests.programs.programs_lab import AIR, KEY, Site, run, site
from tests.storage.store_world import a_generation, a_run

PACE = Pace(look=0.02, picture=10, settle=0.1)


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the account in which a style was trained, once for all tests."""
    folder = tmp_path_factory.mktemp("trained")

    async def train() -> None:
        async with site(folder, account=folder / "account") as opened:
            await opened.has_style()

    with ThreadPoolExecutor(1) as elsewhere:  # the loop of this thread is the tests' own
        elsewhere.submit(asyncio.run, train()).result()
    return folder / "account"


@pytest.fixture
async def place(tmp_path: Path, trained: Path) -> AsyncIterator[Site]:
    """Open a site whose account has a style."""
    await asyncio.to_thread(shutil.copytree, trained, tmp_path / "account")
    async with site(tmp_path, account=tmp_path / "account") as opened:
        yield opened


async def probed(mouth: Mouth, *, air: str = AIR, repeat_finished: bool = True) -> Record:
    return await Probe(mouth, lambda _: None, PACE).run(Air(air), repeat_finished=repeat_finished)


async def probed_at(place: Site, *, air: str = AIR, key: str = KEY) -> Record:
    async with HttpMouth(key, f"{place.url}/runware/v1", connections=1) as mouth:
        return await probed(mouth, air=air)


def told(record: Record, *, host: str = "im.runware.ai") -> dict[str, Observation]:
    known = Known(frozenset({host}), Estimate(PRICE, PRICE, 4))
    return {one.question: one for one in verdicts(record, known)}


def drawn(place: Site) -> list[Json]:
    return [one for one in place.runware.ledger()["charges"] if one["taskType"] == "imageInference"]


async def test_the_embedded_runware_is_as_relied_on_and_charges_once(place: Site) -> None:
    record = await probed_at(place)
    found = told(record, host="127.0.0.1")
    assert {one.question: one.mark for one in found.values() if one.mark is not Mark.OK or one.advice} == {}
    assert found[Step.REPEATED].found == "HTTP 400, conflictTaskUUID"
    assert [charge["cost"] for charge in drawn(place)] == [PRICE] == [record.cost]


async def test_it_asks_for_one_small_picture_of_low_quality(place: Site) -> None:
    await probed_at(place)
    asked = [task for request in place.runware.ledger()["requests"] for task in request]
    orders = [task for task in asked if task["taskType"] == "imageInference"]
    assert len(orders) == 3
    assert all(order == orders[0] for order in orders)
    assert (orders[0]["width"], orders[0]["height"], orders[0]["numberResults"]) == (1024, 1024, 1)
    assert (orders[0]["settings"], orders[0]["includeCost"]) == ({"quality": "low"}, True)


async def test_a_runware_that_takes_repeats_is_not_to_be_used() -> None:
    runware = ContraryRunware(conflicts=False)
    found = told(await probed(runware))
    assert runware.charges == 2
    assert (found[Step.REPEATED].mark, found[Step.REPEATED].advice) == (Mark.FAULT, DO_NOT_RUN)
    charged = found["what the account was charged for both requests"]
    assert (charged.mark, charged.found) == (Mark.FAULT, "$0.0400, 2.0 times the cost")


async def test_a_second_charge_that_shows_some_seconds_after_the_first_is_found() -> None:
    runware = ContraryRunware(books_conflicts=True, shows_within=PACE.settle)
    charged = told(await probed(runware))["what the account was charged for both requests"]
    assert (charged.mark, charged.found) == (Mark.FAULT, "$0.0400, 2.0 times the cost")


async def test_a_repeat_that_is_taken_after_the_end_is_told_with_its_price() -> None:
    found = told(await probed(ContraryRunware(conflicts_when_done=False)))[Step.REPEATED_LATE]
    assert found.mark is Mark.LOOK
    assert "and $0.0200 were charged" in found.found
    assert "bought a second time" in found.advice


async def test_the_repeat_after_the_end_is_left_out_on_request() -> None:
    runware = ContraryRunware(conflicts_when_done=False)
    found = told(await probed(runware, repeat_finished=False))
    assert (found[Step.REPEATED_LATE].found, runware.charges) == ("not tried", 1)


async def test_a_runware_that_claims_to_know_every_task_is_no_witness() -> None:
    found = told(await probed(ContraryRunware(knows_all=True)))
    assert (found[Step.UNKNOWN].mark, found[Step.UNKNOWN].advice) == (Mark.FAULT, NO_WITNESS)


async def test_an_archive_that_holds_another_request_is_told() -> None:
    found = told(await probed(ContraryRunware(archived_more={"positivePrompt": "a hen"})))
    assert (found[Step.ARCHIVE].mark, found[Step.ARCHIVE].advice) == (Mark.FAULT, FOREIGN)


async def test_an_archive_that_holds_nothing_is_worth_a_look() -> None:
    found = told(await probed(ContraryRunware(archives=False)))
    assert (found[Step.ARCHIVE].mark, found[Step.ARCHIVE_UNKNOWN].mark) == (Mark.LOOK, Mark.OK)


async def test_a_runware_without_batches_needs_no_setting() -> None:
    found = told(await probed(ContraryRunware(takes_batches=False)))[Step.TOGETHER]
    assert found.mark is Mark.LOOK
    assert "Nothing to set" in found.advice


async def test_without_a_price_or_an_account_nothing_is_claimed_about_charges() -> None:
    for runware in (ContraryRunware(states_cost=False), ContraryRunware(account_fault="internalServerError")):
        found = told(await probed(runware))["what the account was charged for both requests"]
        assert found.mark is Mark.LOOK


async def test_a_picture_that_never_comes_is_told_and_nothing_is_bought_again() -> None:
    runware = ContraryRunware(looks_until_done=10**9)
    record = await Probe(runware, lambda _: None, Pace(look=0.01, picture=0.05, settle=0)).run(
        Air(AIR), repeat_finished=True
    )
    found = told(record)
    assert found[Step.DONE].mark is found[Step.REPEATED_LATE].mark is Mark.LOOK
    assert runware.charges == 1


async def test_two_lost_answers_leave_the_tasks_name_for_the_dashboard() -> None:
    runware = ContraryRunware(silent_on={"imageInference"})
    with pytest.raises(Unavailable) as silence:
        await probed(runware)
    assert next(iter(runware.tasks)) in str(silence.value)


async def test_an_answer_that_was_lost_is_made_up_for_by_the_repeat(place: Site) -> None:
    place.runware.fault({"kind": "drop_after", "method": "imageInference"})
    record = await probed_at(place)
    found = told(record)
    assert found[Step.SUBMITTED].found == "no answer"
    assert found[Step.REPEATED].mark is Mark.OK
    assert len(drawn(place)) == 1


async def test_a_style_that_runware_does_not_know_costs_nothing(place: Site) -> None:
    with pytest.raises(Refused):
        await probed_at(place, air="acme:other@1")
    assert drawn(place) == []


async def test_a_key_that_may_not_ask_about_the_account_may_draw() -> None:
    runware = ContraryRunware(account_fault="apiKeyLacksPermission")
    record = await probed(runware)
    assert (record.before, record.drawn, runware.charges) == (None, None, 1)
    assert record.cost == PRICE


async def test_a_refused_key_ends_it_and_draws_nothing(place: Site) -> None:
    with pytest.raises(AccessDenied):
        await probed_at(place, key="other")
    assert drawn(place) == []


async def test_a_picture_that_fails_is_not_bought_again(place: Site) -> None:
    place.runware.fault({"kind": "error_b", "method": "imageInference"})
    found = told(await probed_at(place))
    assert found[Step.DONE].mark is Mark.LOOK
    assert found[Step.REPEATED_LATE].found == "not tried"


def test_a_raw_answer_shows_no_key_and_moves_no_cursor() -> None:
    body = json.dumps({"errors": [{"message": f"key {KEY}1 \x1b[2J Bearer abcdef is wrong"}]}).encode()
    shown = Exchange(401, body).raw(f"{KEY}1")
    assert [word for word in (KEY, "abcdef", "\x1b") if word in shown] == []
    assert "\x1b" not in Exchange(502, b"<html>\x1b[2J").raw("")
    assert len(Exchange(200, b'{"data": "' + b"x" * 9999 + b'"}').raw("")) < 2000


async def test_the_program_asks_before_it_spends_and_takes_no_for_an_answer(place: Site) -> None:
    printed = await run(place.env, "doctor", "--probe", "--air", AIR, typed="n\n")
    assert printed.code == 0, printed.text
    assert "What that costs is not known" in printed.words
    assert "The probe sends 3 requests at most" in printed.words
    assert "Nothing was asked for, and nothing charged." in printed.words
    assert drawn(place) == []


async def test_the_program_draws_with_the_newest_style_and_prints_what_it_found(place: Site) -> None:
    async with SQLiteStore(place.database) as store:
        style = a_run()
        await store.write(lambda tx: tx.runs.add(style))
        await store.write(lambda tx: tx.styles.reserve(style, lambda n: Air(f"acme:stellar@{n}")))
        await store.write(lambda tx: tx.styles.mark_ready(style.id))
        drawing = entry_of(a_generation(), Micros(0))
        await store.write(lambda tx: tx.ledger.reserve(drawing, ()))
        await store.write(lambda tx: tx.ledger.settle(drawing.subject, 0.1, count=4))
    printed = await run(place.env, "doctor", "--probe", typed="y\nn\n")
    assert printed.code == 0, printed.text
    assert "with acme:stellar@1" in printed.words
    assert (
        "It should cost $0.025, by 1 past request for such pictures; $0.075 if Runware charges each of the 3 "
        "requests that the probe sends at most."
    ) in printed.words
    assert "That may cost one more picture, $0.025." in printed.words
    assert "conflictTaskUUID" in printed.text
    assert KEY not in printed.text
    assert len(drawn(place)) == 1


async def test_for_scripts_it_asks_nothing(place: Site) -> None:
    printed = await run(place.env, "doctor", "--probe", "--air", AIR, "--yes")
    assert printed.code == 0, printed.text
    assert "set `picture = 0.02`" in printed.words
    assert "Nothing to set for the rest: it is as relied on." in printed.words
    assert printed.text.splitlines()[-1] == (
        "This cost $0.0200, which is in none of Housestyle's books: the next daily comparison will show it "
        "as more than the runs and pictures cost."
    )


async def test_where_the_policy_states_the_price_there_is_nothing_to_set(place: Site, tmp_path: Path) -> None:
    policy = tmp_path / "policy.toml"
    policy.write_text("[prices]\npicture = 0.02\n")
    env = {**place.env, "HOUSESTYLE_POLICY": str(policy)}
    printed = await run(env, "doctor", "--probe", "--air", AIR, "--yes")
    assert "It should cost $0.02, as the file of HOUSESTYLE_POLICY says; $0.06 if" in printed.words
    assert "All as relied on: nothing to set." in printed.words


async def test_what_the_probe_cost_is_all_that_the_account_was_charged() -> None:
    assert cost_told(await probed(ContraryRunware(conflicts=False))).startswith("This cost $0.0400, ")
    silent = ContraryRunware(states_cost=False, account_fault="internalServerError")
    assert cost_told(await probed(silent)).startswith("What this cost was not told; it is in none of ")


async def test_without_a_style_the_program_says_how_to_name_one(place: Site) -> None:
    printed = await run(place.env, "doctor", "--probe", "--yes")
    assert printed.code == 1
    assert "--air acme:stellar@1" in printed.words
    assert "Traceback" not in printed.text


async def test_without_a_balance_the_program_says_that_nothing_was_drawn(place: Site) -> None:
    place.runware.fault({"kind": "402", "method": "imageInference"})
    printed = await run(place.env, "doctor", "--probe", "--air", AIR, "--yes")
    assert printed.code == 1
    assert "covers no picture. Nothing was drawn" in printed.words
    assert drawn(place) == []
