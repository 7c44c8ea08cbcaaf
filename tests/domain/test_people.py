"""Whom a rule means: always members, and only those whom it names."""

from dataclasses import replace

import pytest

from bot.domain.ids import UserId
from bot.domain.people import ADMINS, EVERYONE, Absence, Kind, Party, Person, stand_ins, who_may

FOXES, OWLS = Party("SFOXES"), Party("SOWLS")
FAY = Person(UserId("UFAY"), groups=frozenset({FOXES}))


@pytest.mark.parametrize("parties", [(EVERYONE,), (Party("UFAY"),), (FOXES,), (OWLS, FOXES)])
def test_a_member_is_meant_as_everyone_by_their_id_and_by_each_of_their_groups(
    parties: tuple[Party, ...],
) -> None:
    assert FAY.is_among(parties)


@pytest.mark.parametrize("parties", [(), (OWLS,), (Party("UGIL"),), (ADMINS,)])
def test_a_member_is_not_meant_where_others_are(parties: tuple[Party, ...]) -> None:
    assert not FAY.is_among(parties)


def test_who_administers_the_workspace_is_among_its_admins() -> None:
    assert replace(FAY, is_admin=True).is_among((ADMINS,))


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.MEMBER])
def test_nobody_else_is_meant_though_all_their_names_are_there(kind: Kind) -> None:
    other = replace(FAY, kind=kind, is_admin=True)
    assert not other.is_among((EVERYONE, ADMINS, FOXES, Party("UFAY")))


@pytest.mark.parametrize(
    ("named", "holders", "left"),
    [
        (("UBEN", "UCAT"), ("UCAT", "UDAN"), (("UCAT",), True)),
        ((EVERYONE,), ("UCAT", "UDAN"), (("UCAT", "UDAN"), True)),
        (("UBEN", "SLEADS"), (EVERYONE,), (("UBEN", "SLEADS"), True)),
        (("UBEN", "UCAT"), ("UCAT", "SLEADS"), (("UBEN", "UCAT"), False)),
        ((ADMINS,), ("UCAT",), ((ADMINS,), False)),
    ],
)
def test_of_those_a_rule_names_who_surely_has_not_the_role_is_left_out(
    named: tuple[Party, ...], holders: tuple[Party, ...], left: tuple[tuple[Party, ...], bool]
) -> None:
    assert who_may(named, holders) == left


def test_one_stands_in_for_all_who_name_them() -> None:
    away = [Absence(UserId(who), "2026-12-01", FAY.id) for who in ("UBEN", "UCAT")]
    assert stand_ins([*away, Absence(UserId("UDAN"), "2026-12-01")]) == {FAY.id: ("UBEN", "UCAT")}
