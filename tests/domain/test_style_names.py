"""How a style is named, how its versions are numbered, and which one is meant."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.errors import NotUnderstood, Refused
from bot.domain.ids import Air, RunId, WorkspaceId
from bot.domain.style import (
    StyleChoice,
    Version,
    air_of,
    checked_air,
    checked_name,
    choice_of,
    chosen,
    model_of,
    slug_of,
)


def version(name: str, number: int) -> Version:
    air = air_of("acme", slug_of(name), number)
    return Version(WorkspaceId("T1"), slug_of(name), number, air, RunId(f"RUN{number:07}"), name)


FOXES, FOXES_OLD, STELLAR = version("Foxes", 3), version("Foxes", 1), version("Stellar", 1)
READY = (FOXES, FOXES_OLD, STELLAR)


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Stellar", "stellar"),
        ("Bold Fruit 2", "bold-fruit-2"),
        ("  Café — Crème!  ", "cafe-creme"),
        ("--a__b--", "a-b"),
        ("ﬁnest", "finest"),
    ],
)
def test_a_slug_is_the_name_in_plain_letters(name: str, slug: str) -> None:
    assert slug_of(name) == slug


@pytest.mark.parametrize("name", ["", "…", "日本語", "🦊🦊"])
def test_a_name_of_which_nothing_is_left_is_answered_with_an_example(name: str) -> None:
    with pytest.raises(NotUnderstood, match=r"“Stellar”\.$"):
        slug_of(name)


@settings(deadline=None)
@given(st.text(max_size=40), st.integers(1, 10**6))
def test_any_name_that_is_taken_makes_an_air_the_provider_takes(name: str, number: int) -> None:
    try:
        slug = slug_of(name)
    except NotUnderstood:
        return
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug)
    assert slug_of(slug) == slug
    assert checked_air(air_of("acme", slug, number)) == f"acme:{slug}@{number}"
    assert model_of(air_of("Acme", slug.upper(), number)) == slug


def test_surplus_space_in_a_name_is_dropped() -> None:
    assert checked_name("  Bold \t Fruit\n") == "Bold Fruit"


@pytest.mark.parametrize("name", ["ab", "x" * 255])
def test_a_name_may_be_as_short_and_as_long_as_the_provider_takes(name: str) -> None:
    assert checked_name(name) == name


@pytest.mark.parametrize("name", ["", " a ", "x" * 256])
def test_a_name_beyond_the_limits_is_answered_with_them(name: str) -> None:
    with pytest.raises(NotUnderstood, match="2 to 255 characters"):
        checked_name(name)


def test_a_name_that_cannot_be_an_air_is_no_name() -> None:
    with pytest.raises(NotUnderstood, match="letter from a to z"):
        checked_name("日本語")


@pytest.mark.parametrize("air", ["acme:stellar@1", "a-b_c:Stellar.2@v1-2", "9:9@9"])
def test_an_air_is_organisation_model_and_version(air: str) -> None:
    assert checked_air(air) == Air(air)


@pytest.mark.parametrize(
    "air",
    [
        "",
        "acme",
        "acme:stellar",
        "stellar@1",
        "Acme:stellar@1",
        "acme:stellar@",
        "a:b@1 x",
        "é:b@1",
        "a:b@1\n",
    ],
)
def test_what_is_no_air_is_answered_with_how_one_looks(air: str) -> None:
    with pytest.raises(NotUnderstood, match="`acme:stellar@1`"):
        checked_air(air)


@pytest.mark.parametrize(
    ("text", "choice"),
    [
        ("stellar", StyleChoice("stellar")),
        ("Bold Fruit", StyleChoice("bold-fruit")),
        ("Stellar@2", StyleChoice("stellar", 2)),
        ("you@home@2", StyleChoice("you-home", 2)),
    ],
)
def test_a_style_is_chosen_by_name_and_where_wanted_by_number(text: str, choice: StyleChoice) -> None:
    assert choice_of(text) == choice


@pytest.mark.parametrize(
    "text", ["stellar@", "stellar@0", "stellar@-1", "stellar@new", "stellar@²", "stellar@1.5"]
)
def test_a_version_that_is_no_number_is_answered_with_an_example(text: str) -> None:
    with pytest.raises(NotUnderstood, match=r"from 1 up, for example `stellar@2`\.$"):
        choice_of(text)


def test_an_absurdly_long_number_is_no_version() -> None:
    with pytest.raises(NotUnderstood):
        choice_of("stellar@" + "9" * 5000)


def test_people_call_a_version_by_name_and_number() -> None:
    assert FOXES.label == "Foxes@3"


@pytest.mark.parametrize(
    ("choice", "default", "drawn_in"),
    [
        (StyleChoice("foxes"), STELLAR, FOXES),
        (StyleChoice("foxes", 1), None, FOXES_OLD),
        (StyleChoice("stellar"), FOXES, STELLAR),
        (None, FOXES_OLD, FOXES_OLD),
    ],
)
def test_the_named_style_comes_first_then_the_default_of_the_channel(
    choice: StyleChoice | None, default: Version | None, drawn_in: Version
) -> None:
    assert chosen(READY, choice, default) is drawn_in


def test_the_only_style_there_is_needs_no_naming() -> None:
    assert chosen((FOXES, FOXES_OLD), None, None) is FOXES


def test_without_any_style_the_way_to_one_is_told() -> None:
    with pytest.raises(Refused, match=r"start with `/train <zip link> as <name>`\.$"):
        chosen((), None, None)


def test_between_several_styles_nobody_guesses() -> None:
    with pytest.raises(Refused, match=r"`--style foxes`.*`/style use foxes`.*There are: foxes, stellar\.$"):
        chosen(READY, None, None)


def test_a_mistyped_style_is_answered_with_the_nearest() -> None:
    with pytest.raises(Refused, match=r"“stelar”\. Did you mean `stellar`\?$"):
        chosen(READY, StyleChoice("stelar"), None)


def test_an_unknown_style_is_answered_with_where_to_look() -> None:
    with pytest.raises(Refused, match=r"“watercolour”\. `/style list` shows what there is\.$"):
        chosen(READY, StyleChoice("watercolour"), None)


def test_a_version_that_was_never_trained_is_answered_with_those_that_were() -> None:
    with pytest.raises(Refused, match=r"Foxes has no trained version 2; there is 1, 3\.$"):
        chosen(READY, StyleChoice("foxes", 2), None)
