"""What may be asked of a style: sizes, counts and prompts within the provider's limits."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.errors import NotUnderstood
from bot.domain.generation import GenerationRequest
from bot.domain.ids import ChannelId, UserId, WorkspaceId
from bot.domain.size import SIZES, Size, checked_size


def asked(prompt: str = "a red fox", count: int = 4) -> GenerationRequest:
    return GenerationRequest(WorkspaceId("T1"), ChannelId("C1"), UserId("UCAT"), prompt, count=count)


@pytest.mark.parametrize("name", ["square", "landscape", "portrait", "banner", "story"])
def test_every_size_of_the_help_has_a_name_in_any_case(name: str) -> None:
    assert checked_size(name.upper()) == SIZES[name]


def test_the_named_sizes_are_turned_as_their_names_say() -> None:
    assert SIZES["square"].width == SIZES["square"].height
    assert all(SIZES[name].width > SIZES[name].height for name in ("landscape", "banner"))
    assert all(SIZES[name].width < SIZES[name].height for name in ("portrait", "story"))


@pytest.mark.parametrize("text", ["1024x2048", "1024X2048", "01024x2048"])
def test_a_size_may_be_given_in_pixels(text: str) -> None:
    assert checked_size(text) == Size(1024, 2048)


def test_a_size_is_written_as_it_is_read() -> None:
    assert all(checked_size(str(size)) == size for size in SIZES.values())


@pytest.mark.parametrize(
    "text", ["", "huge", "x", "1024", "1024x", "x1024", "-1024x1024", "1024 x 1024", "10.5x9"]
)
def test_what_is_no_size_is_answered_with_the_sizes_there_are(text: str) -> None:
    with pytest.raises(NotUnderstood, match=r"square, landscape, portrait, banner, story .* `1536x1024`\.$"):
        checked_size(text)


@pytest.mark.parametrize(
    ("text", "wrong", "near"),
    [
        ("1000x1024", 1000, 1024),
        ("1100x1024", 1100, 1088),
        ("1024x4096", 4096, 2048),
        ("0x1024", 0, 1024),
        ("1024x2049", 2049, 2048),
    ],
)
def test_a_side_that_does_not_fit_is_answered_with_the_nearest_that_does(
    text: str, wrong: int, near: int
) -> None:
    with pytest.raises(NotUnderstood, match=rf"instead of {wrong} write {near}\.$"):
        checked_size(text)


@settings(deadline=None)
@given(st.integers(0, 5000), st.integers(0, 5000))
def test_a_side_is_either_allowed_or_the_proposed_one_is(width: int, height: int) -> None:
    try:
        size = Size(width, height)
    except NotUnderstood as fault:
        near = int(str(fault).rstrip(".").rsplit(" ", 1)[1])
        assert Size(near, near).width == near
    else:
        assert all(side % 64 == 0 and 1024 <= side <= 2048 for side in (size.width, size.height))


@pytest.mark.parametrize("prompt", ["ab", "x" * 3000])
def test_a_prompt_may_be_as_short_and_as_long_as_the_provider_takes(prompt: str) -> None:
    assert asked(prompt).prompt == prompt


@pytest.mark.parametrize("prompt", ["", "a", "x" * 3001])
def test_a_prompt_beyond_the_limits_is_answered_with_them(prompt: str) -> None:
    with pytest.raises(NotUnderstood, match=r"2 to 3000 characters\.$"):
        asked(prompt)


@pytest.mark.parametrize("count", [1, 20])
def test_one_to_twenty_pictures_may_be_asked_for(count: int) -> None:
    assert asked(count=count).count == count


@pytest.mark.parametrize("count", [-1, 0, 21])
def test_any_other_count_is_answered_with_an_example(count: int) -> None:
    with pytest.raises(NotUnderstood, match=r"1 to 20, for example `--count 4`\.$"):
        asked(count=count)


def test_an_absurdly_long_number_is_no_size_either() -> None:
    with pytest.raises(NotUnderstood):
        checked_size("9" * 5000 + "x1024")
