"""Downloads from servers that lie, dawdle and redirect (abuse cases S13 to S16)."""

import hashlib
import resource
import ssl
import stat
from collections.abc import Sequence
from pathlib import Path
from time import monotonic

import pytest

from bot.domain.errors import HousestyleError, Refused, Unavailable
from bot.imaging.addresses import NOT_A_LINK, NOT_HTTPS, NOT_OURS, UNREACHABLE
from bot.imaging.exchange import BAD_CERTIFICATE, ORDINARY, Limits
from bot.imaging.fetch import BROKE_OFF, GONE, SLOW, STRANGE, TROUBLED, Fetcher
from bot.imaging.sharing import LOGIN, PAGE
from bot.imaging.sink import DISK_FULL
from tests.imaging.fetch_lab import (
    CHUNKED,
    downloaded,
    drip,
    dripping,
    endless,
    endless_headers,
    endless_promises,
    endless_trailers,
    falls_silent,
    fetcher_of,
    reset,
    self_signed,
    silent,
)
from tests.imaging.imaging_lab import LOOPBACK, Reply, http, serving

CAP = 1_000_000
HASTY = Limits(deadline=5, answer=1, silence=1, grace=0.3, least_rate=1000)
IMPATIENT = Limits(deadline=0.5, grace=60)


FAULTS: list[tuple[str, Reply, type[HousestyleError], str]] = [
    ("a login", http(401), Refused, LOGIN),
    ("a ban", http(403, b"secret-of-upstream"), Refused, LOGIN),
    ("no file", http(404), Refused, GONE),
    ("a file that is gone", http(410), Refused, GONE),
    ("a strange status", http(418), Refused, STRANGE),
    ("an empty success", http(204), Refused, STRANGE),
    ("a part nobody asked for", http(206, b"abc"), Refused, STRANGE),
    ("an unchanged file", http(304), Refused, STRANGE),
    ("a gzip bomb", http(200, b"\x1f\x8b", content_encoding="gzip"), Refused, STRANGE),
    ("two encodings", http(200, b"abc", content_encoding="identity, br"), Refused, STRANGE),
    ("a redirect to nowhere", http(302), Refused, STRANGE),
    ("a declared size over the cap", http(200, content_length=str(CAP + 1)), Refused, "larger than 1 MB"),
    ("a body over the cap", endless, Refused, "larger than 1 MB"),
    (
        "chunks over the cap",
        CHUNKED + b"f4241\r\n" + b"x" * 1_000_001 + b"\r\n0\r\n\r\n",
        Refused,
        "larger than 1 MB",
    ),
    ("an error of its own", http(500, b"secret-of-upstream"), Unavailable, TROUBLED),
    ("a rate limit", http(429, retry_after="7"), Unavailable, TROUBLED),
    ("less than it declared", http(200, b"abc", content_length="10"), Unavailable, BROKE_OFF),
    ("half a chunk", CHUNKED + b"10\r\nabc", Unavailable, BROKE_OFF),
    ("no HTTP", b"220 mail.example.com ESMTP\r\n", Unavailable, BROKE_OFF),
    ("a compressed transfer", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nx", Refused, STRANGE),
    ("a reset", reset, Unavailable, BROKE_OFF),
    ("nothing", silent, Unavailable, SLOW),
    ("three bytes and nothing more", falls_silent, Unavailable, SLOW),
    ("a byte now and then", drip, Unavailable, SLOW),
    ("headers byte by byte", dripping(b"HTTP/1.1 200 OK\r\nX: xx"), Unavailable, SLOW),
    ("a status byte by byte", dripping(b"HTTP/1.1 200 "), Unavailable, SLOW),
    ("endless promises", endless_promises, Unavailable, SLOW),
    ("endless trailers", endless_trailers, Unavailable, BROKE_OFF),
    ("endless headers", endless_headers, Unavailable, BROKE_OFF),
    ("a chunk of no size", CHUNKED + b"zz\r\nabc", Unavailable, BROKE_OFF),
    ("a web page", http(200, b"\n<!DOCTYPE html><p>secret-of-upstream"), Refused, PAGE),
    ("a page by its type", http(200, b"Sign in", content_type="text/html; charset=x"), Refused, PAGE),
    ("a way to a login", http(302, location="/login?next=/file"), Refused, LOGIN),
]


@pytest.mark.parametrize(("what", "reply", "kind", "sentence"), FAULTS, ids=[fault[0] for fault in FAULTS])
async def test_a_bad_answer_is_told_in_a_sentence_and_leaves_no_file(
    tmp_path: Path, what: str, reply: Reply, kind: type[HousestyleError], sentence: str
) -> None:
    into = tmp_path / "file"
    fetcher = fetcher_of(limits=HASTY if sentence == SLOW else ORDINARY)  # we may be slow ourselves
    async with serving({"/": reply}) as server:
        with pytest.raises(kind) as raised:
            await downloaded(fetcher, server.url(), into)
    assert sentence in str(raised.value)
    assert "127.0.0.1" not in str(raised.value)
    assert "secret-of-upstream" not in str(raised.value)
    assert not into.exists()


async def test_a_file_arrives_whole_hashed_and_private(tmp_path: Path) -> None:
    body = bytes(range(256)) * 12_000
    async with serving({"/a.zip?k=v": http(200, body, content_type="Application/ZIP; x=y")}) as server:
        got = await downloaded(fetcher_of(), server.url("/a.zip?k=v"), tmp_path / "f", most=len(body))
    assert (tmp_path / "f").read_bytes() == body
    assert stat.S_IMODE((tmp_path / "f").stat().st_mode) == 0o600
    assert (got.size, got.sha256) == (len(body), hashlib.sha256(body).hexdigest())
    assert "accept-encoding: identity" in server.requests[0].lower()
    assert f"host: 127.0.0.1:{server.port}\r\n" in server.requests[0].lower()


async def test_a_file_that_is_there_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"old")
    async with serving({"/": http(200, b"new")}) as server:
        with pytest.raises(FileExistsError):
            await downloaded(fetcher_of(), server.url(), tmp_path / "f")
    assert (tmp_path / "f").read_bytes() == b"old"


async def test_a_server_says_when_to_come_back(tmp_path: Path) -> None:
    async with serving({"/": http(503, retry_after="7")}) as server:
        with pytest.raises(Unavailable) as raised:
            await downloaded(fetcher_of(), server.url(), tmp_path / "f")
    assert raised.value.retry_after == 7


async def test_a_server_that_never_ends_is_left_at_the_deadline(tmp_path: Path) -> None:
    async with serving({"/": drip}) as server:
        with pytest.raises(Unavailable, match="too slow"):
            await downloaded(fetcher_of(limits=IMPATIENT), server.url(), tmp_path / "f")
    assert not (tmp_path / "f").exists()


async def test_a_server_that_is_too_slow_is_left_before_the_deadline(tmp_path: Path) -> None:
    began = monotonic()
    async with serving({"/": drip}) as server:
        with pytest.raises(Unavailable, match="too slow"):
            await downloaded(fetcher_of(limits=Limits(grace=0.3)), server.url(), tmp_path / "f")
    assert monotonic() - began < 15


async def test_an_endless_file_costs_no_memory(tmp_path: Path) -> None:
    async with serving({"/": endless}) as server:
        before = peak_kilobytes(afresh=True)
        with pytest.raises(Refused, match="larger than 120 MB"):
            await downloaded(fetcher_of(), server.url(), tmp_path / "f", most=120 * 1024 * 1024)
    assert peak_kilobytes() - before < 32 * 1024


def peak_kilobytes(*, afresh: bool = False) -> int:
    """Return the most memory this process ever had, or has had since it was last counted afresh."""
    if afresh:
        Path("/proc/self/clear_refs").write_text("5")
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0])


async def test_redirects_are_followed_three_times_and_no_further(tmp_path: Path) -> None:
    replies = {f"/{n}": http(302, location=f"/{n + 1}") for n in range(6)}
    async with serving({**replies, "/3": http(200, b"there")}) as server:
        got = await downloaded(fetcher_of(), server.url("/0"), tmp_path / "f")
    assert got.size == 5
    async with serving(replies) as server:
        with pytest.raises(Refused, match="circles"):
            await downloaded(fetcher_of(), server.url("/0"), tmp_path / "g")
    assert server.connections == 4


@pytest.mark.parametrize(
    ("location", "sentence"),
    [
        ("http://169.254.169.254/latest/meta-data", NOT_HTTPS),
        ("https://169.254.169.254/latest/meta-data", UNREACHABLE),
        ("https://inside.example.com/", UNREACHABLE),
        ("//inside.example.com/", NOT_HTTPS),
        ("file:///etc/passwd", NOT_A_LINK),
        ("gopher://127.0.0.1/", NOT_A_LINK),
        ("http://ann:secret@127.0.0.1/", "password"),
        ("http://[::1/", NOT_A_LINK),
        ("http://2130706433/", NOT_HTTPS),
    ],
)
async def test_a_redirect_is_checked_like_the_first_link(
    tmp_path: Path, location: str, sentence: str
) -> None:
    async with serving({"/": http(302, location=location)}) as server:
        fetcher = fetcher_of({"inside.example.com": ["10.0.0.1"]})
        with pytest.raises(Refused) as raised:
            await downloaded(fetcher, server.url(), tmp_path / "f")
    assert sentence in str(raised.value)
    assert server.connections == 1


async def test_every_hop_must_be_on_a_named_host(tmp_path: Path) -> None:
    fetcher = fetcher_of({"box": ["127.0.0.1"], "other": ["127.0.0.1"]})
    async with serving({"/": http(200, b"x")}) as server:
        on = f"http://other:{server.port}/"
        async with serving({"/": http(302, location=on)}) as first:
            link = f"http://box:{first.port}/"
            with pytest.raises(Refused, match=NOT_OURS):
                await downloaded(fetcher, link, tmp_path / "f", hosts=frozenset({"box"}))
    assert server.connections == 0


async def test_a_name_that_changes_its_mind_is_asked_once(tmp_path: Path) -> None:
    answers = [["127.0.0.1"], ["10.0.0.1"]]

    def rebinding(host: str, port: int) -> Sequence[str]:
        return answers.pop(0)

    async with serving({"/": http(200, b"x")}) as server:
        link = f"http://rebind.example.com:{server.port}/"
        await downloaded(Fetcher(LOOPBACK, resolve=rebinding), link, tmp_path / "f")
    assert len(answers) == 1
    assert f"host: rebind.example.com:{server.port}\r\n" in server.requests[0].lower()


async def test_the_next_address_is_tried_where_the_first_does_not_answer(tmp_path: Path) -> None:
    fetcher = fetcher_of({"box": ["127.0.0.2", "127.0.0.1"]})
    async with serving({"/": http(200, b"x")}) as server:
        assert (await downloaded(fetcher, f"http://box:{server.port}/", tmp_path / "f")).size == 1


async def test_a_closed_port_and_a_forbidden_address_sound_alike(tmp_path: Path) -> None:
    async with serving({}) as server:
        link = server.url()
    with pytest.raises(Unavailable) as closed:
        await downloaded(fetcher_of(), link, tmp_path / "f")
    with pytest.raises(Refused) as forbidden:
        await downloaded(fetcher_of(), "https://10.0.0.1/", tmp_path / "f")
    assert str(closed.value) == str(forbidden.value)


async def test_a_handshake_that_never_ends_is_left(tmp_path: Path) -> None:
    async with serving({}) as server:  # it waits for a question in plain text
        fetcher = fetcher_of({"box": ["127.0.0.1"]}, limits=HASTY)
        with pytest.raises(Unavailable, match=UNREACHABLE):
            await downloaded(fetcher, f"https://box:{server.port}/", tmp_path / "f")


async def test_more_than_was_declared_is_not_taken(tmp_path: Path) -> None:
    async with serving({"/": http(200, b"abcdef", content_length="3")}) as server:
        assert (await downloaded(fetcher_of(), server.url(), tmp_path / "f")).size == 3
    assert (tmp_path / "f").read_bytes() == b"abc"


async def test_chunks_and_their_trailers_make_a_file(tmp_path: Path) -> None:
    reply = CHUNKED + b"3;note=x\r\nabc\r\n2\r\nde\r\n0\r\nX-Checked: yes\r\n\r\n"
    async with serving({"/": reply}) as server:
        assert (await downloaded(fetcher_of(), server.url(), tmp_path / "f")).size == 5
    assert (tmp_path / "f").read_bytes() == b"abcde"


async def test_a_path_is_asked_for_in_ascii(tmp_path: Path) -> None:
    async with serving({"/b%C3%A4r%2520.zip?a=%20": http(200, b"x")}) as server:
        got = await downloaded(fetcher_of(), server.url("/bär%2520.zip?a=%20"), tmp_path / "f")
    assert got.size == 1


async def test_a_proxy_of_the_environment_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9/")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9/")
    async with serving({"/": http(200, b"x")}) as server:
        assert (await downloaded(fetcher_of(), server.url(), tmp_path / "f")).size == 1


async def test_a_disk_that_takes_no_more_is_told_of(tmp_path: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    async with serving({"/": http(200, b"x" * 900_000)}) as server:
        resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, before[1]))
        try:
            with pytest.raises(Unavailable, match=DISK_FULL):
                await downloaded(fetcher_of(), server.url(), tmp_path / "f")
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert not (tmp_path / "f").exists()


async def test_the_certificate_must_be_for_the_name_in_the_link(tmp_path: Path) -> None:
    certificate, key = self_signed(tmp_path, "right.example.com")
    trust = ssl.create_default_context(cafile=certificate)
    served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    served.load_cert_chain(certificate, key)
    names = {name: ["127.0.0.1"] for name in ("right.example.com", "wrong.example.com")}
    fetcher = fetcher_of(names, trust=trust)
    async with serving({"/": http(200, b"x")}, tls=served) as server:
        right, wrong = (f"https://{name}:{server.port}/" for name in names)
        got = await downloaded(fetcher, right, tmp_path / "f")
        with pytest.raises(Refused, match=BAD_CERTIFICATE):
            await downloaded(fetcher, wrong, tmp_path / "g")
    assert got.size == 1
