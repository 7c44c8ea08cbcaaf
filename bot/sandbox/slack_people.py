"""What people can do in the workspace: type, post files, click, fill in a form, use a shortcut, open Home.

Each answers as the page API does: `{"ok": true}`, or `{"ok": false, "error": word}`.
"""

from collections.abc import Collection, Mapping, Sequence

from bot.sandbox import slack_answers, slack_forms, slack_payloads, slack_sharing, slack_views
from bot.sandbox.slack_call import Json, SlackError
from bot.sandbox.slack_delivery import Delivery
from bot.sandbox.slack_desk import Desk
from bot.sandbox.slack_escape import escaped
from bot.sandbox.world import Message
from bot.sandbox.world_people import BOT_NAME, BOT_USER, USERGROUPS, Channel

DONE: Json = {"ok": True}
MOST_FILES = 10  # Slack's own clients take no more for one message


def _no(error: str) -> Json:
    return {"ok": False, "error": error}


class People:
    """Everyone in the workspace. `subscriptions` are the events the app asked for in its manifest.

    What somebody does whom Slack lets do nothing (they left, or are a bot) is a test's forgery: it is carried
    to the bot from anywhere. So is what anybody does, if it is said to be forged.
    """

    def __init__(self, desk: Desk, delivery: Delivery, *, subscriptions: Collection[str]) -> None:
        self._desk = desk
        self._world = desk.world
        self._delivery = delivery
        self._subscriptions = subscriptions

    async def command(
        self, who: str, channel: str, line: str, *, thread_ts: str | None = None, is_forged: bool = False
    ) -> Json:
        """Type a slash command, `line` as it is typed; returns when the bot has acked, or has not.

        Slack offers people of other teams no command.
        """
        place = self._place(who, channel, is_forged=is_forged)
        if place is None:
            return _no("channel_not_found")
        if thread_ts:
            return _no("not_supported_in_thread")
        name, _, text = line.strip().partition(" ")
        is_offered = is_forged or not self._world.people[who].is_external
        if not is_offered or name not in {known.command for known in self._world.commands}:
            return _no("unknown_command")
        payload = slack_payloads.command(self._desk, who, place, name, self._escaped(text.strip()))
        ack = await self._delivery.ask("command", payload)
        if ack.error:
            return _no(ack.error)
        slack_answers.answer_command(self._desk, who, place, line, ack.body)
        return DONE

    def say(
        self,
        who: str,
        channel: str,
        text: str,
        *,
        thread_ts: str | None = None,
        files: Sequence[tuple[str, bytes]] = (),
    ) -> Json:
        """Say something in a channel or in a thread; the bot hears of it if it subscribed.

        `files` are the name and bytes of each, up to ten; with files there need be no text.
        """
        place = self._place(who, channel)
        if place is None:
            return _no("channel_not_found")
        if place.is_archived:
            return _no("is_archived")
        if not text.strip() and not files:
            return _no("no_text")
        if len(files) > MOST_FILES:
            return _no("too_many_files")
        said = Message(channel=place.id, ts=self._world.next_ts(), user=who, thread_ts=thread_ts)
        said.text = self._escaped(text)
        for name, body in files:
            file = slack_sharing.posted(self._desk, who, name, body)
            file.shares.append([place.id, said.ts])
            said.files.append(file.id)
        self._world.add(said)
        if self._world.bot_is_in(place):
            self._announce(said, place)
        return {**DONE, "ts": said.ts, "files": said.files}

    def delete_file(self, who: str, file_id: str) -> Json:
        """Delete a file of one's own, wherever it was shared."""
        file = self._world.files.get(file_id)
        if file is None or file.is_deleted:
            return _no("file_not_found")
        if file.user != who:
            return _no("cant_delete_file")
        slack_sharing.delete(self._desk, file)
        return DONE

    async def act(self, who: str, given: Mapping[str, str | Json]) -> Json:
        """Use a control, named by `block_id` and `action_id` in `channel` and `message_ts`, or `view_id`."""
        view = self._view(who, str(given.get("view_id"))) if given.get("view_id") else None
        said = None if view else self._shown(who, given)
        if view is None and said is None:
            return _no("view_not_found" if given.get("view_id") else "message_not_found")
        blocks = view["blocks"] if view else said.blocks if said else []
        block_id, action_id = str(given.get("block_id")), str(given.get("action_id"))
        control = slack_forms.find(blocks, block_id, action_id)
        if control is None:
            return _no("control_not_found")
        action = slack_forms.pressed(control, block_id, given, at=self._world.next_ts())
        if action is None:
            return _no("option_not_found")
        if view:
            self._keep_state(view, given.get("values"))
            payload = slack_payloads.view_action(self._desk, who, view, action)
        elif said:
            payload = slack_payloads.message_action(self._desk, who, said, action)
        ack = await self._delivery.ask("interaction", payload)
        return _no(ack.error) if ack.error else DONE

    async def submit(self, who: str, view_id: str, values: Mapping[str, Mapping[str, Json]]) -> Json:
        """Send the top form off; `errors` says by block_id what has to be put right first."""
        stack = self._world.stacks.get(who, [])
        if not stack or stack[-1] != view_id:
            return _no("view_not_found")
        view = self._world.views[view_id]
        if not slack_forms.offers_all(view, values):
            return _no("option_not_found")
        self._keep_state(view, values)
        if faults := slack_forms.missing(view, view["state"]["values"]):
            return {"ok": False, "errors": faults}
        ack = await self._delivery.ask("interaction", slack_payloads.submission(self._desk, who, view))
        if ack.error:
            return _no(ack.error)
        try:
            return self._after_submit(who, view_id, ack.body)
        except SlackError as refused:
            messages = refused.messages
            self._desk.ledger.note("ack", ack.body, refused.code, messages=messages, violation=True)
            return _no("invalid_ack")

    async def close_view(self, who: str, view_id: str) -> Json:
        """Close the top form (all of them, if it says `clear_on_close`)."""
        view = self._view(who, view_id)
        if view is None or view_id not in self._world.stacks.get(who, []):
            return _no("view_not_found")
        everything = bool(view["clear_on_close"])
        slack_views.close(self._desk, who, everything=everything)
        if view["notify_on_close"]:
            payload = slack_payloads.closing(self._desk, who, view, everything=everything)
            await self._delivery.ask("interaction", payload)
        return DONE

    def open_home(self, who: str) -> Json:
        """Open the App Home; the bot draws it when it hears of that."""
        if "app_home_opened" in self._subscriptions:
            self._delivery.tell(slack_payloads.home_opened(self._desk, who))
        return DONE

    async def shortcut(self, who: str, given: Mapping[str, str | Json]) -> Json:
        """Choose a shortcut, `callback_id`, from the menu of the message `message_ts` in `channel`.

        What only one person sees has no such menu, and nobody of another team has any.
        """
        said, callback_id = self._shown(who, given), given.get("callback_id")
        if said is None or said.ephemeral_to:
            return _no("message_not_found")
        if self._world.people[who].is_external and not given.get("forged"):
            return _no("unknown_shortcut")
        if callback_id not in {known.callback_id for known in self._world.shortcuts}:
            return _no("unknown_shortcut")
        payload = slack_payloads.shortcut(self._desk, who, said, str(callback_id))
        ack = await self._delivery.ask("interaction", payload)
        return _no(ack.error) if ack.error else DONE

    # ── inside ───────────────────────────────────────────────────────────────────────────────────────

    def _place(self, who: str, channel: str, *, is_forged: bool = False) -> Channel | None:
        place = self._world.channels.get(channel)
        is_forged |= not self._world.people[who].can_act
        return place if place and (is_forged or who in place.members) else None

    def _shown(self, who: str, given: Mapping[str, str | Json]) -> Message | None:
        """Return the message that something is done to, if the person sees it, or a test forges that."""
        said = self._world.find(str(given.get("channel")), str(given.get("message_ts")))
        is_forged = given.get("forged") or not self._world.people[who].can_act
        return said if said and (is_forged or who in self._world.audience(said)) else None

    def _view(self, who: str, view_id: str) -> Json | None:
        """Return a view that the person has open, or the person's Home."""
        home = self._world.homes.get(who)
        if home and home["id"] == view_id:
            return home
        return self._world.views[view_id] if view_id in self._world.stacks.get(who, []) else None

    def _keep_state(self, view: Json, given: object) -> None:
        values = given if isinstance(given, dict) else view["state"]["values"]
        view["state"] = {"values": slack_forms.state_of(view, values)}

    def _escaped(self, text: str) -> str:
        here = (person for person in self._world.people.values() if not person.deleted)
        people = {person.name: person.id for person in here} | {BOT_NAME: BOT_USER}
        channels = {it.name: it.id for it in self._world.channels.values() if not it.is_im}
        groups = {group.handle: group.id for group in USERGROUPS}
        return escaped(text, people=people, channels=channels, groups=groups)

    def _announce(self, said: Message, place: Channel) -> None:
        scope = "im" if place.is_im else "groups" if place.is_private else "channels"
        if f"message.{scope}" in self._subscriptions:
            self._delivery.tell(slack_payloads.message_event(self._desk, said, place))
        if "app_mention" in self._subscriptions and f"<@{BOT_USER}>" in said.text and not place.is_im:
            self._delivery.tell(slack_payloads.message_event(self._desk, said, place, kind="app_mention"))

    def _after_submit(self, who: str, view_id: str, body: Json) -> Json:
        """Do what the ack of a submission says: nothing closes the form. Raises SlackError."""
        action = body.get("response_action")
        if action == "errors":
            return self._errors(view_id, body.get("errors"))
        if action == "update":
            slack_views.replace(self._desk, view_id, self._desk.view(body.get("view"), "modal"))
        elif action == "push":
            if len(self._world.stacks[who]) >= slack_views.STACK:
                raise SlackError("push_limit_reached")
            slack_views.push(self._desk, who, self._desk.view(body.get("view"), "modal"))
        elif action in (None, "clear"):
            if view_id in self._world.stacks.get(who, []):
                slack_views.close(self._desk, who, everything=action == "clear")
        else:
            raise SlackError("invalid_arguments", f"[ERROR] unknown response_action: {action}")
        return DONE

    def _errors(self, view_id: str, errors: object) -> Json:
        blocks = self._world.views[view_id]["blocks"]
        inputs = {block["block_id"] for block in blocks if block["type"] == "input"}
        if not isinstance(errors, dict) or not errors or not errors.keys() <= inputs:
            raise SlackError("invalid_arguments", "[ERROR] errors must name input blocks of the view")
        return {"ok": False, "errors": errors}
