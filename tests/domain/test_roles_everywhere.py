"""Who may do what is the whole workspace's: a grant in one channel counts for nothing there."""

import pytest

from bot.domain.errors import NotAllowed
from bot.domain.ids import ChannelId, UserId
from bot.domain.people import ADMINS, EVERYONE, Party, Person
from bot.domain.policy import Grant, Policy, Role, authorize

HERE = ChannelId("C0HERE")
HAL, OWLS = Party("UHAL"), Party("SOWLS")
IVY = Person(UserId("UIVY"), groups=frozenset({OWLS}))


@pytest.mark.parametrize("role", Role)
def test_what_one_channel_grants_is_not_held_everywhere(role: Role) -> None:
    policy = Policy(grants=(Grant(role, (HAL,)), Grant(role, (OWLS,), channels=(HERE,))))
    assert policy.holders(role, None) == (HAL,)
    authorize(IVY, role, policy=policy, channel=HERE)
    with pytest.raises(NotAllowed, match="of the whole workspace"):
        authorize(IVY, role, policy=policy, channel=None)


def test_without_a_general_grant_admins_of_slack_are_the_admins_and_all_else_is_everyones() -> None:
    policy = Policy(grants=(Grant(Role.ADMIN, (OWLS,), channels=(HERE,)),))
    assert policy.holders(Role.ADMIN, None) == (ADMINS,)
    assert policy.holders(Role.REQUEST, None) == (EVERYONE,)
