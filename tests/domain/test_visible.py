"""What people can see of a text: that is all that is kept of what others have to agree to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import NotUnderstood
from bot.domain.generation import checked_prompt
from bot.domain.style import checked_name
from bot.domain.visible import units, visible

TAGS = "".join(chr(0xE0000 + ord(letter)) for letter in " with a rival logo")
SELECTED = "".join(chr(0xE0100 + ord(letter)) for letter in " with a rival logo")
FAMILY, FIRE, ARTIST = "👨\u200d👩\u200d👧", "❤\ufe0f\u200d🔥", "👩🏽\u200d🎨"
ANY_TEXT = st.text(st.characters() | st.sampled_from("\u200d\ufe0f\ufe00\U000e0041👩🏽🎨©a \n"))


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        (f"a red fox{TAGS}", "a red fox"),
        (f"a red fox{SELECTED}", "a red fox"),
        ("a\ufe00\ufe01 red\ufe0e fox", "a red fox"),
        ("a \u202exof\u202c \u2066red\u2069", "a xof red"),
        ("a\u200b \u200dred\u2060 f\u00ado\ufeffx\u0000\u3164", "a red fox"),
        ("fo\u200dx\u200d🦊\u200d", "fox🦊"),
        ("a red\n\n  fox\t", "a red fox"),
        ("❤\ufe0f\ufe0f 1\ufe0f\u20e3 \ufe0f", "❤\ufe0f 1\ufe0f\u20e3"),
        ("👨\u200d\u200d👩 👨\u200d\u200b👩", "👨\u200d👩 👨👩"),
        (f"{FAMILY} {FIRE} {ARTIST}", f"{FAMILY} {FIRE} {ARTIST}"),
        ("cafe\u0301 नमस्ते 狐", "cafe\u0301 नमस्ते 狐"),
        ("half \ud83e", "half"),
    ],
)
def test_what_nobody_sees_is_left_out_and_emoji_stay_whole(text: str, seen: str) -> None:
    assert visible(text) == seen


@given(ANY_TEXT)
def test_what_is_seen_is_seen_again_as_it_is(text: str) -> None:
    assert visible(visible(text)) == visible(text)


def test_a_prompt_is_what_can_be_seen_of_it() -> None:
    assert checked_prompt(f"a red fox{TAGS}") == "a red fox"
    assert units(checked_prompt("\U0001d41a" * 1500)) == 3000


@pytest.mark.parametrize("text", ["a", f"a{TAGS}", TAGS, "x" * 3001, "\U0001d41a" * 1501, "🦊" * 2500])
def test_a_prompt_that_nobody_sees_or_that_could_not_be_shown_whole_is_refused(text: str) -> None:
    with pytest.raises(
        NotUnderstood, match=r"2 to 3000 characters that can be seen; emoji .* count as two\.$"
    ):
        checked_prompt(text)


def test_the_name_of_a_style_is_what_can_be_seen_of_it() -> None:
    assert checked_name(f"Stellar{TAGS}\u202e  two") == "Stellar two"
    with pytest.raises(NotUnderstood):
        checked_name(f"S{TAGS}")
