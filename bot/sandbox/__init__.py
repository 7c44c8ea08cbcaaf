"""The world outside, to try the bot against: a Slack workspace with a page, and the picture service.

Fakes with state that share no code with the bot and are strict where the real services are strict. Nothing
in here talks to the network beyond this machine, and none of its pictures come from a real model.
"""
