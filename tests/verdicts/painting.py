"""Pictures that are broken in a known way, and the formats that people take for pictures."""

import io
import random
import struct
import zlib
from functools import cache

from PIL import Image, ImageFilter

from tests.imaging.imaging_lab import PNG, chunk, drawing, encoded, png

SOI = b"\xff\xd8"


@cache
def photo(side: int = 900) -> Image.Image:
    """Return a picture with enough in it for a JPEG of some 300 kB."""
    soft = Image.effect_noise((side, side), 90).filter(ImageFilter.GaussianBlur(3))
    fine = Image.effect_noise((side, side), 50)
    return Image.merge("RGB", (soft, fine, Image.blend(soft, fine, 0.5)))


@cache
def jpeg(**options: object) -> bytes:
    """Return it as a JPEG."""
    return encoded(photo(), "JPEG", quality=90, **options)


@cache
def webp(**options: object) -> bytes:
    """Return it as a WebP."""
    return encoded(photo(), "WEBP", quality=90, **options)


def zeroed(body: bytes, count: int = 4096) -> bytes:
    """Return the file with a block in its middle overwritten by zeros."""
    at = len(body) // 2
    return body[:at] + bytes(count) + body[at + count :]


def flipped(body: bytes, bits: int, *, seed: int = 1) -> bytes:
    """Return the file with single bits turned over, outside its first kilobyte."""
    changed, rng = bytearray(body), random.Random(seed)
    for _ in range(bits):
        changed[rng.randrange(1024, len(body) - 2)] ^= 1 << rng.randrange(8)
    return bytes(changed)


def with_chunk(kind: bytes, body: bytes) -> bytes:
    """Return a PNG with one more chunk after its header."""
    return png()[:33] + chunk(kind, body) + png()[33:]


def miscounted_png() -> bytes:
    """Return a PNG with one checksum that does not fit its bytes."""
    end = png().index(b"IEND")
    return png()[: end - 5] + bytes([png()[end - 5] ^ 1]) + png()[end - 4 :]


def with_text(megabytes: int) -> bytes:
    """Return a PNG that carries a text of so many megabytes, packed."""
    return with_chunk(b"zTXt", b"Comment\x00\x00" + zlib.compress(bytes(megabytes << 20), 9))


def overfull_png() -> bytes:
    """Return a small PNG whose pixels unpack to far more than it has: 200 MB."""
    head = struct.pack(">2L5B", 100, 100, 8, 2, 0, 0, 0)
    packer = zlib.compressobj(9)
    body = b"".join(packer.compress(bytes(1 << 20)) for _ in range(200)) + packer.flush()
    return PNG + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def plain_png(width: int, height: int) -> bytes:
    """Return a sound PNG of one colour and any size: 88 megapixels take 260 kB."""
    packer, row = zlib.compressobj(9), bytes(1 + 3 * width)
    rows = [packer.compress(row) for _ in range(height)]
    head = struct.pack(">2L5B", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IDAT", b"".join(rows) + packer.flush())
    return PNG + chunk(b"IHDR", head) + body + chunk(b"IEND", b"")


def claiming_jpeg(width: int, height: int) -> bytes:
    """Return a JPEG whose frame header claims another size."""
    body = bytearray(jpeg())
    at = body.index(b"\xff\xc0")
    struct.pack_into(">2H", body, at + 5, height, width)
    return bytes(body)


def claiming_webp(side: int) -> bytes:
    """Return a WebP of a few bytes that claims a canvas of side x side."""
    size = (side - 1).to_bytes(3, "little")
    body = (
        b"WEBPVP8X"
        + struct.pack("<L", 10)
        + bytes(4)
        + size
        + size
        + b"VP8 "
        + struct.pack("<L", 4)
        + bytes(4)
    )
    return b"RIFF" + struct.pack("<L", len(body)) + body


def animated(kind: str) -> bytes:
    """Return three frames in one file."""
    frames = [drawing(seed) for seed in range(3)]
    return encoded(frames[0], kind, save_all=True, append_images=frames[1:], duration=100)


def turned() -> bytes:
    """Return a JPEG that a camera held sideways has made: 300 x 200 pixels, to be shown as 200 x 300."""
    exif = Image.Exif()
    exif[0x0112] = 6
    return encoded(drawing(70), "JPEG", exif=exif)


def circling_exif() -> bytes:
    """Return a JPEG whose camera data lead in a circle: each directory names itself as the next."""
    entry = struct.pack("<2HLL", 0x8769, 4, 1, 8)
    body = b"Exif\x00\x00II*\x00" + struct.pack("<LH", 8, 1) + entry + struct.pack("<L", 8)
    return SOI + b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body + encoded(drawing(71), "JPEG")[2:]


def sixteen_bits(colour: int) -> bytes:
    """Return a PNG of 16 bits a channel; `colour` is 0 (grey), 2 (RGB) or 6 (RGB and alpha)."""
    channels = {0: 1, 2: 3, 6: 4}[colour]
    row = b"\x00" + b"".join(struct.pack(">H", x * 300) * channels for x in range(200))
    head = struct.pack(">2L5B", 200, 200, 16, colour, 0, 0, 0)
    return PNG + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(row * 200)) + chunk(b"IEND", b"")


def see_through_palette() -> bytes:
    """Return a PNG whose background is a transparent entry of its palette."""
    image = drawing(72, mode="P")
    return encoded(image, transparency=image.getpixel((0, 0)))


def cleared(kind: str, **options: object) -> bytes:
    """Return a picture whose left half is transparent."""
    image = drawing(73, mode="RGBA")
    image.paste((0, 0, 0, 0), (0, 0, 150, 200))
    return encoded(image, kind, **options)


def iso_file(brand: bytes) -> bytes:
    """Return the beginning of a file in the ISO container: HEIC, AVIF, MP4."""
    return b"\x00\x00\x00\x18ftyp" + brand + bytes(4) + brand + b"mif1" + bytes(2000)


def in_format(kind: str) -> bytes:
    """Return a drawing in a format that no style is trained on."""
    out = io.BytesIO()
    drawing(74).save(out, kind)
    return out.getvalue()
