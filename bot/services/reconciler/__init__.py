"""Moves each due run or generation one step on, and is the only one who does."""

from bot.services.reconciler.pace import Pace
from bot.services.reconciler.reconciler import Reconciler

__all__ = ["Pace", "Reconciler"]
