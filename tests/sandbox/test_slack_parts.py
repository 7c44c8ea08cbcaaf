"""Forms with files in them, as browsers and httpx send them."""

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.slack_parts import Part, parts_of

NAMES = st.text(
    st.characters(exclude_categories=("C", "Z"), exclude_characters="\\"), min_size=1, max_size=20
)


def form(fields: dict[str, str], files: list[tuple[str, bytes]]) -> tuple[bytes, str]:
    """Return the body and the content type of a form as httpx writes it."""
    request = httpx.Request("POST", "http://a/", data=fields, files=[("files", file) for file in files])
    return request.read(), request.headers["content-type"]


@given(text=st.text(max_size=50), name=NAMES, body=st.binary(max_size=200))
def test_what_went_into_a_form_comes_out_of_it(text: str, name: str, body: bytes) -> None:
    sent, kind = form({"text": text}, [(name, body), ("b", b"\r\n--\r\n")])
    assert parts_of(sent, kind) == [
        Part("text", text.encode()),
        Part("files", body, name),
        Part("files", b"\r\n--\r\n", "b"),
    ]


def test_a_form_that_is_none_or_breaks_off_is_refused() -> None:
    sent, kind = form({"text": "x"}, [("a.png", b"abc")])
    for body, said in [
        (sent, "application/json"),
        (sent[:-10], kind),
        (b"", kind),
        (sent, "multipart/form-data"),
    ]:
        with pytest.raises(ValueError, match="form"):
            parts_of(body, said)
    nameless = b"--x\r\nContent-Type: text/plain\r\n\r\nhello\r\n--x--\r\n"
    with pytest.raises(ValueError, match="without a name"):
        parts_of(nameless, "multipart/form-data; boundary=x")
