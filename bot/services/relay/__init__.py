"""Carries the outbox to Slack: each message once, a card always in its newest state."""

from bot.services.relay.posting import RelayPace
from bot.services.relay.relay import Relay

__all__ = ["Relay", "RelayPace"]
