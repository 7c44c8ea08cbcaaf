"""What the courier's process does: one order in, one download out. See `courier` for the other end.

It reads the order, and then "go" where the tail of a ZIP was asked for first; it says `tail`, `have` (bytes
that can be read by now) and at last `download`, `refused` or `unavailable`, an object in JSON on each line.
"""

import base64
import ipaddress
import json
import sys
from pathlib import Path
from typing import Any

from bot.domain.errors import Refused, Unavailable
from bot.imaging.confinement import hide
from bot.imaging.fetch import Errand, Fetcher


def main() -> None:
    """Carry out the order on standard input, and say what became of it."""
    hide()  # what is in the order is nobody else's business
    order = json.loads(sys.stdin.readline())
    fetcher = Fetcher([ipaddress.ip_network(network) for network in order["allow"]], tokens=order["tokens"])
    hosts = None if order["hosts"] is None else frozenset(order["hosts"])
    try:
        with fetcher.errand(order["url"], most_bytes=order["most_bytes"], hosts=hosts) as errand:
            if order["tail"] and not _is_wanted(errand):
                return
            found = errand.keep(Path(order["into"]), lambda have: _say({"have": have}))
        _say({"download": {**found._asdict(), "head": found.head.hex()}})
    except Refused as no:
        _say({"refused": str(no), "code": no.code})
    except Unavailable as silence:
        _say({"unavailable": str(silence), "retry_after": silence.retry_after})


def _is_wanted(errand: Errand) -> bool:
    """Show the tail of the file, and say whether the rest is wanted after that."""
    tail = errand.tail()
    body = base64.b64encode(tail.body).decode() if tail else ""
    _say({"tail": tail and {"start": tail.start, "total": tail.total, "body": body}})
    return bool(sys.stdin.readline())


def _say(line: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()
