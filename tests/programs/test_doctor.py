"""`housestyle doctor`: what is wrong is told in a line each, all of it at once, and nothing else is."""

import asyncio
import json
import re
import socket
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.config import Settings
from bot.doctor import disk
from bot.doctor.checkup import CHECKS, check_up
from bot.doctor.finding import Finding, Mark
from bot.doctor.patient import History
from bot.sandbox.slack import SCOPES
from storage.migrate import migrate
from tests.programs.programs_lab import KEY, Site, run, site

Setting = str | int | None


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Site]:
    """Open a site at which all is well."""
    async with site(tmp_path) as opened:
        migrate(opened.database)
        yield opened


async def findings(place: Site, ahead: float = 0, /, **changes: Setting) -> dict[str, Finding]:
    """Return what is found about each subject; None takes a setting out."""
    given: dict[str, Any] = {name.lower(): value for name, value in place.env.items()} | changes
    settings = Settings.model_validate({name: value for name, value in given.items() if value is not None})
    found = await check_up(History(settings), now=lambda: datetime.now(UTC) + timedelta(seconds=ahead))
    return {one.subject: one for one in found}


async def with_account(place: Site, row: dict[str, object], **changes: Setting) -> dict[str, Finding]:
    """Return the findings where the account answers with `row`."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length:")[2].splitlines()[0])
        task = json.loads(await reader.readexactly(length))[0]
        body = json.dumps({"data": [{**task, **row}]}).encode()
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
        return await findings(place, 0, runware_api_url=url, **changes)


def wrong(found: dict[str, Finding]) -> dict[str, Mark]:
    return {one.subject: one.mark for one in found.values() if one.mark is not Mark.OK}


async def test_all_is_well_where_it_is(place: Site) -> None:
    found = await findings(place)
    assert (wrong(found), len(found)) == ({}, len(CHECKS))
    assert found["Runware balance"].sentence == "$500.00"
    assert found["AIR namespace"].sentence == "acme, as the account states"


async def test_a_look_changes_nothing_in_slack_and_costs_nothing(place: Site) -> None:
    await findings(place)
    asked = {entry["method"] for entry in place.slack.ledger.entries}
    assert asked == {"auth.test", "apps.connections.open"}
    assert place.runware.ledger()["charges"] == []
    assert len(place.slack.ledger.entries) == 2


async def test_missing_scopes_are_named_and_nothing_else_is_at_fault(tmp_path: Path) -> None:
    granted = [scope for scope in SCOPES if scope not in {"files:write", "im:write"}]
    async with site(tmp_path, scopes=granted) as place:
        migrate(place.database)
        found = await findings(place)
    assert wrong(found) == {"Slack scopes": Mark.FAULT}
    assert found["Slack scopes"].sentence == "Missing: files:write, im:write."
    assert "install the app again" in found["Slack scopes"].remedy


@pytest.mark.parametrize(
    ("changes", "faults", "word"),
    [
        ({"slack_bot_token": "xoxb-other"}, {"Slack token"}, "SLACK_BOT_TOKEN"),
        ({"slack_app_token": "xapp-other"}, {"Slack deliveries"}, "SLACK_APP_TOKEN"),
        ({"runware_api_key": "other"}, {"Runware key"}, "RUNWARE_API_KEY"),
    ],
)
async def test_a_refused_key_is_named_once(
    place: Site, changes: dict[str, Any], faults: set[str], word: str
) -> None:
    found = await findings(place, 0, **changes)
    assert {subject for subject, mark in wrong(found).items() if mark is Mark.FAULT} == faults
    (subject,) = faults
    assert word in found[subject].sentence
    assert "other" not in found[subject].sentence + found[subject].remedy


async def test_a_persons_token_is_not_taken_for_a_bots(place: Site) -> None:
    place.answers("/other/auth.test", json.dumps({"ok": True, "user": "ann", "team": "Acme"}))
    found = await findings(place, slack_api_url=f"{place.url}/other/", slack_app_token=None)
    assert found["Slack token"].sentence == "SLACK_BOT_TOKEN works, but is a person's token and not a bot's."
    assert found["Slack scopes"].mark is Mark.LOOK


async def test_http_mode_is_well_without_an_app_token(place: Site) -> None:
    found = await findings(place, slack_app_token=None, slack_signing_secret="secret")
    assert wrong(found) == {}
    assert "over HTTP" in found["Slack deliveries"].sentence


async def test_an_empty_account_is_a_fault_and_a_silent_one_worth_a_look(place: Site) -> None:
    empty = (await with_account(place, {"balance": {"amount": 0}, "AIRSource": "acme"}))["Runware balance"]
    assert empty.mark is Mark.FAULT
    assert "Top the account up" in empty.remedy
    silent = (await with_account(place, {"AIRSource": "acme"}))["Runware balance"]
    assert silent.mark is Mark.LOOK


async def test_an_account_that_does_not_state_what_was_spent_is_worth_a_look(place: Site) -> None:
    found = (await with_account(place, {"balance": {"amount": 40}, "AIRSource": "acme"}))["Runware balance"]
    assert (found.mark, found.sentence) == (Mark.LOOK, "$40.00; Runware does not state what was spent.")


async def test_a_namespace_that_nobody_states_is_a_fault(place: Site) -> None:
    found = await with_account(place, {"balance": 5})
    assert found["AIR namespace"].mark is Mark.FAULT
    assert "HOUSESTYLE_AIR_NAMESPACE" in found["AIR namespace"].remedy
    found = await with_account(place, {"balance": 5}, housestyle_air_namespace="acme")
    assert found["AIR namespace"].sentence == "acme, from HOUSESTYLE_AIR_NAMESPACE"


async def test_a_namespace_other_than_the_accounts_is_worth_a_look(place: Site) -> None:
    found = await findings(place, housestyle_air_namespace="other")
    assert wrong(found) == {"AIR namespace": Mark.LOOK}


@pytest.mark.parametrize(
    ("ahead", "sentence"), [(240, "4 min ahead of "), (-7200, "120 min behind "), (90, "9[01] s ahead of ")]
)
async def test_a_clock_that_is_off_is_a_fault(place: Site, ahead: float, sentence: str) -> None:
    found = await findings(place, ahead)
    assert wrong(found) == {"Clock": Mark.FAULT}
    assert re.match(sentence, found["Clock"].sentence)


@pytest.mark.parametrize("ahead", [-55, 55])
async def test_a_clock_that_is_off_by_less_than_a_minute_is_well(place: Site, ahead: float) -> None:
    assert wrong(await findings(place, ahead)) == {}


async def test_a_slack_that_is_not_there_is_told_once(place: Site) -> None:
    found = await findings(place, slack_api_url="http://127.0.0.1:9/api/", slack_app_token=None)
    assert wrong(found) == {"Slack token": Mark.FAULT, "Slack scopes": Mark.LOOK}
    assert found["Clock"].sentence == "within 1 s of Runware's"


async def test_something_that_is_neither_slack_nor_runware_is_told_so(place: Site) -> None:
    place.answers("/else/{any:path}", "<html>Hello</html>")
    found = await findings(place, slack_api_url=f"{place.url}/else/", runware_api_url=f"{place.url}/else/v1")
    assert found["Slack token"].mark is found["Runware key"].mark is Mark.FAULT
    assert "SLACK_API_URL" in found["Slack token"].sentence
    assert "RUNWARE_API_URL" in found["Runware key"].remedy


async def test_servers_that_take_the_call_and_never_answer_cost_no_more_than_15_s(place: Site) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        began = time.monotonic()
        found = await findings(place, slack_api_url=url, runware_api_url=url, public_url=url)
    assert time.monotonic() - began < 15
    assert found["Slack token"].sentence == "Slack did not answer."
    assert found["Clock"].mark is Mark.LOOK
    assert found["Database"].mark is Mark.OK


async def test_a_public_address_that_leads_to_the_bot_is_well(place: Site) -> None:
    place.answers("/healthz", "ok\n")
    assert wrong(await findings(place, public_url=place.url)) == {}


async def test_a_public_address_without_a_bot_is_worth_a_look(place: Site) -> None:
    found = await findings(place, public_url=place.url, port=9)
    assert wrong(found) == {"Public address": Mark.LOOK}
    assert "does not run here" in found["Public address"].sentence
    assert "housestyle serve" in found["Public address"].remedy


@pytest.mark.parametrize(
    ("body", "status", "told"),
    [("hello", 200, "Something else answers"), ("", 502, "HTTP 502"), ("", 302, "HTTP 302")],
)
async def test_a_public_address_that_misses_a_running_bot_is_a_fault(
    place: Site, body: str, status: int, told: str
) -> None:
    place.answers("/healthz", "ok\n")
    place.answers("/elsewhere/healthz", body, status)
    found = await findings(place, public_url=f"{place.url}/elsewhere", host="127.0.0.1", port=place.port)
    assert wrong(found) == {"Public address": Mark.FAULT}
    assert told in found["Public address"].sentence


def test_less_than_a_gigabyte_is_a_fault() -> None:
    assert disk.told(999_999_999).mark is Mark.FAULT
    assert disk.told(1_000_000_001).mark is Mark.OK


async def test_a_full_check_ends_well_and_prints_no_secret(place: Site) -> None:
    printed = await run(place.env, "doctor")
    assert printed.code == 0, printed.text
    assert "No fault found." in printed.text
    assert [word for word in ("xoxb-sandbox", "xapp-sandbox", KEY) if word in printed.text] == []


async def test_broken_settings_are_lines_and_the_rest_is_checked(place: Site) -> None:
    broken = {"PORT": "http", "SLACK_BOT_TOKEN": "", "DATABASE_URL": "mysql://x"}
    printed = await run(place.env | broken, "doctor")
    assert printed.code == 1, printed.text
    assert "SLACK_BOT_TOKEN is missing" in printed.words
    assert "PORT: " in printed.words
    assert "DATABASE_URL: name a file" in printed.words
    assert "Not checked: DATABASE_URL first." in printed.words
    assert "✓ ok Runware key accepted" in printed.words
    assert "3 faults to mend." in printed.words


async def test_with_no_settings_at_all_it_says_what_to_set(tmp_path: Path) -> None:
    printed = await run({"DATABASE_URL": f"sqlite:///{tmp_path}/housestyle.db"}, "doctor")
    assert printed.code == 1
    for name in ("SLACK_BOT_TOKEN", "RUNWARE_API_KEY", "SLACK_SIGNING_SECRET"):
        assert name in printed.text
    assert "Traceback" not in printed.text
