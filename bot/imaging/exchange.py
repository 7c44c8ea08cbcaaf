"""One question over HTTP to addresses that were checked, and its answer as it comes.

Nothing is taken from the environment (proxies, netrc), no connection is used twice, and no wait outlasts its
limit, not even for a server that sends a byte of its headers now and then. Redirects are not followed here.
Measured: `http.client` with `readinto` costs 20 ms of processor for 100 MB, httpx 68 to 157.
"""

import io
import math
import socket
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from email.utils import collapse_rfc2231_value
from http.client import HTTPResponse, IncompleteRead
from time import monotonic
from typing import TYPE_CHECKING, NamedTuple, cast
from urllib.parse import quote

from bot.domain.errors import Refused, Unavailable
from bot.imaging.addresses import UNREACHABLE, Target
from bot.imaging.wording import MEGABYTE

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

Trust = Callable[[], ssl.SSLContext]
"""Whose certificates are good; only asked for https, because it takes 40 ms to make."""

MOST_ADDRESSES = 4
"""Of one name, tried one after another."""
CONNECTING = 10.0
BAD_CERTIFICATE = "The link's server has no valid certificate: use one whose https link opens in a browser."
_PLAIN = "%/:=&?~+!$,;'@()*[]|"
"""What of a path stays as it is; the rest is written in percent signs."""
_AHEAD = 16 * 1024
MOST_ANNOUNCED = 5
"""Interim answers (103 Early Hints and their like) that may come before the answer."""
_INTERIM = range(102, 200)


class Limits(NamedTuple):
    """Seconds for the whole, for an answer to begin and between two pieces; and how many redirects.

    `least_rate` is the least average of bytes a second, asked for once `grace` seconds have passed.
    """

    deadline: float = 600
    answer: float = 30
    silence: float = 20
    grace: float = 15
    least_rate: int = 20_000
    redirects: int = 3


ORDINARY = Limits()


class Watch:
    """The clock of one download, however many questions it takes; every wait asks it how long.

    `most` is how many bytes are wanted; what a server wraps them in may take as many again.
    """

    def __init__(self, limits: Limits, most: int) -> None:
        self._limits = limits
        self._end = monotonic() + limits.deadline
        self._answer_by = math.inf
        self._since = 0.0
        self._received = 0
        self._most = 2 * most + MEGABYTE

    def ask(self) -> None:
        """Begin to wait for an answer."""
        self._answer_by = monotonic() + self._limits.answer

    def hear(self) -> None:
        """Begin to take the answer's body."""
        self._answer_by, self._since, self._received = math.inf, monotonic(), 0

    def patience(self, most: float = math.inf) -> float:
        """Return the seconds that the next wait may take. Raises TimeoutError where none are left."""
        now = monotonic()
        silence = self._limits.silence if math.isinf(self._answer_by) else math.inf
        left = min(most, silence, self._end - now, self._answer_by - now)
        if left <= 0:
            raise TimeoutError
        return left

    def count(self, received: int) -> None:
        """Take note of bytes that came. Raises TimeoutError if too slowly, IncompleteRead if endlessly."""
        if not math.isinf(self._answer_by):
            return
        self._received += received
        elapsed = monotonic() - self._since
        if elapsed > self._limits.grace and self._received < elapsed * self._limits.least_rate:
            raise TimeoutError
        if self._received > self._most:
            raise IncompleteRead(b"")


class Line(io.RawIOBase):
    """A connection, as `http.client` reads it. Raises TimeoutError, and IncompleteRead where it breaks."""

    def __init__(self, connection: socket.socket, watch: Watch) -> None:
        self._connection = connection
        self._watch = watch

    def makefile(self, _mode: str) -> io.BufferedReader:
        """Return what `http.client` reads from in place of a socket's file."""
        return io.BufferedReader(self, _AHEAD)

    def readable(self) -> bool:
        """Say that it is there to be read."""
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        """Wait for some bytes, no longer than may be, and return how many came."""
        self._connection.settimeout(self._watch.patience())
        try:
            received = self._connection.recv_into(buffer)
        except TimeoutError:
            raise
        except OSError:
            raise IncompleteRead(b"") from None
        self._watch.count(received)
        return received

    def send(self, question: bytes) -> None:
        """Send all of it."""
        self._connection.settimeout(self._watch.patience())
        try:
            self._connection.sendall(question)
        except TimeoutError:
            raise
        except OSError:
            raise IncompleteRead(b"") from None

    def close(self) -> None:
        """Hang up."""
        with suppress(OSError):
            self._connection.close()
        super().close()


class Answer:
    """What a server answered: the head is read, the body is still to come."""

    def __init__(self, response: HTTPResponse, url: str) -> None:
        self._response = response
        self.url = url
        """The link that was answered, after redirects."""
        self.status = response.status
        self.length = response.length
        """The bytes it says are to come; None where it does not say."""

    def header(self, name: str) -> str:
        """Return a header, empty where it is absent; of several the first."""
        return _in_utf8(str(self._response.headers.get(name, ""))).strip()

    @property
    def content_type(self) -> str:
        """The media type alone, in lower case."""
        return self.header("content-type").partition(";")[0].strip().lower()

    @property
    def file_name(self) -> str:
        """What it calls the file, in the newer of the two forms if there are both: nothing to trust."""
        given = self._response.headers.get_params([], header="content-disposition")
        names = [value for key, value in given if key.lower() == "filename"]
        if not names:
            return ""
        return _in_utf8(names[-1]) if isinstance(names[-1], str) else collapse_rfc2231_value(names[-1])

    @property
    def is_plain(self) -> bool:
        """Whether the body is the file itself, neither compressed nor otherwise wrapped."""
        wrapped = self.header("content-encoding").lower() not in {"", "identity"}
        return not wrapped and self.header("transfer-encoding").lower() in {"", "identity", "chunked"}

    def readinto(self, buffer: bytearray | memoryview) -> int:
        """Fill `buffer`, unless the body ends first; return how many bytes came.

        Raises TimeoutError and HTTPException.
        """
        return self._response.readinto(buffer)

    def read(self, most: int) -> bytes:
        """Return at most `most` bytes. Raises as `readinto`."""
        buffer = bytearray(most)
        return bytes(buffer[: self.readinto(buffer)])


def _in_utf8(header: str) -> str:
    """Return what the server meant: headers are read as Latin-1, and mostly written in UTF-8."""
    try:
        return header.encode("latin-1").decode()
    except UnicodeError:
        return header


@contextmanager
def asking(
    target: Target, url: str, headers: Mapping[str, str], *, watch: Watch, trust: Trust
) -> Iterator[Answer]:
    """Ask the first of the checked addresses that takes a connection.

    Raises Refused (a bad certificate), Unavailable (nobody answers), TimeoutError and HTTPException.
    """
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    path = quote(target.path, safe=_PLAIN)
    question = f"GET {path} HTTP/1.1\r\nHost: {target.host_header}\r\n{lines}Connection: close\r\n\r\n"
    with closing(_line(target, watch, trust)) as line:
        line.send(question.encode("ascii"))
        with closing(HTTPResponse(cast("socket.socket", line), method="GET")) as response:
            _begin(response)
            watch.hear()
            yield Answer(response, url)


def _begin(response: HTTPResponse) -> None:
    """Read the head of the answer, past what a server may say before it; `http.client` skips only 100."""
    response.begin()
    for _ in range(MOST_ANNOUNCED):
        if response.status not in _INTERIM:
            return
        response.headers = None  # type: ignore[assignment]  # as it was made: begin() reads on then
        response.begin()


def _line(target: Target, watch: Watch, trust: Trust) -> Line:
    for address in target.addresses[:MOST_ADDRESSES]:
        watch.patience()
        watch.ask()
        try:
            return Line(_connection(target, address, watch, trust), watch)
        except ssl.SSLCertVerificationError:
            raise Refused(BAD_CERTIFICATE) from None
        except OSError:  # closed, unreachable, or too slow to connect
            continue
    raise Unavailable(UNREACHABLE)


def _connection(target: Target, address: str, watch: Watch, trust: Trust) -> socket.socket:
    """Connect to this very address; a certificate must be for the host that the link names."""
    connection = socket.create_connection((address, target.port), watch.patience(CONNECTING))
    if target.scheme != "https":
        return connection
    with closing(connection):  # once it is wrapped, there is nothing left in it to close
        connection.settimeout(watch.patience(CONNECTING))
        return trust().wrap_socket(connection, server_hostname=target.host)
