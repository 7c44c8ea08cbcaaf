"""Every button and every typed word does what it says, for the one who may, in the real bot."""

import asyncio
from pathlib import Path

from tests.dialogs.stage import PEOPLE, SEEN_WITHIN, Json, Stage, button, stage


async def trained(at: Stage) -> Json:
    """Ann asks, ben approves; return the card of the style that is ready."""
    await at.clicks("ben", "run.approve", await at.asked())
    return await at.sees(lambda message: bool(button(message, "run.default")))


async def test_an_approval_can_be_undone_by_a_click(tmp_path: Path, dataset: Path) -> None:
    async with stage(tmp_path, dataset=dataset, undo_seconds=60) as at:
        await at.clicks("ben", "run.approve", await at.asked())
        await at.clicks("cat", "run.undo")
        await at.sees(lambda message: bool(button(message, "run.approve")))
        assert (await at.ledger())["runware"]["charges"] == []


async def test_the_one_who_asked_can_cancel_and_nothing_is_charged(on_http: Stage) -> None:
    at = on_http
    await at.clicks("ann", "run.cancel", await at.asked())
    await at.reads("Stellar", "cancelled")
    assert (await at.ledger())["runware"]["charges"] == []


async def test_a_bystander_who_cancels_is_told_why_not(on_http: Stage) -> None:
    at = on_http
    await at.clicks("cat", "run.cancel", await at.asked())
    told = await at.reads("an admin can stop it", who="cat")
    assert told["ephemeral"]


async def test_a_ready_style_becomes_the_default_and_is_drawn_in_by_a_form(on_http: Stage) -> None:
    at = on_http
    card = await trained(at)
    await at.clicks("cat", "run.default", card)
    told = await at.reads("This channel now draws in Stellar@1", who="cat")
    assert told["ephemeral"]
    form = await at.form("cat", lambda: at.clicks("cat", "run.generate", card))
    style = next(block for block in form["blocks"] if block.get("block_id") == "style")
    assert style["element"]["initial_option"]["value"] == "stellar@1"
    wrong = await at.submits("cat", form, prompt="x")
    assert "prompt" in str(wrong["errors"]) or "characters" in str(wrong["errors"])
    assert await at.submits("cat", form, prompt="a red fox", count="1", private="yes") == {"ok": True}
    world = (await at.http.get("/sandbox/world", params={"as": PEOPLE["cat"]})).json()
    at.channel = world["dms"][0]["id"]
    await at.sees(lambda m: bool(button(m, "generation.again")), who="cat")


async def test_pictures_are_asked_about_by_typing_their_id(on_http: Stage) -> None:
    at = on_http
    await trained(at)
    await at.types("cat", "/generate a red fox --style stellar --count 1")
    drawn = button(await at.sees(lambda m: bool(button(m, "generation.again"))), "generation.again")
    assert drawn
    pictures = drawn["value"]
    for text, answer in (
        (f"status {pictures}", f"Pictures `{pictures}` · task"),
        (f"check {pictures}", "There is no doubt about these pictures"),
        (f"cancel {pictures}", "There is no doubt about these pictures"),
    ):
        await at.types("cat", f"/style {text}")
        await at.reads(answer, who="cat")


async def test_an_empty_generate_opens_the_form_and_help_is_answered(on_http: Stage) -> None:
    at = on_http
    form = await at.form("cat", lambda: at.types("cat", "/generate --style stellar"))
    assert form["callback_id"] == "form.generate"
    refused = await at.submits("cat", form, prompt="a red fox")
    assert "No trained style is called" in str(refused["errors"])
    for command in ("train", "generate", "style"):
        await at.types("cat", f"/{command} help")
        await at.reads(f"*/{command}*", who="cat")


async def test_every_word_of_style_is_answered(on_http: Stage) -> None:
    at = on_http
    await at.types("ann", "/style status")
    await at.reads("Nothing has been trained yet")
    found = button(await at.asked(), "run.approve")
    assert found
    run = found["value"]
    for text, answer in (
        ("runs", run),
        ("status", "Stellar"),
        (f"status {run}", "Stellar"),
        ("status NOSUCHRUN1", "There is no run"),
        ("show stellar", "No trained style is called"),
        ("use", "Something is missing"),
        ("list", "No style is trained yet"),
        (f"retry {run}", "once it is over"),
        (f"reject {run}", "needs a reason"),
        (f"reject {run} it is ours to test", "You rejected Stellar"),
        (f"retry {run}", "Looking at the dataset"),
        (f"cancel {run}", "cannot be cancelled now"),
    ):
        await at.types("ben", f"/style {text}")
        await at.reads(answer, who="ben")


async def test_the_home_opens_both_forms(on_http: Stage) -> None:
    at = on_http
    await at.http.post("/sandbox/open_home", json={"as": PEOPLE["cat"]})
    view: Json = {}
    async with asyncio.timeout(SEEN_WITHIN):
        while not view:
            await asyncio.sleep(0.1)
            view = (await at.http.get("/sandbox/home", params={"as": PEOPLE["cat"]})).json()["view"] or {}
    for action_id, callback in (("home.train", "form.train"), ("home.generate", "form.generate")):
        found = button(view, action_id)
        body = {"as": PEOPLE["cat"], "view_id": view["id"], **(found or {})}

        async def click(body: Json = body) -> None:
            answer = (await at.http.post("/sandbox/action", json=body)).json()
            assert answer["ok"], answer

        form = await at.form("cat", click)
        assert form["callback_id"] == callback
        await at.http.post("/sandbox/close_view", json={"as": PEOPLE["cat"], "view_id": form["id"]})
