"""What share of damaged JPEGs is noticed: ten each, seeded; the ZIP is sound, so no checksum tells on them.

A single flipped bit often leaves a valid JPEG of slightly other colours: nothing can notice those.
"""

import random
import zipfile
from collections.abc import Callable
from pathlib import Path

from rich.table import Table

from tests.benchmarks.intake_pictures import grain, picture
from tests.benchmarks.intake_ways import run

EACH = 10
MEGAPIXELS = 6


def _cut(body: bytes, rng: random.Random, share: float) -> bytes:
    return body[: -int(len(body) * share) - rng.randrange(8)]


def _zeroed(body: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(body) // 4, len(body) * 3 // 4)
    return body[:at] + bytes(4096) + body[at + 4096 :]


def _flipped(body: bytes, rng: random.Random, bits: int) -> bytes:
    changed = bytearray(body)
    for _ in range(bits):
        changed[rng.randrange(2048, len(body) - 2)] ^= 1 << rng.randrange(8)
    return bytes(changed)


DAMAGES: dict[str, tuple[Callable[[bytes, random.Random], bytes], str]] = {
    "none (false alarms)": (lambda body, rng: body, "0"),
    "the last 1 % missing": (lambda body, rng: _cut(body, rng, 0.01), "10"),
    "the second half missing": (lambda body, rng: _cut(body, rng, 0.5), "10"),
    "4 KiB of zeros": (_zeroed, "10"),
    "64 bits flipped": (lambda body, rng: _flipped(body, rng, 64), "10"),
    "1 bit flipped": (lambda body, rng: _flipped(body, rng, 1), ""),
}


def damage(port: int, folder: Path) -> Table:
    """Send ten pictures of each damage through the real inspector, and count those it names."""
    texture = grain(MEGAPIXELS)
    sound = [picture(seed, MEGAPIXELS, texture, large=False) for seed in range(EACH)]
    table = Table(title=f"damaged JPEGs noticed, of {EACH} each")
    for column in ("damage", "noticed", "goal"):
        table.add_column(column, justify="left" if column == "damage" else "right")
    for number, (what, (harm, goal)) in enumerate(DAMAGES.items()):
        rng = random.Random(number)
        named = _named(port, folder, [harm(body, rng) for body in sound])
        table.add_row(what, str(named), goal)
    return table


def _named(port: int, folder: Path, bodies: list[bytes]) -> int:
    """Return how many of these pictures an inspection finds damaged; it names eight, and counts the rest."""
    path = folder / "damaged.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for number, body in enumerate(bodies):
            archive.writestr(f"{number:02}.jpg", body)
    try:
        found = run("ours", port, path.name).found
    finally:
        path.unlink()
    more = found.partition("… and ")[2].partition(" ")[0]
    return found.count("is damaged") + int(more or 0)
