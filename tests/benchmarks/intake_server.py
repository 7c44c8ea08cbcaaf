"""Serves a folder over loopback with ranges, at full speed or at 100 Mb/s, and counts what it was asked for.

Run it with `python -m tests.benchmarks.intake_server FOLDER PORT`. `/NAME` hands a file out as fast as it
goes, `/slow/NAME` at 12.5 MB/s, and `/stats` tells the requests and the bytes since it was asked last.
"""

import json
import os
import re
import socketserver
import sys
import time
from contextlib import suppress
from pathlib import Path

SLOW = 12_500_000
"""Bytes a second: 100 Mb/s."""
_PIECE = 16 * 1024
_SPAN = re.compile(r"range: bytes=(\d*)-(\d*)\r\n", re.IGNORECASE)


def main() -> None:
    """Serve until killed."""
    folder, port = Path(sys.argv[1]), int(sys.argv[2])
    with Server(folder, port) as server:
        server.serve_forever()


class Server(socketserver.ThreadingTCPServer):
    """Counts `requests`, and `sent`: the bytes of bodies that the system took."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder
        self.requests = 0
        self.sent = 0
        super().__init__(("127.0.0.1", port), Visit)


class Visit(socketserver.StreamRequestHandler):
    """One connection, one request."""

    server: Server

    def handle(self) -> None:
        """Answer it; who hangs up early is not missed."""
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            line = self.rfile.readline()
            if not line:
                return
            head += line
        path = head.split(b" ")[1].decode()
        with suppress(ConnectionError):
            if path == "/stats":
                self._tell()
            else:
                self._hand_out(path, head.decode("latin-1"))

    def _tell(self) -> None:
        body = json.dumps({"requests": self.server.requests, "sent": self.server.sent}).encode()
        self.server.requests = self.server.sent = 0
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)

    def _hand_out(self, path: str, head: str) -> None:
        self.server.requests += 1
        with (self.server.folder / Path(path).name).open("rb") as file:
            total = os.fstat(file.fileno()).st_size
            first, last = _span(head, total)
            is_part = (first, last) != (0, total - 1)
            told = f"Content-Range: bytes {first}-{last}/{total}\r\n" if is_part else ""
            status = "206 Partial Content" if is_part else "200 OK"
            self.wfile.write(
                f"HTTP/1.1 {status}\r\nConnection: close\r\nAccept-Ranges: bytes\r\n{told}"
                f"Content-Type: application/zip\r\nContent-Length: {last - first + 1}\r\n\r\n".encode()
            )
            self._pour(file.fileno(), first, last + 1, rate=SLOW if path.startswith("/slow/") else None)

    def _pour(self, file: int, at: int, end: int, *, rate: int | None) -> None:
        """Send the bytes without looking at them; at a `rate`, each piece takes its time."""
        started, begun = time.monotonic(), at
        while at < end:
            piece = min(_PIECE if rate else 1 << 20, end - at)
            sent = os.sendfile(self.connection.fileno(), file, at, piece)
            at += sent
            self.server.sent += sent
            if rate:
                ahead = (at - begun) / rate - (time.monotonic() - started)
                time.sleep(max(0.0, ahead))


def _span(head: str, total: int) -> tuple[int, int]:
    """Return the first and the last byte that a request asks for."""
    asked = _SPAN.search(head)
    if asked is None:
        return 0, total - 1
    first, last = asked.groups()
    if not first:
        return max(0, total - int(last)), total - 1
    return int(first), min(int(last or total), total - 1)


if __name__ == "__main__":
    main()
