"""Who knocks at Slack's door: any stamp, any signature, any body; only one of them is right."""

import hashlib
import hmac
from datetime import UTC, datetime
from typing import NamedTuple

from hypothesis import strategies as st

from handlers.web import WINDOW, is_signed
from tests.fuzz.target import Target, lent

SECRET = "a signing secret"
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
headers = st.text(st.characters(max_codepoint=255), max_size=80)
"""Headers are read as Latin-1 by every server that we run on."""
_SECONDS = st.integers(-WINDOW - 2, WINDOW + 2).map(lambda off: int(NOW.timestamp()) + off)
_STAMPS = (
    _SECONDS.map(str)
    | _SECONDS.map(lambda at: f"0{at}")
    | _SECONDS.map(lambda at: f" {at}")
    | st.integers().map(str)
    | st.integers(10**13).map(str)
    | headers
)


class Knock(NamedTuple):
    """A request; `signature` None: the right one, for `signed` in place of the body where that is given."""

    body: bytes
    stamp: str
    signature: str | None
    signed: bytes | None


KNOCKS = st.builds(
    Knock, st.binary(max_size=60), _STAMPS, st.none() | headers, st.none() | st.binary(max_size=60)
)


def knock(given: Knock) -> None:
    """Let it in if Slack made it within the five minutes, and not otherwise; nothing is raised."""
    right = _signature(given.stamp, given.body)
    told = given.signature or _signature(given.stamp, given.body if given.signed is None else given.signed)
    fresh = given.stamp.isdecimal() and abs(NOW.timestamp() - int(given.stamp)) <= WINDOW
    let_in = is_signed(given.body, given.stamp, told, secret=SECRET, now=NOW)
    assert let_in == (told == right and fresh)


def _signature(stamp: str, body: bytes) -> str:
    base = b"v0:" + stamp.encode() + b":" + body
    return "v0=" + hmac.new(SECRET.encode(), base, hashlib.sha256).hexdigest()


SIGNATURES = Target("signatures", KNOCKS, lent(knock), most=800)
