"""The deterministic simulator: the real reconciler, relay, store and wire code in a world made of one seed.

Clock, network, Slack, Runware and the moments at which the bot dies are all drawn from the seed; the code
between them is the one that runs in earnest. `python -m tests.simulator` runs schedules and prints a table.
"""
