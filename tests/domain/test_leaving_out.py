"""Choosing which pictures of a dataset are left out."""

from dataclasses import replace

import pytest

from bot.domain.curation import Choice, curated
from bot.domain.errors import Conflict, Refused
from bot.domain.facts import Curated, TrainingRequest
from bot.domain.ids import ChannelId, RunId, UserId, WorkspaceId
from bot.domain.run import Run
from tests.fakes import DATASET, NOON

ANN = UserId("UANN")
KEPT = replace(DATASET, kept=True, origin="cd" * 32)
"""Twelve foxes."""


def choice(names: list[str], *, strip: bool) -> Choice:
    return Choice(tuple(names), KEPT.sha256, strip=strip)


def a_run(**fields: object) -> Run:
    request = TrainingRequest(WorkspaceId("T1"), ChannelId("C1"), ANN, "https://acme.com/a.zip", "Stellar")
    run = replace(Run.requested(RunId("RUN0000001"), request, at=NOON), dataset=KEPT)
    return replace(run, **fields)  # type: ignore[arg-type]  # by name


def test_names_are_those_of_the_first_archive_each_once() -> None:
    pictures = (replace(KEPT.pictures[0], origin="sub/fox-0.png"), *KEPT.pictures[1:])
    run = a_run(dataset=replace(KEPT, pictures=pictures))
    fact = curated(run, choice(["sub/fox-0.png", "fox-1.png", "fox-1.png"], strip=True), by=ANN)
    assert fact == Curated(ANN, ("sub/fox-0.png", "fox-1.png"), strip=True)


def test_what_stays_out_is_counted_with_what_goes_out() -> None:
    run = a_run(left_out=("wolf.png",), dataset=replace(KEPT, pictures=KEPT.pictures[:10]))
    assert curated(run, choice(["fox-0.png"], strip=False), by=ANN).left_out == ("fox-0.png",)
    with pytest.raises(Refused, match="Only 9 pictures would be left: none of these 10 can be left out"):
        curated(run, choice(["wolf.png", "fox-0.png"], strip=False), by=ANN)


def test_how_many_more_can_be_left_out_is_counted_in_what_is_there_now() -> None:
    run = a_run(left_out=("wolf.png",))
    names = [f"fox-{n}.png" for n in range(3)]
    with pytest.raises(Refused, match="Only 9 pictures would be left: leave out at most 2 more of these 12"):
        curated(run, choice(["wolf.png", *names], strip=False), by=ANN)


@pytest.mark.parametrize("dataset", [None, DATASET])
def test_without_the_bytes_nothing_can_be_left_out(dataset: object) -> None:
    with pytest.raises(Refused, match="not kept here"):
        curated(a_run(dataset=dataset), choice(["fox-0.png"], strip=False), by=ANN)


def test_a_picture_that_is_not_there_is_named() -> None:
    with pytest.raises(Refused, match=r"no picture “wolf\.png”"):
        curated(a_run(), choice(["wolf.png"], strip=False), by=ANN)


def test_a_choice_that_changes_nothing_is_no_choice() -> None:
    with pytest.raises(Refused, match="changes nothing"):
        curated(a_run(left_out=("wolf.png",)), choice(["wolf.png"], strip=False), by=ANN)
    assert curated(a_run(left_out=("wolf.png",)), choice([], strip=False), by=ANN).left_out == ()


def test_a_new_name_that_was_an_old_one_of_another_picture_confuses_nothing() -> None:
    moved = replace(KEPT.pictures[0], name="wolf.png", origin="sub/wolf.png")
    run = a_run(left_out=("wolf.png",), dataset=replace(KEPT, pictures=(moved, *KEPT.pictures[1:])))
    fact = curated(run, choice(["wolf.png", "fox-1.png"], strip=False), by=ANN)
    assert fact.left_out == ("wolf.png", "fox-1.png")


def test_what_was_chosen_from_another_dataset_is_not_left_out_of_this_one() -> None:
    with pytest.raises(Conflict, match="has changed"):
        curated(a_run(), Choice(("fox-1.png",), "99" * 32), by=ANN)


def test_of_pictures_of_which_none_is_out_yet_it_is_said_how_many_may_be() -> None:
    names = [f"fox-{n}.png" for n in range(3)]
    with pytest.raises(Refused, match="Only 9 pictures would be left: leave out at most 2 of 12"):
        curated(a_run(), choice(names, strip=False), by=ANN)
