"""A policy file of any bytes: it is read into rules, or every fault of it is told; and an audit's export.

What is read can be told in words, explained, and asked about any case. Whatever was put into the audit, its
export is a line of JSON for each row, from which the chain can be proven again.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import strategies as st

from bot import rules
from bot.auditing import export, verify
from bot.domain.audit import Deed, Did, Row, faults
from bot.domain.errors import Refused
from bot.domain.ids import ChannelId, UserId, WorkspaceId
from bot.domain.policy import Action, Case, Policy
from bot.domain.terms import terms_of
from bot.rules import PolicyFault, read_policy
from bot.slack.policies import explained, policy_words
from tests.fakes import FakeClock
from tests.fuzz.hostile import NUMBERS, bent, damaged, encodable, jsons, texts
from tests.fuzz.target import Target, lent
from tests.inline_store import InlineStore, put_database
from tests.slack.slack_limits import judge_mrkdwn

T1 = WorkspaceId("T1")
EXAMPLE = (rules.__doc__ or "").partition("```toml\n")[2].partition("```")[0]
"""The file that says everything that a file can say."""
_LINES = EXAMPLE.splitlines()
_WORDS = ["-1", "0", "1e400", "nan", "[]", '""', "true", '"S0BRAND"', '"everyone"', '"heads"', '"9h"', "{}"]
_PARTS = st.sampled_from([*_WORDS, *_LINES, *map(str, NUMBERS)]) | texts | jsons.map(json.dumps)
_SHUFFLED = st.lists(st.sampled_from(_LINES), max_size=30).map("\n".join)
_BENT = bent([_LINES], _PARTS, most=4).map(
    lambda made: "\n".join(map(str, made)) if isinstance(made, list) else str(made)
)
FILES = (
    damaged(st.just(EXAMPLE.encode()), most=6)
    | (_BENT | _BENT | _SHUFFLED).map(lambda text: text.encode("utf-8", "surrogatepass"))
    | st.binary(max_size=200)
)


def load(file: bytes) -> None:
    """Read it: faults are sentences in their order, and rules are such that everything can ask them."""
    policy = _read(file)
    if policy is None:
        return
    for told in (policy_words(policy), *(explained(policy, case) for case in _cases())):
        judge_mrkdwn(told)
    for case in _cases():
        rule = policy.rule_for(case)
        with suppress(Refused):  # a hard check
            terms_of([rule] if rule else [], policy.failed(case))


def _read(file: bytes) -> Policy | None:
    try:
        return read_policy(file, source="policy.toml").policy
    except PolicyFault as fault:
        told = [one.sentence for one in fault.faults]
    assert told
    assert all(sentence.strip() for sentence in told)
    return None


def _cases() -> Iterator[Case]:
    for action in Action:
        yield Case(action, ChannelId("C0BRAND"), "stellar", 25.0)
        yield Case(action, ChannelId("C0OTHER"))


DEEDS = st.lists(
    st.builds(
        Deed,
        st.just(T1),
        st.none() | st.sampled_from(("UANN", "UBEN")).map(UserId) | encodable.map(UserId),
        st.sampled_from(Did),
        encodable,
        encodable,
        st.none() | st.floats(0, 1e9),
        encodable,
    ),
    min_size=1,
    max_size=6,
)


@contextmanager
def archive() -> Iterator[Callable[[list[Deed]], None]]:
    """Lend a check that has an audit of its own, in which each list of deeds is put down after the last."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "audit.db"
        put_database(path)
        with closing(InlineStore(path, FakeClock())) as store:

            def put(deeds: list[Deed]) -> None:
                for deed in deeds:
                    store.do(lambda tx, deed=deed: tx.audit.add(deed))  # type: ignore[misc] # the deed of this turn
                lines = list(export(path))
                assert all("\n" not in line and "\r" not in line for line in lines)
                rows = [Row(**json.loads(line)) for line in lines]
                head = store.do(lambda tx: tx.audit.head(T1))
                assert faults(rows, head=head) == []
                assert [verdict.faults for verdict in verify(path)] == [()]
                named = [json.loads(line) for line in export(path, names=True)][-len(deeds) :]
                assert [row["text"] or "" for row in named] == [deed.words for deed in deeds]

            yield put


POLICIES = Target("policy files", FILES, lent(load), examples=(EXAMPLE.encode(), b""), most=150)
EXPORTS = Target("audit exports", DEEDS, archive, most=40)
