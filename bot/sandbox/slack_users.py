"""Methods that tell of people: users.info, users.list, the user groups; and what may become of a person."""

from collections.abc import Mapping
from dataclasses import replace

from bot.sandbox import slack_shapes as shapes
from bot.sandbox.slack_call import Json, SlackError, truth
from bot.sandbox.slack_desk import Desk
from bot.sandbox.slack_rooms import sliced
from bot.sandbox.world import World
from bot.sandbox.world_people import LONDON, SLACKBOT, USERGROUPS

FLAGS = ("deleted", "is_restricted", "is_ultra_restricted", "is_admin", "is_owner", "is_bot", "is_stranger")
CHANGEABLE: Mapping[str, type] = {
    **dict.fromkeys(FLAGS, bool),
    **dict.fromkeys(("real_name", "title", "team_id"), str),
}
"""What of a person a test may change, and what it is."""


def user_info(desk: Desk, args: Json) -> Json:
    """Describe a person, or a bot."""
    shown = next((one for one in _everyone(desk) if one["id"] == args["user"]), None)
    if shown is None:
        raise SlackError("user_not_found")
    return {"user": {**shown, "locale": "en-GB"} if truth(args.get("include_locale")) else shown}


def user_list(desk: Desk, args: Json) -> Json:
    """Return everyone that the workspace knows, also who left and who is of another team; bots last."""
    page, cursor = sliced(args, _everyone(desk))
    return {
        "members": page,
        "cache_ts": int(desk.world.clock()),
        "response_metadata": {"next_cursor": cursor},
    }


def usergroup_list(desk: Desk, args: Json) -> Json:
    """Return the user groups, with the people of each where that is asked for."""
    held = desk.world.usergroups
    shown = [shapes.usergroup(group, held[group.id]) for group in USERGROUPS]
    for one in shown:
        if truth(args.get("include_users")):
            one["users"] = held[one["id"]]
        if not truth(args.get("include_count")):
            del one["user_count"]
    return {"usergroups": shown}


def usergroup_users(desk: Desk, args: Json) -> Json:
    """Return who is in a user group."""
    if args["usergroup"] not in desk.world.usergroups:
        raise SlackError("no_such_subteam")
    return {"users": desk.world.usergroups[args["usergroup"]]}


def change(world: World, who: str, spec: Json) -> None:
    """Let something become of a person, `{deleted?, is_restricted?, ..., tz?, tz_offset?, groups?}`.

    `groups` are all that they are in from now on, `tz_offset` seconds. Raises ValueError where that is no
    person or no such change.
    """
    groups, zone = spec.pop("groups", None), _zone(world, who, spec)
    wrong = [name for name, value in spec.items() if type(value) is not CHANGEABLE.get(name)]
    if who not in world.people or wrong:
        raise ValueError(f"no such person, or no such change: {', '.join([who, *wrong])}")
    if groups is not None and (not isinstance(groups, list) or not set(groups) <= set(world.usergroups)):
        raise ValueError(f"{groups!r} is no list of user groups; there are {', '.join(world.usergroups)}")
    world.change(replace(world.people[who], **spec, zone=zone), groups)


def _zone(world: World, who: str, spec: Json) -> tuple[str, str, int]:
    """Take the time zone out of a change; the name alone changes no clock."""
    name, label, offset = world.people[who].zone if who in world.people else LONDON
    name = str(spec.pop("tz", name))
    return name, str(spec.pop("tz_label", label)), int(spec.pop("tz_offset", offset))


def _everyone(desk: Desk) -> list[Json]:
    """Return everyone as users.list has them; another app's bot is told by its profile."""
    people = [shapes.user(person) for person in desk.world.people.values()]
    return [*people, shapes.bot_user(), shapes.user(SLACKBOT)]


METHODS = {
    "users.info": user_info,
    "users.list": user_list,
    "usergroups.list": usergroup_list,
    "usergroups.users.list": usergroup_users,
}
