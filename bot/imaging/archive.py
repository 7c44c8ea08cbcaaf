"""Opens a stranger's ZIP with suspicion: everything in it is a claim until it has been read.

Pure standard library; runs in the worker process. `zipfile` reads the directory only, after its size has
been capped; the bytes of a file are unpacked here, so that declared and real can be compared. Nothing is
ever extracted to a path, and a ZIP in the ZIP is not opened. The rules are design/reliability.md C.2.
"""

import re
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO, NamedTuple

from bot.domain.dataset import MOST_PICTURE_BYTES
from bot.imaging.wording import MEGABYTE, in_megabytes, shown_name

MOST_ENTRIES = 5000
MOST_DIRECTORY_BYTES = 5 * MEGABYTE
MOST_BYTES = 2560 * MEGABYTE
"""Unpacked, all files together: 50 pictures of 50 MB."""
LONGEST_NAME, DEEPEST = 1000, 16
MOST_RATIO, RATIO_COUNTS_FROM = 200, MEGABYTE
_ENCRYPTED = 0x1 | 0x40 | 0x2000
_UTF8 = 0x800
_STORED, _DEFLATED = 0, 8
_LOCAL = struct.Struct("<4s5H3L2H")
_END = struct.Struct("<4s4H2LH")
_END64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR_SIZE = 20
_CLUTTER = frozenset({"thumbs.db", "desktop.ini"})
_DRIVE = re.compile(r"[A-Za-z]:")

NOT_A_ZIP = "The link does not lead to a ZIP: pack the pictures into one and link that."
WEB_PAGE = (
    "The link leads to a web page, not to a ZIP: use the direct download link"
    " (Dropbox: end it with `dl=1` instead of `dl=0`)."
)
DAMAGED = "The ZIP is damaged or incomplete: pack and upload it again."
MISLEADING = "The ZIP contradicts itself about what it holds: pack it again with another program."


class UnfitArchive(Exception):
    """The ZIP as a whole cannot be used; the text is a sentence fit for people."""


class UnfitEntry(Exception):
    """One file cannot be unpacked; the text is a sentence that names it."""


@dataclass(frozen=True)
class Entry:
    """One file: `name` fit to show; its `packed` bytes begin at `start`; `size` and `crc` are claims."""

    name: str
    start: int
    packed: int
    size: int
    crc: int
    deflated: bool


@dataclass(frozen=True)
class Listing:
    """What a ZIP says it holds: files that may be read, and a sentence for each that may not."""

    entries: tuple[Entry, ...]
    problems: tuple[str, ...]


class _Directory(NamedTuple):
    entries: int
    size: int
    offset: int


def listing(file: BinaryIO) -> Listing:
    """List the files of the ZIP, without folders and system clutter. Raises UnfitArchive."""
    size = file.seek(0, 2)
    if _is_empty(file):
        return Listing((), ())
    directory = _directory(file, size)
    infos = _infos(file, directory)
    starts = _data_starts(file, infos, directory.offset)
    if sum(info.file_size for info in infos) > MOST_BYTES:
        raise UnfitArchive(f"The ZIP unpacks to more than {in_megabytes(MOST_BYTES)}: use smaller pictures.")
    entries, problems = [], []
    for info, start in zip(infos, starts, strict=True):
        path = _path(info)
        if _is_clutter(info, path):
            continue
        name = shown_name(path)
        if problem := _problem(info, path):
            problems.append(f"`{name}` {problem}")
        else:
            entries.append(_entry(info, name, start))
    return Listing(tuple(entries), tuple(problems))


def contents(file: BinaryIO, entry: Entry) -> bytes:
    """Return the file's bytes. Raises UnfitEntry unless they are exactly what the ZIP says they are."""
    file.seek(entry.start)
    body = file.read(entry.packed)
    if entry.deflated:
        inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            body = inflater.decompress(body, entry.size + 1)
        except zlib.error:
            body = b""
        if not inflater.eof or inflater.unused_data:
            body = b""
    if len(body) != entry.size or zlib.crc32(body) != entry.crc:
        raise UnfitEntry(f"`{entry.name}` is damaged in the ZIP: pack and upload it again.")
    return body


def beginning(file: BinaryIO, entry: Entry, count: int = 64) -> bytes:
    """Return the first bytes of the file, fewer where it is short or damaged; nothing is checked."""
    file.seek(entry.start)
    head = file.read(min(entry.packed, 4096))
    if not entry.deflated:
        return head[:count]
    try:
        return zlib.decompressobj(-zlib.MAX_WBITS).decompress(head, count)
    except zlib.error:
        return b""


def _is_empty(file: BinaryIO) -> bool:
    """Say whether the ZIP holds nothing. Raises UnfitArchive where it does not begin as a ZIP does."""
    file.seek(0)
    head = file.read(512)
    if head.startswith(b"PK\x03\x04"):
        return False
    if head.startswith(b"PK\x05\x06"):
        return True
    looks = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    raise UnfitArchive(WEB_PAGE if looks.startswith((b"<!doctype", b"<html", b"<head")) else NOT_A_ZIP)


def _directory(file: BinaryIO, size: int) -> _Directory:
    """Read the end record, or its 64-bit twin. Raises UnfitArchive where it is absent or beyond the caps."""
    length = min(size, 0xFFFF + _END.size)
    file.seek(size - length)
    tail = file.read(length)
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < _END.size:
        raise UnfitArchive(DAMAGED)
    _, _, _, _, count, bulk, offset, comment = _END.unpack_from(tail, at)
    if comment != len(tail) - at - _END.size:
        raise UnfitArchive(DAMAGED)
    end = size - length + at
    at64 = at - _LOCATOR_SIZE - _END64.size
    if at64 >= 0 and tail[at - _LOCATOR_SIZE :].startswith(b"PK\x06\x07"):
        *_, count, bulk, offset = _END64.unpack_from(tail, at64)
        end -= _LOCATOR_SIZE + _END64.size
    if count > MOST_ENTRIES or bulk > MOST_DIRECTORY_BYTES:
        raise UnfitArchive(f"The ZIP holds more than {MOST_ENTRIES:,} files: pack only the pictures.")
    if offset + bulk != end:
        raise UnfitArchive(MISLEADING)
    return _Directory(count, bulk, offset)


def _infos(file: BinaryIO, directory: _Directory) -> Sequence[zipfile.ZipInfo]:
    """Let `zipfile` read the directory, and check that it read the same one. Raises UnfitArchive."""
    try:
        with zipfile.ZipFile(file) as archive:
            infos, start = archive.infolist(), archive.start_dir
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OverflowError, struct.error, OSError):
        raise UnfitArchive(DAMAGED) from None
    if len(infos) != directory.entries or start != directory.offset:
        raise UnfitArchive(MISLEADING)
    names = {unicodedata.normalize("NFC", _path(info)).casefold() for info in infos}
    if len(names) != len(infos):
        raise UnfitArchive("The ZIP holds two files of the same name: rename one and pack it again.")
    return infos


def _data_starts(file: BinaryIO, infos: Sequence[zipfile.ZipInfo], end: int) -> list[int]:
    """Return where each file's bytes begin. Raises UnfitArchive where two overlap or one has two names."""
    starts, spans = [], []
    for info in infos:
        start = _data_start(file, info)
        starts.append(start)
        spans.append((info.header_offset, start + info.compress_size))
    spans.sort()
    begins = [begin for begin, _ in spans[1:]] + [end]
    if any(stop > begin for (_, stop), begin in zip(spans, begins, strict=True)):
        raise UnfitArchive(MISLEADING)
    return starts


def _data_start(file: BinaryIO, info: zipfile.ZipInfo) -> int:
    if info.header_offset < 0:
        raise UnfitArchive(MISLEADING)
    file.seek(info.header_offset)
    head = file.read(_LOCAL.size)
    if len(head) < _LOCAL.size or not head.startswith(b"PK\x03\x04"):
        raise UnfitArchive(DAMAGED)
    _, _, flags, method, _, _, _, _, _, named, extra = _LOCAL.unpack(head)
    same = file.read(named) == _raw_name(info) and method == info.compress_type
    if not same or (flags ^ info.flag_bits) & _ENCRYPTED:
        raise UnfitArchive(MISLEADING)
    return info.header_offset + _LOCAL.size + int(named) + int(extra)


def _raw_name(info: zipfile.ZipInfo) -> bytes:
    return info.orig_filename.encode("utf-8" if info.flag_bits & _UTF8 else "cp437")


def _path(info: zipfile.ZipInfo) -> str:
    """Return the name with slashes; macOS writes UTF-8 without saying so, old Windows backslashes."""
    try:
        text = _raw_name(info).decode("utf-8")
    except UnicodeDecodeError:
        text = info.orig_filename
    return text.replace("\\", "/")


def _is_clutter(info: zipfile.ZipInfo, path: str) -> bool:
    """Say whether it is a folder, or what systems leave in ZIPs unasked; `..` is not hidden, it is wrong."""
    parts = path.split("/")
    if ".." in parts:
        return False
    hidden = any(part.startswith(".") and part != "." for part in parts)
    empty_folder = path.endswith("/") and not info.file_size
    return hidden or empty_folder or "__MACOSX" in parts or parts[-1].lower() in _CLUTTER


def _problem(info: zipfile.ZipInfo, path: str) -> str:
    """Return what keeps the file from being read, to follow its name; empty where nothing does."""
    if _leads_out(path):
        return "has a path that leads out of the ZIP: pack the pictures without folders."
    if stat.S_IFMT(info.external_attr >> 16) not in {0, stat.S_IFREG}:
        return "is a link or a device, not a file: pack the picture itself."
    if info.flag_bits & _ENCRYPTED:
        return "is locked with a password: pack the ZIP without one."
    if info.compress_type not in {_STORED, _DEFLATED} or info.flag_bits & 0x20:
        return "is packed in a way I cannot read: choose ordinary ZIP compression."
    if not info.file_size:
        return "is empty: export it again."
    if info.file_size > MOST_PICTURE_BYTES:
        most = in_megabytes(MOST_PICTURE_BYTES)
        return f"is {in_megabytes(info.file_size)}: a picture may have at most {most}."
    if info.file_size > RATIO_COUNTS_FROM and info.file_size > MOST_RATIO * info.compress_size:
        return "unpacks to far more than a picture would: export it again."
    if info.compress_size > info.file_size + info.file_size // 100 + 1024:
        return "is damaged in the ZIP: pack and upload it again."
    return ""


def _leads_out(path: str) -> bool:
    parts = path.split("/")
    wild = any(unicodedata.category(c) == "Cc" for c in path)
    too_much = len(path) > LONGEST_NAME or len(parts) > DEEPEST
    return wild or too_much or ".." in parts or path.startswith("/") or bool(_DRIVE.match(path))


def _entry(info: zipfile.ZipInfo, name: str, start: int) -> Entry:
    return Entry(
        name, start, info.compress_size, info.file_size, info.CRC, deflated=info.compress_type == _DEFLATED
    )
