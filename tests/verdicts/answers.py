"""Cases S16, S17 and H: servers that refuse, stumble, dawdle and lie."""

import asyncio
from contextlib import suppress

from tests.imaging.imaging_lab import drawings, zipped
from tests.verdicts.case import Case, Verdict
from tests.verdicts.forging import forged, good
from tests.verdicts.lab import Lab, Way
from tests.verdicts.site import UPSTREAM, Reply, Request, handing, said, saying

_YES, _NO, _LATER = Verdict.ACCEPTED, Verdict.REFUSED, Verdict.UNAVAILABLE
_LOGIN = "asks for a login"
_GONE = "There is no file at the link"
_DIRECT = "use a direct download link"
_TROUBLE = "trouble of its own"
_BROKE_OFF = "broke off before the file was complete"
_SLOW = "too slow"
_PAGE = "leads to a web page"


def _answer(case_id: str, what: str, answer: bytes, verdict: Verdict, sentence: str) -> Case:
    return Case(case_id, what, verdict, sentence, lambda lab: lab.site.on(saying(answer)))


def _status(case_id: str, status: int, verdict: Verdict, sentence: str) -> Case:
    return _answer(case_id, f"status {status}", said(status), verdict, sentence)


def _behaviour(case_id: str, what: str, reply: Reply, verdict: Verdict, sentence: str) -> Case:
    return Case(case_id, what, verdict, sentence, lambda lab: lab.site.on(reply))


def _patience(case_id: str, what: str, reply: Reply, verdict: Verdict, sentence: str) -> Case:
    return Case(case_id, what, verdict, sentence, lambda lab: lab.site.on(reply), Way.HASTY)


def _page(case_id: str, what: str, body: str, **headers: str) -> Case:
    page = f"<title>{UPSTREAM}</title>{body}".encode()
    answer = said(200, b"<!DOCTYPE html><html>" + page, content_type="text/html; charset=utf-8", **headers)
    return _answer(case_id, what, answer, _NO, _PAGE)


async def _endless(request: Request, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n\r\nPK\x03\x04")
    while True:
        writer.write(bytes(65536))
        await writer.drain()


async def _dripping(request: Request, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n\r\nPK\x03\x04")
    while True:
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.05)


async def _silent(request: Request, writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(5)


async def _falls_silent(request: Request, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10000\r\n\r\nPK\x03\x04")
    await writer.drain()
    await asyncio.sleep(5)


async def _resets(request: Request, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10000\r\n\r\nPK\x03\x04")
    with suppress(ConnectionError):
        await writer.drain()
    writer.transport.abort()


def _first_then(ranged: Reply, whole: Reply) -> Reply:
    """Answer a request for the end of the file one way, and every other in another."""

    async def reply(request: Request, writer: asyncio.StreamWriter) -> None:
        at_its_end = request.headers.get("range", "").startswith("bytes=-")
        await (ranged if at_its_end else whole)(request, writer)

    return reply


def _in_chunks(body: bytes) -> bytes:
    head = b"HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
    return head + b"%x\r\n" % len(body) + body + b"\r\n0\r\n\r\n"


def _one_file(lab: Lab) -> str:
    return lab.site.also("/swapped.zip", handing(_GOOD))


def _another_file(lab: Lab) -> str:
    return lab.site.also("/swapped.zip", handing(forged(good(11))))


def _hosted(case_id: str, host: str, sentence: str) -> Case:
    """Return the case of a link to a file host's page about the file."""

    def link(lab: Lab) -> str:
        lab.site.also("/share/page", saying(_LOGIN_PAGE))
        return f"http://{host}:{lab.site.port}/share/page"

    return Case(case_id, f"a share page of {host}", _NO, sentence, link, Way.NAMED)


def _refused_connection(lab: Lab) -> str:
    return "http://127.0.0.1:1/set.zip"


_GOOD = forged(good())
_TAIL = said(206, _GOOD[-100:], content_range=f"bytes {len(_GOOD) - 100}-{len(_GOOD) - 1}/{len(_GOOD)}")
_ELSEWHERE = said(206, _GOOD[:100], content_range=f"bytes 0-99/{len(_GOOD)}")
_LOGIN_PAGE = said(200, b"<!DOCTYPE html><html>", content_type="text/html")

ANSWERS: list[Case] = [
    _answer("S16a", "a gzip bomb", said(200, b"\x1f\x8b" + bytes(2000), content_encoding="gzip"), _NO,
            _DIRECT),
    _patience("S16b", "a file without an end", _endless, _NO, "larger than 64 MB"),
    _patience("S16c", "a byte now and then", _dripping, _LATER, _SLOW),
    _answer("S16d", "less than it declared", said(200, _GOOD, content_length=str(len(_GOOD) + 9)), _LATER,
            _BROKE_OFF),
    _answer("S16e", "more than it declared", said(200, _GOOD, content_length=str(len(_GOOD) - 99)), _NO,
            "damaged or incomplete"),
    _answer("S16f", "a part that nobody asked for", _ELSEWHERE, _NO, _DIRECT),
    _page("S16g", "a web page under the name of a ZIP", "<p>hello"),
    Case("S17", "another file after the inspection", _NO, "no longer the file that was inspected", _one_file,
         then=_another_file),
    _status("H1", 401, _NO, _LOGIN),
    _status("H2", 403, _NO, _LOGIN),
    _status("H3", 404, _NO, _GONE),
    _status("H4", 410, _NO, _GONE),
    _status("H5", 418, _NO, _DIRECT),
    _status("H6", 204, _NO, _DIRECT),
    _status("H7", 304, _NO, _DIRECT),
    _status("H8", 429, _LATER, _TROUBLE),
    _status("H9", 500, _LATER, _TROUBLE),
    _status("H10", 503, _LATER, _TROUBLE),
    _page("H11", "a login page", '<form action="/login"><input type="password" name="p"></form>'),
    _page("H12", "the share page of a file host", '<meta property="og:site_name" content="Dropbox">'),
    _page("H13", "a folder of a drive", "<body>Google Drive - Virus scan warning"),
    _patience("H14", "no answer", _silent, _LATER, _SLOW),
    _patience("H15", "four bytes and then nothing", _falls_silent, _LATER, _SLOW),
    _behaviour("H16", "a line that breaks", _resets, _LATER, _BROKE_OFF),
    _answer("H17", "no HTTP at all", b"220 mail.example.com ESMTP\r\n", _LATER, _BROKE_OFF),
    _answer("H18", "a declared size of 3 GB", said(200, b"PK\x03\x04", content_length=str(3 << 30)), _NO,
            "larger than"),
    _answer("H19", "chunks, and no length told", _in_chunks(_GOOD), _YES, "10 pictures"),
    _answer("H20", "a ZIP that is said to be a web page", said(200, _GOOD, content_type="text/html"), _YES,
            "10 pictures"),
    Case("H21", "nobody listens", _LATER, "could not be reached", _refused_connection),
    _behaviour("H22", "ranges are ignored", saying(said(200, _GOOD)), _YES, "10 pictures"),
    _behaviour("H23", "another range than asked for", _first_then(saying(_ELSEWHERE), handing(_GOOD)), _YES,
               "10 pictures"),
    _behaviour("H24", "a range of 100 bytes for all", _first_then(saying(_TAIL), handing(_GOOD)), _YES,
               "10 pictures"),
    _behaviour("H25", "ranges are an error", _first_then(saying(said(416)), handing(_GOOD)), _YES,
               "10 pictures"),
    _behaviour("H26", "the end of another ZIP, then a good one",
               _first_then(handing(forged(good(11))), handing(_GOOD)), _YES, "10 pictures"),
    _behaviour("H27", "the end of a good ZIP, then a bad one",
               _first_then(handing(_GOOD), handing(zipped(drawings(9)))), _NO, "9 pictures"),
    _answer("H28", "a header of 200 kB", said(200, _GOOD, x_long="x" * 200_000), _LATER, _BROKE_OFF),
    _behaviour("H29", "a good end, and then a login page",
               _first_then(handing(_GOOD), saying(_LOGIN_PAGE)), _NO, _PAGE),
    _hosted("H30", "www.dropbox.com", "end it with `dl=1` instead of `dl=0`"),
    _hosted("H31", "drive.google.com", "share the file with “Anyone with the link”"),
    _hosted("H32", "acme.sharepoint.com", "end the link with `?download=1`"),
    _hosted("H33", "wetransfer.com", "put the ZIP on another host"),
    _answer("H34", "a redirect to a login", said(302, location="/login?next=%2Fset.zip"), _NO, _LOGIN),
]  # fmt: skip
