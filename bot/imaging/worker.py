"""The process in which a stranger's bytes are unpacked and decoded: small, slow, blind, and soon over.

It reads one JSON request on standard input, takes its own rights away, and answers in lines of JSON on
standard output: `{"reading": name}` before each file, so that its death has a name, and one `{"answer": …}`.
It has no secrets: its environment is empty. What Pillow raises that nobody foresaw ends the process, which
the parent (`decode`) takes for an unreadable picture.
"""

import base64
import ctypes
import hashlib
import json
import os
import resource
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from bot.domain.dataset import MOST_PICTURES
from bot.imaging import archive

if TYPE_CHECKING:
    from PIL import Image

    from bot.imaging.raster import Seen

NICENESS = 19
MOST_FILES = 32
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000


def main() -> None:
    """Do the one request on standard input: `{"job", "path", "memory", "cpu"}`, bytes and seconds."""
    request = json.load(sys.stdin)
    confine(memory=request["memory"], cpu=request["cpu"])
    _say({"offline": go_offline()})
    job = {"dataset": dataset, "picture": picture}[request["job"]]
    _say({"answer": job(Path(request["path"]))})


def confine(*, memory: int, cpu: int) -> None:
    """Give way to everyone, and keep to `memory` bytes and `cpu` seconds; write no file, dump no core."""
    os.nice(NICENESS)
    limits = {
        resource.RLIMIT_AS: memory,
        resource.RLIMIT_CPU: cpu,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_NOFILE: MOST_FILES,
        resource.RLIMIT_CORE: 0,
    }
    for kind, most in limits.items():
        ceiling = resource.getrlimit(kind)[1]
        most_allowed = most if ceiling == resource.RLIM_INFINITY else min(most, ceiling)
        resource.setrlimit(kind, (most_allowed, most_allowed))


def go_offline() -> bool:
    """Move into a network of our own that has nothing in it; say whether the system let us."""
    unshare = getattr(ctypes.CDLL(None), "unshare", None)  # os.unshare comes with Python 3.12
    if unshare is None:
        return False
    return any(unshare(flags) == 0 for flags in (_CLONE_NEWNET, _CLONE_NEWUSER | _CLONE_NEWNET))


def dataset(path: Path) -> dict[str, Any]:
    """Look at every picture of the ZIP at `path`.

    The answer: `count` of pictures, `pictures` as fields of `domain.dataset.Picture`, `problems`, and the
    contact `sheet` (base64 of a JPEG), which is empty where there are problems.
    """
    _say({"reading": "The ZIP"})
    with path.open("rb") as file:
        try:
            listed = archive.listing(file)
        except archive.UnfitArchive as unfit:
            return {"count": None, "pictures": [], "problems": [str(unfit)], "sheet": ""}
        return _looked_at(file, listed)


def picture(path: Path) -> dict[str, Any]:
    """Decode the one picture at `path`.

    The answer: its `format` and `problem` (empty: none); for WebP also `shown`, base64 of the same picture
    as `shown_format`, JPEG or PNG.
    """
    from bot.imaging import raster  # noqa: PLC0415 - Pillow is loaded in a process that has limits

    _say({"reading": "The picture"})
    body = path.read_bytes()
    if not raster.is_picture(body[:64]):
        return {"format": "", "problem": raster.stranger(body[:64])}
    try:
        seen = raster.look(body)
    except raster.UnfitPicture as unfit:
        return {"format": "", "problem": str(unfit)}
    if seen.format != "WEBP":
        return {"format": seen.format, "problem": ""}
    shown_format, shown = raster.as_png_or_jpeg(body)
    return {"format": seen.format, "problem": "", "shown_format": shown_format, "shown": _text(shown)}


def _looked_at(file: BinaryIO, listed: archive.Listing) -> dict[str, Any]:
    from bot.imaging import raster, sheets  # noqa: PLC0415 - Pillow is loaded in a process that has limits

    heads = {entry: archive.beginning(file, entry) for entry in listed.entries}
    wanted = [entry for entry, head in heads.items() if raster.is_picture(head)]
    problems = list(listed.problems)
    problems += [f"`{e.name}` {raster.stranger(heads[e])}" for e in heads if not raster.is_picture(heads[e])]
    pictures: list[dict[str, Any]] = []
    small: list[tuple[str, Image.Image]] = []
    for entry in wanted if len(wanted) <= MOST_PICTURES else ():
        _say({"reading": f"`{entry.name}`"})
        try:
            body = archive.contents(file, entry)
            seen = raster.look(body)
        except archive.UnfitEntry as unfit:
            problems.append(str(unfit))
        except raster.UnfitPicture as unfit:
            problems.append(f"`{entry.name}` {unfit}")
        else:
            pictures.append(_fields(entry, body, seen))
            small.append((entry.name, seen.small))
    sheet = _text(sheets.contact_sheet(small)) if small and not problems else ""
    return {"count": len(wanted), "pictures": pictures, "problems": problems, "sheet": sheet}


def _fields(entry: archive.Entry, body: bytes, seen: "Seen") -> dict[str, Any]:
    return {
        "name": entry.name,
        "format": seen.format,
        "width": seen.width,
        "height": seen.height,
        "size": entry.size,
        "sha256": hashlib.sha256(body).hexdigest(),
        "transparent": seen.transparent,
    }


def _text(body: bytes) -> str:
    return base64.b64encode(body).decode("ascii")


def _say(line: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()
