"""Rightly signed deliveries from Slack: real payloads, payloads that were bent, and no payloads at all."""

from tests.fuzz.door import door
from tests.fuzz.payloads import DELIVERIES, PLAIN
from tests.fuzz.target import Target

VISITS = Target("slack", DELIVERIES, door, examples=PLAIN, most=300)
