"""Cases I: one special picture among ten sound ones (the image lab of the design, C.3)."""

import struct
from collections.abc import Callable

from tests.imaging.imaging_lab import chunk, claiming_png, drawing, encoded, png
from tests.imaging.jpeg_lab import DISPARITY, PREVIEW, indexed, of_frame
from tests.verdicts import painting
from tests.verdicts.case import Case, Verdict, of_file
from tests.verdicts.forging import STORED, Member, forged, good
from tests.verdicts.lab import Way

_YES, _NO = Verdict.ACCEPTED, Verdict.REFUSED
_DAMAGED = "is damaged: export it again."
_ALL = "11 pictures"
_CLEAR = "1 picture has transparency"
_SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><circle r="9"/></svg>'


def _among(name: str, make: Callable[[], bytes]) -> Callable[[], bytes]:
    return lambda: forged((*good(), Member(name.encode(), make(), method=STORED)))


def _case(
    case_id: str, what: str, name: str, make: Callable[[], bytes], verdict: Verdict, sentence: str
) -> Case:
    """Return the case of a picture that is put among ten drawings; a refusal must begin with its name."""
    told = f"`{name}` {sentence}" if verdict is _NO else sentence
    return of_file(case_id, what, verdict, told, _among(name, make))


def _slow_png() -> bytes:
    """Return a sound PNG of 98 megapixels, of 16 bits and with alpha: 800 MB to unpack and to scale."""
    body = painting.plain_png(18_664, 14_000)  # whose rows have as many bytes
    return body[:8] + chunk(b"IHDR", struct.pack(">2L5B", 6_999, 14_000, 16, 6, 0, 0, 0)) + body[33:]


def _cut(body: bytes, percent: int) -> bytes:
    return body[: -len(body) * percent // 100]


DAMAGES = [
    _case("I1", "a JPEG that lacks its last 1 %", "a.jpg", lambda: _cut(painting.jpeg(), 1), _NO, _DAMAGED),
    _case("I2", "a JPEG that lacks its second half", "a.jpg", lambda: _cut(painting.jpeg(), 50), _NO,
          _DAMAGED),
    _case("I3", "a JPEG with 4 KiB of zeros in it", "a.jpg", lambda: painting.zeroed(painting.jpeg()), _NO,
          _DAMAGED),
    _case("I4", "a JPEG with 64 bits flipped", "a.jpg", lambda: painting.flipped(painting.jpeg(), 64), _NO,
          _DAMAGED),
    _case("I5", "a progressive JPEG that lacks 1 %", "a.jpg",
          lambda: _cut(painting.jpeg(progressive=True), 1), _NO, _DAMAGED),
    _case("I6", "a PNG without its end", "a.png", lambda: png()[:-12], _NO, _DAMAGED),
    _case("I7", "a PNG with a wrong checksum in it", "a.png", painting.miscounted_png, _NO, _DAMAGED),
    _case("I8", "a PNG that lacks its second half", "a.png", lambda: _cut(png(), 50), _NO, _DAMAGED),
    _case("I9", "a WebP that lacks its second half", "a.webp", lambda: _cut(painting.webp(), 50), _NO,
          _DAMAGED),
    _case("I10", "nothing but the first bytes of a JPEG", "a.jpg",
          lambda: b"\xff\xd8\xff" + b"<?php evil() ?>" * 20, _NO, _DAMAGED),
    _case("I11", "a PNG without a pixel", "a.png", lambda: claiming_png(0, 10), _NO, "is "),
    _case("I12", "a PNG that claims pixels it lacks", "a.png", lambda: claiming_png(1000, 1000), _NO,
          _DAMAGED),
    _case("I13", "an empty file", "a.png", lambda: b"", _NO, "is empty"),
]  # fmt: skip
SEVERAL = [
    _case("I14", "an animated PNG", "a.png", lambda: painting.animated("PNG"), _NO, "is an animation"),
    _case("I15", "an animated WebP", "a.webp", lambda: painting.animated("WEBP"), _NO, "is an animation"),
    _case("I16", "two pictures in one JPEG (MPO)", "a.jpg", lambda: indexed(DISPARITY), _NO,
          "holds more than one picture"),
]  # fmt: skip
STRANGERS = [
    _case(f"I{17 + n}", f"{what}, under {name}", name, make, _NO, sentence)
    for n, (what, name, make, sentence) in enumerate((
        ("a GIF", "a.png", lambda: painting.in_format("GIF"), "is a GIF"),
        ("a GIF", "a.gif", lambda: painting.in_format("GIF"), "is a GIF"),
        ("a TIFF", "a.png", lambda: painting.in_format("TIFF"), "is a TIFF"),
        ("a TIFF", "a.tif", lambda: painting.in_format("TIFF"), "is a TIFF"),
        ("PostScript", "a.png", lambda: painting.in_format("EPS"), "is a PostScript file"),
        ("a Photoshop file", "a.png", lambda: b"8BPS\x00\x01" + bytes(2000), "is a Photoshop file"),
        ("a Photoshop file", "a.psd", lambda: b"8BPS\x00\x01" + bytes(2000), "is a Photoshop file"),
        ("an SVG", "a.png", lambda: _SVG, "is an SVG"),
        ("an SVG", "a.svg", lambda: b'<?xml version="1.0"?>' + _SVG, "is an SVG"),
        ("a HEIC picture", "a.png", lambda: painting.iso_file(b"heic"), "is a HEIC picture"),
        ("a HEIC picture", "a.heic", lambda: painting.iso_file(b"heic"), "is a HEIC picture"),
        ("an AVIF picture", "a.png", lambda: painting.in_format("AVIF"), "is an AVIF picture"),
        ("an AVIF picture", "a.avif", lambda: painting.in_format("AVIF"), "is an AVIF picture"),
        ("a PDF", "a.jpg", lambda: b"%PDF-1.7" + bytes(2000), "is a PDF"),
        ("a film", "a.jpg", lambda: painting.iso_file(b"isom"), "is a film"),
        ("words", "a.jpg", lambda: b"just words " * 50, "is not a JPEG, PNG or WebP picture"),
        ("a program", "a.png", lambda: b"MZ\x90\x00" + bytes(2000), "is not a JPEG, PNG or WebP picture"),
    ))
]  # fmt: skip
BOMBS = [
    _case("I34", "a PNG of 88 megapixels in 260 kB", "a.png", lambda: painting.plain_png(11_000, 8_000),
          _YES, "above 4096 px"),
    _case("I35", "a PNG that claims 2 gigapixels", "a.png", lambda: claiming_png(50_000, 40_000), _NO,
          "has 2,000 million pixels"),
    of_file("I36", "a PNG that takes more processor than there is", _NO, "`a.png` could not be read",
            _among("a.png", _slow_png), way=Way.TIGHT),
    _case("I37", "a PNG that claims 2^31 pixels a side", "a.png", lambda: claiming_png(2**31 - 1, 2**31 - 1),
          _NO, "has "),
    _case("I38", "a JPEG that claims 65,500 pixels a side", "a.jpg",
          lambda: painting.claiming_jpeg(65_500, 65_500), _NO, "has 4,290 million pixels"),
    _case("I39", "a WebP that claims 16,383 pixels a side", "a.webp", lambda: painting.claiming_webp(16_383),
          _NO, "is damaged"),
    _case("I40", "a small PNG that unpacks to 200 MB", "a.png", painting.overfull_png, _YES, _ALL),
    _case("I41", "a PNG with a text of 64 MB", "a.png", lambda: painting.with_text(64), _YES, _ALL),
    _case("I42", "camera data that lead in a circle", "a.jpg", painting.circling_exif, _YES, _ALL),
]  # fmt: skip
SOUND = [
    _case("I43", "PNG, 16 bits of grey", "a.png", lambda: painting.sixteen_bits(0), _YES, _ALL),
    _case("I44", "PNG, 16 bits of colour", "a.png", lambda: painting.sixteen_bits(2), _YES, _ALL),
    _case("I45", "PNG, 16 bits with alpha", "a.png", lambda: painting.sixteen_bits(6), _YES, _ALL),
    _case("I46", "JPEG in CMYK", "a.jpg", lambda: encoded(drawing(60, mode="CMYK"), "JPEG"), _YES, _ALL),
    _case("I47", "JPEG in grey", "a.jpg", lambda: encoded(drawing(61, mode="L"), "JPEG"), _YES, _ALL),
    _case("I48", "a progressive JPEG", "a.jpg", lambda: painting.jpeg(progressive=True), _YES, _ALL),
    _case("I49", "PNG, grey with alpha", "a.png", lambda: encoded(drawing(62, mode="LA")), _YES, _ALL),
    _case("I50", "PNG, half transparent", "a.png", lambda: painting.cleared("PNG"), _YES, _CLEAR),
    _case("I51", "WebP, half transparent", "a.webp", lambda: painting.cleared("WEBP", lossless=True), _YES,
          _CLEAR),
    _case("I52", "PNG, a palette with a transparent entry", "a.png", painting.see_through_palette, _YES,
          _CLEAR),
    _case("I53", "PNG of one bit", "a.png", lambda: encoded(drawing(63, mode="1")), _YES, _ALL),
    _case("I54", "a picture taken sideways", "a.jpg", painting.turned, _YES, "a.jpg 200 x 300"),
    _case("I55", "a colour profile that is none", "a.png",
          lambda: encoded(drawing(64), icc_profile=b"not a profile"), _YES, _ALL),
    _case("I56", "one single pixel", "a.png", lambda: encoded(drawing().resize((1, 1))), _YES, _ALL),
    _case("I57", "a web page behind a PNG", "a.png", lambda: png(65) + b"<html><script>", _YES, _ALL),
    _case("I58", "a JPEG under .png", "a.png", lambda: encoded(drawing(66), "JPEG"), _YES, _ALL),
    _case("I59", "a PNG under a name without an ending", "picture", lambda: png(67), _YES, _ALL),
    _case("I60", "a side of 6,000 pixels", "a.png", lambda: painting.plain_png(6_000, 400), _YES,
          "above 4096 px"),
    _case("I61", "an unknown chunk in a PNG", "a.png", lambda: painting.with_chunk(b"teSt", b"x"), _YES,
          _ALL),
    _case("I62", "an ordinary WebP", "a.webp", painting.webp, _YES, _ALL),
    _case("I63", "two identical headers in a PNG", "a.png", lambda: png()[:33] + png()[8:], _NO, _DAMAGED),
    _case("I64", "a PNG chunk that claims 2 GB", "a.png",
          lambda: png()[:33] + b"\x7f\xff\xff\xff" + chunk(b"tEXt", b"x")[4:] + png()[33:], _NO, _DAMAGED),
    _case("I65", "a JPEG with a preview behind it", "a.jpg", lambda: indexed(PREVIEW), _YES, _ALL),
    _case("I66", "a motion photo", "a.jpg",
          lambda: painting.jpeg(progressive=True) + painting.iso_file(b"mp42"), _YES, _ALL),
    _case("I67", "a JPEG under .HEIC", "a.HEIC", lambda: encoded(drawing(68), "JPEG"), _YES, _ALL),
    _case("I68", "a text of 5 MB in a PNG", "a.png",
          lambda: painting.with_chunk(b"tEXt", b"a\0" + b"b" * (5 << 20)), _YES, _ALL),
    _case("I69", "an arithmetically coded JPEG", "a.jpg", lambda: of_frame(0xC9, 8), _NO,
          "is a JPEG of an unusual kind"),
]  # fmt: skip

PICTURES: list[Case] = [*DAMAGES, *SEVERAL, *STRANGERS, *BOMBS, *SOUND]
