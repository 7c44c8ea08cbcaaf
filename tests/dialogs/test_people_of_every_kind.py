"""Who may not, may not by any path: tried one by one, by people of every kind, in the real bot.

Each is told why in a sentence that only they read; nothing changes in Slack or at Runware; the audit has it.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.sandbox.slack_delivery import Ack
from tests.dialogs import paths
from tests.dialogs.inside import Row
from tests.dialogs.stage import PEOPLE, Json, Stage, button, filled, stage

STRANGERS = {
    "gus": "Guests can read the cards here",
    "ext": "People of other workspaces can neither",
    "old": "This account is deactivated",
    "robo": "Bots can neither",
}
NOT_HERE = ("You may not ", "an admin can stop it")
"""What members read who are no guests, but whom the rules give no role."""
EVERY = (*paths.LINES, *paths.BUTTONS, *paths.FORMS, *paths.SHORTCUTS)
PAID = {"training", "imageInference"}
POLICY = """
[roles]
request  = ["U0000000ANN", "U0000000BEN"]
generate = ["U0000000CAT", "U0000000BEN"]
approve  = ["U0000000BEN", "U0000000EVE"]
promote  = ["U0000000BEN"]
review   = ["U0000000BEN", "U0000000CAT"]
admin    = ["U0000000BEN", "U0000000EVE"]

[prices]
picture = 0.02

[[rules]]
name = "dear pictures"
action = "generate"
above = 0.05
steps = [{ from = ["U0000000BEN", "U0000000EVE"] }]

[[checks]]
name = "no novas"
action = "train"
styles = ["nova*"]
level = "soft"
says = "No novas this month."
"""


@dataclass
class Scene:
    """A channel in which everything waits that can wait; `ids` are what paths are about."""

    at: Stage
    card: Json
    ids: dict[str, str]
    forms: dict[str, tuple[Json, Json]]

    async def goes(self, who: str, path: paths.Path) -> str:
        """Go that way as `who`, by forgery where they are offered none; return what only they then read."""
        inside = self.at.inside
        before = len(inside.whispers(who))
        ack = await self.sends(who, path)
        assert ack.error is None, (who, path)
        if "errors" in ack.body:
            return str(next(iter(ack.body["errors"].values())))
        assert ack.body.get("response_type", "ephemeral") == "ephemeral"
        if "text" in ack.body:
            return str(ack.body["text"])
        if path.name.startswith(("/", "form.")):
            return ""
        await self.at.comes(lambda: len(inside.whispers(who)) > before)
        return inside.whispers(who)[-1]

    async def sends(self, who: str, path: paths.Path) -> Ack:
        inside = self.at.inside
        if path in paths.LINES:
            return await inside.types(who, self.at.channel, path.name.format(**self.ids))
        if path in paths.FORMS:
            return await inside.submits(who, *self.forms[path.name])
        if path in paths.SHORTCUTS:
            return await inside.chooses(who, path.name, on=self.card)
        value = self.ids.get(path.about, "all")
        return await inside.clicks(who, path.name, value, on=self.card)

    async def stands(self) -> Json:
        """Return all that must not change."""
        ledger = (await self.at.ledger())["runware"]
        world = self.at.inside.slack.world
        return {
            "said": [said for who in ("ann", "ben", "eve") for said in await self.at.said(who)],
            "direct": [said.text for said in world.messages if world.channels[said.channel].is_im],
            "forms": len(world.views),
            "paid": [task for task in ledger["tasks"] if task["taskType"] in PAID],
            "charges": ledger["charges"],
        }


async def everything_waits(at: Stage) -> Scene:
    """Have a style and pictures made, and let a training, pictures and a proposal wait."""
    ids = {"link": f"{at.url}/datasets/stellar.zip"}
    await at.types("ann", f"/train {ids['link']} as Stellar")
    await at.clicks("ben", "run.approve")
    ids["ready"] = value(await at.with_button("run.default"), "run.default")
    await at.types("cat", "/generate a red fox --style stellar --count 1")
    drawn = await at.with_button("generation.use")
    ids["pictures"] = value(drawn, "generation.use")
    await at.types("cat", "/generate a red fox --style stellar --count 4")
    ids["generation"] = value(await at.with_button("generation.approve"), "generation.approve")
    await at.types("cat", f"/style release {ids['pictures']}")
    ids["proposal"] = value(await at.with_button("proposal.approve"), "proposal.approve")
    await at.types("ann", f"/train {ids['link']} as Nova")
    card = await at.with_button("run.leave_out")
    ids["run"] = value(card, "run.leave_out")
    await at.reads("Nova: the palette")  # the last that is said of it
    return Scene(at, card, ids, await opened_forms(at, card, drawn))


async def opened_forms(at: Stage, card: Json, drawn: Json) -> dict[str, tuple[Json, Json]]:
    """Return each form as it opens for who may have it, and what they would fill in."""
    ways = [
        ("ann", lambda: at.types("ann", "/train")),
        ("cat", lambda: at.types("cat", "/generate")),
        *(
            (who, lambda who=who, word=word: at.clicks(who, f"run.{word}", card))
            for who, word in (
                ("ben", "reject"),
                ("ben", "comment"),
                ("eve", "override"),
                ("eve", "break_glass"),
                ("ann", "leave_out"),
            )
        ),
        ("cat", lambda: at.clicks("cat", "generation.use", drawn)),
    ]
    said = {
        "link": f"{at.url}/datasets/stellar.zip",
        "name": "Vega",
        "rights": "yes",
        "reason": "no",
        "prompt": "a red fox",
        "pictures.0": "yes",
    }
    views = [await at.form(who, way) for who, way in ways]
    return {view["callback_id"]: (view, filled(view, said)) for view in views}


def value(message: Json, action_id: str) -> str:
    found = button(message, action_id)
    assert found
    return str(found["value"])


def refusals(at: Stage) -> list[Row]:
    return [row for row in at.inside.audit() if row.did == "was refused"]


async def told(scene: Scene, who: str, tried: Sequence[paths.Path], *sentences: str) -> None:
    """Assert that `who` reads one of the sentences, whichever of those paths they try."""
    for path in tried:
        answer = await scene.goes(who, path)
        assert any(sentence in answer for sentence in sentences), (who, path, answer)


async def test_no_path_is_open_to_who_may_not_and_each_is_to_who_may(tmp_path: Path, dataset: Path) -> None:
    closed = [path for path in EVERY if not path.is_open]
    async with stage(tmp_path, dataset=dataset, hosting=True, policy=POLICY) as at:
        scene = await everything_waits(at)
        before = await scene.stands()
        strangers = (told(scene, who, EVERY, sentence) for who, sentence in STRANGERS.items())
        await asyncio.gather(*strangers, told(scene, "dan", closed, *NOT_HERE))
        await at.comes(lambda: len(refusals(at)) == len(EVERY) * len(STRANGERS) + len(closed))
        assert await scene.stands() == before
        for who in (*STRANGERS, "dan"):
            rows = [row for row in refusals(at) if row.who == PEOPLE[who]]
            assert all(row.words for row in rows)
            assert {row.about.split()[0] for row in rows} >= {"/train", "run.approve", "form.train"}
        for path in EVERY:
            await scene.sends("ben", path)
        assert [row for row in refusals(at) if row.who == PEOPLE["ben"]] == []


async def test_where_slack_does_not_say_who_it_is_nothing_is_done(on_http: Stage) -> None:
    at, inside = on_http, on_http.inside
    await at.types("ann", f"/train {at.url}/datasets/stellar.zip as Stellar")
    card = await at.with_button("run.approve")
    for kind in ("5xx", "drop_before"):
        inside.passes(minutes=6)
        await at.misbehaves(service="slack", method="users.info", kind=kind, times=100)
        await at.clicks("ben", "run.approve", card)
        await at.comes(lambda: bool(inside.whispers("ben")))
        await at.types("ben", f"/style approve {value(card, 'run.approve')}")
        await at.comes(lambda: len(inside.whispers("ben")) > 1)
        assert all("Slack does not say just now who you are" in told for told in inside.whispers("ben"))
        await at.http.delete("/sandbox/faults")
    assert (await at.ledger())["runware"]["charges"] == []
    await at.clicks("ben", "run.approve", card)
    await at.with_button("run.default", "Stellar")
