"""The process in which pictures from several files are put into one ZIP; `pack` is the parent's side of it.

It reads one JSON order on standard input, takes its own rights away but for writing that one file, and
answers with one line of JSON. The same pictures under the same names make the same bytes, whatever they came
in: stored, not deflated (pictures do not shrink), flat, of one date. No picture is decoded here.
"""

import errno
import hashlib
import json
import os
import re
import sys
import zipfile
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.domain.dataset import MOST_PICTURE_BYTES, MOST_PICTURES, problems_of_count
from bot.imaging import archive, kinds, strip
from bot.imaging.landlock import shut_in
from bot.imaging.members import told_apart
from bot.imaging.wording import MEGABYTE, in_megabytes, shown_name
from bot.imaging.worker import confine, go_offline

_DATE = (1980, 1, 1, 0, 0, 0)
_UNIX, _PLAIN_FILE = 3, 0o100644 << 16
_OVERHEAD = MEGABYTE
"""Bytes that the ZIP's own headers may take: 50 names of 80 characters, twice."""
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_PICTURE_ENDING = re.compile(r"\.(?:jpe?g|jfif|png|webp)", re.IGNORECASE)
_MISLEADING_START = re.compile(r"\A(?:[. ]|[A-Za-z]:)+")
"""Of a hidden file, or of a path on a drive."""

NONE_LEFT = "No picture would be left: leave out fewer."


@dataclass(frozen=True)
class Item:
    """A picture, or what is to be one: `shown` is what an inspection of its file calls it.

    It is `entry` of the ZIP at `path`, or with None all of that file. It begins with `head`.
    """

    path: Path
    shown: str
    head: bytes
    entry: archive.Entry | None = None

    @property
    def size(self) -> int:
        """Bytes, unpacked."""
        return self.entry.record.size if self.entry else self.path.stat().st_size

    def read(self) -> bytes:
        """Return its bytes. Raises UnfitEntry and UnfitArchive as `archive.contents` does."""
        with self.path.open("rb") as file:
            return archive.contents(file, self.entry) if self.entry else file.read()


class Unfit(Exception):
    """There is a reason not to make the ZIP, or several: `problems` are sentences."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = list(problems)
        super().__init__(*self.problems)


def main() -> None:
    """Do the one order on standard input: what `answer` takes, and `memory` and `cpu` (bytes, seconds)."""
    order = json.load(sys.stdin)
    confine(memory=order["memory"], cpu=order["cpu"], written=order["most_bytes"] + _OVERHEAD)
    go_offline()
    shut_in(readable=[Path(part["path"]) for part in order["parts"]], writable=[Path(order["into"])])
    json.dump(answer(order), sys.stdout)


def answer(order: Mapping[str, Any], free: Callable[[Path], int] | None = None) -> dict[str, Any]:
    """Make the ZIP `into` of the `parts` (each a `path` and a `name`), without what is `left_out`.

    Returns `packed` (`sha256`, `size`, `names`), `unfit` (sentences), or that the disk is `full`; what
    `into` holds is of use in the first case only. `free` tells how many bytes a folder can still take.
    """
    into = Path(order["into"])
    try:
        chosen = _chosen(order)
        if (free or _free)(into.parent) < sum(item.size for item in chosen.values()) + _OVERHEAD:
            return {"full": True}
        _write(into, chosen, strip_them=order["strip"])
    except Unfit as unfit:
        return {"unfit": unfit.problems}
    except OSError as failure:
        if failure.errno not in _FULL:
            raise
        return {"full": True}
    with into.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    names = {name: item.shown for name, item in chosen.items()}
    return {"packed": {"sha256": sha256, "size": into.stat().st_size, "names": names}}


def flat_names(items: Sequence[Item]) -> list[str]:
    """Return a name for each, all different, in no folder, and the same when they are looked at again.

    A file keeps its name, unless another has it: then it is `name-2.png`, and who had no folder comes first.
    A name that does not end as a picture's gets the ending of what the picture is.
    """
    flat = [_flat(item) for item in items]
    order = sorted(range(len(items)), key=lambda at: items[at].shown != flat[at])
    return told_apart(flat, "-{}", order)


def _flat(item: Item) -> str:
    base = item.shown.replace("\\", "/").rstrip("/").rpartition("/")[2]
    base = _MISLEADING_START.sub("", shown_name(base or "picture")) or "picture"
    stem, dot, ending = base.rpartition(".")
    if stem and _PICTURE_ENDING.fullmatch(dot + ending):
        return base
    return shown_name(f"{base}.{_ending(item.head)}")


def _ending(head: bytes) -> str:
    if head.startswith(b"\xff\xd8"):
        return "jpg"
    return "webp" if head.startswith(b"RIFF") else "png"


def _chosen(order: Mapping[str, Any]) -> dict[str, Item]:
    """Return the pictures to pack, by their new names, in order. Raises Unfit with all that is wrong."""
    items, problems = _listed([(Path(part["path"]), part["name"]) for part in order["parts"]])
    names = flat_names(items)
    gone, unknown = _left_out(items, names, order["left_out"])
    chosen = {name: item for at, (name, item) in enumerate(zip(names, items, strict=True)) if at not in gone}
    problems += unknown
    problems += [f"`{item.shown}` {wrong}" for item in chosen.values() if (wrong := _wrong(item))]
    if not chosen and not problems:
        problems += [NONE_LEFT] if gone else problems_of_count(0)
    if len(chosen) > MOST_PICTURES:  # looked at, they would be refused: they need not be packed first
        problems += problems_of_count(len(chosen))
    if sum(item.size for item in chosen.values()) > order["most_bytes"]:
        most = in_megabytes(order["most_bytes"])
        problems.append(f"The pictures have more than {most} in all: use smaller or fewer ones.")
    if problems:
        raise Unfit(problems)
    return chosen


def _listed(parts: Sequence[tuple[Path, str]]) -> tuple[list[Item], list[str]]:
    items: list[Item] = []
    problems: list[str] = []
    for path, name in parts:
        try:
            found, wrong = _items(path, name)
        except archive.UnfitArchive as unfit:
            problems.append(str(unfit) if len(parts) == 1 else f"`{shown_name(name)}`: {unfit}")
        else:
            items += found
            problems += wrong
    return items, problems


def _items(path: Path, name: str) -> tuple[list[Item], list[str]]:
    """Return the files in a part, and what is wrong with others. Raises UnfitArchive."""
    with path.open("rb") as file:
        head = file.read(64)
        if kinds.is_picture(head) or not head:
            return [Item(path, shown_name(name), head)], []
        try:
            listed = archive.listing(file)
        except archive.UnfitArchive as unfit:
            if str(unfit) == archive.NOT_A_ZIP and kinds.stranger(head) != kinds.stranger(b""):
                return [Item(path, shown_name(name), head)], []  # a GIF: its own sentence says what to do
            raise
        entries = [(entry, archive.beginning(file, entry)) for entry in listed.entries]
    return [Item(path, entry.name, head, entry) for entry, head in entries], list(listed.problems)


def _left_out(
    items: Sequence[Item], names: Sequence[str], left_out: Collection[str]
) -> tuple[set[int], list[str]]:
    """Return the places of what is left out, and a sentence for each name that nothing has.

    A name is first taken for a new one: of several parts, an inspection has only ever seen those.
    """
    new = {name: {at} for at, name in enumerate(names)}
    old: defaultdict[str, set[int]] = defaultdict(set)
    for at, item in enumerate(items):
        old[item.shown].add(at)
    found = {name: new.get(name) or old.get(name, set()) for name in left_out}
    unknown = [name for name, places in found.items() if not places]
    sentences = [f"`{shown_name(name)}` is not there to be left out: choose again." for name in unknown]
    return set().union(*found.values()), sentences


def _wrong(item: Item) -> str:
    """Return what keeps a file from being packed, to follow its name; empty where nothing does."""
    if not item.size:
        return "is empty: export it again."
    if not kinds.is_picture(item.head):
        return kinds.stranger(item.head)
    if item.size > MOST_PICTURE_BYTES:
        most = in_megabytes(MOST_PICTURE_BYTES)
        return f"is {in_megabytes(item.size)}: a picture may have at most {most}."
    return ""


def _write(into: Path, chosen: Mapping[str, Item], *, strip_them: bool) -> None:
    """Write the pictures into the file. Raises Unfit with all that is wrong with them."""
    problems = []
    with zipfile.ZipFile(into, "w") as packed:
        for name, item in chosen.items():
            try:
                body = item.read()
                packed.writestr(_header(name), strip.stripped(body) if strip_them else body)
            except strip.Unstrippable as unfit:
                problems.append(f"`{item.shown}` {unfit}")
            except (archive.UnfitEntry, archive.UnfitArchive) as unfit:
                problems.append(str(unfit))
    if problems:
        raise Unfit(problems)


def _header(name: str) -> zipfile.ZipInfo:
    header = zipfile.ZipInfo(name, _DATE)
    header.create_system, header.external_attr = _UNIX, _PLAIN_FILE
    return header


def _free(folder: Path) -> int:
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize
