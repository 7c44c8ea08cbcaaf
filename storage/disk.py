"""The disk, where it matters that it has something for good, and what to say where it does not.

It knows no database and no archive.
"""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.domain.errors import Unavailable


def flush(path: Path) -> None:
    """Wait until the disk has a file, or the names in a folder."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def told() -> Iterator[None]:
    """Make a sentence of what the disk refuses: raises Unavailable for OSError."""
    try:
        yield
    except OSError as failure:
        if failure.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise Unavailable("My disk is full: tell whoever runs Housestyle.") from failure
        raise Unavailable("My disk does not work as it should: tell whoever runs Housestyle.") from failure
