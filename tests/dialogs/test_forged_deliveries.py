"""What Slack delivers twice, what somebody makes up, what hundreds send at once: done once or not."""

import asyncio
import copy
from pathlib import Path

from tests.dialogs.stage import PEOPLE, Json, Stage, button, markup, stage

SLOW = 60.0
"""Seconds to take an approval back: so nothing is sent while it is looked at."""
MADE_UP = ("", "NOSUCHRUN1", "'; DROP TABLE runs; --", "<!channel>", "x" * 2000, "\u202e7K2M9QX4TB", "null")
MARKUP = "<!channel> <@U0000000ANN> <http://evil.example|safe> \u202eevil"


def value(message: Json, action_id: str) -> str:
    found = button(message, action_id)
    assert found
    return str(found["value"])


async def whispered(at: Stage, who: str, *texts: str) -> None:
    """Wait until `who` alone is told that."""
    await at.comes(lambda: any(all(text in told for text in texts) for told in at.inside.whispers(who)))


def delivered(at: Stage, action_id: str) -> Json:
    """Return the newest click of that kind, as Slack carried it."""
    carried = reversed(at.inside.slack.ledger.deliveries)
    payloads = (one["payload"] for one in carried)
    return next(one for one in payloads if (one.get("actions") or [{}])[0].get("action_id") == action_id)


async def charges(at: Stage) -> list[Json]:
    found: list[Json] = (await at.ledger())["runware"]["charges"]
    return found


async def test_what_slack_delivers_twice_happens_once(on_http: Stage) -> None:
    at = on_http
    card = await at.asked()
    await at.misbehaves(service="slack", kind="duplicate", method="interaction", times=1)
    await at.clicks("ben", "run.approve", card)
    again = delivered(at, "run.approve")
    await asyncio.gather(*(at.inside.carries(again) for _ in range(20)))
    await at.with_button("run.default")
    await asyncio.gather(*(at.inside.carries(again) for _ in range(5)))
    assert len(await charges(at)) == 1
    did = [row.did for row in at.inside.audit() if row.about == value(card, "run.approve")]
    assert [did.count(what) for what in ("approved", "granted", "reserved", "spent")] == [1, 1, 1, 1]


async def test_made_up_ids_and_those_of_other_workspaces_do_not_exist(on_http: Stage) -> None:
    at, inside = on_http, on_http.inside
    card = await at.asked()
    actions = (
        "run.approve",
        "run.reject",
        "run.cancel",
        "generation.approve",
        "proposal.approve",
        "run.default",
    )
    for made_up in MADE_UP:
        for action in actions:
            before = len(inside.whispers("ben"))
            assert (await inside.clicks("ben", action, made_up, on=card)).error is None
            await at.comes(lambda before=before: len(inside.whispers("ben")) > before)  # type: ignore[misc]
    assert not any("went wrong on our side" in told for told in inside.whispers("ben"))
    assert not any("<!channel>" in told for told in inside.whispers("ben"))
    run = value(card, "run.approve")
    await at.clicks("ben", "run.details", card)
    elsewhere = copy.deepcopy(delivered(at, "run.details"))
    elsewhere["team"]["id"] = "T00000OTHER"
    for action in actions:
        elsewhere["actions"][0] |= {"action_id": action, "value": run, "action_ts": f"{action}.1"}
        assert (await inside.carries(elsewhere)).error is None
    await whispered(at, "ben", "People of other workspaces can neither ask for nor decide on anything here.")
    assert value(await at.with_button("run.approve"), "run.approve") == run
    assert await charges(at) == []


async def test_a_card_that_shows_something_else_approves_nothing(tmp_path: Path, dataset: Path) -> None:
    async with stage(tmp_path, dataset=dataset, undo_seconds=SLOW) as at:
        card = await at.asked()
        run, shown = value(card, "run.approve"), (button(card, "run.approve") or {})["block_id"]
        kind, digest, *rest = shown.split(".")
        other = ".".join([kind, digest[::-1], *rest])
        for old in (other, "b", kind, f"{kind}..{rest[0]}", f"{kind}.{digest[:7]}.1"):
            before = len(at.inside.whispers("ben"))
            await at.inside.clicks("ben", "run.approve", run, on=card, block_id=old)
            await at.comes(lambda before=before: len(at.inside.whispers("ben")) > before)  # type: ignore[misc]
        assert all("look at its card again" in told for told in at.inside.whispers("ben"))
        assert "approved" not in {row.did for row in at.inside.audit()}
        await at.inside.clicks("ben", "run.approve", run, on=card, block_id=shown)
        await at.with_button("run.undo")
        assert await charges(at) == []


async def test_markup_is_shown_and_never_obeyed_wherever_somebody_types_it(on_http: Stage) -> None:
    at = on_http
    await at.types("ann", f'/train {at.url}/datasets/stellar.zip as Fox <!channel> --note "{MARKUP}"')
    card = await at.with_button("run.approve")
    form = await at.form("cat", lambda: at.clicks("cat", "run.comment", card))
    assert await at.submits("cat", form, comment=f"fine {MARKUP}") == {"ok": True}
    ready = await at.with_button("run.default")
    await at.types("cat", f"/generate a fox {MARKUP} --style fox-channel --count 1")
    await at.with_button("generation.use")
    await at.types("ben", f"/style freeze generate {MARKUP}")
    await whispered(at, "ben", "frozen")
    await at.types("cat", "/generate a fox --style fox-channel --count 1")
    await whispered(at, "cat", "&lt;!channel&gt;")
    await at.types("eve", "/style audit")
    await whispered(at, "eve", "*Audit*")
    await at.types("ann", f"/train {at.url}/datasets/stellar.zip as {f'Elk {MARKUP}'[:40]}")
    card = await at.with_button("run.approve")
    form = await at.form("ben", lambda: at.clicks("ben", "run.reject", card))
    assert await at.submits("ben", form, reason=f"no {MARKUP}") == {"ok": True}
    await at.reads("no &lt;!channel&gt;")
    assert any("fine &lt;!channel&gt;" in text for text in markup(ready["blocks"]))
    for said in at.inside.slack.world.messages:
        for text in (said.text, *markup(said.blocks)):
            assert not any(bad in text for bad in ("<!channel>", "<http://evil", "\u202e")), text


async def test_two_hundred_clicks_by_people_of_all_kinds_are_one_charge(on_http: Stage) -> None:
    at, inside = on_http, on_http.inside
    card = await at.asked()
    run, block = value(card, "run.approve"), (button(card, "run.approve") or {})["block_id"]
    everybody = [*PEOPLE] * 20
    words = ("run.approve", "run.approve", "run.comment", "run.approve")

    async def clicks(number: int, who: str) -> None:
        word = words[number % len(words)]
        ack = await inside.clicks(who, word, run, on=card, block_id=block)
        assert ack.error in (None, "operation_timeout")

    await asyncio.gather(*(clicks(number, who) for number, who in enumerate(everybody)))
    await at.with_button("run.default")
    assert len(await charges(at)) == 1
    rows = inside.audit()
    assert [row.did for row in rows].count("granted") == 1
    (winner,) = [row.who for row in rows if row.did == "approved"]
    assert winner in {PEOPLE[who] for who in ("ben", "cat", "dan", "eve", "fin")}
    await at.comes(lambda: any(f"<@{winner}>" in told for told in everything_whispered(at)))
    told = everything_whispered(at)
    assert not any("went wrong on our side" in text for text in told)
    losers = [text for text in told if "approved by" in text]
    assert all(f"<@{winner}>" in text for text in losers)
    assert {"ann", "gus", "ext"} <= {who for who in PEOPLE if inside.whispers(who)}


def everything_whispered(at: Stage) -> list[str]:
    return [told for who in PEOPLE for told in at.inside.whispers(who)]
