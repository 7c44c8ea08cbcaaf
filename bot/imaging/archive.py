"""Opens a stranger's ZIP with suspicion: everything in it is a claim until it has been read.

The end of the ZIP is enough for a first verdict (`glance`); `listing` reads the whole and holds the files'
own headers against the directory. Nothing is ever extracted to a path, and a ZIP in the ZIP is not opened.
An archive may follow a prefix, such as a program that unpacks it, but neither a web page nor another ZIP.
The rules are design/reliability.md C.2; those for each file are in `members`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import BinaryIO, cast

from isal import igzip_lib, isal_zlib

from bot.imaging.directory import (
    LOCAL,
    LONGEST_TAIL,
    MOST_DIRECTORY_BYTES,
    End,
    Record,
    Tail,
    ending,
    records,
)
from bot.imaging.kinds import is_named_picture, other_picture_by_name, stranger_by_name
from bot.imaging.members import DEFLATED, ENCRYPTED, is_clutter, path_of, problem, same_name, told_apart
from bot.imaging.wording import MEGABYTE, in_megabytes, shown_name

MOST_ENTRIES = 5000
MOST_BYTES = 2560 * MEGABYTE
"""Unpacked, all files together: 50 pictures of 50 MB."""
_NEWEST = 63
"""The version of the format (6.3) that everything since needs at most."""
_PAGE = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype|!--|html|head|body|script|meta|title)", re.IGNORECASE)
_RAW = -15
_TORN = cast("type[Exception]", igzip_lib.IsalError)  # its stub takes the class for an instance

NOT_A_ZIP = "The link does not lead to a ZIP: pack the pictures into one and link that."
WEB_PAGE = (
    "The link leads to a web page, not to a ZIP: use the direct download link"
    " (Dropbox: end it with `dl=1` instead of `dl=0`)."
)
DAMAGED = "The ZIP is damaged or incomplete: pack and upload it again."
MISLEADING = "The ZIP contradicts itself about what it holds: pack it again with another program."
IN_PARTS = "The ZIP is one part of several: pack it again as a single file."


class UnfitArchive(Exception):
    """The ZIP as a whole cannot be used; the text is a sentence fit for people."""


class UnfitEntry(Exception):
    """One file cannot be unpacked; the text is a sentence that names it."""


@dataclass(frozen=True)
class Entry:
    """One file: `name` fit to show, what the directory claims, and `stop`, where the next thing begins.

    No two files of a ZIP are shown by one name, and each has the same one whenever it is listed.
    """

    name: str
    record: Record
    stop: int


@dataclass(frozen=True)
class Listing:
    """What a ZIP says it holds: files that may be read, and a sentence for each that may not.

    `unread` of the latter may be pictures all the same, which count: locked, say, or packed strangely.
    """

    entries: tuple[Entry, ...]
    problems: tuple[str, ...]
    unread: int = 0


def glance(tail: Tail) -> Listing:
    """List what the directory alone tells; headers and bytes are still to be checked. Raises UnfitArchive."""
    end = _end(tail.body, tail.total)
    at = end.start - tail.start
    if at < 0:
        raise UnfitArchive(DAMAGED)
    return _listed(_records(tail.body[at : end.stop - tail.start], end), end)


def listing(file: BinaryIO) -> Listing:
    """List the files of the whole ZIP, without folders and system clutter. Raises UnfitArchive."""
    total = file.seek(0, 2)
    head = _read(file, 0, 512)
    if _PAGE.match(head):
        raise UnfitArchive(WEB_PAGE)
    length = min(total, LONGEST_TAIL)
    tail = _read(file, total - length, length)
    if ending(tail, total=total) is None and not head.startswith(b"PK"):
        raise UnfitArchive(NOT_A_ZIP)
    end = _end(tail, total)
    found = _records(_read(file, end.start, end.stop - end.start), end)
    listed = _listed(found, end)
    _check_headers(file, found, end)
    if found and head.startswith(b"PK\x03\x04") and min(record.header for record in found):
        raise UnfitArchive(MISLEADING)  # who reads it from the front finds another archive
    return listed


def contents(file: BinaryIO, entry: Entry) -> bytes:
    """Return the file's bytes. Raises UnfitEntry unless they are exactly what the ZIP says they are.

    Raises UnfitArchive where the file's own header says something else than the directory.
    """
    record = entry.record
    body = _read(file, _data_start(file, record), record.packed)
    if record.method == DEFLATED:
        inflater = isal_zlib.decompressobj(_RAW)
        try:
            body = inflater.decompress(body, record.size + 1)
        except _TORN:
            body = b""
        if not inflater.eof or inflater.unused_data:
            body = b""
    if len(body) != record.size or isal_zlib.crc32(body) != record.crc:
        raise UnfitEntry(f"`{entry.name}` is damaged in the ZIP: pack and upload it again.")
    return body


def beginning(file: BinaryIO, entry: Entry, count: int = 64) -> bytes:
    """Return the first bytes of the file, fewer where it is short or damaged. Raises UnfitArchive."""
    record = entry.record
    head = _read(file, _data_start(file, record), min(record.packed, 4096))
    if record.method != DEFLATED:
        return head[:count]
    try:
        return isal_zlib.decompressobj(_RAW).decompress(head, count)
    except _TORN:
        return b""


def _read(file: BinaryIO, start: int, count: int) -> bytes:
    file.seek(start)
    return file.read(count)


def _end(tail: bytes, total: int) -> End:
    """Read the end record. Raises UnfitArchive where it is absent, absurd or beyond the caps."""
    end = ending(tail, total=total)
    if end is None:
        raise UnfitArchive(DAMAGED)
    if end.parts:
        raise UnfitArchive(IN_PARTS)
    if end.files > MOST_ENTRIES or end.stop - end.start > MOST_DIRECTORY_BYTES:
        raise UnfitArchive(f"The ZIP holds more than {MOST_ENTRIES:,} files: pack only the pictures.")
    if end.start < 0 or end.shift < 0:
        raise UnfitArchive(MISLEADING)
    return end


def _records(body: bytes, end: End) -> list[Record]:
    """Read the directory. Raises UnfitArchive where it is damaged, or not what the end record says."""
    found = records(body, shift=end.shift)
    if found is None or any(record.version > _NEWEST for record in found):
        raise UnfitArchive(DAMAGED)
    if len(found) != end.files:
        raise UnfitArchive(MISLEADING)
    return found


def _listed(found: Sequence[Record], end: End) -> Listing:
    """Judge every record by the directory alone. Raises UnfitArchive for what is wrong with the whole."""
    paths = [path_of(record) for record in found]
    if len({same_name(path) for path in paths}) != len(paths):
        raise UnfitArchive("The ZIP holds two files of the same name: rename one and pack it again.")
    if sum(record.size for record in found) > MOST_BYTES:
        raise UnfitArchive(f"The ZIP unpacks to more than {in_megabytes(MOST_BYTES)}: use smaller pictures.")
    stops = _stops(found, end)
    files = [
        (record, path) for record, path in zip(found, paths, strict=True) if not is_clutter(record, path)
    ]
    names = told_apart([shown_name(path) for _, path in files], " ({})")
    is_of_pictures = any(is_named_picture(path) for _, path in files)
    entries, problems, unread = [], [], 0
    for (record, path), name in zip(files, names, strict=True):
        if wrong := problem(record, path) or ("" if is_of_pictures else other_picture_by_name(path)):
            problems.append(f"`{name}` {wrong}")
            unread += not stranger_by_name(path)
        else:
            entries.append(Entry(name, record, stops[record.header]))
    return Listing(tuple(entries), tuple(problems), unread)


def _stops(found: Sequence[Record], end: End) -> dict[int, int]:
    """Return, for each file's header, where the next thing begins. Raises UnfitArchive where two overlap."""
    in_order = sorted(found, key=lambda record: record.header)
    begins = [*(record.header for record in in_order), end.start]
    stops = dict(pairwise(begins))
    for record in in_order:
        least = record.header + LOCAL.size + len(record.name) + record.packed
        if len(stops) != len(found) or least > stops[record.header]:
            raise UnfitArchive(MISLEADING)
    return stops


def _check_headers(file: BinaryIO, found: Sequence[Record], end: End) -> None:
    """Raise UnfitArchive unless the files' own headers agree with the directory and leave each its room."""
    stops = _stops(found, end)
    if any(_data_start(file, record) + record.packed > stops[record.header] for record in found):
        raise UnfitArchive(MISLEADING)


def _data_start(file: BinaryIO, record: Record) -> int:
    head = _read(file, record.header, LOCAL.size)
    if len(head) < LOCAL.size or not head.startswith(b"PK\x03\x04"):
        raise UnfitArchive(DAMAGED)
    _, _, flags, method, _, _, _, _, _, named, extra = LOCAL.unpack(head)
    same = file.read(named) == record.name and method == record.method
    if not same or (flags ^ record.flags) & ENCRYPTED:
        raise UnfitArchive(MISLEADING)
    return record.header + LOCAL.size + int(named) + int(extra)
