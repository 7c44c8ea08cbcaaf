"""The words after `/style policy explain`, as people type them."""

import pytest

from bot.domain.errors import NotUnderstood
from bot.domain.ids import ChannelId
from bot.domain.policy import Action, Case
from bot.rules import parsed_question

HERE, BRAND = ChannelId("C0HERE"), ChannelId("C0BRAND")


@pytest.mark.parametrize(
    ("text", "case"),
    [
        ("train", Case(Action.TRAIN, HERE)),
        ("  Training ", Case(Action.TRAIN, HERE)),
        ("generate", Case(Action.GENERATE, HERE)),
        ("use in <#C0BRAND|brand>", Case(Action.USE, BRAND)),
        ("use in <#C0BRAND>", Case(Action.USE, BRAND)),
        ("publish in #C0BRAND", Case(Action.PUBLISH, BRAND)),
        ("promote in C0BRAND", Case(Action.PROMOTE, BRAND)),
        ("review", Case(Action.REVIEW, HERE)),
        ("train in <#C0BRAND|brand> as stellar for $30", Case(Action.TRAIN, BRAND, "stellar", 30.0)),
        ("train for 1,250.50 USD AS Stellar Foxes@2", Case(Action.TRAIN, HERE, "stellar-foxes", 1250.5)),
        ('train as "Stellar Foxes"', Case(Action.TRAIN, HERE, "stellar-foxes")),
        ("train as Salt &amp; Sand", Case(Action.TRAIN, HERE, "salt-sand")),
        ("generate for 3 dollars", Case(Action.GENERATE, HERE, price=3.0)),
        ("generate for $0.04", Case(Action.GENERATE, HERE, price=0.04)),
    ],
)
def test_a_question_is_read_as_it_is_meant(text: str, case: Case) -> None:
    assert parsed_question(text, channel=HERE) == case


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Begin with train, publish, promote, generate, use, review. Write for example `train in #brand"),
        ("dance", "Begin with train"),
        ("trian in <#C0BRAND|brand>", "“trian” is nothing that rules are about. Did you mean `train`?"),
        ("train in #brand", "“#brand” is no channel that I can see. Choose it from the list"),
        ("train in", "Did you mean `train`?"),
        ("train for much", "“much” is no price. Write US dollars, for example `for $30`."),
        ("train for -3", "“-3” is no price."),
        ("train for $3 for $4", "`for` stands there twice."),
        ("train as !!!", "The name needs a letter from a to z or a digit"),
        ("<!channel> in C0BRAND", "Begin with train"),
    ],
)
def test_a_question_that_makes_no_sense_is_answered_with_an_example(text: str, said: str) -> None:
    with pytest.raises(NotUnderstood) as refused:
        parsed_question(text, channel=HERE)
    assert said in str(refused.value)


def test_where_there_is_no_channel_around_it_has_to_be_named() -> None:
    assert parsed_question("train in C0BRAND", channel=None).channel == BRAND
    with pytest.raises(NotUnderstood, match="Say in which channel, for example `train in #C024BE91L`"):
        parsed_question("train", channel=None)
