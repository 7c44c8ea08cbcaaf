"""JPEGs with what cameras put into them and behind them: segments, an index of previews, films."""

import struct

from PIL import Image

from tests.imaging.imaging_lab import drawing, encoded

PRIMARY, PREVIEW, UNSAID, PANORAMA, DISPARITY, ANGLE = 0x030000, 0x010002, 0, 0x020001, 0x020002, 0x020003
"""Types of pictures in an index (MPF)."""


def segment(marker: int, payload: bytes) -> bytes:
    """Return one segment of a JPEG."""
    return struct.pack(">BBH", 0xFF, marker, len(payload) + 2) + payload


def with_segments(body: bytes, *more: bytes) -> bytes:
    """Return a JPEG with more segments at its beginning."""
    return body[:2] + b"".join(more) + body[2:]


def indexed(*types: int, pictures: tuple[Image.Image, ...] = ()) -> bytes:
    """Return a JPEG with an index of a primary picture and of others, which are of these `types`."""
    others = pictures or tuple(drawing(50 + n, size=(160, 120)) for n in range(len(types)))
    body = bytearray(encoded(drawing(49), "MPO", save_all=True, append_images=others, quality=90))
    tiff = body.index(b"MPF\0") + 4
    order = "<" if body[tiff : tiff + 2] == b"II" else ">"
    (first,) = struct.unpack_from(f"{order}L", body, tiff + 4)
    (count,) = struct.unpack_from(f"{order}H", body, tiff + first)
    for at in range(tiff + first + 2, tiff + first + 2 + 12 * count, 12):
        tag, _, _, where = struct.unpack_from(f"{order}HHLL", body, at)
        if tag == 0xB002:
            for number, told in enumerate((PRIMARY, *types)):
                struct.pack_into(f"{order}L", body, tiff + where + 16 * number, told)
    return bytes(body)


def of_frame(marker: int, bits: int) -> bytes:
    """Return a JPEG whose frame says that it is of another kind, or of so many bits."""
    body = bytearray(encoded(drawing(48), "JPEG"))
    at = body.index(b"\xff\xc0")
    body[at + 1], body[at + 4] = marker, bits
    return bytes(body)
