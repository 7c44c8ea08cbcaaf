"""Makes the pictures that the intake is measured with, once, and keeps them: about 8 MB for 24 megapixels.

What a JPEG costs is its entropy: soft light (1/f), a few hard edges, fine texture and the noise of a sensor
give the bytes per pixel of a camera's file. They are not photographs. The same seed gives the same picture.
Run it with `python -m tests.benchmarks.intake_pictures FOLDER [--pictures 50] [--megapixels 24] [--large]`.
"""

import argparse
import io
import math
import sys
import zipfile
from pathlib import Path

import numpy as np
import simplejpeg
from numpy.typing import NDArray
from PIL import Image

Plane = NDArray[np.uint8]
QUALITY, LARGE_QUALITY = 88, 92
NOISE = 8.3
"""Standard deviation of the sensor's noise, in steps of 255."""
EVERY = 5
"""Of the large pictures, of so many …"""
PROGRESSIVE = 2
"""… so many are progressive."""


def main() -> None:
    """Make the archive named in the arguments, unless it is there."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pictures", type=int, default=50)
    parser.add_argument("--megapixels", type=int, default=24)
    parser.add_argument("--large", action="store_true")
    asked = parser.parse_args()
    path = make(asked.folder, pictures=asked.pictures, megapixels=asked.megapixels, large=asked.large)
    sys.stdout.write(f"{path}\n")


def archive_name(*, pictures: int, megapixels: int, large: bool = False) -> str:
    """Return what the archive is called in its folder."""
    return f"intake-{pictures}x{megapixels}{'-large' if large else ''}.zip"


def make(folder: Path, *, pictures: int, megapixels: int, large: bool = False) -> Path:
    """Return the archive, made now unless it is there: stored, as JPEGs are packed by hand.

    With `large`, ten pictures are drawn and each is packed as often as needed with another comment in it,
    two of five as progressive JPEGs.
    """
    path = folder / archive_name(pictures=pictures, megapixels=megapixels, large=large)
    if path.exists():
        return path
    folder.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    texture = grain(megapixels)
    drawn: dict[int, bytes] = {}
    with zipfile.ZipFile(part, "w", zipfile.ZIP_STORED) as archive:
        for number in range(pictures):
            seed = number % 10 if large else number
            if seed not in drawn:
                drawn = {**(drawn if large else {}), seed: picture(seed, megapixels, texture, large=large)}
            archive.writestr(f"picture-{number:02}.jpg", commented(drawn[seed], f"{number}"))
    return part.rename(path)


def sides(megapixels: int) -> tuple[int, int]:
    """Return width and height, three to two, in whole blocks."""
    height = int(math.sqrt(megapixels * 1_000_000 / 1.5)) // 16 * 16
    return height * 3 // 2 // 16 * 16, height


def picture(seed: int, megapixels: int, texture: NDArray[np.int8], *, large: bool) -> bytes:
    """Return one picture as a JPEG."""
    rng = np.random.default_rng(seed)
    width, height = sides(megapixels)
    light = scene(rng, width, height)
    top, left = rng.integers(0, texture.shape[0] - height), rng.integers(0, texture.shape[1] - width)
    fine = texture[top : top + height, left : left + width]
    luminance = np.clip(light.astype(np.int16) + fine, 0, 255).astype(np.uint8)
    blue, red = (soft(rng, width // 2, height // 2, spread=40) for _ in range(2))
    quality = LARGE_QUALITY if large else QUALITY
    if large and seed % EVERY < PROGRESSIVE:
        return progressive(luminance, blue, red, quality=quality)
    return bytes(simplejpeg.encode_jpeg_yuv_planes(luminance, blue, red, quality=quality))


def scene(rng: np.random.Generator, width: int, height: int) -> Plane:
    """Return light that falls off softly, with hard-edged things in it."""
    light = soft(rng, width, height, spread=70).copy()
    for _ in range(24):
        x, y = int(rng.integers(0, width)), int(rng.integers(0, height))
        across, down = (int(rng.integers(width // 60, width // 8)) for _ in range(2))
        light[y : y + down, x : x + across] //= 2
        light[y : y + down, x : x + across] += np.uint8(rng.integers(0, 120))
    return light


def soft(rng: np.random.Generator, width: int, height: int, *, spread: int) -> Plane:
    """Return 1/f clouds around the middle: octaves of noise, each half as strong as the one before."""
    small = np.zeros((height // 16, width // 16))
    for octave in range(2, 8):
        cells = (2**octave, 2**octave * 3 // 2)
        noise = Image.fromarray(rng.normal(0, 1, cells).astype(np.float32))
        grown = noise.resize((small.shape[1], small.shape[0]), Image.Resampling.BICUBIC)
        small += np.asarray(grown) / 2 ** (octave - 2)
    clouds = np.clip(128 + spread * small / 1.6, 0, 255).astype(np.uint8)
    return np.asarray(Image.fromarray(clouds).resize((width, height), Image.Resampling.BICUBIC))


def grain(megapixels: int, seed: int = 1) -> NDArray[np.int8]:
    """Return fine texture and noise, somewhat larger than a picture, so that each takes another part."""
    rng = np.random.default_rng(seed)
    width, height = (side + 512 for side in sides(megapixels))
    noise = rng.standard_normal((height, width), dtype=np.float32) * NOISE
    weave = Image.fromarray(rng.standard_normal((height // 2, width // 2), dtype=np.float32) * NOISE)
    noise += np.asarray(weave.resize((width, height), Image.Resampling.BILINEAR))
    grains: NDArray[np.int8] = np.clip(noise, -60, 60).astype(np.int8)
    return grains


def progressive(luminance: Plane, blue: Plane, red: Plane, *, quality: int) -> bytes:
    """Return the planes as a progressive JPEG, which only Pillow writes."""
    size = (luminance.shape[1], luminance.shape[0])
    chroma = (Image.fromarray(plane).resize(size, Image.Resampling.NEAREST) for plane in (blue, red))
    out = io.BytesIO()
    merged = Image.merge("YCbCr", (Image.fromarray(luminance), *chroma))
    merged.save(out, "JPEG", quality=quality, progressive=True, subsampling=2)
    return out.getvalue()


def commented(jpeg: bytes, text: str) -> bytes:
    """Return the same picture with a comment behind its first marker: another file to every checksum."""
    body = text.encode()
    return jpeg[:2] + b"\xff\xfe" + (len(body) + 2).to_bytes(2, "big") + body + jpeg[2:]


if __name__ == "__main__":
    main()
