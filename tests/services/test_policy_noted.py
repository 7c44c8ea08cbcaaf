"""Which rules held: the audit tells it from the start of the bot on, to the byte."""

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from bot.domain.audit import Did, Told
from bot.domain.ids import WorkspaceId
from bot.domain.policy import BUILT_IN, Policy
from bot.rules import Rulebook
from bot.services.rules import Rules
from tests.house import T1, House

T2 = WorkspaceId("T2")
ONE = replace(BUILT_IN, source="policy.toml", sha256="ab" * 32)
OTHER = replace(ONE, sha256="cd" * 32)


@dataclass
class Change:
    """A file that was changed."""

    policy: Policy | None
    faults: tuple[object, ...] = ()


@dataclass
class Shelf:
    """Where the policy stands, and what is found there next."""

    policy: Policy
    found: Policy | None = None

    def current(self) -> Policy:
        """Return what holds."""
        return self.policy

    async def look(self) -> Change | None:
        """Return what was found, once."""
        found, self.found = self.found, None
        self.policy = found or self.policy
        return Change(found) if found else None


async def noted(house: House, workspace: WorkspaceId = T1) -> list[tuple[Did, str, str]]:
    """Return what the audit tells of the policy, oldest first."""

    def told(row: Told) -> tuple[Did, str, str]:
        return row.did, row.about, row.digest

    rows = await house.store.read(lambda tx: tx.audit.recent(workspace, limit=99))
    return [told(row) for row in reversed(rows) if row.did in {Did.BEGAN, Did.RELOADED}]


async def test_the_policy_at_the_start_is_put_down_with_its_hash_before_anybody_asks(house: House) -> None:
    await Rules(house.store, Shelf(ONE), home=T1).begin()
    assert await noted(house) == [(Did.BEGAN, "policy.toml", ONE.sha256)]


async def test_a_start_with_the_same_policy_puts_nothing_down(house: House) -> None:
    for _ in range(2):
        await Rules(house.store, Shelf(ONE), home=T1).begin()
    assert len(await noted(house)) == 1


async def test_a_file_that_changed_while_the_bot_was_down_is_put_down(house: House) -> None:
    for policy in (ONE, OTHER, BUILT_IN, OTHER):
        await Rules(house.store, Shelf(policy), home=T1).begin()
    assert [digest for _, _, digest in await noted(house)] == [ONE.sha256, OTHER.sha256, "", OTHER.sha256]


async def test_a_policy_that_was_taken_over_later_is_the_last_that_was_put_down(house: House) -> None:
    shelf = Shelf(ONE, found=OTHER)
    rules = Rules(house.store, shelf, home=T1)
    await rules.begin()
    await rules.look()
    await Rules(house.store, shelf, home=T1).begin()
    assert await noted(house) == [
        (Did.BEGAN, "policy.toml", ONE.sha256),
        (Did.RELOADED, "policy.toml", OTHER.sha256),
    ]


async def test_every_workspace_that_asked_for_anything_is_told(house: House) -> None:
    await house.ask()
    await Rules(house.store, Shelf(ONE), home=T2).begin()
    assert len(await noted(house)) == len(await noted(house, T2)) == 1


@pytest.mark.parametrize("content", [b"", b'\xef\xbb\xbfdigest = "C0BRAND"\r\n'])
async def test_the_hash_is_that_of_the_file_as_it_lies_there(
    tmp_path: Path, house: House, content: bytes
) -> None:
    path = tmp_path / "policy.toml"
    path.write_bytes(content)
    book = Rulebook.opened(path, house.clock)
    assert book.current().sha256 == hashlib.sha256(content).hexdigest()
    path.write_bytes(content + b"# other words\n")
    await book.look()
    change = await book.look()
    assert change
    assert change.policy
    assert change.policy.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_rules_that_come_with_the_program_have_no_file() -> None:
    assert BUILT_IN.sha256 == ""
