"""Downloads a stranger's link to a file, within limits, without ever being a way into our own network.

It connects to the very address that was checked (`addresses`), follows redirects by hand, and takes nothing
from the environment (proxies, netrc). It does not care what the file is. No sentence raised here holds an
address or a word of what the server said.
"""

import asyncio
import errno
import hashlib
import os
import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import urljoin

import httpx

from bot.domain.errors import Refused, Unavailable
from bot.imaging.addresses import NOT_A_LINK, NOT_HTTPS, UNREACHABLE, Gate, Network, Resolve, Target, look_up
from bot.imaging.wording import MEGABYTE, in_megabytes

AT_ONCE = 2
"""Downloads at one time; more would only share the same line."""
MOST_ADDRESSES = 4
"""Of one name, tried one after another."""
SLOW = "The server behind the link is too slow: put the file somewhere faster, or try again later."
BROKE_OFF = "The server behind the link broke off before the file was complete."
TROUBLED = "The server behind the link has trouble of its own."
BAD_CERTIFICATE = "The link's server has no valid certificate: use one whose https link opens in a browser."
LOGIN = "The link asks for a login: use one that opens in a private browser window."
GONE = "There is no file at the link: check it, or share the file anew."
STRANGE = "The server behind the link does not simply hand over the file: use a direct download link."
DISK_FULL = "My disk is full: tell whoever runs Housestyle."
_HEADERS = {"Accept": "*/*", "Accept-Encoding": "identity", "User-Agent": "Housestyle"}
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_SENTENCES = {401: LOGIN, 403: LOGIN, 404: GONE, 410: GONE}
_PASSING = frozenset({408, 425, 429})


@dataclass(frozen=True)
class Limits:
    """Seconds for the whole, for an answer to begin and between two pieces; and how many redirects.

    `least_rate` is the least average of bytes a second, asked for once `grace` seconds have passed.
    """

    deadline: float = 600
    answer: float = 30
    silence: float = 20
    grace: float = 15
    least_rate: int = 1000
    redirects: int = 3


@dataclass(frozen=True)
class Download:
    """A complete file: its bytes, their SHA-256 in hex, and what the server called it (lower case)."""

    size: int
    sha256: str
    content_type: str


class Fetcher:
    """Fetches links; `allow` as in `addresses.Gate`. `trust` replaces the public certificate authorities."""

    def __init__(
        self,
        allow: Sequence[Network],
        *,
        resolve: Resolve = look_up,
        limits: Limits = Limits(),
        trust: ssl.SSLContext | None = None,
    ) -> None:
        self._gate = Gate(allow, resolve)
        self._limits = limits
        self._given_trust = trust
        self._slots = asyncio.Semaphore(AT_ONCE)

    async def download(
        self, url: str, into: Path, *, most_bytes: int, hosts: frozenset[str] | None = None
    ) -> Download:
        """Write what `url` leads to into the new file `into`, readable by us alone; on failure it is gone.

        With `hosts`, every hop must be on one of them. Raises Refused (the link is at fault) and
        Unavailable (the server, or the way there).
        """
        async with self._slots:
            try:
                async with asyncio.timeout(self._limits.deadline):
                    return await self._follow(url, into, most_bytes, hosts)
            except (TimeoutError, httpx.TimeoutException):
                raise Unavailable(SLOW) from None
            except httpx.InvalidURL:
                raise Refused(NOT_A_LINK) from None
            except httpx.HTTPError:
                raise Unavailable(BROKE_OFF) from None

    async def _follow(self, url: str, into: Path, most: int, hosts: frozenset[str] | None) -> Download:
        for _ in range(self._limits.redirects + 1):
            target = await self._gate.check(url, hosts=hosts)
            async with self._answer(target) as response:
                if response.status_code not in _REDIRECTS:
                    _check(response, most)
                    return await self._keep(response, into, most)
                url = _next(url, response)
        raise Refused("The link leads in circles: use a direct download link.")

    @asynccontextmanager
    async def _answer(self, target: Target) -> AsyncIterator[httpx.Response]:
        """Ask the first of the checked addresses that takes a connection; its body is still to come."""
        for address in target.addresses[:MOST_ADDRESSES]:
            async with self._connection() as connection:
                try:
                    response = await self._send(connection, target, address)
                except (httpx.ConnectError, httpx.ConnectTimeout) as failure:
                    if _is_about_certificate(failure):
                        raise Refused(BAD_CERTIFICATE) from None
                    continue
                try:
                    yield response
                finally:
                    await response.aclose()
                return
        raise Unavailable(UNREACHABLE)

    async def _send(
        self, connection: httpx.AsyncHTTPTransport, target: Target, address: str
    ) -> httpx.Response:
        timeout = httpx.Timeout(self._limits.silence, connect=min(10, self._limits.answer))
        request = httpx.Request(
            "GET",
            target.url_at(address),
            headers={**_HEADERS, "Host": target.host_header},
            extensions={"sni_hostname": target.host, "timeout": timeout.as_dict()},
        )
        async with asyncio.timeout(self._limits.answer):
            response = await connection.handle_async_request(request)
        response.request = request
        return response

    def _connection(self) -> httpx.AsyncHTTPTransport:
        """Return a way out for one request: connections are known by address, so none is used twice.

        A bare transport: a client would read redirects its own way, keep cookies, and log signed links.
        """
        return httpx.AsyncHTTPTransport(
            verify=self._trust,
            trust_env=False,
            limits=httpx.Limits(max_connections=1, max_keepalive_connections=0),
        )

    @cached_property
    def _trust(self) -> ssl.SSLContext:
        return self._given_trust or httpx.create_ssl_context(trust_env=False)

    async def _keep(self, response: httpx.Response, into: Path, most: int) -> Download:
        """Write the body down as it comes; in big pieces, because each goes to another thread."""
        sink = await asyncio.to_thread(_Sink, into)
        complete = False
        try:
            async with aclosing(self._pieces(response, most)) as pieces:
                async for piece in pieces:
                    await asyncio.to_thread(sink.write, piece)
            complete = True
        except OSError as failure:
            if failure.errno == errno.ENOSPC:
                raise Unavailable(DISK_FULL) from None
            raise
        finally:
            sink.close(keep=complete)
        return Download(sink.size, sink.sha256.hexdigest(), _content_type(response))

    async def _pieces(self, response: httpx.Response, most: int) -> AsyncGenerator[bytes]:
        """Yield the body in pieces of about a megabyte. Raises Refused above `most`, Unavailable if slow."""
        clock = asyncio.get_running_loop().time
        started, size, piece = clock(), 0, bytearray()
        async for chunk in response.aiter_raw():
            size += len(chunk)
            if size > most:
                raise Refused(_too_large(most))
            elapsed = clock() - started
            if elapsed > self._limits.grace and size < elapsed * self._limits.least_rate:
                raise Unavailable(SLOW)
            piece += chunk
            if len(piece) >= MEGABYTE:
                yield bytes(piece)
                piece.clear()
        yield bytes(piece)


class _Sink:
    """A new file of ours alone, and the hash of what went into it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
        self.size = 0
        self.sha256 = hashlib.sha256()

    def write(self, piece: bytes) -> None:
        """Write all of `piece`, down to the system, so that a full disk is noticed here."""
        self.sha256.update(piece)
        self.size += len(piece)
        self._file.write(piece)
        self._file.flush()

    def close(self, *, keep: bool) -> None:
        """Let go of the file, once a write in another thread is over; remove it unless to `keep`."""
        with suppress(OSError):  # a full disk was told of before
            self._file.close()
        if not keep:
            self._path.unlink(missing_ok=True)


def _check(response: httpx.Response, most: int) -> None:
    """Raise unless the answer is a plain file of at most `most` bytes."""
    status = response.status_code
    if status >= httpx.codes.INTERNAL_SERVER_ERROR or status in _PASSING:
        raise Unavailable(TROUBLED, retry_after=_retry_after(response))
    if status != httpx.codes.OK:
        raise Refused(_SENTENCES.get(status, STRANGE))
    if response.headers.get("content-encoding", "identity").strip().lower() not in {"", "identity"}:
        raise Refused(STRANGE)
    declared = response.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > most:
        raise Refused(_too_large(most))


def _next(url: str, response: httpx.Response) -> str:
    """Return where a redirect leads. Raises Refused where it leads nowhere, or from https to http."""
    location: str = response.headers.get("location", "")
    try:
        onward = urljoin(url, location)
    except ValueError:
        raise Refused(NOT_A_LINK) from None
    if not location:
        raise Refused(STRANGE)
    if url.lower().startswith("https:") and onward.lower().startswith("http:"):
        raise Refused(NOT_HTTPS)
    return onward


def _is_about_certificate(failure: BaseException) -> bool:
    cause: BaseException | None = failure
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return True
        cause = cause.__cause__ or cause.__context__
    return False


def _retry_after(response: httpx.Response) -> float | None:
    """Return the seconds the server asks for, at most an hour; a date is not understood."""
    text = response.headers.get("retry-after", "")
    return min(float(text), 3600.0) if text.isascii() and text.isdecimal() else None


def _content_type(response: httpx.Response) -> str:
    declared: str = response.headers.get("content-type") or ""
    return declared.partition(";")[0].strip().lower()


def _too_large(most: int) -> str:
    return f"The file behind the link is larger than {in_megabytes(most)}, which is the most I take."
