"""Conversations about rules: what stands in the way, what admins may do past them, rules that change."""

from tests.dialogs.stage import PEOPLE, Json, Stage, markup

POLICY = """
[groups]
brand = ["U0000000BEN", "U0000000DAN"]

[[rules]]
name = "brand decides"
actions = ["train", "promote"]
steps = [{ from = ["brand"], name = "brand" }]

[[checks]]
name = "no wild styles"
action = "train"
styles = ["wild*"]
level = "soft"
says = "Wild styles are for the fair only."

[[checks]]
name = "no public models"
action = "publish"
level = "hard"
says = "Models of this team are never public."
"""
STRICTER = POLICY.replace(
    'steps = [{ from = ["brand"], name = "brand" }]',
    """
steps = [{ from = ["U0000000DAN"], name = "the deputy" }]""",
)


def shows(card: Json, *texts: str) -> bool:
    told = " ".join(markup(card["blocks"]))
    return all(text in told for text in texts)


async def whispered(at: Stage, who: str, *texts: str) -> None:
    """Wait until `who` alone is told that."""
    await at.comes(lambda: any(all(text in told for text in texts) for told in at.inside.whispers(who)))


async def told_directly(at: Stage, who: str, *texts: str) -> Json:
    """Wait until `who` is told that in direct messages."""
    there, at.channel = at.channel, f"D{PEOPLE[who][1:]}"
    told = await at.reads(*texts, who=who)
    at.channel = there
    return told


async def test_what_stands_in_the_way_is_overridden_by_an_admin_and_told_to_all(at: Stage) -> None:
    await at.types("ann", f"/train {at.url}/datasets/stellar.zip as Wild --public")
    await whispered(at, "ann", "Models of this team are never public.")
    card = await at.asked("Wild")
    assert shows(card, "Wild styles are for the fair only.")
    await at.clicks("ben", "run.approve", card)
    await whispered(at, "ben", "an admin has to override first: Wild styles are for the fair only.")
    await at.clicks("dan", "run.override", card)
    await whispered(at, "dan", "You may not do what is for admins")
    form = await at.form("eve", lambda: at.clicks("eve", "run.override"))
    assert await at.submits("eve", form, reason="it is for <!here> the fair") == {"ok": True}
    for who in ("ben", "dan"):
        memo = await told_directly(at, who, "Wild", "an admin overrode a rule", "the fair")
        assert "<!here>" not in memo["text"]
    ready = await at.with_button("run.default", "Wild")
    assert shows(ready, f"<@{PEOPLE['eve']}> overrode *no wild styles*")
    assert [row.who for row in at.inside.audit() if row.did == "overrode"] == [PEOPLE["eve"]]
    await at.clicks("cat", "run.default", ready)
    await whispered(at, "cat", "Proposed: Wild@1. Its card says who decides.")
    proposed = await at.with_button("proposal.approve", "Wild@1 as this channel's default")
    await at.clicks("cat", "proposal.approve", proposed)
    await whispered(at, "cat", "someone else has to decide")
    await at.clicks("eve", "proposal.approve", proposed)
    await whispered(at, "eve", "This is for brand to decide; you are not among them.")
    await at.clicks("ben", "proposal.approve", proposed)
    await at.reads("Wild@1", "draws in it from now on")
    await at.types("cat", "/generate a red fox --count 1")
    await at.with_button("generation.use", "Wild@1")


async def test_who_breaks_the_glass_is_named_to_everybody_and_looked_at_afterwards(at: Stage) -> None:
    card = await at.asked("Stellar")
    await at.clicks("ben", "run.break_glass", card)
    form = await at.form("eve", lambda: at.clicks("eve", "run.break_glass", card))
    assert "errors" in await at.submits("eve", form, reason=" ")
    assert await at.submits("eve", form, reason="nobody of brand is here") == {"ok": True}
    for who in ("ben", "dan"):
        await told_directly(
            at, who, "Stellar", "broke the glass, past all approvals", "nobody of brand is here"
        )
    review = await at.with_button("proposal.approve", "After-review of Stellar", "nobody of brand is here")
    await at.clicks("eve", "proposal.approve", review)
    await whispered(at, "eve", "someone else has to look at it")
    form = await at.form("dan", lambda: at.clicks("dan", "proposal.reject", review))
    assert await at.submits("dan", form, reason="I was at my desk") == {"ok": True}
    await at.reads("After-review of Stellar", "found", "not right", "I was at my desk")
    assert shows(await at.with_button("run.default", "Stellar"), f"<@{PEOPLE['eve']}> broke the glass")
    did = [(row.who, row.did) for row in at.inside.audit()]
    assert (PEOPLE["eve"], "broke the glass") in did
    assert (PEOPLE["dan"], "rejected") in did
    assert len((await at.ledger())["runware"]["charges"]) == 1


async def test_rules_that_change_hold_at_once_and_bad_ones_are_told_to_the_owners(at: Stage) -> None:
    await at.types("cat", "/style policy explain train in #brand")
    await whispered(at, "cat", "*brand decides* holds", "Who must approve")
    card = await at.asked("Stellar")
    at.inside.rules(POLICY.replace("brand decides", "brand").replace('level = "soft"', 'level = "sofft"'))
    await looked_at(at)
    await told_directly(at, "ben", "The policy file has faults", "Line 14", "The rules that held before")
    await at.types("cat", "/style policy")
    await whispered(at, "cat", "*brand decides*")
    at.inside.rules(STRICTER)
    await looked_at(at)
    await told_directly(at, "ben", "The policy file is in order")
    await at.types("cat", "/style policy explain train in #brand")
    await whispered(at, "cat", "the deputy")
    await at.clicks("ben", "run.approve", card)
    await whispered(at, "ben", "Stellar is not what it was: The rules about who decides have changed.")
    card = await at.sees(lambda said: shows(said, "Changed since it was first asked", "the deputy"))
    await at.clicks("ben", "run.approve", card)
    await whispered(at, "ben", "This is for the deputy to decide; you are not among them.")
    await at.clicks("dan", "run.approve", card)
    await at.with_button("run.default", "Stellar")
    assert len((await at.ledger())["runware"]["charges"]) == 1
    assert [row.did for row in at.inside.audit()].count("reloaded the policy") == 1


async def looked_at(at: Stage) -> None:
    """Have the bot look at its rules twice, as it does by itself every few seconds."""
    for _ in range(2):
        await at.types("fin", "/style back")
