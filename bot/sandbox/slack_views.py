"""views.*: modals in stacks of at most three, and App Homes."""

import secrets

from bot.sandbox.slack_call import Json, SlackError
from bot.sandbox.slack_desk import Desk
from bot.sandbox.world_people import APP_ID, BOT_ID, TEAM_ID

STACK = 3


def open_view(desk: Desk, args: Json) -> Json:
    """Open a modal for whoever the trigger belongs to; a modal that was open makes way."""
    content = desk.view(args["view"], "modal")
    _require_new_external_id(desk, content)
    trigger = desk.use_trigger(str(args.get("trigger_id") or args.get("interactivity_pointer")))
    desk.world.stacks[trigger.user] = []
    return {"view": push(desk, trigger.user, content)}


def push_view(desk: Desk, args: Json) -> Json:
    """Lay a modal over the one that the trigger was clicked in."""
    content = desk.view(args["view"], "modal")
    _require_new_external_id(desk, content)
    trigger = desk.use_trigger(str(args.get("trigger_id") or args.get("interactivity_pointer")))
    stack = desk.world.stacks.get(trigger.user, [])
    if trigger.view_id not in stack:
        raise SlackError("not_found")
    if len(stack) >= STACK:
        raise SlackError("push_limit_reached")
    return {"view": push(desk, trigger.user, content)}


def update_view(desk: Desk, args: Json) -> Json:
    """Change an open modal; `hash`, if given, must be the newest."""
    wanted = [
        view
        for view in desk.world.views.values()
        if view["id"] == args.get("view_id")
        or (args.get("external_id") and view.get("external_id") == args["external_id"])
    ]
    content = desk.view(args["view"], "modal")
    if not wanted:
        raise SlackError("not_found")
    if args.get("hash") not in (None, wanted[0]["hash"]):
        raise SlackError("hash_conflict")
    return {"view": replace(desk, wanted[0]["id"], content)}


def publish_view(desk: Desk, args: Json) -> Json:
    """Draw a person's App Home."""
    user = args["user_id"]
    content = desk.view(args["view"], "home")
    if user not in desk.world.people:
        raise SlackError("invalid_arguments", "[ERROR] unknown user: user_id")
    before = desk.world.homes.get(user)
    if args.get("hash") and (before is None or before["hash"] != args["hash"]):
        raise SlackError("hash_conflict")
    view_id = before["id"] if before else desk.world.next_id("V")
    home = _stored(content, view_id, root=view_id, previous=None)
    desk.world.homes[user] = home
    desk.world.save()
    desk.world.feed.publish({"type": "home", "view": home}, to=[user])
    return {"view": home}


METHODS = {
    "views.open": open_view,
    "views.push": push_view,
    "views.update": update_view,
    "views.publish": publish_view,
}


# ── the stack of a person ────────────────────────────────────────────────────────────────────────────


def push(desk: Desk, user: str, content: Json) -> Json:
    """Put a judged modal on top of the person's stack, and show it."""
    stack = desk.world.stacks.setdefault(user, [])
    view_id = desk.world.next_id("V")
    root = desk.world.views[stack[0]]["root_view_id"] if stack else view_id
    view = _stored(content, view_id, root=root, previous=stack[-1] if stack else None)
    desk.world.views[view_id] = view
    stack.append(view_id)
    _show(desk, user, view)
    return view


def replace(desk: Desk, view_id: str, content: Json) -> Json:
    """Put judged content into an open modal, and show it."""
    before = desk.world.views[view_id]
    view = _stored(content, view_id, root=before["root_view_id"], previous=before["previous_view_id"])
    desk.world.views[view_id] = view
    for user, stack in desk.world.stacks.items():
        if view_id in stack:
            _show(desk, user, view)
    return view


def close(desk: Desk, user: str, *, everything: bool = False) -> None:
    """Close the person's top modal, or all of them; what lies below comes up again."""
    stack = desk.world.stacks.get(user, [])
    for view_id in list(reversed(stack)) if everything else stack[-1:]:
        stack.remove(view_id)
        del desk.world.views[view_id]
        desk.world.feed.publish({"type": "view_closed", "view_id": view_id}, to=[user])
    desk.world.save()
    if stack:
        _show(desk, user, desk.world.views[stack[-1]])


def _show(desk: Desk, user: str, view: Json) -> None:
    desk.world.save()
    desk.world.feed.publish({"type": "view", "view": view}, to=[user])


def _require_new_external_id(desk: Desk, content: Json) -> None:
    external = content.get("external_id")
    if external and any(view.get("external_id") == external for view in desk.world.views.values()):
        raise SlackError("duplicate_external_id")


def _stored(content: Json, view_id: str, *, root: str, previous: str | None) -> Json:
    """Return what Slack keeps of a view: its content, and what Slack adds."""
    return {
        "private_metadata": "",
        "callback_id": "",
        "external_id": "",
        "title": None,
        "close": None,
        "submit": None,
        "clear_on_close": False,
        "notify_on_close": False,
        **content,
        "id": view_id,
        "team_id": TEAM_ID,
        "state": {"values": {}},
        "hash": f"{secrets.randbelow(10**10)}.{secrets.token_hex(4)}",
        "root_view_id": root,
        "previous_view_id": previous,
        "app_id": APP_ID,
        "app_installed_team_id": TEAM_ID,
        "bot_id": BOT_ID,
    }
