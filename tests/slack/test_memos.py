from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.ballot import Ballot
from bot.domain.generation import Stage as Drawing
from bot.domain.ids import ChannelId, UserId, WorkspaceId
from bot.domain.message import Answered, Memo, Topic
from bot.domain.policy import Action
from bot.domain.proposal import Stage as Proposing
from bot.domain.run import Stage
from bot.domain.task import Failure
from bot.slack.blocks import Drawn
from bot.slack.views import render, tag
from bot.slack.voting import Asked
from tests.slack.slack_ballots import CAT, DAN, TOO_DEAR, ballot, deed, proposal, terms, vote
from tests.slack.slack_limits import judge_message
from tests.slack.slack_states import ANN, BEN, HOSTILE, NOW, full, generation, run
from tests.slack.test_run_card import buttons, shown

ENDS = int((NOW + timedelta(hours=18)).timestamp())


def memo(
    subject: Asked, topic: Topic = Topic.REMINDER, *, to: UserId = BEN, gate: int | None = None
) -> Drawn:
    return render(Memo(WorkspaceId("T0ACME00001"), subject.id, to, topic, 1, gate), subject, now=NOW)


@pytest.mark.parametrize("topic", Topic)
@pytest.mark.parametrize("text", ["Stellar", HOSTILE, "&" * 5000])
def test_slack_takes_every_memo_whatever_people_typed(topic: Topic, text: str) -> None:
    asked = ballot(
        by=terms(objections=(TOO_DEAR,)),
        changed=(text,),
        overrides=(deed(text, text),),
        glass=deed(text),
    )
    subjects: list[Asked] = [
        full(text=text, ballot=asked),
        run(Stage.TRAINING, text=text, ballot=asked),
        full(text=text),
        run(Stage.UNCONFIRMED, text=text, trouble=text, evidence=(text,) * 9),
        generation(Drawing.UNCONFIRMED, prompt=text, label=text, trouble=text, evidence=(text,) * 9),
        generation(Drawing.AWAITING, prompt=text, label=text, ballot=asked),
        *(proposal(action, words=text, label=text, ballot=asked) for action in (Action.USE, Action.REVIEW)),
    ]
    for subject in subjects:
        drawn = memo(subject, topic)
        judge_message(drawn.text, drawn.blocks)


def test_a_reminder_says_what_has_waited_how_long_for_whom_and_until_when() -> None:
    asked = ballot()
    drawn = memo(full(ballot=asked))
    assert drawn.text.startswith(
        "*Stellar@1* has waited 6 h for you, asked by <@U0ANN00001> in <#C0BRAND0001>; "
        f"it expires <!date^{ENDS}^"
    )
    said = shown(drawn)
    for fact in (
        "The price: about $10\N{EN DASH}14, by 8 past trainings · score 82 of 100",
        "brand, then finance",
        f"Asks for exactly `{asked.digest[:8]}`: name Stellar, dataset 1a2b3c4d",
        f"Or type `/style approve 7K2M9QX4TB {asked.digest[:8]}`",
    ):
        assert fact in said


def test_a_reminder_is_decided_on_with_the_buttons_of_the_card_and_what_it_showed() -> None:
    asked = ballot()
    drawn = memo(full(ballot=asked))
    assert list(buttons(drawn)) == ["run.approve", "run.comment", "run.reject"]
    assert buttons(drawn)["run.approve"]["text"]["text"] == "Approve Stellar@1"
    assert "charges" in buttons(drawn)["run.approve"]["confirm"]["text"]["text"]
    row = next(block for block in drawn.blocks if block["type"] == "actions")
    assert row["block_id"].startswith(f"awaiting-approval.{asked.digest}.7.")


def test_pictures_and_proposals_are_reminded_of_too() -> None:
    drawn = memo(generation(Drawing.AWAITING, ballot=ballot()))
    assert "*4 pictures in Stellar@1* has waited 6 h" in drawn.text
    assert "“a red fox on a mossy rock” · the price: about $10" in drawn.text
    assert "generation.approve" in buttons(drawn)
    review = memo(proposal(Action.REVIEW))
    assert "(run `7K2M9QX4TB`), past all approvals. Was that right?" in review.text
    assert buttons(review)["proposal.approve"]["text"]["text"] == "It was right"


def test_who_is_asked_after_a_long_wait_is_told_why() -> None:
    drawn = memo(full(ballot=ballot(is_escalated=True)), Topic.ESCALATED)
    assert "Nobody has decided on *Stellar@1* for 6 h" in drawn.text
    assert "so you are asked to decide" in drawn.text
    assert "run.approve" in buttons(drawn)


@pytest.mark.parametrize(("topic", "who"), [(Topic.ESCALATED, BEN), (Topic.REMINDER, ANN)])
def test_where_somebody_has_decided_and_others_are_missing_nobody_is_told_that_nobody_has(
    topic: Topic, who: UserId
) -> None:
    asked = ballot(votes=(vote(DAN), vote(CAT)), is_escalated=True)
    assert memo(full(ballot=asked), topic, to=who).text.startswith("*Stellar@1* is not decided yet after 6 h")


def test_an_override_is_told_with_who_which_rule_and_why() -> None:
    asked = ballot(by=terms(objections=(TOO_DEAR,)), overrides=(deed("The launch.", "dear"),))
    drawn = memo(full(ballot=asked), Topic.OVERRIDDEN)
    assert "*Stellar@1*, asked by <@U0ANN00001> in <#C0BRAND0001>: an admin overrode a rule." in drawn.text
    assert "<@U0DAN00001> overrode *dear* <!date^" in drawn.text
    assert "“The launch.”" in drawn.text


def test_a_broken_glass_is_told_with_who_why_and_that_it_is_looked_at_afterwards() -> None:
    drawn = memo(run(Stage.APPROVED, ballot=ballot(glass=deed("The launch."))), Topic.GLASS_BROKEN)
    assert "an admin broke the glass, past all approvals." in drawn.text
    assert "<@U0DAN00001> broke the glass <!date^" in drawn.text
    assert "“The launch.”" in drawn.text
    assert "a card in <#C0BRAND0001> asks whether it was right" in drawn.text
    assert buttons(drawn) == {}


def test_what_is_in_the_way_is_told() -> None:
    drawn = memo(full(ballot=ballot(by=terms(objections=(TOO_DEAR,)))))
    assert "*In the way:* It costs more than $50." in shown(drawn)


@pytest.mark.parametrize(
    ("subject", "how"),
    [
        (run(Stage.TRAINING, ballot=ballot()), "<@U0BEN00001> approved it."),
        (
            run(Stage.REQUESTED, ballot=ballot()),
            "It has changed and is looked at again; then it is asked anew.",
        ),
        (run(Stage.REJECTED, ballot=ballot()), "<@U0BEN00001> rejected it: “"),
        (run(Stage.CANCELLED, ballot=ballot()), "<@U0BEN00001> cancelled it."),
        (run(Stage.EXPIRED, ballot=ballot()), "It was not decided in time."),
        (generation(Drawing.DONE, ballot=ballot(), decided_by=BEN), "<@U0BEN00001> approved it."),
        (
            generation(Drawing.FAILED, ballot=ballot(), decided_by=BEN, failure=Failure("rejected", "No.")),
            "No pictures: rejected by <@U0BEN00001>",
        ),
        (proposal(stage=Proposing.GRANTED), "approved it"),
    ],
)
def test_what_was_decided_meanwhile_asks_for_nothing_and_says_how_it_was(subject: Asked, how: str) -> None:
    drawn = memo(subject)
    assert "it waits for nobody any more." in drawn.text
    assert how in drawn.text
    assert buttons(drawn) == {}


@pytest.mark.parametrize("topic", [Topic.TURN, Topic.REMINDER, Topic.ESCALATED])
def test_whose_step_is_decided_reads_that_it_waits_for_others(topic: Topic) -> None:
    drawn = memo(full(ballot=ballot(turn=1)), topic, gate=0)
    assert "that step is decided, and it waits for others now." in drawn.text
    assert buttons(drawn) == {}


@pytest.mark.parametrize("topic", [Topic.OVERRIDDEN, Topic.VOID, Topic.UNDONE])
def test_what_tells_of_votes_says_below_when_all_is_decided(topic: Topic) -> None:
    drawn = memo(run(Stage.TRAINING, ballot=ballot()), topic)
    assert drawn.blocks[-1]["elements"][0]["text"] == "<@U0BEN00001> approved it."
    assert buttons(drawn) == {}


def test_what_asked_is_drawn_anew_as_it_would_be_told_now() -> None:
    asked = Memo(WorkspaceId("T1"), full().id, BEN, Topic.TURN, gate=0)
    for subject in (full(ballot=ballot()), run(Stage.TRAINING, ballot=ballot())):
        again = render(Answered(asked, ChannelId("D1"), "1.2"), subject, now=NOW)
        assert again == render(asked, subject, now=NOW)


def test_a_memo_is_nobodys_card() -> None:
    subject = full(ballot=ballot())
    assert tag(Memo(WorkspaceId("T1"), subject.id, BEN, Topic.REMINDER), subject) == {}


def test_who_decides_next_is_told_that_it_is_their_turn_and_decides_right_there() -> None:
    drawn = memo(full(ballot=ballot(votes=(vote(DAN), vote(CAT)))), Topic.TURN)
    assert drawn.text.startswith(
        "It is your turn to decide on *Stellar@1*, asked by <@U0ANN00001> in <#C0BRAND0001>; it expires "
    )
    assert "▸ open now: *finance*" in shown(drawn)
    assert "run.approve" in buttons(drawn)


def test_whose_vote_is_void_is_told_what_changed_and_decides_anew_right_there() -> None:
    drawn = memo(full(ballot=ballot(changed=("price: $12.00 → $40.00",))), Topic.VOID)
    assert drawn.text.startswith("Your approval of *Stellar@1*, asked by <@U0ANN00001>")
    assert "price: $12.00 → $40.00" in drawn.text
    assert "decide anew" in drawn.text
    assert "run.approve" in buttons(drawn)


def test_a_void_vote_on_what_is_looked_at_again_says_why_and_asks_for_nothing_yet() -> None:
    subject = run(Stage.REQUESTED, ballot=ballot(), notice="The dataset is not what was approved any more.")
    drawn = memo(subject, Topic.VOID)
    assert "is void.\nThe dataset is not what was approved any more." in drawn.text
    assert buttons(drawn) == {}


def test_that_nobody_can_approve_it_is_told_with_what_would_help() -> None:
    drawn = memo(full(ballot=ballot()), Topic.STUCK)
    assert (
        "by the rules as they are now, nobody who is there can approve it. An admin can change the policy"
        in drawn.text
    )
    assert buttons(drawn) == {}


@pytest.mark.parametrize(
    ("subject", "told"),
    [
        (
            replace(
                generation(Drawing.FAILED, ballot=ballot()),
                decided_by=BEN,
                failure=Failure("rejected", "no foxes"),
            ),
            "which you asked for in <#C0BRAND0001>: <@U0BEN00001> rejected it: “no foxes”",
        ),
        (
            replace(generation(Drawing.FAILED, ballot=ballot()), failure=Failure("expired", "Too late.")),
            "nobody decided in time, so it expired. It waited for brand. Ask for it again",
        ),
        (proposal(stage=Proposing.REJECTED, words="Not yet."), "<@U0BEN00001> rejected it: “Not yet.”"),
        (
            proposal(Action.REVIEW, Proposing.REJECTED, words="Nobody was asked."),
            "<@U0BEN00001> found that it was not right: “Nobody was asked.”",
        ),
        (proposal(stage=Proposing.EXPIRED), "nobody decided in time, so it expired."),
    ],
)
def test_who_asked_reads_how_it_ended_and_why(subject: Asked, told: str) -> None:
    drawn = memo(subject, Topic.ENDED)
    assert told in drawn.text
    assert buttons(drawn) == {}


@pytest.mark.parametrize("topic", [Topic.TURN, Topic.REMINDER, Topic.ESCALATED])
@pytest.mark.parametrize("who", [BEN, ANN])
def test_an_admin_reads_that_all_it_waits_for_is_an_override_and_does_so_right_there(
    topic: Topic, who: UserId
) -> None:
    asked = ballot(by=terms(objections=(TOO_DEAR,)), votes=(vote(DAN), vote(CAT, gate=1)), turn=2)
    drawn = memo(full(ballot=asked), topic, to=who, gate=2)
    assert drawn.text.startswith(
        "All it needs is an admin's override: *Stellar@1*, asked by <@U0ANN00001> in <#C0BRAND0001>; it "
    )
    assert "*In the way:* It costs more than $50." in shown(drawn)
    assert list(buttons(drawn)) == ["run.override"]
    assert "Or type `/style override 7K2M9QX4TB` why." in shown(drawn)
    row = next(block for block in drawn.blocks if block["type"] == "actions")
    assert row["block_id"].startswith(f"awaiting-approval.{asked.digest}.7.")


@pytest.mark.parametrize(
    ("subject", "action"),
    [
        (generation(Drawing.AWAITING, ballot=ballot(by=terms(objections=(TOO_DEAR,)), turn=2)), "generation"),
        (proposal(ballot=ballot(by=terms(objections=(TOO_DEAR,)), turn=2)), "proposal"),
    ],
)
def test_pictures_and_proposals_are_overridden_from_there_too(subject: Asked, action: str) -> None:
    assert list(buttons(memo(subject, Topic.TURN, gate=2))) == [f"{action}.override"]


def test_who_asked_reads_how_a_colleague_decides_who_may_not_see_the_card() -> None:
    asked = ballot()
    typed = f"type `/style approve 7K2M9QX4TB {asked.digest[:8]}`"
    reminded = memo(full(ballot=asked), to=ANN).text
    assert reminded.startswith("Nobody has decided on *Stellar@1* for 6 h: ask a colleague to look at its ")
    assert typed in reminded
    told = memo(full(ballot=asked), Topic.TURN, to=ANN, gate=0).text
    assert told.startswith("Nobody else sees the card of *Stellar@1*: ask a colleague to ")
    assert typed in told


@pytest.mark.parametrize(
    ("asked", "waited"),
    [
        (
            ballot(votes=(vote(DAN), vote(BEN))),
            "it was not decided in time, so it expired. It waited for finance. Ask",
        ),
        (
            ballot(by=terms(objections=(TOO_DEAR,)), votes=(vote(DAN), vote(CAT, gate=1))),
            "it was not decided in time, so it expired. It waited for an admin's override. Ask",
        ),
    ],
)
def test_who_asked_reads_what_an_expired_request_waited_for(asked: Ballot, waited: str) -> None:
    assert waited in memo(proposal(stage=Proposing.EXPIRED, ballot=asked), Topic.ENDED).text
