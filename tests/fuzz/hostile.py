"""The stuff that inputs are made of: hostile text, arbitrary JSON, and what was right until it was bent."""

import copy
from collections.abc import Iterator, Sequence
from typing import Any

from hypothesis import strategies as st

Json = Any
NASTY = (
    "<!channel>",
    "<!here|here>",
    "<@U0BOSS0001>",
    "<#C0SECRET01|secret>",
    "<!subteam^S0LEADS001>",
    "<https://evil.example|safe>",
    "<!date^1^{date}|x>",
    "@channel",
    "&amp;lt;",
    "&lt;@U1&gt;",
    "*`_~>",
    "```",
    "\u202etxt.exe\u202c",
    "\u200b\ufeff\u2060",
    "\u0000\u0007\u001b[31m",
    "\u2028\u2029\r\n\t",
    "e\u0301\u0302\u0303",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467",
    "\U0001f1e6\U0001f1f9\U0001f1e6",
    "\ud800",
    "\udfff",
    "\u115f\u3164",
    "“curly” ‘quotes’",  # noqa: RUF001 - as phones type them
    "—note",
    "--note",
    "--air=",
    '"',
    "'",
    "\\",
    "%00%0a",
    "{0}{name}%s",
    "../../etc/passwd",
    "٣",
    "İ",  # it has another length in lower case
    "ﬁ",
    "a" * 300,
    "&<>" * 100,
)
NUMBERS = (
    0,
    1,
    -1,
    2**31,
    2**32 - 1,
    2**53 + 1,
    2**63,
    2**64,
    10**400,
    1e308,
    float("inf"),
    float("nan"),
    0.1,
)

scraps = st.sampled_from(NASTY) | st.text(max_size=12) | st.sampled_from((" ", "", "a", "\n", ",", "0"))
texts = st.lists(scraps, max_size=6).map("".join)
"""Text as nobody would type it, lone halves of surrogate pairs included."""
encodable = texts.map(lambda text: text.encode("utf-8", "replace").decode())
"""The same as text that can be written down."""
jsons: st.SearchStrategy[Json] = st.recursive(
    st.none() | st.booleans() | st.sampled_from(NUMBERS) | st.integers() | st.floats() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@st.composite
def bent(
    draw: st.DrawFn, seeds: Sequence[Json], values: st.SearchStrategy[Json] = jsons, *, most: int = 3
) -> Json:
    """Return one of the `seeds`, up to `most` of its parts replaced, dropped, doubled, moved or wrapped."""
    whole = [copy.deepcopy(draw(st.sampled_from(seeds)))]
    for _ in range(draw(st.integers(0, most))):
        places = list(_places(whole))
        holder, key = places[draw(st.integers(0, len(places) - 1))]
        match draw(st.sampled_from(("replace", "nudge", "drop", "double", "move", "wrap"))):
            case "replace":
                holder[key] = draw(values)
            case "nudge" if isinstance(holder[key], str):
                at = draw(st.integers(0, len(holder[key])))
                holder[key] = holder[key][:at] + draw(texts) + holder[key][at:]
            case "drop" if holder is not whole:
                del holder[key]
            case "double" if isinstance(holder, list) and holder is not whole:
                holder.append(copy.deepcopy(holder[key]))
            case "move":
                other, there = places[draw(st.integers(0, len(places) - 1))]
                holder[key] = copy.deepcopy(other[there])
            case "wrap":
                holder[key] = draw(st.sampled_from(([holder[key]], {"value": holder[key]})))
    return whole[0]


def _places(holder: Json) -> Iterator[tuple[Json, Any]]:
    """Yield every part of a JSON value as what holds it and where."""
    parts = enumerate(holder) if isinstance(holder, list) else holder.items()
    for key, part in list(parts):
        yield holder, key
        if isinstance(part, list | dict):
            yield from _places(part)


@st.composite
def damaged(draw: st.DrawFn, wholes: st.SearchStrategy[bytes], *, most: int = 4) -> bytes:
    """Return bytes that were cut, overwritten, shifted or repeated in up to `most` places."""
    raw = bytearray(draw(wholes))
    for _ in range(draw(st.integers(0, most))):
        at = draw(st.integers(0, len(raw)))
        stop = min(len(raw), at + draw(st.integers(0, 64)))
        match draw(st.sampled_from(("write", "insert", "cut", "repeat", "behead", "end"))):
            case "write":
                scrap = draw(st.binary(min_size=1, max_size=8))
                raw[at : at + len(scrap)] = scrap
            case "insert":
                raw[at:at] = draw(st.binary(max_size=32))
            case "cut":
                del raw[at:stop]
            case "repeat":
                raw[at:at] = raw[at:stop]
            case "behead":
                del raw[: at if draw(st.booleans()) else 1]
            case "end":
                del raw[at:]
    return bytes(raw)
