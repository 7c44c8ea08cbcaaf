"""Whole conversations, as people have them; the same over HTTP and over Socket Mode."""

import asyncio

from tests.dialogs.stage import PEOPLE, PRIVATE, Stage, button, markup, pictures


async def trained(at: Stage, name: str = "Stellar") -> None:
    """Ann asks, ben approves, and the style is ready."""
    await at.types("ann", f"/train {at.url}/datasets/stellar.zip as {name}")
    await at.clicks("ben", "run.approve")
    await at.sees(lambda message: bool(button(message, "run.default")) and name in message["text"])


async def kept_the_rules(at: Stage) -> None:
    """Assert that neither Slack nor Runware had to refuse anything as malformed."""
    ledger = await at.ledger()
    wrong = [call for call in ledger["slack"] if not call["ok"]]
    assert wrong == []
    assert len(ledger["runware"]["charges"]) == len({c["taskUUID"] for c in ledger["runware"]["charges"]})


async def test_a_team_trains_a_style_and_draws_in_it(workspace: Stage) -> None:
    at = workspace
    await at.types("ann", f"/train {at.url}/datasets/stellar.zip as Stellar")
    await at.reads("Looking at the dataset for Stellar")
    card = await at.sees(lambda message: bool(button(message, "run.approve")))
    assert "12 pictures" in card["text"]
    sheet = await at.sees(lambda message: message["thread_ts"] == card["ts"] and bool(pictures(message)))
    assert "12" in pictures(sheet)[0]["alt_text"]
    await at.clicks("ben", "run.approve", card)
    await at.reads("Stellar", "acme:stellar@1", "ready", f"<@{PEOPLE['ann']}>")
    await at.types("cat", "/generate a red fox on a mossy rock at dusk")
    done = await at.sees(lambda message: bool(button(message, "generation.again")))
    assert len(pictures(done)) == 4
    assert "a red fox on a mossy rock at dusk" in pictures(done)[0]["alt_text"]
    ledger = await at.ledger()
    assert [charge["taskType"] for charge in ledger["runware"]["charges"]] == ["training", "imageInference"]
    cards = [message for message in await at.said() if message["ts"] == card["ts"]]
    assert len(cards) == 1
    mentions = [m for m in await at.said() if m["thread_ts"] == card["ts"] and PEOPLE["ann"] in m["text"]]
    assert len(mentions) == 1
    await kept_the_rules(at)


async def test_the_buttons_under_pictures_ask_for_more(on_http: Stage) -> None:
    at = on_http
    await trained(at)
    await at.types("cat", "/generate a red fox --count 1 --size landscape")
    first = await at.sees(lambda message: bool(button(message, "generation.again")))
    await at.clicks("ben", "generation.high", first)
    high = await at.sees(lambda m: bool(button(m, "generation.again")) and m["ts"] != first["ts"])
    assert button(high, "generation.high") is None
    form = await at.form("ben", lambda: at.clicks("ben", "generation.edit", first))
    assert await at.submits("ben", form, prompt="a blue fox") == {"ok": True}
    await at.sees(lambda m: "a blue fox" in m["text"] and bool(pictures(m)))
    await kept_the_rules(at)


async def test_forms_open_with_what_was_given_and_tell_faults_at_their_fields(on_http: Stage) -> None:
    at = on_http
    form = await at.form("ann", lambda: at.types("ann", "/train as Stellar"))
    wrong = await at.submits("ann", form, link="not a link", rights="yes")
    assert "link" in wrong["errors"]
    right = await at.submits("ann", form, link=f"{at.url}/datasets/stellar.zip", rights="yes")
    assert right == {"ok": True}
    await at.sees(lambda message: bool(button(message, "run.approve")) and "Stellar" in message["text"])
    await kept_the_rules(at)


async def test_a_rejection_asks_for_a_reason_and_tells_the_requester(on_http: Stage) -> None:
    at = on_http
    await at.types("ann", f"/train {at.url}/datasets/stellar.zip as Stellar")
    await at.sees(lambda message: bool(button(message, "run.reject")))
    form = await at.form("ben", lambda: at.clicks("ben", "run.reject"))
    assert await at.submits("ben", form, reason="two pictures are in another style") == {"ok": True}
    told = await at.reads(f"<@{PEOPLE['ann']}>", "two pictures are in another style")
    assert told["thread_ts"]
    assert (await at.ledger())["runware"]["charges"] == []


async def test_who_asked_is_told_why_they_cannot_approve(on_http: Stage) -> None:
    at = on_http
    await at.types("ann", f"/train {at.url}/datasets/stellar.zip as Stellar")
    await at.clicks("ann", "run.approve")
    told = await at.reads("someone else has to decide")
    assert told["ephemeral"]
    assert all("someone else has to decide" not in message["text"] for message in await at.said("ben"))


async def test_a_hundred_clicks_at_once_approve_once(on_http: Stage) -> None:
    at = on_http
    await at.types("ann", f"/train {at.url}/datasets/stellar.zip as Stellar")
    card = await at.sees(lambda message: bool(button(message, "run.approve")))
    clicks = (at.tries_to_click("ben" if n % 2 else "cat", "run.approve", card) for n in range(100))
    arrived = [answer for answer in await asyncio.gather(*clicks) if answer["ok"]]
    assert len(arrived) > 1
    await at.sees(lambda message: bool(button(message, "run.default")))
    assert len((await at.ledger())["runware"]["charges"]) == 1


async def test_a_command_that_slack_delivers_twice_is_one_run(on_http: Stage) -> None:
    at = on_http
    await at.misbehaves(service="slack", kind="duplicate", times=1)
    await at.types("ann", f"/train {at.url}/datasets/stellar.zip as Stellar")
    await at.sees(lambda message: bool(button(message, "run.approve")))
    await asyncio.sleep(1)
    cards = [message for message in await at.said() if button(message, "run.approve")]
    assert len(cards) == 1


async def test_a_dataset_of_text_files_is_refused_in_sentences(on_http: Stage) -> None:
    at = on_http
    await at.types("ann", f"/train {at.url}/page/app.js as Stellar")
    told = await at.reads("Stellar", "refused")
    assert button(told, "run.approve") is None
    await at.reads(f"<@{PEOPLE['ann']}>")
    assert (await at.ledger())["runware"]["charges"] == []


async def test_markup_in_a_name_is_shown_and_not_obeyed(on_http: Stage) -> None:
    at = on_http
    await at.types("ann", f"/train {at.url}/datasets/stellar.zip as <!channel> & co")
    card = await at.sees(lambda message: bool(button(message, "run.approve")))
    assert "&lt;!channel&gt; &amp; co" in card["text"]
    assert all("<!channel>" not in text for text in [card["text"], *markup(card["blocks"])])


async def test_style_answers_only_the_one_who_asks(on_http: Stage) -> None:
    at = on_http
    await trained(at)
    await at.types("cat", "/style list")
    listed = await at.reads("Stellar", who="cat")
    assert listed["ephemeral"] or "Styles" in listed["text"]
    await at.types("cat", "/style use stellar@1")
    await at.reads("This channel now draws in Stellar@1", who="cat")
    await at.types("cat", "/style lst")
    await at.reads("Did you mean `list`", who="cat")
    await at.types("cat", "/style")
    await at.reads("/style show", who="cat")
    await kept_the_rules(at)


async def test_runs_can_be_decided_by_typing(on_http: Stage) -> None:
    at = on_http
    await at.types("ann", f"/train {at.url}/datasets/stellar.zip as Stellar")
    card = await at.sees(lambda message: bool(button(message, "run.approve")))
    found = button(card, "run.approve")
    assert found
    await at.types("ben", f"/style approve {found['value'].lower()}")
    await at.reads("You approved Stellar", who="ben")
    await at.sees(lambda message: bool(button(message, "run.default")))


async def test_in_a_channel_the_bot_is_not_in_the_card_comes_directly(on_http: Stage) -> None:
    at = on_http
    at.channel = PRIVATE
    await at.types("ben", f"/train {at.url}/datasets/stellar.zip as Stellar")
    world = (await at.http.get("/sandbox/world", params={"as": PEOPLE["ben"]})).json()
    at.channel = next(dm["id"] for dm in world["dms"])
    await at.sees(lambda message: bool(button(message, "run.approve")), who="ben")


async def test_slack_and_runware_misbehaving_delay_the_story_and_nothing_else(on_http: Stage) -> None:
    at = on_http
    for kind in ("drop_after", "5xx", "429"):
        await at.misbehaves(service="slack", method="chat.postMessage", kind=kind, times=1, retry_after=1)
    for kind in ("drop_after", "5xx"):
        await at.misbehaves(service="runware", method="training", kind=kind, times=1)
    await at.misbehaves(service="slack", kind="late_files", times=1)
    await at.types("ann", f"/train {at.url}/datasets/stellar.zip as Stellar")
    await at.clicks("ben", "run.approve", await at.sees(lambda m: bool(button(m, "run.approve")), seconds=90))
    await at.sees(lambda message: bool(button(message, "run.default")), seconds=90)
    ledger = await at.ledger()
    assert len(ledger["runware"]["charges"]) == 1
    roots = [m for m in await at.said() if not m["thread_ts"] and not m["ephemeral"] and m["blocks"]]
    assert len(roots) == 1
