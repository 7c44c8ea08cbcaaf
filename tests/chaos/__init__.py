"""The bot as a real process: killed, frozen, without a disk, on a clock that jumps; nothing lost or doubled.

`python -m tests.chaos` is the whole storm; the tests here are a small one, and one misfortune each.
"""
