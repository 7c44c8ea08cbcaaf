"""The end of a ZIP before the rest of it, from servers that know ranges, and from those that only say so."""

import asyncio
from pathlib import Path

import pytest

from bot.domain.errors import HousestyleError, Refused, Unavailable
from bot.imaging.directory import Tail, directory_start
from bot.imaging.exchange import Limits
from bot.imaging.fetch import BROKE_OFF, GONE, SLOW, TAIL, TROUBLED
from bot.imaging.sharing import LOGIN, PAGE
from tests.imaging.fetch_lab import (
    Ranged,
    dripping,
    fetcher_of,
    part_of,
    ranges_asked,
    tail_and_all,
    tail_of,
)
from tests.imaging.imaging_lab import Reply, Server, drawings, http, png, serving, zipped

LAST = f"bytes=-{TAIL}"
ZIP = zipped(drawings(12))
BIG = zipped({f"{n:03}.bin": bytes(200) for n in range(600)})
"""Its directory is longer than the first tail."""
PAGE_BODY = b"<!DOCTYPE html><html>" + b"<p>words</p>" * 5000 + b"</html>\n"


async def asked(ranged: Ranged, folder: Path) -> tuple[Tail | None, bytes, list[str]]:
    """Return the tail, the file and the ranges that were asked for."""
    async with serving({"/a.zip": ranged}) as server:
        ranged.server = server
        tail, _ = await tail_and_all(fetcher_of(), server.url("/a.zip"), folder / "f")
    return tail, (folder / "f").read_bytes(), ranges_asked(server)


async def test_the_end_of_a_zip_comes_before_the_rest(tmp_path: Path) -> None:
    body = zipped({"a.bin": bytes(range(256)) * 200}, method=0)
    tail, whole, spans = await asked(Ranged(body), tmp_path)
    assert tail == Tail(len(body) - TAIL, len(body), body[-TAIL:])
    assert (whole, spans) == (body, [LAST, ""])


async def test_a_small_zip_is_all_tail(tmp_path: Path) -> None:
    body = zipped({"a.png": png()})
    tail, whole, _ = await asked(Ranged(body), tmp_path)
    assert (tail, whole) == (Tail(0, len(body), body), body)


async def test_a_long_directory_is_asked_for_once_more(tmp_path: Path) -> None:
    start = directory_start(BIG[-TAIL:], total=len(BIG))
    assert start is not None
    assert start < len(BIG) - TAIL
    tail, whole, spans = await asked(Ranged(BIG), tmp_path)
    assert tail == Tail(start, len(BIG), BIG[start:])
    assert (whole, spans) == (BIG, [LAST, f"bytes={start}-{len(BIG) - 1}", ""])


async def test_a_server_without_ranges_is_asked_once(tmp_path: Path) -> None:
    tail, whole, spans = await asked(Ranged(ZIP, part=http(200, ZIP)), tmp_path)
    assert (tail, whole, spans) == (None, ZIP, [LAST])


async def test_a_wrong_dataset_costs_two_questions_and_few_bytes() -> None:
    ranged = Ranged(zipped({f"{n}.txt": b"x" * 9000 for n in range(51)}, method=0))
    async with serving({"/a.zip": ranged}) as server:
        ranged.server = server
        tail = await tail_of(fetcher_of(), server.url("/a.zip"))
    assert tail is not None
    assert (server.connections <= 2, ranged.sent < 70_000) == (True, True)


def shifted(start: int, last: int, total: int | str, body: bytes = b"") -> bytes:
    return http(206, body or ZIP[-TAIL:], content_range=f"bytes {start}-{last}/{total}")


async def breaks_off(writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()


END = len(ZIP) - 1
START = len(ZIP) - TAIL
LIES: list[tuple[str, Reply]] = [
    ("no such range", http(416)),
    ("a bad request", http(400)),
    ("not built", http(501)),
    ("a server that breaks off", breaks_off),
    ("no HTTP", b"220 mail.example.com\r\n"),
    ("no range told", http(206, ZIP[-TAIL:])),
    ("a range in words", http(206, ZIP[-TAIL:], content_range="the last ones")),
    ("the first bytes", shifted(0, TAIL - 1, len(ZIP), ZIP[:TAIL])),
    ("another start", shifted(START + 1, END, len(ZIP), ZIP[START + 1 :])),
    ("another end", shifted(START, END - 1, len(ZIP))),
    ("an unknown total", shifted(START, END, "*")),
    ("a start behind the end", shifted(END + 5, END, len(ZIP))),
    ("the whole file as a part", shifted(0, END, len(ZIP), ZIP)),
    ("less than told", shifted(START, END, len(ZIP), ZIP[-100:])),
    ("more than told", b"HTTP/1.1 206 P\r\nContent-Range: bytes 5-9/10\r\n\r\n" + ZIP),
    ("two parts", http(206, ZIP[-TAIL:], content_type="multipart/byteranges; boundary=x")),
    ("compressed parts", part_of(ZIP, START, content_encoding="gzip")),
    ("an absurd directory", part_of(ZIP[:-10] + b"\xff\xff\xff\x7f" + ZIP[-6:], START)),
    ("no end of a ZIP", part_of(bytes(len(ZIP)), START)),
]


@pytest.mark.parametrize(("what", "reply"), LIES, ids=[lie[0] for lie in LIES])
async def test_a_server_that_lies_about_ranges_is_asked_for_the_whole(
    tmp_path: Path, what: str, reply: Reply
) -> None:
    assert START > 0
    tail, whole, spans = await asked(Ranged(ZIP, part=reply), tmp_path)
    assert (tail, whole, spans) == (None, ZIP, [LAST, ""])


async def test_a_lie_about_the_second_range_is_no_tail_either(tmp_path: Path) -> None:
    ranged = Ranged(BIG)

    async def first_true_then_not(writer: asyncio.StreamWriter) -> None:
        is_first = len(ranges_asked(ranged.server)) == 1
        writer.write(part_of(BIG, len(BIG) - TAIL) if is_first else part_of(BIG + b"x", len(BIG) - TAIL))

    ranged.part = first_true_then_not
    tail, whole, spans = await asked(ranged, tmp_path)
    assert (tail, whole, len(spans)) == (None, BIG, 3)


SPAN_AND_NO_MORE = b"HTTP/1.1 206 P\r\nContent-Range: bytes 5-99/100\r\n\r\nx"
ENDS: list[tuple[str, Reply, type[HousestyleError], str]] = [
    ("a login", http(401), Refused, LOGIN),
    ("no file", http(404), Refused, GONE),
    ("a rate limit", http(429), Unavailable, TROUBLED),
    ("a page", http(200, PAGE_BODY), Refused, PAGE),
    ("the end of a page", part_of(PAGE_BODY, len(PAGE_BODY) - TAIL), Refused, PAGE),
    ("too large a file", part_of(bytes(2_000_000), 2_000_000 - TAIL), Refused, "larger than 1 MB"),
    ("headers byte by byte", dripping(b"HTTP/1.1 206 P\r\nX: xx"), Unavailable, SLOW),
    ("a part byte by byte", dripping(SPAN_AND_NO_MORE, 0.02), Unavailable, SLOW),
]


@pytest.mark.parametrize(("what", "reply", "kind", "sentence"), ENDS, ids=[end[0] for end in ENDS])
async def test_what_is_wrong_is_told_after_one_question(
    what: str, reply: Reply, kind: type[HousestyleError], sentence: str
) -> None:
    limits = Limits(answer=1.5, silence=1, grace=0.3)
    async with serving({"/": reply}) as server:
        with pytest.raises(kind, match=sentence):
            await tail_of(fetcher_of(limits=limits), server.url(), most=1_000_000)
    assert server.connections == 1


async def test_a_link_that_moved_is_asked_where_it_moved_to(tmp_path: Path) -> None:
    ranged = Ranged(BIG)
    server: Server
    async with serving({"/a.zip": ranged, "/": http(302, location="/a.zip")}) as server:
        ranged.server = server
        tail, got = await tail_and_all(fetcher_of(), server.url(), tmp_path / "f")
    assert tail is not None
    assert (got.size, server.connections) == (len(BIG), 5)


async def test_a_file_that_breaks_off_after_its_tail_is_told_of(tmp_path: Path) -> None:
    ranged = Ranged(ZIP, whole=http(200, ZIP[:-9], content_length=str(len(ZIP))))
    async with serving({"/": ranged}) as server:
        ranged.server = server
        with pytest.raises(Unavailable, match=BROKE_OFF):
            await tail_and_all(fetcher_of(), server.url(), tmp_path / "f")
    assert not (tmp_path / "f").exists()
