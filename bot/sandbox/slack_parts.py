"""Takes a multipart/form-data body apart; the sandbox has no need of a package for that.

The whole body is in memory, and so is every part: a sandbox serves a person or a test, not the public.
"""

import re
from dataclasses import dataclass
from email.message import Message

KIND = "multipart/form-data"
DISPOSITION = re.compile(r"^content-disposition:[ \t]*(.*)$", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True)
class Part:
    """One part of a form: a field, or a file where it has a `filename`."""

    name: str
    body: bytes
    filename: str | None = None


def parts_of(body: bytes, content_type: str) -> list[Part]:
    """Return the parts of a form in their order. Raises ValueError where the body is no such form."""
    boundary = _parameter("content-type", content_type, "boundary")
    if not content_type.lower().startswith(KIND) or not boundary:
        raise ValueError("not a multipart form")
    fence = b"--" + boundary.encode("latin-1")
    if not body.startswith(fence) or b"\r\n" + fence + b"--" not in body:
        raise ValueError("the form breaks off")
    pieces = (b"\r\n" + body).split(b"\r\n" + fence)[1:-1]
    return [_part(piece.removeprefix(b"\r\n")) for piece in pieces]


def _part(piece: bytes) -> Part:
    head, _, body = piece.partition(b"\r\n\r\n")
    found = DISPOSITION.search(head.decode("utf-8", "replace"))
    said = found[1].strip() if found else ""
    name = _parameter("content-disposition", said, "name")
    if name is None:
        raise ValueError("a part without a name")
    return Part(name, body, _parameter("content-disposition", said, "filename"))


def _parameter(header: str, value: str, name: str) -> str | None:
    """Return one parameter of a header's value; browsers write %22 for the quotation mark in it."""
    message = Message()
    message[header] = value
    found = message.get_param(name, header=header)
    if found is None:
        return None
    text = found[2] if isinstance(found, tuple) else found
    return text.replace("%22", '"')
