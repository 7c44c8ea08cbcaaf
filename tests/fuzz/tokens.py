"""The tokens in the addresses of webhooks: only those that we made say what they are about."""

from base64 import urlsafe_b64encode
from itertools import product

from hypothesis import strategies as st

from bot.domain.ids import TaskId
from bot.runware.webhooks import Webhooks
from tests.fuzz.hostile import texts
from tests.fuzz.target import Target, lent

OURS = Webhooks("https://housestyle.example", b"a secret of at least thirty-two bytes")
ANOTHERS = Webhooks("https://housestyle.example", b"another secret, also of enough bytes")
UNREACHABLE = Webhooks(None, None)
TASKS = [TaskId(f"7f9b2c54-3d1e-4a86-9c0f-2b5d8e6a1f4{n}") for n in range(3)]
MADE = {
    str(OURS.address(subject, task)).rpartition("/")[2]: subject
    for subject, task in product(("RUN0000001", "RUN0000002", "GEN0000001"), TASKS)
}
_FOREIGN = [str(ANOTHERS.address("RUN0000001", task)).rpartition("/")[2] for task in TASKS]
_PARTS = st.sampled_from([part for token in MADE for part in token.split(".")])
_SEALS = st.binary(min_size=32, max_size=32).map(lambda raw: urlsafe_b64encode(raw).decode().rstrip("="))


@st.composite
def forged(draw: st.DrawFn) -> str:
    """Return a token of ours with one scrap of it replaced."""
    token = draw(st.sampled_from(sorted(MADE)))
    at = draw(st.integers(0, len(token)))
    return token[:at] + draw(texts | st.just("")) + token[at + draw(st.integers(0, 2)) :]


TOKENS_SENT = (
    forged()
    | texts
    | st.sampled_from(_FOREIGN)
    | st.lists(_PARTS, min_size=1, max_size=4).map(".".join)
    | st.tuples(_PARTS, _PARTS, _SEALS).map(".".join)
    | st.integers(1, 5000).map(lambda count: "a" * count)
)


def present(token: str) -> None:
    """Present it: it is about what we made it for, or about nothing, and nothing is raised."""
    assert OURS.subject_of(token) == MADE.get(token)
    assert UNREACHABLE.subject_of(token) is None


TOKENS = Target("tokens", TOKENS_SENT, lent(present), examples=tuple(MADE), most=500)
