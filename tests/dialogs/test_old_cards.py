"""Conversations about cards that show what is not asked any more."""

from tests.dialogs.stage import Json, Stage, button, markup

POLICY = """
[prices]
training = 12.0

[[checks]]
name = "no wild styles"
action = "train"
styles = ["wild*"]
level = "soft"
says = "Wild styles are for the fair only."
"""
DEARER = POLICY.replace("12.0", "900.0")


async def whispered(at: Stage, who: str, *texts: str) -> None:
    """Wait until `who` alone is told that."""
    await at.comes(lambda: any(all(text in told for text in texts) for told in at.inside.whispers(who)))


async def test_from_a_card_drawn_before_the_price_changed_no_form_opens_and_nothing_is_approved(
    at: Stage,
) -> None:
    old = {name: await at.asked(name) for name in ("Wild", "Stellar")}
    for name, card in old.items():
        await becomes_dearer(at, name, card)
    for name, word in (("Stellar", "comment"), ("Wild", "override"), ("Stellar", "break_glass")):
        before = len(at.inside.whispers("eve"))
        await presses_the_old(at, word, old[name])
        await at.comes(lambda before=before: len(at.inside.whispers("eve")) > before)  # type: ignore[misc]
        assert f"{name} has changed since: look at its card again" in at.inside.whispers("eve")[-1]
    assert "views.open" not in {entry["method"] for entry in at.inside.slack.ledger.entries}
    assert {row.did for row in at.inside.audit()}.isdisjoint({"approved", "overrode", "broke the glass"})


async def test_from_such_a_card_it_can_still_be_rejected(at: Stage) -> None:
    card = await at.asked("Stellar")
    await becomes_dearer(at, "Stellar", card)
    form = await at.form("eve", lambda: presses_the_old(at, "reject", card))
    assert await at.submits("eve", form, reason="too dear") == {"ok": True}
    await at.reads("Stellar", "rejected")


async def becomes_dearer(at: Stage, name: str, card: Json) -> None:
    """Have dan, who would approve it, find the price risen, and wait for the card that says so."""
    at.inside.rules(DEARER)
    for _ in range(2):  # it looks at its rules, as by itself every few seconds
        await at.types("fin", "/style back")
    await at.clicks("dan", "run.approve", card)
    await whispered(at, "dan", f"{name} is not what it was: price: $12.00 → $900.00.")
    await at.sees(lambda said: name in said["text"] and "$900.00" in str(markup(said["blocks"])))


async def presses_the_old(at: Stage, word: str, card: Json) -> None:
    """Have eve, an admin, press that button of a card which she still sees as it was."""
    pressed = button(card, f"run.{word}")
    assert pressed
    run = pressed.get("value") or pressed["selected_option"]["value"]
    await at.inside.clicks("eve", f"run.{word}", run, on=card, block_id=pressed["block_id"])
