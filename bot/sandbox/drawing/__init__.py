"""How the sandbox draws: flat pictures in the colours, lines and grain of a dataset.

Imports Pillow, so the running service never imports this package: `bot.sandbox.painter` does, in a process
of its own.
"""
