"""Conversations about money: what waits above a price, what a budget has left, what an admin has frozen."""

from tests.dialogs.stage import PEOPLE, Json, Stage, button, markup, pictures

POLICY = """
[prices]
training = 12.0
picture = 0.02

[[rules]]
name = "dear pictures"
action = "generate"
above = 0.05
steps = [{ from = ["U0000000BEN"], name = "the art director" }]

[[budgets]]
name = "illustration"
limit = 60.0
"""


async def trained(at: Stage, name: str, *, price: float = 12.0) -> None:
    """Have a style trained for that price, without the bot's knowing it before."""
    card = await at.asked(name)
    await costs(at, training=price)
    await at.clicks("ben", "run.approve", card)
    await at.with_button("run.default", name)


async def costs(at: Stage, **prices: float) -> None:
    """Let Runware charge that from now on, US dollars."""
    answer = await at.http.post("/sandbox/account", json={"prices": prices})
    assert answer.json() == {"ok": True}


def value(message: Json, action_id: str) -> str:
    found = button(message, action_id)
    assert found
    return str(found["value"])


def shows(card: Json, *texts: str) -> bool:
    told = " ".join(markup(card["blocks"]))
    return all(text in told for text in texts)


async def whispered(at: Stage, who: str, *texts: str) -> None:
    """Wait until `who` alone is told that."""
    await at.comes(lambda: any(all(text in told for text in texts) for told in at.inside.whispers(who)))


async def charged(at: Stage) -> list[float]:
    return [charge["cost"] for charge in (await at.ledger())["runware"]["charges"]]


async def test_dear_pictures_wait_and_those_approved_for_use_are_counted(at: Stage) -> None:
    await trained(at, "Stellar")
    await at.types("cat", "/generate a red fox --style stellar --count 4 --private")
    await whispered(at, "cat", "leave `--private` out")
    await at.types("cat", "/generate a red fox --style stellar --count 4")
    card = await at.with_button("generation.approve", "a red fox")
    assert shows(card, "the art director")
    await at.clicks("cat", "generation.approve", card)
    await whispered(at, "cat", "someone else has to decide")
    await at.clicks("dan", "generation.approve", card)
    await whispered(at, "dan", "This is for the art director to decide; you are not among them.")
    assert await charged(at) == [12.0]
    await at.types("ben", f"/style approve {value(card, 'generation.approve')} fine by me")
    drawn = await at.with_button("generation.use", "a red fox")
    assert len(pictures(drawn)) == 4
    assert shows(drawn, f"<@{PEOPLE['ben']}> approved", "fine by me")
    assert await charged(at) == [12.0, 0.08]

    form = await at.form("cat", lambda: at.clicks("cat", "generation.use", drawn))
    wrong = await at.submits("cat", form)
    assert "errors" in wrong
    boxes = next(block for block in form["blocks"] if block.get("block_id", "").startswith("pictures"))
    assert await at.submits("cat", form, **{boxes["block_id"]: "all"}) == {"ok": True}
    proposed = await at.with_button("proposal.approve", "Pictures 1, 2, 3, 4")
    await at.clicks("cat", "proposal.approve", proposed)
    await whispered(at, "cat", "someone else has to decide")
    await at.clicks("dan", "proposal.approve", proposed)
    await at.reads("Pictures 1, 2, 3, 4", "they may be used")
    await at.types("dan", f"/style release {value(drawn, 'generation.use')} 1")
    await whispered(at, "dan", "may be used already")

    await at.types("cat", "/generate a blue fox --style stellar --count 4")
    card = await at.with_button("generation.reject", "a blue fox")
    form = await at.form("ben", lambda: at.clicks("ben", "generation.reject", card))
    assert await at.submits("ben", form, reason="no blue this year") == {"ok": True}
    await at.reads("No pictures: rejected", "no blue this year")
    assert await charged(at) == [12.0, 0.08]

    await at.types("cat", "/style budget")
    await whispered(at, "cat", "illustration", "$12.08 of $60.00 spent", "$47.92 left")
    answer = await at.sees(lambda said: bool(said["ephemeral"] and pictures(said)), who="cat")
    assert "$12.08" in pictures(answer)[0]["alt_text"]
    assert not any(said["ephemeral"] and pictures(said) for said in await at.said("dan"))


async def test_a_colleague_who_releases_pictures_has_approved_them(at: Stage) -> None:
    await trained(at, "Stellar")
    await at.types("cat", "/generate a red fox --style stellar --count 1")
    drawn = await at.with_button("generation.use")
    await at.types("dan", f"/style release {value(drawn, 'generation.use')} 7")
    await whispered(at, "dan", "There is no picture 7: the card has 1 to 1.")
    await at.types("dan", f"/style release {value(drawn, 'generation.use')} 1")
    await whispered(at, "dan", "Approved for use: Picture 1 in Stellar@1.")
    assert [row.who for row in at.inside.audit() if row.did == "approved for use"] == [PEOPLE["dan"]]


async def test_a_price_that_jumped_between_card_and_click_is_shown_before_it_is_paid(at: Stage) -> None:
    await trained(at, "Stellar")
    card = await at.asked("Nova")
    assert "about $12" in card["text"]
    await trained(at, "Atlas", price=30.0)
    await at.clicks("ben", "run.approve", card)
    await whispered(at, "ben", "Nova is not what it was: price:", "Look at its card again")
    await whispered(at, "ben", "the same pictures went into: Stellar@1 → Atlas@1")
    assert await charged(at) == [12.0, 30.0]
    card = await at.sees(
        lambda said: shows(
            said, "Changed since it was first asked", "price", "These very pictures already trained *Atlas@1*"
        )
    )
    await at.clicks("ben", "run.approve", card)
    await whispered(at, "ben", "illustration", "$18.00")
    assert await charged(at) == [12.0, 30.0]
    at.inside.rules(POLICY.replace("60.0", "72.0"))
    await looked_at(at)
    await at.clicks("ben", "run.approve", card)
    await at.with_button("run.default", "Nova")
    assert await charged(at) == [12.0, 30.0, 30.0]
    await asked_in_vain(at)


async def asked_in_vain(at: Stage) -> None:
    """The budget is used up: neither pictures nor trainings are paid any more."""
    before = await charged(at)
    await at.types("cat", "/generate a red fox --style stellar --count 1")
    await whispered(at, "cat", "illustration", "$0.00")
    card = await at.asked("Vega")
    await at.clicks("ben", "run.approve", card)
    await at.comes(lambda: sum("illustration" in told for told in at.inside.whispers("ben")) > 1)
    assert await charged(at) == before


async def looked_at(at: Stage) -> None:
    """Have the bot look at its rules twice, as it does by itself every few seconds."""
    for _ in range(2):
        await at.types("fin", "/style back")


async def test_what_an_admin_freezes_stands_still_until_it_is_let_go(at: Stage) -> None:
    card = await at.asked("Stellar")
    await at.types("ben", "/style freeze train we <!channel> move house")
    await whispered(at, "ben", "Training is frozen")
    await at.clicks("dan", "run.approve", card)
    await whispered(at, "dan", "An admin has frozen training here", "move house", f"<@{PEOPLE['ben']}>")
    await at.types("ann", f"/train {at.url}/datasets/stellar.zip as Nova")
    await whispered(at, "ann", "An admin has frozen training here", "move house")
    assert not any("<!channel>" in told for told in at.inside.whispers("ann"))
    await at.types("dan", "/style unfreeze train")
    await whispered(at, "dan", "You may not do what is for admins")
    await at.types("eve", "/style unfreeze train")
    await whispered(at, "eve", "Training is no longer frozen")
    await at.clicks("dan", "run.approve", card)
    await at.with_button("run.default", "Stellar")
    await at.types("eve", "/style freeze all the fair is over")
    await whispered(at, "eve", "is frozen")
    await at.types("cat", "/generate a red fox --style stellar --count 1")
    await whispered(at, "cat", "An admin has frozen everything here", "the fair is over")
    assert await charged(at) == [12.0]
    frozen = [(row.who, row.did) for row in at.inside.audit() if "froze" in row.did]
    assert frozen == [(PEOPLE["ben"], "froze"), (PEOPLE["eve"], "unfroze"), (PEOPLE["eve"], "froze")]
