"""Tells pictures from everything else: by the first bytes of a file, and what its name already gives away.

A name that ends like a picture of whatever format, or like nothing in particular, says nothing: phones and
clouds make JPEGs called `.HEIC`, and the bytes decide. A name that ends like something that is never a
picture is believed, so that a wrong dataset is refused before it is downloaded.
"""

import re

PICTURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
_LEAVE_OUT = "is not a JPEG, PNG or WebP picture: leave it out."
_SENTENCES = {
    "zip": "is a ZIP inside the ZIP: put its pictures in directly.",
    "gif": "is a GIF: save it as PNG.",
    "tiff": "is a TIFF: save it as PNG.",
    "bmp": "is a BMP: save it as PNG.",
    "psd": "is a Photoshop file: export it as PNG.",
    "pdf": "is a PDF: export its pictures as PNG.",
    "eps": "is a PostScript file: export it as PNG.",
    "svg": "is an SVG: export it as PNG.",
    "avif": "is an AVIF picture: save it as JPEG or PNG.",
    "heic": "is a HEIC picture: save it as JPEG or PNG.",
    "raw": "is a camera's raw file: export it as JPEG.",
    "jxl": "is a JPEG XL picture: save it as JPEG or PNG.",
    "jp2": "is a JPEG 2000 picture: save it as JPEG or PNG.",
    "other": _LEAVE_OUT,
    "design": "is a design program's file: export its pictures as PNG.",
    "film": "is a film: save the frames that count as pictures.",
}
_MAGIC = (
    (0, b"PK\x03\x04", "zip"),
    (0, b"GIF8", "gif"),
    (8, b"CR\x02", "raw"),
    (0, b"II*\x00", "tiff"),
    (0, b"MM\x00*", "tiff"),
    (0, b"IIU\x00", "raw"),
    (0, b"IIRO", "raw"),
    (0, b"FUJIFILMCCD-RAW", "raw"),
    (4, b"ftypcrx", "raw"),
    (0, b"BM", "bmp"),
    (0, b"8BPS", "psd"),
    (0, b"%PDF", "pdf"),
    (0, b"%!PS", "eps"),
    (0, b"<svg", "svg"),
    (0, b"\xff\x0a", "jxl"),
    (4, b"JXL ", "jxl"),
    (4, b"jP  ", "jp2"),
    (4, b"ftypavif", "avif"),
    (4, b"ftypavis", "avif"),
    (4, b"ftyphei", "heic"),
    (4, b"ftypmif1", "heic"),
    (4, b"ftypisom", "film"),
    (4, b"ftypmp4", "film"),
    (4, b"ftypqt", "film"),
)
_NEVER_PICTURES = {
    **dict.fromkeys(("zip", "cbz"), "zip"),
    **dict.fromkeys(("psd", "psb"), "psd"),
    "pdf": "pdf",
    **dict.fromkeys(("eps", "ps"), "eps"),
    **dict.fromkeys(("svg", "svgz"), "svg"),
    **dict.fromkeys(("ai", "indd", "sketch", "fig", "xd", "afdesign", "afphoto", "xcf", "kra"), "design"),
    **dict.fromkeys(("mp4", "mov", "m4v", "avi", "mkv", "webm"), "film"),
}
_OTHER_PICTURES = {
    "gif": "gif",
    **dict.fromkeys(("tif", "tiff"), "tiff"),
    **dict.fromkeys(("bmp", "dib"), "bmp"),
    **dict.fromkeys(("avif", "avifs"), "avif"),
    **dict.fromkeys(("heic", "heif"), "heic"),
    **dict.fromkeys(("raw", "dng", "cr2", "cr3", "nef", "arw", "orf", "rw2", "raf"), "raw"),
    "jxl": "jxl",
    **dict.fromkeys(("jp2", "j2k", "jpx"), "jp2"),
    **dict.fromkeys(("ico", "icns", "tga", "exr", "hdr"), "other"),
}
_OTHERS = re.compile(
    r"rar|7z|tar|t?gz|bz2|xz|txt|md|rtf|[ct]sv|jsonl?|xml|ya?ml|html?|css|js|url|webloc|docx?|xlsx?|pptx?|pages"
    r"|numbers|key|od[tsp]|mp3|wav|m4a|aac|flac|ogg|exe|dll|dmg|iso|[ot]tf|woff2?|safetensors|ckpt|pt|py|log"
)


def is_named_picture(path: str) -> bool:
    """Say whether the name ends like one of a JPEG, PNG or WebP; what it is, the bytes say."""
    return _ending(path) in {"jpg", "jpeg", "jpe", "jfif", "png", "webp"}


def is_picture(head: bytes) -> bool:
    """Say whether a file that begins with `head` claims to be a JPEG, PNG or WebP."""
    webp = head.startswith(b"RIFF") and head[8:12] == b"WEBP"
    return webp or head.startswith(PICTURES)


def stranger(head: bytes) -> str:
    """Return what a file that is no picture is, and what to do, to follow its name in a sentence."""
    for offset, magic, kind in _MAGIC:
        if head.startswith(magic, offset):
            return _SENTENCES[kind]
    return _LEAVE_OUT


def stranger_by_name(path: str) -> str:
    """Return the same for a file whose name ends like what is never a picture; empty for all other names."""
    ending = _ending(path)
    if _OTHERS.fullmatch(ending):
        return _LEAVE_OUT
    return _SENTENCES.get(_NEVER_PICTURES.get(ending, ""), "")


def other_picture_by_name(path: str) -> str:
    """Return the same for a name of another picture format.

    One such name among pictures may be a mistake, and is for the bytes to decide; a whole folder of them is
    what it says, and is told before anything is fetched.
    """
    return _SENTENCES.get(_OTHER_PICTURES.get(_ending(path), ""), "")


def _ending(path: str) -> str:
    name = path.rpartition("/")[2].lower()
    return name.rpartition(".")[2] if "." in name else ""
