"""Reads PNG and WebP through libvips, a few lines at a time: Pillow takes 387 MB for a WebP of 24 megapixels.

Runs in the worker process only, and speaks to the two loaders by name: libvips guesses no format here, and
the loaders that its authors distrust are blocked. What it finds wrong is a ValueError; where memory is
wanting, a MemoryError.
"""

import os
from typing import NamedTuple, TypeAlias

os.environ["VIPS_CONCURRENCY"] = "1"  # read when it is loaded: one picture a thread takes least memory

import pyvips
from PIL import Image

pyvips.cache_set_max(0)
pyvips.block_untrusted_set(True)  # noqa: FBT003 - as libvips has it

Vips: TypeAlias = "pyvips.Image"
_MODES = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}


class Header(NamedTuple):
    """What a WebP says of itself; more than one of `pages` is an animation."""

    width: int
    height: int
    pages: int
    profile: bytes | None


def webp_header(body: bytes) -> Header:
    """Read the header and nothing else. Raises ValueError."""
    try:
        image = pyvips.Image.webpload_buffer(body, access="sequential")
    except pyvips.Error:
        raise ValueError from None
    pages, profile = (_field(image, name) for name in ("n-pages", "icc-profile-data"))
    return Header(
        image.width,
        image.height,
        pages if isinstance(pages, int) else 1,
        profile if isinstance(profile, bytes) else None,
    )


def png(body: bytes, side: int) -> Image.Image:
    """Decode all of it into at most `side` pixels a side, RGB or RGBA. Raises ValueError and MemoryError."""
    try:
        return _small(pyvips.Image.pngload_buffer(body, access="sequential", fail_on="error"), side)
    except pyvips.Error as fault:
        raise _plain(fault) from None


def webp(body: bytes, side: int) -> Image.Image:
    """Do the same for a WebP, which is scaled down while it is decoded."""
    head = webp_header(body)
    scale = max(side / max(head.width, head.height), 1 / min(head.width, head.height))
    try:
        image = pyvips.Image.webpload_buffer(
            body, access="sequential", fail_on="error", scale=min(1.0, scale)
        )
        return _small(image, side)
    except pyvips.Error as fault:
        raise _plain(fault) from None


def anew(body: bytes) -> tuple[str, bytes]:
    """Return a sound WebP as ("PNG", file) where it is transparent, else as ("JPEG", file)."""
    try:
        image = pyvips.Image.webpload_buffer(body, access="sequential", fail_on="error")
        if image.hasalpha():
            return "PNG", image.pngsave_buffer(compression=6, keep="none")
        return "JPEG", image.jpegsave_buffer(Q=95, subsample_mode="off", keep="none")
    except pyvips.Error as fault:
        raise _plain(fault) from None


def _small(image: Vips, side: int) -> Image.Image:
    image = image.copy()
    if image.get_typeof("icc-profile-data"):
        image.remove("icc-profile-data")  # colours are dealt with once it is small, broken profiles too
    small = image.thumbnail_image(side, height=side, size="down", no_rotate=True)
    if small.format != "uchar":
        small = small.cast("uchar")
    mode = _MODES[small.bands]
    picture = Image.frombytes(mode, (small.width, small.height), small.write_to_memory())
    return picture.convert("RGBA") if mode == "LA" else picture


def _field(image: Vips, name: str) -> object:
    return image.get(name) if image.get_typeof(name) else None


def _plain(fault: pyvips.Error) -> ValueError | MemoryError:
    return MemoryError() if "out of memory" in str(fault) else ValueError()
