"""What strangers can send us, made by machine: anything at all, and what is nearly right.

A target is a strategy for inputs and a check that holds for every one of them. The suite tries the same few
hundred of each; `python -m tests.fuzz --minutes 10` tries new ones for as long as it is given. What once
broke something is kept in its target's `examples`.
"""
