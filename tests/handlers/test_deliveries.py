"""Who sent a delivery, and what makes it that one: recorded shapes of Slack's payloads."""

from typing import Any

import pytest

from handlers import deliveries

COMMAND = {
    "team_id": "T1",
    "user_id": "UANN",
    "channel_id": "C1",
    "trigger_id": "13345224609.738474920.8088930",
}
ACTION = {
    "action_id": "run.approve",
    "value": "RUN0000001",
    "action_ts": "1548426417.840180",
    "type": "button",
}
CLICK = {
    "type": "block_actions",
    "team": {"id": "T1"},
    "user": {"id": "UBEN"},
    "channel": {"id": "C1"},
    "actions": [ACTION],
}
FORM = {
    "type": "view_submission",
    "team": {"id": "T1"},
    "user": {"id": "UANN"},
    "view": {"id": "V1", "hash": "156772938.1827394"},
}
EVENT = {
    "team_id": "T1",
    "event_id": "Ev08MFMKH6",
    "event": {"type": "app_home_opened", "user": "UCAT", "channel": "D1"},
}


def clicked(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - as loose as Slack's own JSON
    return {**CLICK, "actions": [{**ACTION, **changes}]}


def test_a_command_comes_from_its_person_and_channel() -> None:
    sender, key = deliveries.of_command(COMMAND)
    assert (sender.workspace, sender.user, sender.channel) == ("T1", "UANN", "C1")
    assert key == "command:T1:13345224609.738474920.8088930"


def test_a_command_typed_twice_is_two_and_one_sent_twice_is_one() -> None:
    typed_again = {**COMMAND, "trigger_id": "13345224610.738474920.8088931"}
    assert deliveries.of_command(COMMAND) == deliveries.of_command(dict(COMMAND))
    assert deliveries.of_command(COMMAND)[1] != deliveries.of_command(typed_again)[1]


def test_a_click_comes_from_its_person_and_channel() -> None:
    sender, key = deliveries.of_action(CLICK)
    assert (sender.workspace, sender.user, sender.channel) == ("T1", "UBEN", "C1")
    assert key == "action:T1:UBEN:run.approve:RUN0000001:1548426417.840180"


@pytest.mark.parametrize(
    "other",
    [
        clicked(action_id="run.reject"),
        clicked(value="RUN0000002"),
        clicked(action_ts="1548426418.000001"),
        {**CLICK, "user": {"id": "UCAT"}},
        {**CLICK, "team": {"id": "T2"}},
    ],
)
def test_another_click_is_another_delivery(other: dict[str, Any]) -> None:
    assert deliveries.of_action(other)[1] != deliveries.of_action(CLICK)[1]


@pytest.mark.parametrize(
    "home", [{**CLICK, "channel": None}, {k: v for k, v in CLICK.items() if k != "channel"}]
)
def test_a_click_on_the_app_home_is_answered_directly(home: dict[str, Any]) -> None:
    assert deliveries.of_action(home)[0].channel == "UBEN"


def test_a_button_without_a_value_is_a_button_too() -> None:
    bare = {**CLICK, "actions": [{name: part for name, part in ACTION.items() if name != "value"}]}
    assert deliveries.of_action(bare)[1] == "action:T1:UBEN:run.approve::1548426417.840180"


def test_a_form_answers_in_the_channel_it_was_opened_from() -> None:
    sender, key = deliveries.of_view(FORM, "C1")
    assert (sender.workspace, sender.user, sender.channel) == ("T1", "UANN", "C1")
    assert key == "view:T1:V1:156772938.1827394"


def test_a_form_opened_from_nowhere_is_answered_directly() -> None:
    assert deliveries.of_view(FORM, "")[0].channel == "UANN"


def test_a_form_shown_anew_is_another_delivery() -> None:
    redrawn = {**FORM, "view": {"id": "V1", "hash": "156772940.0000001"}}
    assert deliveries.of_view(redrawn, "C1")[1] != deliveries.of_view(FORM, "C1")[1]


def test_an_event_comes_from_the_person_it_is_about() -> None:
    sender, key = deliveries.of_event(EVENT)
    assert (sender.workspace, sender.user, sender.channel) == ("T1", "UCAT", "D1")
    assert key == "event:Ev08MFMKH6"


def test_an_event_without_a_channel_is_answered_directly() -> None:
    bare = {**EVENT, "event": {"type": "app_home_opened", "user": "UCAT"}}
    assert deliveries.of_event(bare)[0].channel == "UCAT"
