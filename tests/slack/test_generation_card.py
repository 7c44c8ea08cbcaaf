from dataclasses import replace

import pytest

from bot.domain.ballot import Expired
from bot.domain.facts import Rejected
from bot.domain.generation import Event, Generation, Quality, Stage
from bot.domain.ids import GenerationId
from bot.domain.message import GenerationCard
from bot.domain.results import Result
from bot.domain.task import Cancelled, Failure
from bot.slack.blocks import Block, Drawn, moment
from bot.slack.views import render
from tests.slack.slack_ballots import ballot, vote
from tests.slack.slack_limits import judge_message
from tests.slack.slack_states import BEN, HOSTILE, NOW, TASK, generation, webp


def card(state: Generation) -> Drawn:
    return render(GenerationCard(GenerationId("3F8HZ2K9QW")), state, now=NOW)


def pictures(drawn: Drawn) -> list[Block]:
    return [block for block in drawn.blocks if block["type"] == "image"]


def buttons(drawn: Drawn) -> list[str]:
    rows = [block["elements"] for block in drawn.blocks if block["type"] == "actions"]
    return [button["action_id"] for row in rows for button in row]


@pytest.mark.parametrize("stage", Stage)
@pytest.mark.parametrize("prompt", ["a red fox", HOSTILE, "&" * 3000, "\U0001f98a" * 3000])
@pytest.mark.parametrize("count", [1, 20])
def test_slack_takes_every_card_whatever_was_asked(stage: Stage, prompt: str, count: int) -> None:
    drawn = card(generation(stage, prompt=prompt, label=prompt[:255], count=count, trouble=prompt))
    judge_message(drawn.text, drawn.blocks)


def test_each_picture_says_its_place_its_style_and_its_prompt() -> None:
    shown = pictures(card(generation(Stage.DONE)))
    assert [picture["slack_file"]["id"] for picture in shown] == [f"F0PICTURE0{n}" for n in range(4)]
    assert shown[1]["alt_text"] == "Picture 2 of 4, in the style Stellar@1: a red fox on a mossy rock"
    assert shown[1]["title"]["text"] == "2 of 4"


def test_a_finished_card_tells_style_size_quality_and_cost() -> None:
    drawn = card(generation(Stage.DONE))
    assert "4 pictures in the style Stellar@1: a red fox on a mossy rock" in drawn.text
    small = str(drawn.blocks)
    for fact in ("*Stellar@1*", "1024x1024", "quality low", "cost $0.0104", "<@U0ANN00001>"):
        assert fact in small


def test_a_cost_that_was_not_stated_for_all_is_not_stated() -> None:
    done = generation(Stage.DONE)
    partly = (Result("0", "https://im.runware.ai/0.jpg"), *done.results[1:])
    assert "cost not stated" in str(card(generation(Stage.DONE, results=partly)).blocks)


def test_high_quality_is_offered_until_it_is_had() -> None:
    assert "generation.high" in buttons(card(generation(Stage.DONE)))
    assert "generation.high" not in buttons(card(generation(Stage.DONE, quality=Quality.HIGH)))


def test_while_it_is_drawn_the_card_says_so_and_shows_no_picture() -> None:
    drawn = card(generation(Stage.RENDERING, trouble="Runware does not answer."))
    assert drawn.text.startswith("Drawing…\nRunware does not answer.")
    assert not pictures(drawn)
    assert not buttons(drawn)


def test_a_failure_says_why_and_what_next() -> None:
    drawn = card(generation(Stage.FAILED))
    assert "No pictures: a red fox" in drawn.text
    assert "Edit prompt" in drawn.text
    assert buttons(drawn) == ["generation.again", "generation.edit"]
    assert "Runware did not say why." in card(generation(Stage.FAILED, failure=None)).text


def test_pictures_that_were_lost_after_they_were_paid_say_so_with_the_price() -> None:
    paid = generation(Stage.DONE).results
    failure = Failure("lost", "There is no picture at its link.")
    lost = generation(Stage.FAILED, results=paid, failure=failure, task=TASK)
    said = card(lost).text
    assert "No pictures: There is no picture at its link. They were drawn and charged ($0.0104)." in said
    assert f"Look for them in the Runware dashboard, by task `{TASK.id}`." in said
    assert "Again has them drawn, and charged, once more." in said
    unknown = card(replace(lost, results=(replace(paid[0], cost=None), *paid[1:]))).text
    assert "They were drawn and charged; what they cost was not stated." in unknown


def test_fewer_pictures_than_asked_for_are_said_to_be_all_that_were_drawn() -> None:
    done = generation(Stage.DONE)
    told = "Runware drew 3 of the 4 that were asked for."
    fewer = replace(done, results=done.results[:3], uploads=done.uploads[:3])
    assert told in str(card(fewer).blocks)
    assert "asked for." not in str(card(done).blocks)


def test_a_doubtful_request_is_not_sent_again_without_a_person() -> None:
    assert "Nothing is sent again without a person" in card(generation(Stage.UNCONFIRMED)).text


def test_a_private_request_is_called_private() -> None:
    made = generation(Stage.DONE)
    request = type(made.request)("T", "D0ANN00001", "U0ANN00001", "a fox", private=True)  # type: ignore[arg-type]  # plain strings stand for ids here
    assert " · private" in str(card(generation(Stage.DONE, request=request)).blocks)


def test_webp_pictures_say_where_their_originals_are() -> None:
    assert "originals are in the thread" in str(card(webp(generation(Stage.DONE))).blocks)
    assert "originals" not in str(card(generation(Stage.DONE)).blocks)


def test_pictures_that_were_just_asked_for_are_not_said_to_be_drawn() -> None:
    said = card(generation(Stage.REQUESTED)).text
    assert said.startswith("Asked for; it goes to Runware next.")


def test_pictures_that_are_held_up_wait_and_are_not_said_to_be_handed_over() -> None:
    held = generation(Stage.SUBMITTING, task=TASK, trouble="Runware refuses Housestyle's key.")
    assert card(held).text.startswith("Waiting to be handed over to Runware.\nRunware refuses")
    sent = generation(Stage.SUBMITTING, task=TASK.attempted(NOW), trouble="No answer.")
    assert card(sent).text.startswith("Handing it over to Runware…\nNo answer.")


def test_pictures_that_were_given_up_keep_their_evidence_and_say_by_whom() -> None:
    doubtful = generation(
        Stage.UNCONFIRMED, task=TASK.attempted(NOW), evidence=("Not known.",), searched_at=NOW
    )
    drawn = card(doubtful.after(Cancelled("U0ANN00001"), at=NOW))
    judge_message(drawn.text, drawn.blocks)
    assert "No pictures: given up by <@U0ANN00001>." in drawn.text
    said = str(drawn.blocks)
    for fact in ("Sent once, <!date^", f"Task `{TASK.id}`", "Not known. Runware was asked <!date^"):
        assert fact in said
    assert buttons(drawn) == ["generation.again", "generation.edit"]


def test_pictures_that_failed_are_not_said_to_be_given_up_and_show_no_evidence() -> None:
    drawn = card(generation(Stage.FAILED, task=TASK.attempted(NOW)))
    assert "iven up" not in drawn.text
    assert TASK.id not in str(drawn.blocks)


# ── approvals ────────────────────────────────────────────────────────────────────────────────────────


def test_pictures_that_wait_show_the_price_who_decides_and_exactly_what() -> None:
    asked = ballot(changed=("count: 4 → 8",))
    drawn = card(generation(Stage.AWAITING, ballot=asked))
    assert drawn.text.startswith("*Changed since it was first asked:* count: 4 → 8.")
    assert "The price: about $10\N{EN DASH}14, by 8 past requests." in drawn.text
    said = str(drawn.blocks)
    assert "brand, then finance" in said
    assert f"`{asked.digest[:8]}`" in said
    assert drawn.blocks[0]["block_id"] == f"awaiting-approval.{asked.digest}.5.0"
    assert buttons(drawn) == [
        "generation.approve",
        "generation.comment",
        "generation.reject",
        "generation.cancel",
        "generation.break_glass",
    ]


def test_to_approve_pictures_says_which_and_asks_before_it_is_paid() -> None:
    rows = [b for b in card(generation(Stage.AWAITING, ballot=ballot())).blocks if b["type"] == "actions"]
    approve = rows[0]["elements"][0]
    assert approve["text"]["text"] == "Approve 4 pictures in Stellar@1"
    assert "charges for it" in approve["confirm"]["text"]["text"]


def test_approved_pictures_can_be_cancelled_until_they_are_sent() -> None:
    approved = generation(Stage.REQUESTED, ballot=ballot(votes=(vote(BEN, comment="Go."),)), decided_by=BEN)
    drawn = card(approved)
    assert drawn.text.startswith("Approved by <@U0BEN00001>; it goes to Runware next.")
    assert "“Go.”" in str(drawn.blocks)
    assert buttons(drawn) == ["generation.cancel"]
    assert buttons(card(generation(Stage.REQUESTED))) == []


def test_finished_pictures_can_be_approved_for_use_unless_only_one_person_sees_them() -> None:
    made = generation(Stage.DONE)
    assert "generation.use" in buttons(card(made))
    private = replace(made, request=replace(made.request, private=True))
    assert "generation.use" not in buttons(card(private))
    assert "generation.use" not in buttons(card(generation(Stage.FAILED)))


@pytest.mark.parametrize(
    ("event", "told"),
    [
        (
            Rejected(BEN, "Too <!channel> many."),
            f"No pictures: rejected by <@U0BEN00001> {moment(NOW)}: Too &lt;!channel&gt; many. Nothing was",
        ),
        (Expired(), "No pictures: It was not decided in time; nothing was charged. Again asks for the same"),
        (Cancelled(BEN), "No pictures: cancelled by <@U0BEN00001>. It was taken back before anything was"),
    ],
)
def test_pictures_that_were_not_approved_say_why_and_what_next(event: Event, told: str) -> None:
    drawn = card(generation(Stage.AWAITING, ballot=ballot()).after(event, at=NOW))
    judge_message(drawn.text, drawn.blocks)
    assert drawn.text.startswith(told)
    assert "generation.again" in buttons(drawn)
