from typing import Any

import pytest
from jsonschema import Draft7Validator

from bot.domain.errors import Refused
from bot.slack.manifest import SCOPES, manifest

URL = {"type": "string", "pattern": "^https?://", "maxLength": 3000}
FLAG = {"type": "boolean"}


def text(least: int, most: int) -> dict[str, Any]:
    return {"type": "string", "minLength": least, "maxLength": most}


def closed(required: str = "", **properties: Any) -> dict[str, Any]:  # noqa: ANN401 - schemas
    """Return the schema of an object with these properties and no others."""
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": properties,
        "required": required.split(),
    }


NAMES = {"type": "array", "uniqueItems": True, "maxItems": 100, "items": text(1, 50)}
RULES = closed(
    "display_information",
    _metadata=closed(major_version={"enum": [1, 2]}, minor_version={"type": "integer"}),
    display_information=closed(
        "name",
        name=text(1, 35),
        description=text(1, 140),
        long_description=text(175, 4000),
        background_color={"type": "string", "pattern": "^#[0-9a-fA-F]{3}([0-9a-fA-F]{3})?$"},
    ),
    features=closed(
        app_home=closed(
            home_tab_enabled=FLAG, messages_tab_enabled=FLAG, messages_tab_read_only_enabled=FLAG
        ),
        bot_user=closed("display_name", display_name=text(1, 80), always_online=FLAG),
        shortcuts={
            "type": "array",
            "minItems": 1,
            "maxItems": 10,
            "items": closed(
                "name callback_id description type",
                name=text(1, 24),
                callback_id=text(1, 255),
                description=text(1, 150),
                type={"enum": ["message", "global"]},
            ),
        },
        slash_commands={
            "type": "array",
            "minItems": 1,
            "maxItems": 50,
            "items": closed(
                "command description",
                command={**text(2, 32), "pattern": "^/"},
                description=text(1, 2000),
                usage_hint=text(1, 1000),
                should_escape=FLAG,
                url=URL,
            ),
        },
    ),
    oauth_config=closed(scopes=closed(bot=NAMES), redirect_urls={"type": "array", "items": URL}),
    settings=closed(
        event_subscriptions=closed(request_url=URL, bot_events=NAMES),
        interactivity=closed("is_enabled", is_enabled=FLAG, request_url=URL),
        org_deploy_enabled=FLAG,
        socket_mode_enabled=FLAG,
        token_rotation_enabled=FLAG,
    ),
)
"""What Slack's schema of manifests (slackapi/manifest-schema, v1) says of the parts that ours has."""


@pytest.mark.parametrize("socket_mode", [True, False])
def test_slack_takes_the_manifest(socket_mode: bool) -> None:  # noqa: FBT001 - a case of the table
    made = manifest(public_url="https://house.example", socket_mode=socket_mode)
    assert [fault.message for fault in Draft7Validator(RULES).iter_errors(made)] == []


def test_over_http_everything_goes_to_one_address() -> None:
    made = manifest(public_url="https://house.example/", socket_mode=False)
    events = "https://house.example/slack/events"
    assert {command["url"] for command in made["features"]["slash_commands"]} == {events}
    assert made["settings"]["interactivity"]["request_url"] == events
    assert made["settings"]["event_subscriptions"]["request_url"] == events
    assert made["settings"]["socket_mode_enabled"] is False
    assert made["oauth_config"]["redirect_urls"] == ["https://house.example/slack/oauth_redirect"]


def test_socket_mode_needs_no_address() -> None:
    made = manifest(public_url=None, socket_mode=True)
    assert made["settings"]["socket_mode_enabled"] is True
    assert "https://" not in str(made)


def test_http_without_an_address_is_refused_with_what_to_do() -> None:
    with pytest.raises(Refused, match="Set PUBLIC_URL"):
        manifest(public_url=None, socket_mode=False)


def test_the_three_commands_escape_what_people_type() -> None:
    made = manifest(public_url=None, socket_mode=True)
    commands = {command["command"]: command for command in made["features"]["slash_commands"]}
    assert set(commands) == {"/train", "/generate", "/style"}
    assert all(command["should_escape"] for command in commands.values())
    assert all("help" in command["usage_hint"] for command in commands.values())


def test_a_style_can_be_trained_from_a_messages_menu() -> None:
    (shortcut,) = manifest(public_url=None, socket_mode=True)["features"]["shortcuts"]
    assert (shortcut["type"], shortcut["callback_id"]) == ("message", "train_from_files")


def test_only_the_scopes_that_are_used_are_asked_for() -> None:
    made = manifest(public_url=None, socket_mode=True)
    assert made["oauth_config"]["scopes"]["bot"] == list(SCOPES)
    assert set(SCOPES) == {
        "commands",
        "chat:write",
        "chat:write.public",
        "files:write",
        "files:read",
        "im:write",
        "users:read",
        "usergroups:read",
        "channels:read",
        "groups:read",
        "im:read",
        "channels:history",
        "groups:history",
        "im:history",
    }


def test_the_home_tab_is_there_and_its_opening_is_heard() -> None:
    made = manifest(public_url=None, socket_mode=True)
    assert made["features"]["app_home"]["home_tab_enabled"] is True
    assert made["settings"]["event_subscriptions"]["bot_events"] == ["app_home_opened"]
