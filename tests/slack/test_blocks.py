import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.blocks import channel_mark, clamp, code, esc, mention, mrkdwn, plain, told
from tests.slack.slack_limits import UNSEEN, judge_mrkdwn, judge_plain, units
from tests.slack.slack_states import HOSTILE

ANY_TEXT = st.text(
    st.characters() | st.sampled_from("&<>`*_\u202e\u200b\u200d\ufeff\n\u0301\U0001f1e9\U0001f3fd")
)


@given(ANY_TEXT)
def test_nobodys_text_can_mention_link_or_hide(text: str) -> None:
    judge_mrkdwn(esc(text))


@given(ANY_TEXT)
def test_what_is_escaped_reads_as_it_was_written(text: str) -> None:
    said = esc(text).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    assert esc(said) == esc(text)


@given(ANY_TEXT, st.integers(1, 60))
def test_a_cut_keeps_to_the_limit_and_says_so(text: str, most: int) -> None:
    escaped = esc(text)
    cut = clamp(escaped, most)
    assert units(cut) <= most
    assert cut == escaped or cut.endswith("…")
    judge_mrkdwn(cut)


@given(ANY_TEXT, st.integers(1, 60))
def test_a_cut_loses_only_the_end(text: str, most: int) -> None:
    escaped = esc(text)
    assert escaped.startswith(clamp(escaped, most).removesuffix("…").rstrip()) or len(escaped) <= most


@given(ANY_TEXT, st.integers(1, 60))
def test_plain_text_keeps_to_its_limit_and_is_never_empty(text: str, most: int) -> None:
    judge_plain(plain(text, most), most)


@pytest.mark.parametrize(
    ("text", "most", "cut"),
    [
        ("abcdef", 6, "abcdef"),
        ("abcdefg", 6, "abcde…"),
        ("ab&amp;cd", 6, "ab…"),
        ("a <@U0ANN00001> b", 8, "a…"),
        ("ae\u0301ioux", 4, "ae\u0301…"),
        ("xe\u0301ioux", 3, "x…"),
        ("\U0001f1e9\U0001f1ea\U0001f1eb\U0001f1f7", 6, "\U0001f1e9\U0001f1ea…"),
        ("\U0001f44d\U0001f3fd\U0001f44d\U0001f3fd", 7, "\U0001f44d\U0001f3fd…"),
        ("a\U0001f468\u200d\U0001f469 b c", 8, "a\U0001f468\u200d\U0001f469…"),
        ("a\U0001f468\u200d\U0001f469 b c", 6, "a…"),
    ],
)
def test_a_cut_never_goes_through_a_character_or_a_mark(text: str, most: int, cut: str) -> None:
    assert clamp(text, most) == cut


def test_hostile_text_is_shown_literally() -> None:
    assert esc(HOSTILE).startswith("&lt;!channel&gt; &lt;@U0BOSS0001&gt; &lt;https://evil.example|safe&gt;")
    assert plain(HOSTILE)["text"].startswith("<!channel> <@U0BOSS0001> <https://evil.example|safe>")
    assert plain(HOSTILE)["emoji"] is False
    assert not UNSEEN.search(esc(HOSTILE))
    assert "\n" not in esc(HOSTILE)


def test_a_code_span_cannot_be_left() -> None:
    assert code("a` *b* `c") == "`a' *b* 'c`"
    assert code("\u200b") == "`-`"


def test_mrkdwn_is_taken_word_for_word() -> None:
    assert mrkdwn("see acme.example")["verbatim"] is True


def test_only_a_slack_id_becomes_a_mention() -> None:
    assert mention("U0ANN00001") == "<@U0ANN00001>"
    assert mention("U1> <!here") == "U1&gt; &lt;!here"
    assert channel_mark("C0BRAND0001") == "<#C0BRAND0001>"
    assert channel_mark("D0ANN00001") == "a direct message"


def test_a_sentence_names_people_and_channels_by_marks_and_nothing_else() -> None:
    assert told("@U0BEN: Stellar@1 is the default of #C0BRAND now.") == (
        "<@U0BEN>: Stellar@1 is the default of <#C0BRAND> now."
    )
    assert told("Nova is the default of #D0BRAND now.") == "Nova is the default of a direct message now."
    assert told("<#C0BRAND> #C1 #12") == "&lt;<#C0BRAND>&gt; #C1 #12"
