"""What the parts of an inspection cost, one picture or one sheet at a time."""

import io
import statistics
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

from PIL import Image
from rich.table import Table

from bot.domain.dataset import Picture
from bot.imaging import audit, raster, sheets
from bot.imaging.features import features

REPEATS = 7


def parts(archive: Path) -> Table:
    """Measure decoding, features, the audit and the contact sheet on the archive's pictures."""
    with zipfile.ZipFile(archive) as file:
        started = time.process_time()
        seen = [raster.look(file.read(info)) for info in file.infolist()]
        decoding = (time.process_time() - started) * 1000 / len(seen)
    small = [(f"picture-{n:02}.jpg", one.small) for n, one in enumerate(seen)]
    found = [features(picture) for _, picture in small]
    pictures = [
        Picture(name, "JPEG", one.width, one.height, 8_000_000, f"{n:064x}")
        for n, ((name, _), one) in enumerate(zip(small, seen, strict=True))
    ]
    judged = audit.assess(pictures, found)
    measuring = _processor(lambda: [features(picture) for _, picture in small]) / len(small)
    judging = _processor(lambda: audit.assess(pictures, found))
    drawing = _processor(lambda: sheets.contact_sheet(small, judged))
    composing = _processor(lambda: _bare_sheet([picture for _, picture in small]))
    table = Table(title="the parts, milliseconds of processor (median of 7)")
    for column in ("", "ms", "goal"):
        table.add_column(column, justify="right" if column else "left")
    table.add_row("reading and decoding a picture", f"{decoding:.1f}", "")
    table.add_row("features of a picture", f"{measuring:.2f}", "<= 1")
    table.add_row("… as a share of its decoding", f"{measuring / decoding:.1%}", "<= 2 %")
    table.add_row(f"judging {len(small)} pictures", f"{judging:.1f}", "")
    table.add_row(f"contact sheet of {len(small)}", f"{drawing:.1f}", "<= 60")
    table.add_row("… nothing but pasted and encoded", f"{composing:.1f}", "")
    return table


def _processor(work: Callable[[], object]) -> float:
    """Return the milliseconds of processor that `work` takes."""
    taken = []
    for _ in range(REPEATS):
        started = time.process_time()
        work()
        taken.append((time.process_time() - started) * 1000)
    return statistics.median(taken)


def _bare_sheet(small: list[Image.Image]) -> None:
    sheet = Image.new("RGB", (8 * 280, 7 * 280), "white")
    for index, picture in enumerate(small):
        sheet.paste(picture, (index % 8 * 280, index // 8 * 280))
    sheet.save(io.BytesIO(), "JPEG", quality=85)
