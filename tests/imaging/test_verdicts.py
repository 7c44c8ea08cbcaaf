"""The table of verdicts (`python -m tests.verdicts`), through the real inspector and its processes."""

import pytest

from tests.verdicts.cases import CASES, all_tried
from tests.verdicts.trial import Tried

FAMILIES = {"S": 17, "Z": 33, "I": 36}
"""The abuse cases of the design, C.5: so many of each."""


@pytest.fixture(scope="module")
def results(request: pytest.FixtureRequest) -> dict[str, Tried]:
    """Try every case that this run has selected, one at a time: other tests keep the other cores busy."""
    items = (item for item in request.session.items if isinstance(item, pytest.Function))
    asked = [
        str(item.callspec.params["case_id"])
        for item in items
        if item.path == request.path and "case_id" in item.fixturenames
    ]
    return {tried.case.id: tried for tried in all_tried(asked, processes=1)}


@pytest.mark.parametrize("case_id", CASES, ids=[f"{case.id} {case.what}" for case in CASES.values()])
def test_a_bad_dataset_gets_its_verdict_and_a_sentence_that_says_what_to_do(
    results: dict[str, Tried], case_id: str
) -> None:
    assert not results[case_id].faults


@pytest.mark.parametrize("family", FAMILIES)
def test_every_abuse_case_of_the_design_is_among_them(family: str) -> None:
    ids = {one.rstrip("abcdefghi") for one in CASES}
    assert {f"{family}{number}" for number in range(1, FAMILIES[family] + 1)} <= ids
