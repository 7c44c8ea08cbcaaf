"""Forms and Homes as the Web API handles them, and the handles that run out."""

from typing import Any

import pytest
from slack_sdk.errors import SlackApiError

from tests.sandbox.slack_bot import CARD, form, listen, over_socket
from tests.sandbox.slack_lab import ANN, BEN, BRAND, RANDOM, Sandbox


async def test_a_trigger_works_once_and_for_three_seconds(sandbox: Sandbox) -> None:
    client, desk = sandbox.client(), sandbox.slack.desk
    trigger = desk.new_trigger(ANN)
    await client.views_open(trigger_id=trigger, view=form())
    with pytest.raises(SlackApiError, match="exchanged_trigger_id"):
        await client.views_open(trigger_id=trigger, view=form())
    with pytest.raises(SlackApiError, match="invalid_trigger_id"):
        await client.views_open(trigger_id="1.2.3", view=form())
    late = desk.new_trigger(ANN)
    desk.triggers[late].at -= 3.1
    with pytest.raises(SlackApiError, match="expired_trigger_id"):
        await client.views_open(trigger_id=late, view=form())


async def test_views_are_pushed_updated_and_guarded_by_their_hash(sandbox: Sandbox) -> None:
    client, desk = sandbox.client(), sandbox.slack.desk
    opened: Any = await client.views_open(trigger_id=desk.new_trigger(ANN), view=form())
    view = opened["view"]
    for _ in range(2):
        await client.views_push(trigger_id=desk.new_trigger(ANN, view["id"]), view=form())
    with pytest.raises(SlackApiError, match="push_limit_reached"):
        await client.views_push(trigger_id=desk.new_trigger(ANN, view["id"]), view=form())
    await client.views_update(view_id=view["id"], hash=view["hash"], view=form("New"))
    with pytest.raises(SlackApiError, match="hash_conflict"):
        await client.views_update(view_id=view["id"], hash=view["hash"], view=form("Newer"))
    with pytest.raises(SlackApiError, match="not_found"):
        await client.views_update(view_id="V0000000NO", view=form())
    bad = {**form(), "title": {"type": "plain_text", "text": "x" * 25}}
    with pytest.raises(SlackApiError, match="invalid_arguments") as refused:
        await client.views_update(view_id=view["id"], view=bad)
    messages: Any = refused.value.response["response_metadata"]["messages"]
    assert "/view/title/text" in messages[0]


async def test_a_response_url_is_spent_after_five_uses(sandbox: Sandbox) -> None:
    url = sandbox.slack.desk.new_response_url(ANN, RANDOM)
    for n in range(5):
        assert (await sandbox.http.post(url, json={"text": str(n)})).json() == {"ok": True}
    assert (await sandbox.http.post(url, json={"text": "6"})).status_code == 404
    assert sandbox.slack.ledger.violations() == []
    late = sandbox.slack.desk.new_response_url(ANN, BRAND)
    sandbox.world.response_urls[late.rpartition("/")[2]]["at"] -= 1801
    assert (await sandbox.http.post(late, json={"text": "x"})).status_code == 404
    wrong = sandbox.slack.desk.new_response_url(ANN, BRAND)
    assert (await sandbox.http.post(wrong, json={"text": "x", "colour": "red"})).status_code == 400
    assert len(sandbox.slack.ledger.violations()) == 1


async def test_an_external_id_names_one_view(sandbox: Sandbox) -> None:
    client, desk = sandbox.client(), sandbox.slack.desk
    named = {**form(), "external_id": "mine"}
    await client.views_open(trigger_id=desk.new_trigger(ANN), view=named)
    with pytest.raises(SlackApiError, match="duplicate_external_id"):
        await client.views_open(trigger_id=desk.new_trigger(BEN), view=named)
    updated: Any = await client.views_update(external_id="mine", view=form("New"))
    assert updated["view"]["title"]["text"] == "New"
    with pytest.raises(SlackApiError, match="not_found"):
        await client.views_push(trigger_id=desk.new_trigger(BEN, "V0000000NO"), view=form())


async def test_a_home_belongs_to_a_person_and_is_guarded_by_its_hash(sandbox: Sandbox) -> None:
    client = sandbox.client()
    home: dict[str, Any] = {"type": "home", "blocks": CARD}
    first: Any = await client.views_publish(user_id=ANN, view=home)
    second: Any = await client.views_publish(user_id=ANN, view=home, hash=first["view"]["hash"])
    assert second["view"]["id"] == first["view"]["id"]
    with pytest.raises(SlackApiError, match="hash_conflict"):
        await client.views_publish(user_id=ANN, view=home, hash=first["view"]["hash"])
    with pytest.raises(SlackApiError, match="invalid_arguments"):
        await client.views_publish(user_id="U0NOBODY00", view=home)
    with pytest.raises(SlackApiError, match="must be home"):
        await client.views_publish(user_id=ANN, view=form())


async def test_a_view_that_is_too_large_is_refused(sandbox: Sandbox) -> None:
    text = {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 2900}}
    body = await sandbox.refused("views.publish", user_id=ANN, view={"type": "home", "blocks": [text] * 90})
    assert body["error"] == "view_too_large"


async def test_a_bot_hears_of_clicks_in_a_form_and_of_its_end(sandbox: Sandbox) -> None:
    app = sandbox.app()
    heard: list[dict[str, Any]] = []

    @app.action("approve")
    async def approve(ack: Any, body: dict[str, Any]) -> None:  # noqa: ANN401 - Bolt hands it over by name
        await ack()
        heard.append(body)

    @app.view_closed("train")
    async def closed(ack: Any, body: dict[str, Any]) -> None:  # noqa: ANN401 - the same
        await ack()
        heard.append(body)

    view = {**form(), "blocks": [*form()["blocks"], *CARD], "notify_on_close": True, "clear_on_close": True}
    async with over_socket(sandbox, app):
        desk = sandbox.slack.desk
        opened: Any = await sandbox.client().views_open(trigger_id=desk.new_trigger(ANN), view=view)
        view_id = opened["view"]["id"]
        typed = {"name": {"name": {"type": "plain_text_input", "value": "Stellar"}}}
        click = {"view_id": view_id, "block_id": "decide", "action_id": "approve", "values": typed}
        assert await sandbox.do("action", ANN, **click) == {"ok": True}
        assert await sandbox.do("close_view", ANN, view_id=view_id) == {"ok": True}
        assert (await sandbox.do("close_view", ANN, view_id=view_id))["error"] == "view_not_found"
    clicked, ended = heard
    assert clicked["view"]["state"]["values"]["name"] == typed["name"]
    assert (clicked["container"]["view_id"], ended["is_cleared"]) == (view_id, True)
    assert sandbox.world.views == {}


async def test_a_fourth_form_on_the_stack_is_the_apps_mistake(sandbox: Sandbox) -> None:
    app = sandbox.app()
    listen(app)
    more = {"name": {"name": {"type": "plain_text_input", "value": "more"}}}
    async with over_socket(sandbox, app):
        trigger = sandbox.slack.desk.new_trigger(ANN)
        await sandbox.client().views_open(trigger_id=trigger, view=form())
        stack = sandbox.world.stacks[ANN]
        sent = [await sandbox.do("submit", ANN, view_id=stack[-1], values=more) for _ in range(3)]
    assert sent == [{"ok": True}, {"ok": True}, {"ok": False, "error": "invalid_ack"}]
    assert len(stack) == 3


async def test_an_answer_may_replace_or_take_away_the_message_it_came_from(sandbox: Sandbox) -> None:
    client, desk = sandbox.client(), sandbox.slack.desk
    posted = await client.chat_postMessage(channel=BRAND, text="card", blocks=CARD)
    url = desk.new_response_url(ANN, BRAND, ts=str(posted["ts"]))
    await sandbox.http.post(url, json={"text": "done", "replace_original": True})
    (said,) = await sandbox.seen(BEN)
    assert (said["text"], said["blocks"]) == ("done", None)
    await sandbox.http.post(url, json={"text": "for all", "response_type": "in_channel"})
    await sandbox.http.post(url, json={"delete_original": True})
    assert [message["text"] for message in await sandbox.seen(BEN)] == ["for all"]
    assert (await sandbox.http.post(url, content=b"{")).status_code == 400
