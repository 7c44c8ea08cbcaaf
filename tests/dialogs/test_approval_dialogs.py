"""Conversations about approvals: several who decide, in order, together, instead of others, or too late."""

from datetime import timedelta

from tests.dialogs.stage import PEOPLE, Json, Stage, button, markup

POLICY = """
quiet_hours = ["08:00", "08:00"]

[groups]
brand   = ["U0000000BEN", "U0000000DAN"]
finance = ["S000FINANCE"]

[[rules]]
name = "brand, then finance"
action = "train"
styles = ["stellar*"]
steps = [{ from = ["brand"], name = "brand" }, { from = ["finance"], name = "finance" }]

[[rules]]
name = "two colleagues"
action = "train"
styles = ["nova*"]
steps = [{ from = ["everyone"], count = 2, name = "two colleagues" }]

[[rules]]
name = "ben"
action = "train"
styles = ["atlas*"]
steps = [{ from = ["U0000000BEN"], name = "the art director" }]
remind_after = "1h"
escalate_after = "5h"
escalate_to = ["admins"]
"""


def run_of(card: Json) -> str:
    found = button(card, "run.approve")
    assert found
    return str(found["value"])


def shows(card: Json, *texts: str) -> bool:
    told = " ".join(markup(card["blocks"]))
    return all(text in told for text in texts)


async def whispered(at: Stage, who: str, text: str) -> None:
    """Wait until `who` alone is told that."""
    await at.comes(lambda: any(text in told for told in at.inside.whispers(who)))


def direct(who: str) -> str:
    return f"D{PEOPLE[who][1:]}"


async def test_brand_then_finance_decide_in_their_order_and_the_card_tells_why(at: Stage) -> None:
    card = await at.asked("Stellar")
    assert shows(card, "▸ open now: *brand*", "· after that: *finance*")
    await at.clicks("fin", "run.approve", card)
    await whispered(at, "fin", "It is not your turn yet: brand decides first.")
    await at.clicks("cat", "run.approve", card)
    await whispered(at, "cat", "This is for brand to decide; you are not among them.")
    form = await at.form("ben", lambda: at.clicks("ben", "run.comment", card))
    assert await at.submits("ben", form, comment="a <!channel> & a fine set") == {"ok": True}
    card = await at.sees(lambda said: shows(said, "✓ approved: *brand*", "a fine set"))
    assert not any("<!channel>" in text for text in markup(card["blocks"]))
    await at.clicks("ben", "run.retract", card)
    card = await at.sees(lambda said: shows(said, "▸ open now: *brand*"))
    await at.types("ben", f"/style approve {run_of(card)} after all")
    await whispered(at, "ben", "You approved Stellar. It still needs finance.")
    card = await at.sees(lambda said: shows(said, "▸ open now: *finance*", "after all"))
    await at.clicks("ben", "run.approve", card)
    await whispered(at, "ben", "You have approved already; finance is next.")
    await at.types("fin", f"/style approve {run_of(card)} within the budget")
    ready = await at.with_button("run.default", "Stellar")
    assert shows(ready, "after all", "within the budget", PEOPLE["ben"], PEOPLE["fin"])
    assert len((await at.ledger())["runware"]["charges"]) == 1
    did = [(row.who, row.did) for row in at.inside.audit() if row.about == run_of(card)]
    kinds = ("approved", "retracted", "granted")
    assert [(who, what) for who, what in did if what in kinds] == [
        (PEOPLE["ben"], "approved"),
        (PEOPLE["ben"], "retracted"),
        (PEOPLE["ben"], "approved"),
        (PEOPLE["fin"], "approved"),
        (PEOPLE["fin"], "granted"),
    ]


async def test_who_leaves_a_group_or_the_company_decides_no_more(at: Stage) -> None:
    card = await at.asked("Stellar")
    await at.clicks("ben", "run.approve", card)
    card = await at.sees(lambda said: shows(said, "▸ open now: *finance*"))
    at.inside.becomes("fin", groups=[])
    at.inside.becomes("eve", groups=["S000FINANCE"])
    await at.clicks("fin", "run.approve", card)
    await whispered(at, "fin", "This is for finance to decide; you are not among them.")
    at.inside.becomes("ben", deleted=True)
    await at.clicks("eve", "run.approve", card)
    await whispered(at, "eve", "It is not your turn yet: brand decides first.")
    card = await at.sees(lambda said: shows(said, "▸ open now: *brand*"))
    await at.clicks("dan", "run.approve", card)
    await whispered(at, "dan", "You approved Stellar. It still needs finance.")
    await at.clicks("eve", "run.approve")
    await at.with_button("run.default", "Stellar")
    assert len((await at.ledger())["runware"]["charges"]) == 1


async def test_two_colleagues_are_two_people_and_one_rejection_ends_it(at: Stage) -> None:
    card = await at.asked("Nova")
    await at.clicks("dan", "run.approve", card)
    card = await at.sees(lambda said: shows(said, "1 of 2 approved"))
    await at.clicks("dan", "run.approve", card)
    await whispered(at, "dan", "It still needs 1 more from two colleagues.")
    await at.clicks("ann", "run.approve", card)
    await whispered(at, "ann", "someone else has to decide")
    form = await at.form("cat", lambda: at.clicks("cat", "run.reject", card))
    assert await at.submits("cat", form, reason="   ") != {"ok": True}
    assert await at.submits("cat", form, reason="the <@U0000000ANN> set is odd") == {"ok": True}
    told = await at.reads(f"<@{PEOPLE['ann']}>", "set is odd")
    assert told["thread_ts"] == card["ts"]
    assert "&lt;@U0000000ANN&gt; set" in told["text"]
    await at.inside.clicks("dan", "run.approve", run_of(card), on=card)
    await whispered(at, "dan", f"Nova is rejected by <@{PEOPLE['cat']}> already")
    card = await at.asked("Nova two")
    await at.clicks("dan", "run.approve", card)
    await at.clicks("cat", "run.approve", card)
    await at.with_button("run.default", "Nova two")
    assert len((await at.ledger())["runware"]["charges"]) == 1


async def test_a_delegate_decides_for_who_is_away(at: Stage) -> None:
    card = await at.asked("Atlas")
    await at.clicks("dan", "run.approve", card)
    await whispered(at, "dan", "This is for the art director to decide; you are not among them.")
    back = (at.inside.clock() + timedelta(days=7)).date().isoformat()
    await at.types("ben", f"/style away {back} @gus")
    await whispered(at, "ben", "cannot decide here, so nobody would stand in")
    await at.types("ben", f"/style away {back} @dan")
    await whispered(at, "ben", f"<@{PEOPLE['dan']}> may decide in your place")
    await at.clicks("dan", "run.approve", card)
    ready = await at.with_button("run.default", "Atlas")
    assert shows(ready, f"<@{PEOPLE['dan']}> approved for <@{PEOPLE['ben']}>")


async def test_what_waits_is_remembered_then_others_are_asked_and_then_it_expires(at: Stage) -> None:
    card = await at.asked("Atlas")
    run = run_of(card)
    at.inside.passes(hours=1, minutes=1)
    at.channel = direct("ben")
    memo = await at.reads("Atlas", "has waited 1 h for you", who="ben")
    assert button(memo, "run.approve")
    at.inside.passes(hours=4)
    at.channel = direct("eve")
    await at.reads("Atlas", "so you are asked", who="eve")
    at.inside.passes(hours=20)
    at.channel = card["channel"]
    over = await at.with_button("run.retry", "Atlas · expired")
    assert button(over, "run.approve") is None
    block = (button(card, "run.approve") or {})["block_id"]
    await at.inside.clicks("eve", "run.approve", run, on=card, block_id=block)
    await whispered(at, "eve", "Atlas is expired already; nothing more can be decided about it.")
    at.channel = direct("ben")
    told = await at.reads("Atlas", "it waits for nobody any more. It was not decided in time.", who="ben")
    assert button(told, "run.approve") is None
    assert (await at.ledger())["runware"]["charges"] == []
    at.channel = card["channel"]
    await at.clicks("ann", "run.retry", over)
    again = await at.with_button("run.approve", "Atlas")
    assert run_of(again) != run
