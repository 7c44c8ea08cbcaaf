"""The Slack app manifest: what a workspace's owner pastes into Slack to install this app.

The scopes are the least that the code uses; each is explained where it is listed.
"""

from typing import Any

from bot.domain.errors import Refused

SCOPES = {
    "commands": "the three slash commands",
    "chat:write": "cards, threads and redraws",
    "chat:write.public": "a run asked for in a public channel the app was not invited to",
    "files:write": "contact sheets and finished pictures",
    "files:read": "to learn when a picture can be shown, and to fetch the pictures a style is trained on",
    "im:write": "private results",
    "users:read": "to tell guests and strangers from colleagues, and what is wrong to who can mend it",
    "usergroups:read": "to see who is in a user group that the rules of approval name",
    "channels:history": (
        "to find a post whose answer was lost, so that it is not posted twice, and the pictures of a thread"
    ),
    "groups:history": "the same in private channels",
    "im:history": "the same in direct messages",
    "channels:read": "to find its own cards again after the database was restored from a backup",
    "groups:read": "the same in private channels",
    "im:read": "the same in direct messages",
}
"""Every bot scope, with what it is needed for."""

_COMMANDS = (
    ("/train", "Train a style from a ZIP of pictures", "<link to a ZIP> as <name> | help"),
    ("/generate", "Draw pictures in your house style", "<prompt> [--style name] [--count 4] | help"),
    ("/style", "Styles, runs and the channel's default", "list | show | use | runs | status | help"),
)
TRAIN_SHORTCUT = "train_from_files"
"""The callback of the shortcut in a message's menu."""
_ABOUT = (
    "Housestyle trains a custom illustration style from your company's own pictures, and draws new pictures "
    "in that style, without anyone leaving Slack. Every training is approved before anything "
    "is paid, its progress is one message that keeps itself up to date, and the finished pictures arrive in "
    "the channel where they were asked for."
)


def manifest(*, public_url: str | None, socket_mode: bool) -> dict[str, Any]:
    """Return the manifest. `public_url` is needed, and used, unless Slack is reached by Socket Mode.

    Raises Refused where Slack would not know where to send anything.
    """
    if socket_mode:
        return _manifest(events=None, redirect=None)
    if not public_url:
        raise Refused("Set PUBLIC_URL to this service's https address, or SLACK_APP_TOKEN for Socket Mode.")
    base = public_url.rstrip("/")
    return _manifest(events=f"{base}/slack/events", redirect=f"{base}/slack/oauth_redirect")


def _manifest(*, events: str | None, redirect: str | None) -> dict[str, Any]:
    request_url = {"request_url": events} if events else {}
    oauth: dict[str, Any] = {"scopes": {"bot": list(SCOPES)}}
    if redirect:
        oauth["redirect_urls"] = [redirect]
    return {
        "_metadata": {"major_version": 1, "minor_version": 1},
        "display_information": {
            "name": "Housestyle",
            "description": "Train an illustration style from your own pictures, and draw in it.",
            "long_description": _ABOUT,
            "background_color": "#1f2933",
        },
        "features": _features({"url": events} if events else {}),
        "oauth_config": oauth,
        "settings": {
            "event_subscriptions": {**request_url, "bot_events": ["app_home_opened"]},
            "interactivity": {"is_enabled": True, **request_url},
            "org_deploy_enabled": False,
            "socket_mode_enabled": events is None,
            "token_rotation_enabled": False,
        },
    }


def _features(url: dict[str, str]) -> dict[str, Any]:
    return {
        "app_home": {
            "home_tab_enabled": True,
            "messages_tab_enabled": True,
            "messages_tab_read_only_enabled": True,
        },
        "bot_user": {"display_name": "Housestyle", "always_online": True},
        "shortcuts": [
            {
                "name": "Train a style",
                "type": "message",
                "callback_id": TRAIN_SHORTCUT,
                "description": "Train a style from the pictures or the ZIP of this message",
            }
        ],
        "slash_commands": [
            {"command": command, "description": text, "usage_hint": hint, "should_escape": True, **url}
            for command, text, hint in _COMMANDS
        ],
    }
