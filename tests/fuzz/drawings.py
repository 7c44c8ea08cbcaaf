"""Everything that is drawn in Slack, of runs and pictures at any stage with hostile words in every place.

Slack takes all of it, and nobody else's text mentions, links or notifies anybody.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import chain
from typing import Any

from hypothesis import strategies as st

from bot.domain.ballot import Ballot
from bot.domain.errors import HousestyleError
from bot.domain.generation import Generation
from bot.domain.generation import Stage as Drawing
from bot.domain.ids import ChannelId, FileId, RunId, UserId, WorkspaceId
from bot.domain.message import (
    ContactSheet,
    DefaultMade,
    Findings,
    GenerationCard,
    HomeState,
    Memo,
    Originals,
    PairSheet,
    PaletteSheet,
    ProposalCard,
    RunCard,
    RunEnded,
    Topic,
)
from bot.domain.money import Statement
from bot.domain.policy import Action
from bot.domain.proposal import Proposal
from bot.domain.proposal import Stage as Proposed
from bot.domain.run import Run, Stage
from bot.domain.trace import Step, Trace
from bot.slack import answers
from bot.slack.asking import train_form
from bot.slack.blocks import Drawn
from bot.slack.budgets import budget_blocks, budget_words
from bot.slack.curation import leave_out_form
from bot.slack.details import details_view
from bot.slack.forms import generate_form, use_form
from bot.slack.home import home_view
from bot.slack.shared import Offered
from bot.slack.traces import traced
from bot.slack.views import render
from handlers.voting import FORMS
from tests.fuzz.hostile import texts
from tests.fuzz.target import Target, lent
from tests.slack.slack_ballots import BALLOTS, proposal
from tests.slack.slack_limits import judge_message, judge_mrkdwn, judge_view, units
from tests.slack.slack_money import STATEMENTS
from tests.slack.slack_states import ANN, BEN, CHANNEL, LINK, NOW, full, generation, run, version, webp

Json = dict[str, Any]
OURS = {f"<@{ANN}>", f"<@{BEN}>", f"<#{CHANNEL}>"}
_MENTION = re.compile(r"<[@#!][^<>]*>")
_OF_OURS = re.compile(
    r"<!date\^\d+\^\{date_short_pretty\} \{time\}\|[0-9: -]+ UTC>|<@U0VOTER\d{3}>|<!subteam\^S\d{10}>"
)
SHEETS = (ContactSheet, PaletteSheet, PairSheet)
_names = texts.map(lambda text: text[:255] or "-")


@dataclass(frozen=True)
class Scene:
    """A stage each, what others put into the words of it, and numbers that somebody told us."""

    stage: Stage
    drawing: Drawing
    is_full: bool
    name: str
    words: str
    prompt: str
    link: str
    percent: int | None
    cost: float | None
    count: int
    file: FileId | None
    asked: Ballot | None
    action: Action
    proposed: Proposed
    topic: Topic
    month: Statement


SCENES = st.builds(
    Scene,
    st.sampled_from(Stage),
    st.sampled_from(Drawing),
    st.booleans(),
    _names,
    texts,
    texts,
    st.just(LINK) | texts.map(lambda text: f"https://{text}/x.zip") | texts,
    st.none() | st.integers(-10, 200),
    st.none() | st.floats(allow_nan=False, allow_infinity=False, max_value=1e12),
    st.integers(1, 20),
    st.none() | st.just(FileId("F0PICTURE01")),
    st.none() | BALLOTS,
    st.sampled_from((Action.PROMOTE, Action.USE, Action.REVIEW)),
    st.sampled_from(Proposed),
    st.sampled_from(Topic),
    STATEMENTS,
)


def draw(scene: Scene) -> None:
    """Draw all there is of it, and judge each as Slack would."""
    subject, wanted = _run(scene), _pictures(scene)
    for drawn in chain(_of_run(subject, scene), _of_pictures(wanted, scene), _of_rules(scene)):
        judge_message(drawn.text, drawn.blocks)
        _check_nobody_is_called(drawn.text, drawn.blocks)
    for view in _views(subject, wanted, scene):
        judge_view(view)
        _check_nobody_is_called("", view["blocks"])
    for told in _answers(subject, wanted):
        assert 0 < units(told) <= 4000
        judge_mrkdwn(told)
        _check_nobody_is_called(told, [])


def _run(scene: Scene) -> Run:
    make = full if scene.is_full and scene.stage is not Stage.REQUESTED else run
    made = make(scene.stage, text=scene.name, words=scene.words)
    request = replace(made.request, link=scene.link, note=scene.words[:500])
    return replace(
        made,
        ballot=_ballot(scene),
        request=request,
        percent=scene.percent,
        cost=scene.cost,
        reason=scene.words,
        trouble=scene.words,
        evidence=(scene.words, scene.name),
        searched_at=NOW,
    )


def _pictures(scene: Scene) -> Generation:
    made = generation(
        scene.drawing, prompt=f"a fox {scene.prompt}", label=f"{scene.name}@1", count=scene.count
    )
    asked = _ballot(scene)
    made = replace(made, trouble=scene.words, evidence=(scene.words,), searched_at=NOW, ballot=asked)
    return webp(made) if scene.is_full else made


def _ballot(scene: Scene) -> Ballot | None:
    """Return what is asked, with what others put into it."""
    said = scene.asked
    return said and replace(said, payload=(*said.payload, ("style", scene.name)), changed=(scene.words,))


def _proposal(scene: Scene) -> Proposal:
    made = proposal(scene.action, scene.proposed, words=scene.words, label=scene.name)
    return replace(made, ballot=_ballot(scene) or made.ballot)


def _of_rules(scene: Scene) -> Iterator[Drawn]:
    """Yield what is drawn of what waits for people, and of money."""
    proposed = _proposal(scene)
    yield render(ProposalCard(proposed.id), proposed, now=NOW)
    for asked in (_run(scene), _pictures(scene), proposed):
        memo = Memo(WorkspaceId("T0ACME00001"), asked.id, UserId(BEN), scene.topic, scene.count)
        yield render(memo, asked, now=NOW)
    words = budget_words(scene.month, now=NOW)
    yield Drawn(words, budget_blocks(scene.month, scene.file, now=NOW))


def _of_run(subject: Run, scene: Scene) -> Iterator[Drawn]:
    late = NOW + timedelta(hours=scene.count)
    for message in (
        RunCard(subject.id),
        RunEnded(subject.id),
        DefaultMade(subject.id, UserId(BEN)),
        Findings(subject.id),
    ):
        yield render(message, subject, now=late)
    for sheet in SHEETS:
        yield render(sheet(subject.id, "blob"), subject, now=late, file=scene.file)  # type: ignore[arg-type]  # any blob


def _of_pictures(wanted: Generation, scene: Scene) -> Iterator[Drawn]:
    yield render(GenerationCard(wanted.id), wanted, now=NOW)
    links = [(f"picture-{n}.webp", f"https://acme.slack.com/files/F{n}") for n in range(scene.count)]
    yield render(Originals(wanted.id), wanted, now=NOW, links=links)


def _views(subject: Run, wanted: Generation, scene: Scene) -> Iterator[Json]:
    styles = [version(n + 1, name=scene.name) for n in range(3)]
    mine = (subject,) * scene.count
    yield home_view(HomeState(UserId(BEN), mine, mine, tuple(styles)), now=NOW)
    files = [Offered(FileId(f"F{n}"), scene.name, n) for n in range(scene.count)]
    yield train_form(
        channel=CHANNEL,
        links=[scene.link[:300]],
        name=scene.name,
        note=scene.words,
        air=scene.name,
        files=files,
    )
    yield generate_form(
        channel=ChannelId(""), prompt=scene.prompt, style=scene.name, size=scene.name, styles=styles
    )
    for make in FORMS.values():
        for kind, asked in (("run", subject), ("generation", wanted), ("proposal", _proposal(scene))):
            yield make(kind, asked)
    yield use_form(wanted)
    for form in (leave_out_form, details_view):
        with suppress(HousestyleError):  # it is not the time for this form
            yield form(subject)


def _answers(subject: Run, wanted: Generation) -> Iterator[str]:
    styles = [version(n + 1, name=subject.request.name) for n in range(25)]
    yield answers.style_list(styles, styles[0])
    yield answers.run_list([subject] * 25, now=NOW)
    yield answers.run_status(subject, now=NOW)
    step = Step(replace(subject, id=RunId("RUN0000009")), styles[0], (wanted,) * 6)
    yield traced(Trace((step,) * 15), now=NOW)


def _check_nobody_is_called(text: str, blocks: list[Json]) -> None:
    """Assert that every mark names somebody whom we put there."""
    for marked in (text, *_marked(blocks)):
        strange = {mark for mark in _MENTION.findall(marked) if not _OF_OURS.fullmatch(mark)} - OURS
        assert not strange, strange


def _marked(part: Any) -> Iterator[str]:  # noqa: ANN401 - blocks are as nested as they come
    if isinstance(part, list):
        for inner in part:
            yield from _marked(inner)
    elif isinstance(part, dict):
        if part.get("type") == "mrkdwn":
            yield part["text"]
        yield from _marked([inner for inner in part.values() if isinstance(inner, list | dict)])


DRAWINGS = Target("drawings", SCENES, lent(draw), most=40)
