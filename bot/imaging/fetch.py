"""Downloads a stranger's link to a file, within limits, without ever being a way into our own network.

It connects to the very address that was checked (`addresses`, `exchange`) and follows redirects by hand. It
waits where it reads, so it belongs in a process of its own (`courier`). It does not care what the file is,
except that the end of a ZIP is worth having first. No sentence raised here holds an address or a word of
what the server said. The rules are design/reliability.md C.1. What takes long to import (`dataclasses`,
`archive`) is not, because all of this is imported anew for each link.
"""

import re
import ssl
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import cached_property
from http.client import HTTPException as Garbled
from pathlib import Path
from time import monotonic
from types import MappingProxyType
from typing import NamedTuple
from urllib.parse import urljoin, urlsplit

from bot.domain.errors import Refused, Unavailable
from bot.imaging import sharing
from bot.imaging.addresses import NOT_A_LINK, NOT_HTTPS, Gate, Network, Resolve, Target, look_up
from bot.imaging.directory import MOST_DIRECTORY_BYTES, Tail, directory_start
from bot.imaging.exchange import ORDINARY, Answer, Limits, Watch, asking
from bot.imaging.sink import Sink, safe_name
from bot.imaging.wording import MEGABYTE, in_megabytes

SLOW = "The server behind the link is too slow: put the file somewhere faster, or try again later."
BROKE_OFF = "The server behind the link broke off before the file was complete: try again later."
TROUBLED = "The server behind the link has trouble of its own: try again later, or put the file elsewhere."
GONE = "There is no file at the link: check it, or share the file anew."
STRANGE = "The server behind the link does not simply hand over the file: use a direct download link."
TOO_LARGE = "tooLarge"
"""The code of a refusal because of `most_bytes`."""
TAIL = 16 * 1024
"""Bytes asked for first: the directory of a ZIP with 50 pictures takes 5,000."""
PIECE, LEAST_PIECE = MEGABYTE, 64 * 1024
QUICK = 0.05
"""Seconds within which a piece should come: large ones cost less, small ones are told of sooner."""
HEAD = 512
TELL_AFTER, TELL_EVERY = 0.1, 4 * MEGABYTE
_HEADERS = {"Accept": "*/*", "Accept-Encoding": "identity", "User-Agent": "Housestyle"}
_SPAN = re.compile(r"bytes (\d{1,15})-(\d{1,15})/(\d{1,15})", re.IGNORECASE)
_OK, _PART, _SERVER_ERROR = 200, 206, 500
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_LOGINS, _GONE, _PASSING = frozenset({401, 403}), frozenset({404, 410}), frozenset({408, 425, 429})


class Download(NamedTuple):
    """A complete file: its bytes, and their SHA-256 in hex.

    `name` is safe as a file's name, empty where neither the server nor the link gives one; `head` its first
    16 bytes.
    """

    size: int
    sha256: str
    name: str = ""
    head: bytes = b""


class Fetcher:
    """Fetches links; `allow` as in `addresses.Gate`. `trust` replaces the public certificate authorities.

    `tokens` are sent to these very hosts, but only where the caller names the hosts that it expects: a link
    that somebody typed never carries one, nor does a hop away from the host that was asked first.
    """

    def __init__(
        self,
        allow: Sequence[Network],
        *,
        resolve: Resolve = look_up,
        limits: Limits = ORDINARY,
        trust: ssl.SSLContext | None = None,
        tokens: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self.gate = Gate(allow, resolve)
        self.limits = limits
        self.tokens = tokens
        self._given_trust = trust

    @cached_property
    def _public_trust(self) -> ssl.SSLContext:
        import certifi  # noqa: PLC0415 - 10 ms, which a link in an allowed network is spared

        return self._given_trust or ssl.create_default_context(cafile=certifi.where())

    def trust(self) -> ssl.SSLContext:
        """Return whose certificates are good."""
        return self._public_trust

    @contextmanager
    def errand(self, url: str, *, most_bytes: int, hosts: frozenset[str] | None = None) -> Iterator["Errand"]:
        """Lend the one download of `url`; with `hosts`, every hop must be on one of them.

        Raises Refused (the link is at fault) and Unavailable (the server, or the way there).
        """
        try:
            with ExitStack() as held:
                yield Errand(self, held, url, most_bytes, hosts)
        except TimeoutError:
            raise Unavailable(SLOW) from None
        except Garbled:
            raise Unavailable(BROKE_OFF) from None

    def download(
        self, url: str, into: Path, *, most_bytes: int, hosts: frozenset[str] | None = None
    ) -> Download:
        """Write what `url` leads to into the new file `into`, readable by us alone; on failure it is gone."""
        with self.errand(url, most_bytes=most_bytes, hosts=hosts) as errand:
            return errand.keep(into)


class Errand:
    """One download: first its `tail`, if wanted, then `keep`. `Fetcher.errand` lends it and has its errors.

    `held` is the one connection that is open.
    """

    def __init__(
        self, fetcher: Fetcher, held: ExitStack, url: str, most: int, hosts: frozenset[str] | None
    ) -> None:
        self._fetcher = fetcher
        self._held = held
        self._url = url
        self._most = most
        self._hosts = hosts
        self._watch = Watch(fetcher.limits, most)
        self._named = ""
        self._bore_token = False
        self._opened: tuple[Answer, bytes] | None = None

    def tail(self) -> Tail | None:
        """Return the end of a ZIP where the server hands it over alone; two questions at most.

        None where it does not: what it sends may be the whole file then, which `keep` goes on with.
        """
        try:
            answer = self._visit(self._url, f"bytes=-{TAIL}")
            if answer.status == _PART:
                return self._tail_in(answer)
            if answer.status == _OK:
                self._opened = self._open(answer)
            elif answer.status in _LOGINS | _GONE | _PASSING:
                self._check(answer)
        except Garbled:
            return None
        return None

    def keep(self, into: Path, tell: Callable[[int], None] = lambda _: None) -> Download:
        """Write the file down; `tell` hears now and then how many bytes of it can be read."""
        answer, head = self._opened or self._open(self._visit(self._url))
        with Sink(into) as sink:
            self._pour(answer, head, sink, tell)
        name = safe_name(answer.file_name, self._url)
        return Download(sink.size, sink.sha256, name, head[:16])

    def _pour(self, answer: Answer, head: bytes, sink: Sink, tell: Callable[[int], None]) -> None:
        buffer = memoryview(bytearray(PIECE))
        wanted, told, told_at = LEAST_PIECE, 0, monotonic()
        piece: bytes | memoryview = head
        while piece:
            if sink.size + len(piece) > self._most:
                raise _too_large(self._most)
            sink.write(piece)
            if monotonic() - told_at > TELL_AFTER or sink.size - told > TELL_EVERY:
                told, told_at = sink.size, monotonic()
                tell(told)
            asked_at = monotonic()
            piece = buffer[: answer.readinto(buffer[:wanted])]
            is_quick = monotonic() - asked_at < QUICK
            wanted = min(2 * wanted, PIECE) if is_quick else max(wanted // 2, LEAST_PIECE)
        if answer.length not in {None, sink.size}:
            raise Unavailable(BROKE_OFF)

    def _tail_in(self, answer: Answer) -> Tail | None:
        """Return the tail of a ZIP, asking once more where its directory begins before what came."""
        end = _end_in(answer, TAIL)
        if end is None or end.start != max(0, end.total - TAIL):
            return None
        if end.total > self._most:
            raise _too_large(self._most)
        if sharing.is_end_of_page(answer.content_type, end.body):
            raise Refused(self._page())
        start = directory_start(end.body, total=end.total)
        if start is None:
            return None
        if start >= end.start:
            return end
        if end.total - start > MOST_DIRECTORY_BYTES:
            return None
        more = self._visit(answer.url, f"bytes={start}-{end.total - 1}")
        whole = _end_in(more, end.total - start) if more.status == _PART else None
        return whole if whole and (whole.start, whole.total) == (start, end.total) else None

    def _visit(self, url: str, span: str = "") -> Answer:
        """Ask for `url`, or the bytes `span` of it, and return the answer to which its redirects lead."""
        for _ in range(self._fetcher.limits.redirects + 1):
            target = self._fetcher.gate.check(url, hosts=self._hosts)
            self._held.close()
            answer = self._held.enter_context(
                asking(target, url, self._headers(target, span), watch=self._watch, trust=self._fetcher.trust)
            )
            if answer.status not in _REDIRECTS:
                return answer
            url = self._onward(answer)
        raise Refused("The link leads in circles: use a direct download link.")

    def _headers(self, target: Target, span: str) -> dict[str, str]:
        self._named = self._named or target.host
        headers = {**_HEADERS, "Range": span} if span else dict(_HEADERS)
        if self._hosts is not None and target.host == self._named and target.host in self._fetcher.tokens:
            headers["Authorization"] = f"Bearer {self._fetcher.tokens[target.host]}"
            self._bore_token = True
        return headers

    def _onward(self, answer: Answer) -> str:
        """Return where a redirect leads. Raises Refused: to a login, nowhere, or from https to http."""
        location = answer.header("location")
        if not location:
            raise Refused(STRANGE)
        try:
            onward = urljoin(answer.url, location)
            host = urlsplit(onward).hostname
        except ValueError:
            raise Refused(NOT_A_LINK) from None
        if sharing.is_login(onward) or (self._bore_token and host not in (self._hosts or ())):
            raise Refused(self._login())
        if answer.url.lower().startswith("https:") and onward.lower().startswith("http:"):
            raise Refused(NOT_HTTPS)
        return onward

    def _open(self, answer: Answer) -> tuple[Answer, bytes]:
        """Return the answer and its first bytes. Raises unless it is a plain file of a size that is taken."""
        self._check(answer)
        head = answer.read(HEAD)
        if sharing.is_page(answer.content_type, head):
            raise Refused(self._page())
        return answer, head

    def _check(self, answer: Answer) -> None:
        if answer.status >= _SERVER_ERROR or answer.status in _PASSING:
            raise Unavailable(TROUBLED, retry_after=_retry_after(answer))
        if answer.status in _LOGINS:
            raise Refused(self._login())
        if answer.status in _GONE:
            raise Refused(GONE)
        if answer.status != _OK or not answer.is_plain:
            raise Refused(STRANGE)
        if answer.length is not None and answer.length > self._most:
            raise _too_large(self._most)

    def _login(self) -> str:
        return sharing.NOT_SHOWN if self._bore_token else sharing.login_advice(self._named)

    def _page(self) -> str:
        return sharing.NOT_SHOWN if self._bore_token else sharing.page_advice(self._named)


def _end_in(answer: Answer, most: int) -> Tail | None:
    """Return the last bytes of the file that a partial answer holds; None where it is not just that."""
    said = _SPAN.fullmatch(answer.header("content-range"))
    if said is None or not answer.is_plain:
        return None
    start, last, total = (int(number) for number in said.groups())
    if last + 1 != total or not 0 < total - start <= most:
        return None
    body = answer.read(total - start + 1)
    return Tail(start, total, body) if len(body) == total - start else None


def _retry_after(answer: Answer) -> float | None:
    """Return the seconds the server asks for, at most an hour; a date is not understood."""
    text = answer.header("retry-after")
    return min(float(text), 3600.0) if text.isascii() and text.isdecimal() else None


def _too_large(most: int) -> Refused:
    sentence = f"The file behind the link is larger than {in_megabytes(most)}: use smaller pictures."
    return Refused(sentence, code=TOO_LARGE)
