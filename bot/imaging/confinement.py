"""Keeps what this process holds, tokens above all, from other processes of the same user.

A worker that a picture has taken over runs as the same user as the bot; without this it could read the bot's
environment and memory in /proc.
"""

import ctypes
import sys

_PR_SET_DUMPABLE = 4


def hide() -> bool:
    """Let no other process of this user look into this one, nor a core dump; root still can.

    Say whether the system does that; only Linux does. A program that this one starts begins without it.
    """
    if sys.platform != "linux":
        return False
    return bool(ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0) == 0)
