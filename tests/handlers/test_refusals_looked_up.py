"""`/style audit` answers what a reviewer asks first: what happened to this, and who was refused at it."""

from typing import Any

import pytest

from bot.domain.audit import Deed, Did
from bot.domain.ids import UserId
from handlers import deliveries
from tests.handlers.handlers_lab import Lab
from tests.house import ANN, BEN, RUN, T1
from tests.services.team import ADA, DAN, asked, team

AIR, PICTURE = "acme:stellar@1", "5f0c8a1e-33cd-4a0f-9a9d-2f6f2f1d8a10"


@pytest.fixture
async def at(lab: Lab) -> Lab:
    """Return the lab with a run that waits for a decision."""
    await asked(team(lab.house))
    return lab


@pytest.mark.parametrize("typed", [RUN, f"`{RUN.lower()}`"])
async def test_who_was_refused_at_something_is_told_with_all_else_about_it(at: Lab, typed: str) -> None:
    await at.clicks("run.reject", who=ANN)
    await at.types("/style", f"breakglass {RUN} it is mine", who=BEN)
    told = await at.types("/style", f"audit {typed}", who=ADA)
    assert f"<@{ANN}> was refused to reject `{RUN}`" in told
    assert f"<@{BEN}> was refused `/style breakglass {RUN}`" in told
    assert f"<@{ANN}> asked for `{RUN}`" in told


@pytest.mark.parametrize("about", [AIR, PICTURE])
async def test_a_version_and_a_picture_are_found_as_they_are_written(at: Lab, about: str) -> None:
    await at.house.store.write(lambda tx: tx.audit.add(Deed(T1, UserId(DAN), Did.PROMOTED, about)))
    assert f"<@{DAN}> made `{about}` a default" in await at.types("/style", f"audit {about}", who=ADA)


async def refused(at: Lab) -> list[str]:
    rows = await at.house.store.read(lambda tx: tx.audit.recent(T1, limit=99))
    return [row.about for row in rows if row.did is Did.WAS_REFUSED]


async def test_the_chosen_entry_of_a_menu_is_what_was_refused(at: Lab) -> None:
    await at.chooses("run.break_glass", who=BEN)
    assert await refused(at) == [f"run.break_glass {RUN}"]


@pytest.mark.parametrize(
    ("kept", "about"),
    [
        ('{"kind": "run", "id": "RUN0000001"}', "form.reject RUN0000001"),
        ('{"run": "RUN0000001", "dataset": "ab"}', "form.reject RUN0000001"),
        ('{"channel": "C1"}', "form.reject"),
        ('{"id": "<@UANN> and a whole sentence"}', "form.reject"),
        ("", "form.reject"),
    ],
)
def test_a_refused_form_is_about_what_it_keeps_the_id_of(kept: str, about: str) -> None:
    body: dict[str, Any] = {
        "type": "view_submission",
        "team": {"id": "T1"},
        "user": {"id": "UANN"},
        "view": {"id": "V1", "hash": "1.1", "callback_id": "form.reject", "private_metadata": kept},
    }
    assert deliveries.of_anything(body)[2] == about


def test_two_entries_of_a_menu_are_two_deliveries() -> None:
    def key(entry: str) -> str:
        action = {"action_id": "run.break_glass", "action_ts": "1.1", "selected_option": {"value": entry}}
        body = {"team": {"id": "T1"}, "user": {"id": "UBEN"}, "actions": [action]}
        return deliveries.of_action(body)[1]

    assert key("RUN0000001") != key("RUN0000002")
