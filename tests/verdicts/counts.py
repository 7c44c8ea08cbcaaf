"""Cases C: too few and too many pictures, other kinds of files, and sizes above what the provider takes."""

from tests.imaging.imaging_lab import drawing, encoded, png
from tests.verdicts.case import Case, Verdict, of_file
from tests.verdicts.forging import STORED, Member, forged, good
from tests.verdicts.lab import Lab
from tests.verdicts.site import handing, hollow, said, saying

_YES, _NO = Verdict.ACCEPTED, Verdict.REFUSED
_MEGABYTE = 1 << 20
_NOT_A_ZIP = "does not lead to a ZIP"


def _few(count: int) -> list[Member]:
    """Return small pictures, all different."""
    return [Member(b"%03d.png" % n, encoded(drawing(n % 60, size=(64 + n, 64)))) for n in range(count)]


def _declaring(lab: Lab, count: int, megabytes: int) -> str:
    """Hand out the end of a ZIP of so many pictures of so many megabytes; nobody has the rest."""
    size = megabytes * _MEGABYTE
    span = 36 + size
    members = [
        Member(b"%02d.png" % n, packed=b"", method=STORED, size=size, said_packed=size, offset=n * span)
        for n in range(count)
    ]
    raw = forged(members, shift=count * (span - 36))
    return lab.site.on(hollow(count * span, raw[count * 36 :]))


def _one_large() -> bytes:
    """Return ten drawings, one of which is really above 50 MB: stored, and nothing but zeros behind it."""
    return forged((*good(), Member(b"large.png", png() + bytes(51 * _MEGABYTE), method=STORED)))


def _without_ranges(lab: Lab) -> str:
    """Hand out 51 pictures from a server that knows no ranges."""
    return lab.site.on(saying(said(200, forged(_few(51)))))


def _picture(lab: Lab) -> str:
    return lab.site.on(handing(png(), "image/png"), ending=".png")


COUNTS: list[Case] = [
    of_file("C1", "no picture", _NO, "0 pictures; add at least 10 more", lambda: forged(())),
    of_file("C2", "9 pictures", _NO, "9 pictures; add at least 1 more", lambda: forged(good(9))),
    of_file("C3", "10 pictures", _YES, "10 pictures", lambda: forged(_few(10))),
    of_file("C4", "50 pictures", _YES, "50 pictures", lambda: forged(_few(50))),
    of_file("C5", "51 pictures", _NO, "51 pictures; leave out 1", lambda: forged(_few(51))),
    Case("C6", "51 pictures, and no ranges", _NO, "51 pictures; leave out 1", _without_ranges),
    of_file("C7", "400 pictures", _NO, "400 pictures; leave out 350", lambda: forged(_few(400))),
    of_file("C8", "nothing but folders", _NO, "0 pictures",
            lambda: forged([Member(b"%d/" % n, method=STORED) for n in range(12)])),
    Case("C9", "51 pictures that declare 50 MB each", _NO, "51 pictures; leave out 1",
         lambda lab: _declaring(lab, 51, 50)),
    Case("C10", "12 pictures that declare 200 MB each", _NO, "a picture may have at most 50 MB",
         lambda lab: _declaring(lab, 12, 200)),
    of_file("C11", "a picture of 51 MB", _NO, "a picture may have at most 50 MB", _one_large),
    of_file("C12", "notes beside the pictures", _NO,
            "`notes.txt` is not a JPEG, PNG or WebP picture: leave it out.",
            lambda: forged((*good(), Member(b"notes.txt", b"hello")))),
    of_file("C13", "11 notes and no picture", _NO, "0 pictures",
            lambda: forged([Member(b"%d.txt" % n, b"hello") for n in range(11)])),
    of_file("C14", "a RAR", _NO, _NOT_A_ZIP, lambda: b"Rar!\x1a\x07\x01\x00" + bytes(5000)),
    of_file("C15", "a 7z", _NO, _NOT_A_ZIP, lambda: b"7z\xbc\xaf\x27\x1c" + bytes(5000)),
    of_file("C16", "a packed tar", _NO, _NOT_A_ZIP, lambda: b"\x1f\x8b\x08" + bytes(5000)),
    of_file("C17", "words", _NO, _NOT_A_ZIP, lambda: b"not a ZIP at all " * 300),
    of_file("C18", "nothing", _NO, _NOT_A_ZIP, lambda: b""),
    Case("C19", "a single picture", _NO, _NOT_A_ZIP, _picture),
    of_file("C20", "a name that Slack would read as a call", _NO, "`<!channel>.gif` is a GIF",
            lambda: forged((*good(), Member(b"<!channel>.gif", b"GIF89a" + bytes(200))))),
    of_file("C21", "a name that turns around", _NO, "`foxgnp.gif` is a GIF",
            lambda: forged((*good(), Member("fox\u202egnp.gif".encode(), b"GIF89a" * 40, flags=0x800)))),
]  # fmt: skip
