"""Asking for a training by command, form and shortcut, through real Bolt and the real services."""

import pytest
from aiohttp import web

from bot.domain.run import Run
from bot.slack.fields import YES
from tests.handlers.handlers_lab import Lab
from tests.slack.slack_filled import chosen, fields, typed
from tests.slack.slack_limits import judge_view
from tests.slack.slack_server import Json, error

ZIP, SECOND = "https://a.example/x.zip", "https://b.example/y.zip"
FOX = {"id": "F0FOX000001", "name": "fox.png", "mimetype": "image/png", "size": 1_200_000}
WORDS = {"id": "F0WORDS0001", "name": "words.pdf", "mimetype": "application/pdf"}


async def asked(lab: Lab) -> list[Run]:
    """Return what was asked for."""
    return list(await lab.house.styles.runs("T1"))  # type: ignore[arg-type]  # a plain string stands for the id


async def form(lab: Lab) -> Json:
    """Return the form behind a bare `/train`."""
    await lab.types("/train", "as Stellar --public", who="UANN")
    return lab.slack.opened[-1]


def ticked(view: Json) -> dict[str, Json]:
    return {"rights": chosen(view, "rights", YES)}


async def test_several_typed_links_are_one_request(lab: Lab) -> None:
    told = await lab.types("/train", f"<{ZIP}> <{SECOND}> as Stellar", who="UANN")
    assert told == "Looking at the dataset for Stellar. Nothing is charged before it is approved."
    (run,) = await asked(lab)
    assert run.request.links == (ZIP, SECOND)
    assert run.rights is None


async def test_a_form_takes_several_links_a_line_each_and_the_word_about_rights(lab: Lab) -> None:
    view = await form(lab)
    values = {"link": typed(f" {ZIP}\n\n{SECOND} "), "strip": chosen(view, "strip", YES), **ticked(view)}
    assert await lab.sends(view, values) == {"text": ""}
    (run,) = await asked(lab)
    assert run.request.links == (ZIP, SECOND)
    assert (run.request.name, run.request.private, run.strip) == ("Stellar", False, True)
    assert run.rights
    assert run.rights.by == "UANN"


async def test_a_form_without_rights_or_a_link_is_sent_back_with_a_sentence_at_each(lab: Lab) -> None:
    answer = await lab.sends(await form(lab))
    assert set(answer["errors"]) == {"link", "rights"}
    assert ZIP.partition("a.")[0] in answer["errors"]["link"]
    assert await asked(lab) == []


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("link", f"{ZIP}\nnot-a-link", "Link 2: The dataset is a link"),
        ("name", "S", "2 to 255 characters"),
        ("air", "stellar", "An AIR looks like"),
    ],
)
async def test_a_fault_is_told_at_its_field(lab: Lab, field: str, value: str, told: str) -> None:
    view = await form(lab)
    answer = await lab.sends(view, {"link": typed(ZIP), **ticked(view), field: typed(value)})
    assert told in answer["errors"][field]
    assert await asked(lab) == []


async def test_the_files_of_a_message_become_a_request(lab: Lab) -> None:
    await lab.uses_shortcut(files=[FOX, WORDS])
    (view,) = lab.slack.opened
    judge_view(view)
    assert "thread" not in fields(view)
    assert await lab.sends(view, {"name": typed("Stellar"), **ticked(view)}) == {"text": ""}
    (run,) = await asked(lab)
    assert (run.request.links, run.request.files, run.request.thread) == ((), (FOX["id"],), "")
    assert run.request.channel == "C1"


async def test_the_whole_thread_is_taken_where_it_is_ticked(lab: Lab) -> None:
    await lab.uses_shortcut(files=[FOX], thread_ts="17.0")
    (view,) = lab.slack.opened
    values = {"name": typed("Stellar"), "thread": chosen(view, "thread", YES), **ticked(view)}
    await lab.sends(view, values)
    await lab.sends(view, {"name": typed("Stellar"), **ticked(view)})
    assert sorted(run.request.thread for run in await asked(lab)) == ["", "17.0"]


async def test_a_message_of_a_thread_without_files_offers_the_thread(lab: Lab) -> None:
    await lab.uses_shortcut(text="look above", thread_ts="17.0")
    (view,) = lab.slack.opened
    untick = {"thread": {"type": "checkboxes", "selected_options": []}}
    answer = await lab.sends(view, {"name": typed("Stellar"), **ticked(view), **untick})
    assert "or tick the thread" in answer["errors"]["link"]
    await lab.sends(view, {"name": typed("Stellar"), **ticked(view)})
    (run,) = await asked(lab)
    assert (run.request.files, run.request.thread) == ((), "17.0")


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (error("expired_trigger_id"), "Slack was too slow to open the form. Try once more."),
        (web.Response(text="<html>bad gateway", status=502), "Slack was too slow to open the form."),
        (error("invalid_arguments"), "That went wrong on our side, and nothing"),
    ],
)
async def test_a_form_that_slack_does_not_open_is_told_to_who_asked(
    lab: Lab, answer: web.Response, told: str
) -> None:
    lab.slack.faults["views.open"].append(answer)
    await lab.uses_shortcut(files=[FOX])
    assert lab.slack.whispers[0]["text"].startswith(told)


async def test_a_message_without_pictures_is_answered_to_who_asked(lab: Lab) -> None:
    await lab.uses_shortcut(files=[WORDS])
    assert lab.slack.opened == []
    assert "There is no picture and no ZIP" in lab.slack.whispers[0]["text"]


async def test_where_nothing_can_be_hosted_the_shortcut_says_what_to_do_instead(lab: Lab) -> None:
    lab.settle(public_url=None)
    await lab.uses_shortcut(files=[FOX])
    assert lab.slack.opened == []
    assert "Put the pictures into a ZIP" in lab.slack.whispers[0]["text"]
    view = await form(lab)
    assert "strip" not in fields(view)
    values = {"link": typed(ZIP), **ticked(view)}
    assert await lab.sends(view, values) == {"text": ""}
    assert len(await asked(lab)) == 1
