"""The process in which a stranger's bytes are unpacked and decoded: small, slow, blind, and soon over.

It is spoken to in lines of JSON: a request first, then, for a dataset, what has arrived of it. It takes its
own rights away, and answers in lines: `{"reading": name}` before each file, so that its death has a name,
`{"glance": …}` where it was shown the end of a ZIP, and one `{"answer": …}`. It has no secrets: its
environment is empty. What nobody foresaw ends the process, which the parent (`decode`) takes for an
unreadable picture.
"""

import base64
import ctypes
import json
import os
import resource
import sys
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from itertools import chain
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from bot.domain.dataset import MOST_PICTURES, problems_of_count
from bot.imaging import archive, kinds
from bot.imaging.directory import Tail
from bot.imaging.landlock import shut_in
from bot.imaging.wording import MEGABYTE

if TYPE_CHECKING:
    from bot.imaging.reading import Reading, Sound

NICENESS = 19
MOST_FILES = 32
COMPLETE = ({"complete": True},)
"""The news of a ZIP that is there already."""
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_M_MMAP_THRESHOLD, _M_ARENA_MAX = -3, -8
_NOTHING: dict[str, Any] = {"pictures": [], "sheet": "", "assessment": None, "palette": "", "pairs": ""}
_saying = Lock()


def main() -> None:
    """Do the request in the first line of standard input: `{"job", "path", "memory", "cpu", "threads"}`.

    `memory` in bytes, `cpu` in seconds. The lines after it are the news of a dataset.
    """
    request = json.loads(sys.stdin.readline())
    confine(memory=request["memory"], cpu=request["cpu"])
    save_memory()
    warnings.simplefilter("ignore")  # of oddities that are no fault, Pillow would speak at length
    path = Path(request["path"])
    place = path if path.exists() else path.parent  # it may be still to come
    _say({"offline": go_offline(), "shut_in": shut_in(readable=[place])})
    if request["job"] == "picture":
        _say({"answer": picture(path)})
    else:
        _say({"answer": dataset(path, map(json.loads, sys.stdin), threads=request["threads"])})


def confine(*, memory: int, cpu: int, written: int = 0) -> None:
    """Give way to everyone, and keep to `memory` bytes and `cpu` seconds; dump no core.

    A file may be written up to `written` bytes.
    """
    os.nice(NICENESS)
    limits = {
        resource.RLIMIT_AS: memory,
        resource.RLIMIT_CPU: cpu,
        resource.RLIMIT_FSIZE: written,
        resource.RLIMIT_NOFILE: MOST_FILES,
        resource.RLIMIT_CORE: 0,
    }
    for kind, most in limits.items():
        ceiling = resource.getrlimit(kind)[1]
        most_allowed = most if ceiling == resource.RLIM_INFINITY else min(most, ceiling)
        resource.setrlimit(kind, (most_allowed, most_allowed))


def save_memory() -> None:
    """Give what is freed back to the system at once; and start no threads for sums that nobody does."""
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # other C libraries than glibc have none
    if mallopt is not None:
        mallopt(_M_ARENA_MAX, 2)
        mallopt(_M_MMAP_THRESHOLD, MEGABYTE)


def go_offline() -> bool:
    """Move into a network of our own that has nothing in it; say whether the system let us."""
    unshare = getattr(ctypes.CDLL(None), "unshare", None)  # os.unshare comes with Python 3.12
    if unshare is None:
        return False
    return any(unshare(flags) == 0 for flags in (_CLONE_NEWNET, _CLONE_NEWUSER | _CLONE_NEWNET))


def dataset(path: Path, news: Iterable[dict[str, Any]] = COMPLETE, *, threads: int = 1) -> dict[str, Any]:
    """Look at every picture of the ZIP at `path`, as soon as the `news` says that it is there.

    The news: `{"tail": {"start", "total", "body"}}` (its end, base64) at most once and first, `{"have": n}`
    bytes from the beginning, and at last `{"complete": true}`. The answer: `count` of what is or may be a
    picture, `pictures` as fields of `domain.dataset.Picture`, `problems`; where there are none, `assessment`
    as the fields of `domain.assessment.Assessment`, and three JPEGs in base64: the `sheet`, the `palette`
    and `pairs`, which is empty where no two are alike.
    """
    _say({"reading": "The ZIP"})
    early, news = _promised(iter(news))
    from bot.imaging.reading import Reading  # noqa: PLC0415 - Pillow takes longer to load than a glance

    with Reading(path, threads=threads, named=lambda name: _say({"reading": f"`{name}`"})) as reading:
        _while_it_arrives(news, reading, early)
        try:
            with path.open("rb") as file:
                listed = archive.listing(file)
                heads = {entry: archive.beginning(file, entry) for entry in listed.entries}
        except archive.UnfitArchive as unfit:
            return {**_NOTHING, "count": None, "problems": [str(unfit)]}
        if early != listed:
            reading.forget()
        wanted = [entry for entry, head in heads.items() if kinds.is_picture(head)]
        problems = [
            *listed.problems,
            *(
                f"`{e.name}` {kinds.stranger(head)}"
                for e, head in heads.items()
                if not kinds.is_picture(head)
            ),
        ]
        if len(wanted) > MOST_PICTURES:
            return {**_NOTHING, "count": len(wanted) + listed.unread, "problems": problems}
        reading.begin(wanted)
        results = [reading.result(entry) for entry in wanted]
    problems += [result for result in results if isinstance(result, str)]
    sound = [result for result in results if not isinstance(result, str)]
    return _report(sound, len(wanted) + listed.unread, problems)


def _promised(
    news: Iterator[dict[str, Any]],
) -> tuple[archive.Listing | None, Iterable[dict[str, Any]]]:
    """Return what the end of the ZIP promises, if it came first, and the rest of the news."""
    first = next(news, {})
    return (_glance(first["tail"]), news) if "tail" in first else (None, chain([first], news))


def _while_it_arrives(
    news: Iterable[dict[str, Any]], reading: "Reading", early: archive.Listing | None
) -> None:
    """Begin with what is there of what was promised, until all of it is."""
    for line in news:
        if "complete" in line:
            return
        if "have" in line and early:
            reading.begin(entry for entry in _worth_beginning(early) if entry.stop <= line["have"])
    raise SystemExit("nobody is there any more who wants to know")


def _glance(shown: dict[str, Any]) -> archive.Listing | None:
    """Say what the end of the ZIP tells: `problems`, and the `count` of files that may be pictures."""
    tail = Tail(shown["start"], shown["total"], base64.b64decode(shown["body"]))
    try:
        listed = archive.glance(tail)
    except archive.UnfitArchive as unfit:
        _say({"glance": {"problems": [str(unfit)], "count": None}})
        return None
    of_count = _problems_of_names(listed)
    _say(
        {"glance": {"problems": [*of_count, *listed.problems], "count": len(listed.entries) + listed.unread}}
    )
    return listed


def _problems_of_names(listed: archive.Listing) -> tuple[str, ...]:
    """Return the sentence for a count that is wrong whatever the files without an ending turn out to be."""
    count = len(listed.entries) + listed.unread
    if count <= MOST_PICTURES:
        return problems_of_count(count)
    named = sum(kinds.is_named_picture(entry.name) for entry in listed.entries) + listed.unread
    return problems_of_count(named) if named > MOST_PICTURES else ()


def _worth_beginning(listed: archive.Listing) -> Iterator[archive.Entry]:
    """Yield the files as they lie in the ZIP; none where something is wrong that needs no picture."""
    if not listed.problems and not _problems_of_names(listed) and len(listed.entries) <= MOST_PICTURES:
        yield from sorted(listed.entries, key=lambda entry: entry.stop)


def picture(path: Path) -> dict[str, Any]:
    """Decode the one picture at `path`.

    The answer: its `format` and `problem` (empty: none); for WebP also `shown`, base64 of the same picture
    as `shown_format`, JPEG or PNG.
    """
    from bot.imaging import raster  # noqa: PLC0415 - Pillow is loaded in a process that has limits

    _say({"reading": "The picture"})
    body = path.read_bytes()
    try:
        seen = raster.look(body)
    except raster.UnfitPicture as unfit:
        return {"format": "", "problem": str(unfit)}
    if seen.format != "WEBP":
        return {"format": seen.format, "problem": ""}
    shown_format, shown = raster.as_png_or_jpeg(body)
    return {"format": seen.format, "problem": "", "shown_format": shown_format, "shown": _text(shown)}


def _report(sound: "list[Sound]", count: int, problems: list[str]) -> dict[str, Any]:
    pictures = [asdict(one.picture) for one in sound]
    if problems or problems_of_count(count):
        return {**_NOTHING, "count": count, "pictures": pictures, "problems": problems}
    from bot.imaging import audit, sheets  # noqa: PLC0415 - not before there is something to judge and draw

    judged = audit.assess([one.picture for one in sound], [one.features for one in sound])
    small = [(one.picture.name, one.small) for one in sound]
    return {
        "count": count,
        "pictures": pictures,
        "problems": [],
        "assessment": asdict(judged),
        "sheet": _text(sheets.contact_sheet(small, judged)),
        "palette": _text(sheets.palette_sheet(judged.palette)),
        "pairs": _text(sheets.pair_sheet(dict(small), judged.twins)),
    }


def _text(body: bytes) -> str:
    return base64.b64encode(body).decode("ascii")


def _say(line: dict[str, Any]) -> None:
    with _saying:
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()
