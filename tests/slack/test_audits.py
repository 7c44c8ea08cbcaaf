from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.audit import Did, Told
from bot.domain.ids import UserId
from bot.slack.audits import MOST_LINES, audit_words
from tests.slack.slack_limits import judge_mrkdwn, units
from tests.slack.slack_states import BEN, HOSTILE, NOW

DIGEST = "3fa4c1d2" + "0" * 56
ROW = Told(NOW - timedelta(hours=2), BEN, Did.APPROVED, "7K2M9QX4TB", DIGEST, None, "fine by me")
TEXTS = st.one_of(st.text(max_size=80), st.sampled_from([HOSTILE, "&" * 900, ""]))
ROWS = st.builds(
    Told,
    st.just(NOW),
    st.one_of(st.none(), TEXTS.map(UserId)),
    st.sampled_from(Did),
    TEXTS,
    TEXTS,
    st.one_of(st.none(), st.floats(0, 1e9)),
    TEXTS,
    st.booleans(),
)


def line(row: Told) -> str:
    """Return the line that tells of it."""
    return audit_words([row], now=NOW).split("\n")[1]


def deed(did: Did, **changes: object) -> str:
    """Return what a line says without its moment and its reason."""
    row = replace(ROW, did=did, digest="", words="", **changes)  # type: ignore[arg-type] # by name
    return line(row).split(" · ", 1)[1]


@given(st.lists(ROWS, max_size=40))
@settings(max_examples=30, deadline=None)
def test_every_audit_fits_into_one_message(rows: list[Told]) -> None:
    answer = audit_words(rows, now=NOW)
    assert 0 < units(answer) <= 4000
    judge_mrkdwn(answer)


def test_a_row_says_when_who_did_what_to_exactly_what_and_why() -> None:
    moment, *rest = line(ROW).split(" · ")
    assert moment.startswith(f"• <!date^{int(ROW.at.timestamp())}^")
    assert rest == ["<@U0BEN00001> approved `7K2M9QX4TB`", "exactly `3fa4c1d2`", "“fine by me”"]


def test_who_was_erased_is_somebody_and_their_words_are_gone() -> None:
    said = line(replace(ROW, who=None, is_erased=True))
    assert "somebody (erased) approved `7K2M9QX4TB`" in said
    assert "fine by me" not in said


def test_what_housestyle_did_itself_is_told_so() -> None:
    assert deed(Did.EXPIRED, who=None) == "Housestyle let `7K2M9QX4TB` expire"


@pytest.mark.parametrize("did", Did)
def test_every_deed_reads_as_a_sentence(did: Did) -> None:
    said = deed(did)
    assert said.startswith("<@U0BEN00001> ")
    assert "{" not in said
    assert len(said.split()) >= 3


def test_money_is_told_and_an_unknown_price_is_never_free() -> None:
    assert deed(Did.SPENT, dollars=12.0) == "<@U0BEN00001> paid for `7K2M9QX4TB` · $12.00"
    assert deed(Did.SPENT, dollars=0.0104).endswith(" · $0.0104")
    for unknown in (None, 0.0):
        assert deed(Did.SPENT, dollars=unknown).endswith(" · price not stated")
        assert deed(Did.RESERVED, dollars=unknown).endswith(" · price not stated")
    assert deed(Did.RELEASED, dollars=0.0).endswith(" · price not stated")
    assert "price" not in deed(Did.APPROVED)


def test_rows_stay_newest_first_and_only_the_newest_are_shown() -> None:
    rows = [replace(ROW, about=f"RUN{n:07}") for n in range(MOST_LINES + 5)]
    told = audit_words(rows, now=NOW)
    assert told.index("RUN0000000") < told.index("RUN0000001")
    assert f"RUN{MOST_LINES:07}" not in told
    assert f"Shown are the newest {MOST_LINES}." in told
    assert "Shown are" not in audit_words(rows[:MOST_LINES], now=NOW)


def test_it_says_how_the_chain_is_verified() -> None:
    assert "`housestyle audit verify` names any that was changed or removed" in audit_words([ROW], now=NOW)


def test_where_nothing_is_written_down_it_says_what_to_type() -> None:
    assert "`/style audit` alone" in audit_words([], now=NOW)


RESULT, MADE = "3a4d1020-ff9e-4f86-896a-3c8c8392a611", "9JWSFGW7HG"


def test_a_picture_that_may_be_used_is_named_by_its_place_and_what_it_was_drawn_with() -> None:
    row = replace(ROW, did=Did.CLEARED, about=f"{RESULT} of {MADE}", digest="", words="picture 2")
    assert line(row).endswith(f" · <@U0BEN00001> approved picture 2 of `{MADE}` for use")
    for old in (replace(row, words=""), replace(row, who=None, is_erased=True)):
        assert line(old).endswith(f" approved `3a4d1020… of {MADE}` for use")


def test_the_channel_of_a_new_default_is_named() -> None:
    row = replace(ROW, did=Did.PROMOTED, about="acme:stellar@1", digest="", words="in C00GENERAL")
    assert line(row).endswith(" · <@U0BEN00001> made `acme:stellar@1` a default · in <#C00GENERAL>")


@pytest.mark.parametrize(
    ("about", "told"),
    [
        ("run.approve S5HB5TVQ9E", "to approve `S5HB5TVQ9E`"),
        ("generation.break_glass S5HB5TVQ9E", "to break the glass for `S5HB5TVQ9E`"),
        ("form.leave_out S5HB5TVQ9E", "to leave pictures out of `S5HB5TVQ9E`"),
        ("proposal.give_up S5HB5TVQ9E", "to give up `S5HB5TVQ9E`"),
        ("home.train", "to train"),
        ("/style breakglass S5HB5TVQ9E", "`/style breakglass S5HB5TVQ9E`"),
        ("/style audit", "`/style audit`"),
    ],
)
def test_what_was_refused_is_told_as_a_deed_and_not_as_a_code(about: str, told: str) -> None:
    assert deed(Did.WAS_REFUSED, about=about) == f"<@U0BEN00001> was refused {told}"


@pytest.mark.parametrize("did", sorted({*Did} - {Did.WENT_AWAY, Did.CAME_BACK, Did.ERASED}))
@pytest.mark.parametrize("subject", [MADE, RESULT, f"acme:{'stellar-' * 7}@12"])
@pytest.mark.parametrize("before", ["", f"{RESULT} of ", "run.approve ", f"/style {'x' * 200} "])
def test_no_row_is_cut_before_the_id_that_it_can_be_found_by(did: Did, subject: str, before: str) -> None:
    row = replace(ROW, did=did, about=f"{before}{subject}", dollars=1e6, words="&" * 500)
    assert f"{subject}`" in line(row)


def test_words_of_others_can_neither_mention_nor_link() -> None:
    said = line(replace(ROW, about=HOSTILE, words=HOSTILE, digest=HOSTILE))
    assert "<!channel>" not in said
    judge_mrkdwn(said)
