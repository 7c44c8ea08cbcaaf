"""What Slack delivers: the embedded workspace's payloads for everything a person can do, and bent ones."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlencode

from hypothesis import strategies as st

from bot.domain.deciding import is_waiting
from bot.domain.generation import Generation
from bot.domain.generation import Stage as Drawing
from bot.domain.ids import UserId
from bot.domain.message import GenerationCard, HomeState, Memo, ProposalCard, RunCard, Topic
from bot.domain.run import Run, Stage
from bot.sandbox import slack_payloads
from bot.sandbox.blockkit import with_ids
from bot.sandbox.slack_desk import Desk
from bot.sandbox.slack_faults import Faults, Ledger
from bot.sandbox.slack_forms import controls, pressed, state_of
from bot.sandbox.world import Message, World
from bot.sandbox.world_people import ANN, APP_ID, BEN, BOT_ID, BOT_USER, TEAM_ID
from bot.slack.asking import train_form
from bot.slack.curation import leave_out_form
from bot.slack.forms import generate_form, use_form
from bot.slack.home import home_view
from bot.slack.views import render
from handlers.voting import FORMS
from tests.fuzz.asked import BRAND, everything
from tests.fuzz.hostile import bent, damaged, jsons, texts
from tests.slack.slack_states import NOW

if TYPE_CHECKING:
    from bot.domain.proposal import Proposal

Json = dict[str, Any]
FORM, JSON = "application/x-www-form-urlencoded", "application/json"
TYPED = (
    ("/train", "<https://acme.example/a.zip> as Stellar"),
    (
        "/train",
        "<https://acme.example/a.zip> <https://acme.example/b.zip> as Fox --note “the spring” --public",
    ),
    *(("/train", ""), ("/train", "help"), ("/generate", ""), ("/generate", "help"), ("/style", "")),
    ("/generate", "a red fox --size landscape --count 2"),
    *(("/style", f"{word} RUN0000001") for word in ("cancel", "retry", "reuse", "status", "show")),
    *(
        ("/style", f"{word} {subject} the fair is near")
        for word in ("approve", "reject", "retract", "undo", "override", "breakglass")
        for subject in ("RUN0000001", "GEN0000000", "PRP0000000")
    ),
    *(
        ("/style", text)
        for text in (
            *("list", "runs", "use stellar@1", "leave RUN0000001 3", "release GEN0000006 1 3"),
            # `budget` answers to the address that answers can be sent to, and there is none here
            *("audit", "audit RUN0000001", "policy", "policy explain train in #brand for $12"),
            *(
                "freeze train the fair is near",
                "unfreeze",
                "resend",
                "resume",
                "away 2026-12-01 <@U0000000ANN>",
                "back",
            ),
        )
    ),
)


class Delivery(NamedTuple):
    """A body as it goes over the wire, and what the request says that it is."""

    body: bytes
    kind: str


def _desk() -> Desk:
    world = World(clock=NOW.timestamp)
    world.base_url = "http://127.0.0.1:9"
    return Desk(world, Ledger(None), Faults(), lambda: "")


def _seeds() -> Iterator[tuple[str, Json]]:
    """Yield everything that a person of the embedded workspace can do, with how it is sent."""
    desk = _desk()
    channel = desk.world.channels[BRAND]
    for name, text in TYPED:
        yield "command", slack_payloads.command(desk, BEN, channel, name, text)
    for said in _messages():
        for block_id, control in controls(said.blocks or []):
            if action := pressed(control, block_id, {}, at="1795262400.000300"):
                yield "interaction", slack_payloads.message_action(desk, BEN, said, action)
    home = {**home_view(HomeState(UserId(BEN)), now=NOW), "id": "V0HOME", "hash": "1.h"}
    home["blocks"] = with_ids(home["blocks"])
    for block_id, control in controls(home["blocks"]):
        if action := pressed(control, block_id, {}, at="1795262400.000400"):
            yield "interaction", slack_payloads.view_action(desk, BEN, home, action)
    for view in _forms():
        yield "interaction", slack_payloads.submission(desk, BEN, view)
        yield "interaction", slack_payloads.closing(desk, BEN, view, everything=False)
    posted = Message(BRAND, "1795262400.000100", ANN, "look", thread_ts="1795262300.000100")
    shortcut = slack_payloads.shortcut(desk, BEN, posted, "train_from_files")
    file = {"id": "F0FOX000001", "name": "fox.png", "mimetype": "image/png", "size": 1_200_000}
    yield "interaction", shortcut
    yield "interaction", {**shortcut, "message": {**shortcut["message"], "files": [file]}}
    events = (
        slack_payloads.home_opened(desk, BEN),
        slack_payloads.message_event(desk, posted, channel),
        slack_payloads.message_event(desk, posted, channel, kind="app_mention"),
    )
    yield from (("event", _enveloped(event)) for event in events)
    yield "event", {"type": "url_verification", "challenge": "3eZbrw1aB", "token": "sandbox"}


def _messages() -> Iterator[Message]:
    """Yield the cards of all that there is."""
    runs, drawings, proposals = everything()
    drawn = [render(RunCard(run.id), run, now=NOW + timedelta(minutes=1)) for run in runs]
    drawn += [render(GenerationCard(one.id), one, now=NOW) for one in drawings]
    drawn += [render(ProposalCard(one.id), one, now=NOW) for one in proposals]
    there: tuple[Run | Generation | Proposal, ...] = (*runs, *drawings, *proposals)
    drawn += [
        render(Memo(one.request.workspace, one.id, UserId(BEN), topic, 1), one, now=NOW)
        for one in there
        if is_waiting(one)
        for topic in (Topic.REMINDER, Topic.OVERRIDDEN)
    ]
    for place, card in enumerate(drawn):
        ts = f"1795262400.{place:06}"
        yield Message(BRAND, ts, BOT_USER, card.text, blocks=with_ids(card.blocks))


def _forms() -> Iterator[Json]:
    """Yield every form, sent as it was opened or with what it asks for filled in."""
    runs, drawings, proposals = everything()
    waiting = next(run for run in runs if run.stage is Stage.AWAITING)
    done = next(one for one in drawings if one.stage is Drawing.DONE)
    kinds = (("run", waiting), ("generation", drawings[0]), ("proposal", proposals[0]))
    made = (
        train_form(channel=BRAND, links=["https://acme.example/a.zip"], name="Fox"),
        train_form(channel=BRAND, thread="1795262300.000100", name="Fox"),
        generate_form(channel=BRAND, prompt="a red fox"),
        *(make(kind, one) for make in FORMS.values() for kind, one in kinds),
        use_form(done),
        leave_out_form(waiting),
    )
    for place, form in enumerate(made):
        blocks = with_ids(form["blocks"])
        view = {**form, "blocks": blocks, "id": f"V{place}", "hash": f"{place}.h", "team_id": TEAM_ID}
        view |= {"app_id": APP_ID, "bot_id": BOT_ID, "root_view_id": f"V{place}", "previous_view_id": None}
        for given in ({}, _given(blocks)):
            yield {**view, "state": {"values": state_of(view, given)}}


def _given(blocks: list[Json]) -> dict[str, dict[str, Json]]:
    """Return what a person gives who fills in every field and ticks every box."""
    values: dict[str, dict[str, Json]] = {}
    for block_id, control in controls(blocks):
        options = control.get("options", [])
        text = control.get("initial_value") or "too few pictures"
        held = {"value": text, "selected_option": next(iter(options), None), "selected_options": options[:2]}
        values[block_id] = {control["action_id"]: held}
    return values


def _enveloped(event: Json) -> Json:
    return {
        "token": "sandbox",
        "team_id": TEAM_ID,
        "api_app_id": APP_ID,
        "type": "event_callback",
        "event": event,
        "event_id": "Ev1795262400",
        "event_time": 1795262400,
        "authorizations": [{"team_id": TEAM_ID, "user_id": BOT_USER, "is_bot": True}],
    }


def _sent(how: str, payload: Any) -> Delivery:  # noqa: ANN401 - bent, it may be anything
    """Write a payload down as Slack sends it."""
    if how == "event":
        return Delivery(json.dumps(payload).encode(), JSON)
    form = payload if how == "command" and isinstance(payload, dict) else {"payload": json.dumps(payload)}
    return Delivery(urlencode(form, errors="replace").encode(), FORM)


def _settled(payload: Json) -> Json:
    """Return the payload as it is every time, and without the address that answers could be sent to.

    Bent, that one could lead anywhere; without it a person is answered in a direct message.
    """
    fixed = {"trigger_id": "1.2.3"} if "trigger_id" in payload else {}
    return {name: value for name, value in payload.items() if name != "response_url"} | fixed


SEEDS = [(how, _settled(payload)) for how, payload in _seeds()]
PLAIN = tuple(_sent(how, payload) for how, payload in SEEDS)
_OF = {how: [payload for kind, payload in SEEDS if kind == how] for how, _ in SEEDS}
_IDS = st.sampled_from(
    (
        *(one.id for kind in everything() for one in kind),
        BRAND,
        ANN,
        BEN,
        "T0000000002",
        "C0OTHER",
    )
)
_VALUES = _IDS | texts | jsons
_BENT = st.sampled_from([how for how, _ in SEEDS]).flatmap(
    lambda how: bent(_OF[how], _VALUES).map(lambda payload: _sent(how, payload))
)
_BROKEN = st.builds(
    Delivery,
    damaged(st.sampled_from([delivery.body for delivery in PLAIN]))
    | st.binary(max_size=40)
    | jsons.map(lambda made: json.dumps(made).encode()),
    st.sampled_from((FORM, JSON, "text/plain", "", "multipart/form-data; boundary=x")),
)
DELIVERIES = _BENT | _BENT | _BENT | _BROKEN
