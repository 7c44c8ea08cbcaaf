"""Whole dialogs about the dataset: what is wrong with it, what is left out, and what is trained."""

import asyncio
import hashlib
import io
import re
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.sandbox.dataset import demo_dataset, flawed_dataset
from tests.dialogs.stage import Json, Stage, button, pictures, stage

ASKED = "/train {url}/datasets/{name}.zip as Stellar"


@pytest.fixture(scope="module")
def flawed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("flawed") / "flawed.zip"
    path.write_bytes(flawed_dataset())
    return path


@pytest.fixture(scope="module")
def body(flawed: Path) -> bytes:
    return flawed.read_bytes()


@pytest.fixture
async def hosting(tmp_path: Path, flawed: Path) -> AsyncIterator[Stage]:
    async with stage(tmp_path, dataset=flawed, hosting=True) as at:
        yield at


async def awaiting(at: Stage, name: str) -> Json:
    """Ann asks; return the card that waits for a colleague."""
    await at.types("ann", ASKED.format(url=at.url, name=name))
    return await at.sees(lambda m: bool(button(m, "run.approve")), seconds=60)


async def trained_on(at: Stage) -> Json:
    """Wait until Runware has trained; return what it had fetched: `sha256` and `bytes`."""
    await at.sees(lambda message: bool(button(message, "run.default")), seconds=60)
    (task,) = await trainings(at)
    dataset: Json = task["dataset"]
    return dataset


async def trainings(at: Stage) -> list[Json]:
    return [task for task in (await at.ledger())["runware"]["tasks"] if task.get("dataset")]


def is_cut(message: Json) -> bool:
    """Say whether it is a card that waits for approval of what was left after some pictures were left out."""
    return bool(button(message, "run.approve")) and "left out" in str(message["blocks"]).lower()


async def thread_of(at: Stage, card: Json, *texts: str) -> Json:
    return await at.sees(
        lambda m: m["thread_ts"] == card["ts"] and all(text in str(m["blocks"]) for text in texts)
    )


async def test_what_was_inspected_is_what_is_trained(hosting: Stage, body: bytes) -> None:
    at = hosting
    await at.clicks("ben", "run.approve", await awaiting(at, "flawed"))
    got = await trained_on(at)
    assert got["sha256"] == hashlib.sha256(body).hexdigest()
    orders = str((await at.ledger())["runware"])
    assert f"{at.url}/files/" in orders


async def test_the_thread_names_the_strangers_and_the_twins(hosting: Stage) -> None:
    card = await awaiting(hosting, "flawed")
    assert "outlier" in str(card["blocks"])
    told = str((await thread_of(hosting, card, "would learn"))["blocks"])
    assert "bicycle-in-the-sun.jpg" in told
    assert "stellar-planet-mirrored.jpg" in told
    sheets = []
    for title in ("of the dataset", "the palette", "more than once"):
        sheets += pictures(await thread_of(hosting, card, title, "alt_text"))
    assert len(sheets) == 3
    assert all(len(sheet["alt_text"]) > 40 for sheet in sheets)


async def test_flagged_pictures_are_left_out_and_the_rest_is_trained(hosting: Stage, body: bytes) -> None:
    at = hosting
    card = await awaiting(at, "flawed")
    form = await at.form("cat", lambda: at.clicks("cat", "run.leave_out", card))
    ticked = [b for b in form["blocks"] if b.get("element", {}).get("initial_options")]
    flagged = sum(len(block["element"]["initial_options"]) for block in ticked)
    assert flagged >= 3
    assert await at.submits("cat", form, strip="yes") == {"ok": True}
    await at.sees(is_cut, seconds=60)
    await at.clicks("ben", "run.approve")
    got = await trained_on(at)
    assert got["sha256"] != hashlib.sha256(body).hexdigest()
    (link,) = set(re.findall(rf"{at.url}/files/[\w.-]+", str((await at.ledger())["runware"])))
    packed = zipfile.ZipFile(io.BytesIO((await at.http.get(link)).content))
    whole = zipfile.ZipFile(io.BytesIO(body))
    assert len(packed.namelist()) == len(whole.namelist()) - flagged
    assert {info.compress_type for info in packed.infolist()} == {zipfile.ZIP_STORED}


async def test_the_typed_twin_leaves_the_flagged_out_as_the_form_does(hosting: Stage) -> None:
    card = await awaiting(hosting, "flawed")
    run = button(card, "run.approve")
    assert run
    await hosting.types("cat", f"/style leave {run['value']} flagged")
    await hosting.sees(is_cut, seconds=60)


async def test_a_dataset_that_changed_since_the_approval_is_approved_anew(
    tmp_path: Path, dataset: Path
) -> None:
    async with stage(tmp_path, dataset=dataset, undo_seconds=3) as at:
        await at.clicks("ben", "run.approve", await awaiting(at, "stellar"))
        await at.changes("stellar", demo_dataset(13))
        card = await at.sees(
            lambda m: bool(button(m, "run.approve")) and "13 pictures" in str(m["blocks"]), seconds=60
        )
        assert "not what was approved" in str(card["blocks"])
        assert (await at.ledger())["runware"]["charges"] == []


async def test_pictures_posted_in_slack_become_a_style(hosting: Stage, tmp_path: Path) -> None:
    at = hosting
    folder = tmp_path / "posted"
    zipfile.ZipFile(io.BytesIO(demo_dataset(12))).extractall(folder)
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    first = await at.posts("ann", *paths[:8])
    await at.posts("cat", *paths[8:], thread=first["ts"])
    form = await at.form("ann", lambda: at.chooses("ann", first, "train_from_files"))
    assert await at.submits("ann", form, name="Posted", rights="yes", thread="yes") == {"ok": True}
    card = await at.sees(lambda m: bool(button(m, "run.approve")), seconds=60)
    assert "12 pictures" in str(card["blocks"])
    await at.clicks("ben", "run.approve", card)
    assert (await trained_on(at))["bytes"] > 0


async def test_a_form_without_the_rights_ticked_is_not_taken(hosting: Stage, flawed: Path) -> None:
    posted = await hosting.posts("ann", flawed)
    form = await hosting.form("ann", lambda: hosting.chooses("ann", posted, "train_from_files"))
    answer = await hosting.submits("ann", form, name="Posted", rights="")
    assert not answer["ok"]


async def test_the_same_pictures_are_not_paid_for_twice(hosting: Stage) -> None:
    at = hosting
    await at.clicks("ben", "run.approve", await awaiting(at, "flawed"))
    await trained_on(at)
    await at.types("ann", ASKED.format(url=at.url, name="flawed").replace("Stellar", "Comet"))
    card = await at.sees(lambda m: bool(button(m, "run.reuse")), seconds=60)
    await at.clicks("ann", "run.reuse", card)
    await at.reads("Comet", "cancelled")
    await at.types("ben", "/generate a red fox --count 1")
    await at.sees(lambda m: bool(button(m, "generation.again")), seconds=60)
    assert len(await trainings(at)) == 1


async def test_a_file_link_is_unguessable_and_gives_no_hint(hosting: Stage) -> None:
    answers = await asyncio.gather(
        *(hosting.http.get(f"/files/{token}") for token in ("x", "a" * 80, "..%2fetc%2fpasswd"))
    )
    assert {answer.status_code for answer in answers} == {404}
