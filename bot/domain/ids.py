"""The names of things, each a type of its own so that none is taken for another."""

from typing import NewType

WorkspaceId = NewType("WorkspaceId", str)
"""Slack's team id, `T…`."""
ChannelId = NewType("ChannelId", str)
"""Slack's conversation id: `C…` a channel, `D…` a direct message."""
UserId = NewType("UserId", str)
"""Slack's user id, `U…` or `W…`."""
FileId = NewType("FileId", str)
"""Slack's file id, `F…`."""
RunId = NewType("RunId", str)
"""Ours: 10 letters and digits, short enough to type."""
GenerationId = NewType("GenerationId", str)
"""Ours, of the same shape as a run's."""
ProposalId = NewType("ProposalId", str)
"""Ours, of the same shape as a run's."""
TaskId = NewType("TaskId", str)
"""Runware's `taskUUID`, a UUID v4, the idempotency key of a paid request."""
Air = NewType("Air", str)
"""A model's name at Runware: `provider:model@version`."""
BlobId = NewType("BlobId", str)
"""The key of bytes kept until they are posted."""
DeliveryKey = NewType("DeliveryKey", str)
"""What makes one Slack delivery that delivery and no other."""

_DIRECT = ("D", "U", "W")


def is_direct(channel: ChannelId) -> bool:
    """Say whether one person alone reads there; a person's id stands for our direct messages with them."""
    return channel.startswith(_DIRECT)


SubjectId = RunId | GenerationId | ProposalId
"""What a message can be about."""
