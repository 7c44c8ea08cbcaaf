"""One JSON document kept on disk, for the fakes that must outlive a `kill -9`.

A save is all or nothing: the document is written beside the old one, flushed, and renamed over it.
There is no locking: one process owns one shelf.
"""

import json
import os
from pathlib import Path
from typing import Any


class JsonShelf:
    """Where one JSON document lies; with no path it forgets everything when the process ends."""

    def __init__(self, path: Path | None) -> None:
        self._path = path

    def load(self) -> Any | None:  # noqa: ANN401 - any JSON value may lie on the shelf
        """Return the document as it was last saved; None if there is none (yet, or ever)."""
        if self._path is None or not self._path.exists():
            return None
        return json.loads(self._path.read_text(encoding="utf-8"))

    def save(self, value: Any) -> None:  # noqa: ANN401 - the same
        """Replace the document; a crash at any moment leaves the old one or the new one, whole."""
        if self._path is None:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        beside = self._path.with_name(f".{self._path.name}.new")
        with beside.open("w", encoding="utf-8") as file:
            json.dump(value, file, ensure_ascii=False, separators=(",", ":"))
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self._path)
