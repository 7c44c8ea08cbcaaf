"""What cannot be avoided: receive, checksum, decode every JPEG at 1/8 in grey, on two threads.

No directory is read, nothing is hashed, measured or drawn, and nothing is safe from anything.
"""

import struct
import threading
from queue import Queue

import simplejpeg
from isal import isal_zlib

from tests.benchmarks.intake_raw import opened

_LOCAL = struct.Struct("<4s5H3L2H")
_THREADS = 2


def way(url: str) -> str:
    """Read the members as they stand in the stream, which packing them stored makes possible."""
    bodies: Queue[tuple[bytearray, int] | None] = Queue(_THREADS)
    done: list[int] = []
    threads = [threading.Thread(target=_decode, args=(bodies, done)) for _ in range(_THREADS)]
    for thread in threads:
        thread.start()
    with opened(url) as stream:
        while (head := stream.read(_LOCAL.size)).startswith(b"PK\x03\x04"):
            _, _, _, _, _, _, crc, packed, _, name, extra = _LOCAL.unpack(head)
            stream.read(name + extra)
            body, at = bytearray(packed), 0
            while at < packed:
                at += stream.readinto(memoryview(body)[at:])
            bodies.put((body, crc))
    for _ in threads:
        bodies.put(None)
    for thread in threads:
        thread.join()
    return f"{len(done)} pictures"


def _decode(bodies: "Queue[tuple[bytearray, int] | None]", done: list[int]) -> None:
    while (wanted := bodies.get()) is not None:
        body, crc = wanted
        assert isal_zlib.crc32(body) == crc
        simplejpeg.decode_jpeg(body, "GRAY", min_height=1, min_width=1, strict=True)
        done.append(len(body))
