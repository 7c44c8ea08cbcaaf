"""The rules that each file in a ZIP must keep, as far as the ZIP's directory tells.

They are design/reliability.md C.2. Nothing is read here, so that the sentences are the same whether the whole
ZIP is there or only its end; and so are the names by which people know the files.
"""

import re
import stat
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import count

from bot.domain.dataset import MOST_PICTURE_BYTES
from bot.imaging.directory import Record
from bot.imaging.kinds import stranger_by_name
from bot.imaging.wording import MEGABYTE, in_megabytes, marked_name

LONGEST_NAME, DEEPEST = 1000, 16
MOST_RATIO, RATIO_COUNTS_FROM = 200, MEGABYTE
_HIGHEST = 99_999
"""A number as wide as any that tells names apart."""
ENCRYPTED = 0x1 | 0x40 | 0x2000
STORED, DEFLATED = 0, 8
_PATCHED = 0x20
_CLUTTER = frozenset({"thumbs.db", "ehthumbs.db", "ehthumbs_vista.db", "desktop.ini", "picasa.ini", "icon\r"})
_DRIVE = re.compile(r"[A-Za-z]:")


def path_of(record: Record) -> str:
    """Return the name with slashes; macOS writes UTF-8 without saying so, old Windows backslashes."""
    try:
        text = record.name.decode("utf-8")
    except UnicodeDecodeError:
        text = record.name.decode("cp437")  # what the format says of names that are not UTF-8
    return text.replace("\\", "/")


def same_name(path: str) -> str:
    """Return what two names must differ in to be two files on every system."""
    return unicodedata.normalize("NFC", path).casefold()


def told_apart(names: Sequence[str], mark: str, order: Iterable[int] | None = None) -> list[str]:
    """Return shown `names`, all different, and the same when they are looked at again.

    Of those that are alike, who comes first in `order` (of places; None: as they stand) keeps the name. The
    others get `mark` with the next number, from 2 on, before the ending.
    """
    apart, owner = [*names], dict[str, int]()
    for at in range(len(names)) if order is None else order:
        owner.setdefault(same_name(names[at]), at)
    taken, numbers = set(owner), defaultdict[str, Iterator[int]](lambda: count(2))
    for at, name in enumerate(names):
        if owner[same_name(name)] != at:
            # long names that are cut alike to make room share their numbers, or each would try all of them
            numbered = numbers[same_name(marked_name(name, mark.format(_HIGHEST)))]
            others = (marked_name(name, mark.format(number)) for number in numbered)
            apart[at] = next(other for other in others if same_name(other) not in taken)
            taken.add(same_name(apart[at]))
    return apart


def is_clutter(record: Record, path: str) -> bool:
    """Say whether it is a folder, or what systems leave in ZIPs unasked; `..` is not hidden, it is wrong."""
    parts = path.split("/")
    if ".." in parts:
        return False
    hidden = any(part.startswith(".") and part != "." for part in parts)
    empty_folder = path.endswith("/") and not record.size
    return hidden or empty_folder or "__MACOSX" in parts or parts[-1].lower() in _CLUTTER


def problem(record: Record, path: str) -> str:
    """Return what keeps the file from being read, to follow its name; empty where nothing does."""
    if _leads_out(path):
        return "has a path that leads out of the ZIP: pack the pictures without folders."
    if any(unicodedata.category(letter) == "Cc" for letter in path):
        return "has a control character in its name: rename it."
    if stat.S_IFMT(record.attributes >> 16) not in {0, stat.S_IFREG}:
        return "is a link or a device, not a file: pack the picture itself."
    if stranger := stranger_by_name(path):
        return stranger
    if record.flags & ENCRYPTED:
        return "is locked with a password: pack the ZIP without one."
    if record.method not in {STORED, DEFLATED} or record.flags & _PATCHED:
        return "is packed in a way I cannot read: choose ordinary ZIP compression."
    return _problem_of_size(record)


def _problem_of_size(record: Record) -> str:
    if not record.size:
        return "is empty: export it again."
    if record.size > MOST_PICTURE_BYTES:
        most = in_megabytes(MOST_PICTURE_BYTES)
        return f"is {in_megabytes(record.size)}: a picture may have at most {most}."
    if record.size > RATIO_COUNTS_FROM and record.size > MOST_RATIO * record.packed:
        return "unpacks to far more than a picture would: export it again."
    if record.packed > record.size + record.size // 100 + 1024:
        return "is damaged in the ZIP: pack and upload it again."
    return ""


def _leads_out(path: str) -> bool:
    parts = path.split("/")
    too_much = len(path) > LONGEST_NAME or len(parts) > DEEPEST
    return too_much or ".." in parts or path.startswith("/") or bool(_DRIVE.match(path))
