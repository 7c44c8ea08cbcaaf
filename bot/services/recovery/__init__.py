"""Finds out, after a restore from a backup, what the database has forgotten."""

from bot.services.recovery.recovery import Archive, Recovery

__all__ = ["Archive", "Recovery"]
