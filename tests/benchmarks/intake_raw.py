"""The download and nothing else, over a bare socket."""

import io
import socket
from urllib.parse import urlsplit


def way(url: str) -> str:
    """Receive, and let go."""
    buffer, total = bytearray(1 << 20), 0
    with opened(url) as stream:
        while count := stream.readinto(buffer):
            total += count
    return f"{total} bytes"


def opened(url: str) -> io.BufferedReader:
    """Ask for `url` over a bare socket, and return its body as a stream."""
    parts = urlsplit(url)
    connection = socket.create_connection((parts.hostname or "", parts.port or 80))
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
    connection.sendall(f"GET {parts.path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    stream = connection.makefile("rb")
    connection.close()
    while stream.readline() != b"\r\n":
        pass
    return stream
