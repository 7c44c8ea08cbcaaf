"""Answers of the services that a reader stumbled over."""

from bot.domain.ids import ProposalId, WorkspaceId
from bot.domain.policy import Action
from tests.house import BEN, BRAND, PROPOSAL, T1, House
from tests.services.team import BY_BRAND, ruled, team, trained


async def test_how_a_proposal_stands_is_found_by_its_id_in_its_own_workspace_only(house: House) -> None:
    await trained(team(house))
    house.policy = ruled(BY_BRAND, action=Action.PROMOTE)
    told = await house.proposals.use("stellar", house.by(BEN), channel=BRAND)
    assert told == "Proposed: Stellar@1. Its card says who decides."
    found = await house.proposals.find(PROPOSAL, workspace=T1)
    assert found is not None
    assert found.label == "Stellar@1"
    assert await house.proposals.find(PROPOSAL, workspace=WorkspaceId("T9")) is None
    assert await house.proposals.find(ProposalId("NOSUCHTHING"), workspace=T1) is None
