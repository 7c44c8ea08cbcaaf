"""Conversations about who is told directly: whose turn it is, what changed meanwhile, and how it ended."""

from tests.dialogs.stage import PEOPLE, Stage, button

POLICY = """
quiet_hours = ["08:00", "08:00"]

[groups]
brand   = ["U0000000BEN", "U0000000DAN"]
finance = ["S000FINANCE"]

[[rules]]
name = "brand, then finance"
action = "train"
steps = [{ from = ["brand"], name = "brand" }, { from = ["finance"], name = "finance" }]

[[rules]]
name = "brand decides on defaults"
action = "promote"
steps = [{ from = ["brand"], name = "brand" }]
"""


async def test_finance_is_told_that_it_is_their_turn_and_approves_right_there(at: Stage) -> None:
    channel = at.channel
    await at.types("ann", f"/train {at.url}/datasets/stellar.zip as Stellar")
    card = await at.with_button("run.approve", "Stellar")
    await at.clicks("ben", "run.approve", card)
    at.channel = f"D{PEOPLE['fin'][1:]}"
    memo = await at.reads("It is your turn to decide on *Stellar@1*", who="fin")
    await at.clicks("fin", "run.approve", memo)
    at.channel = channel
    ready = await at.with_button("run.default", "Stellar")
    assert len((await at.ledger())["runware"]["charges"]) == 1
    await at.clicks("ann", "run.default", ready)
    proposed = await at.with_button("proposal.approve")
    form = await at.form("ben", lambda: at.clicks("ben", "proposal.reject", proposed))
    assert await at.submits("ben", form, reason="not before spring") == {"ok": True}
    at.channel = f"D{PEOPLE['ann'][1:]}"
    told = await at.reads("rejected it", "not before spring", who="ann")
    assert button(told, "proposal.approve") is None
