"""The port `Archives` in a folder beside the database: inspected ZIPs, and links to them that end.

What was inspected is what is trained on, so a file is named by the SHA-256 of its bytes, is on the disk
for good before it has that name, and is never written to again. Nobody but this user may read the folder.
One lock on it, which the kernel drops with the process, orders those who change what is in it.

A link needs no table: it says which archive and until when, and an HMAC over both says that we made it. So
it can neither be guessed nor be made to last longer, it survives a restart and a restored database, and a
new secret key ends every link at once. Whatever is wrong with a link, the answer is the same: there is no
such file. It looks at no archive from within, and serves none: that is `handlers.files`.
"""

import asyncio
import errno
import fcntl
import hashlib
import hmac
import os
import re
import shutil
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from math import ceil
from pathlib import Path
from uuid import uuid4

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from storage.disk import flush, told

_NAME = re.compile(r"[0-9a-f]{64}")
_TOKEN = re.compile(r"([A-Za-z0-9_-]{96})\.zip")
"""72 bytes in base64, which leaves no spare bits: no two tokens are read alike."""
_HALF = ".part"
"""Ends the name of a copy under way; nobody reads it under that name."""
_HASH, _MOMENT = 32, 8
"""Bytes of a SHA-256, and of a moment in whole seconds since 1970."""


class FolderArchives:
    """Archives in `folder`, which is made when it is first needed; `clock` returns the time in UTC.

    `public_url` has no slash at its end; where it is None, the provider cannot reach us. Links are signed
    with a key made from `secret`. Raises ValueError where there is an address but no secret.
    """

    def __init__(
        self, folder: Path, *, public_url: str | None, secret: bytes | None, clock: Callable[[], datetime]
    ) -> None:
        if public_url and not secret:
            raise ValueError("hosted archives need a secret")
        self._folder = folder
        self._public_url = public_url
        self._key = _key_of(secret or b"")
        self._clock = clock

    @property
    def are_public(self) -> bool:
        """Whether the provider can reach them; where not, nothing is kept."""
        return self._public_url is not None

    async def keep(self, archive: Path, sha256: str) -> None:
        """Take the file over, which is gone from its place then; kept twice, it is kept once, and anew.

        `sha256` is what the caller computed of it. Raises Unavailable where the disk is full or broken;
        then the file is where it was.
        """
        await asyncio.to_thread(self._keep, archive, self._place(sha256))

    async def find(self, sha256: str) -> Path | None:
        """Return where a kept archive is, to be read only; None where it is no longer kept."""
        place = self._place(sha256)
        return place if await asyncio.to_thread(place.is_file) else None

    def link(self, sha256: str, *, until: datetime) -> str:
        """Return a link, unguessable and good until then, to a kept archive.

        Whether it is kept is not looked at. Raises ValueError where the provider cannot reach us.
        """
        if self._public_url is None:
            raise ValueError("there is no public address to link to")
        claim = bytes.fromhex(self._place(sha256).name) + ceil(until.timestamp()).to_bytes(_MOMENT)
        token = urlsafe_b64encode(claim + self._seal(claim)).decode()
        return f"{self._public_url}/files/{token}.zip"

    async def resolve(self, token: str) -> Path | None:
        """Return the archive that the last part of one of our links leads to.

        None alike where it is malformed, changed, signed by another key, at its end, or the archive gone.
        """
        read = _TOKEN.fullmatch(token)
        if not (read and self.are_public):
            return None
        sealed = urlsafe_b64decode(read[1])
        claim, seal = sealed[: _HASH + _MOMENT], sealed[_HASH + _MOMENT :]
        is_ours = hmac.compare_digest(seal, self._seal(claim))
        if not is_ours or self._clock().timestamp() >= int.from_bytes(claim[_HASH:]):
            return None
        return await self.find(claim[:_HASH].hex())

    async def forget(self, *, needed: Collection[str], older_than: timedelta) -> None:
        """Let go of every archive kept longer ago than that and not `needed`, and of copies cut short.

        Who is reading one reads on to its end. Raises Unavailable where the disk is broken.
        """
        await asyncio.to_thread(self._forget, frozenset(needed), (self._clock() - older_than).timestamp())

    def _place(self, sha256: str) -> Path:
        """Return where an archive of that name is or would be; a name that is no SHA-256 is a bug."""
        if not _NAME.fullmatch(sha256):
            raise ValueError("an archive is named by the 64 hexadecimal digits of its SHA-256")
        return self._folder / sha256

    def _seal(self, claim: bytes) -> bytes:
        return hmac.digest(self._key, claim, "sha256")

    def _keep(self, archive: Path, place: Path) -> None:
        with told():
            self._folder.mkdir(mode=0o700, exist_ok=True)
            self._folder.chmod(0o700)
            with _only_one(self._folder):
                if not _is_kept(place, archive):
                    _take_over(archive, place)
                archive.unlink(missing_ok=True)
                now = self._clock().timestamp()
                os.utime(place, (now, now))

    def _forget(self, needed: frozenset[str], before: float) -> None:
        if not self._folder.is_dir():
            return
        with told(), _only_one(self._folder):
            for path in self._folder.iterdir():
                is_old = _NAME.fullmatch(path.name) and path.stat().st_mtime < before
                # Whoever copies holds the lock, so a copy that is found here has nobody any more.
                if path.suffix == _HALF or (is_old and path.name not in needed):
                    path.unlink()


def _key_of(secret: bytes) -> bytes:
    """Return the key for links: one of its own, so that the secret can serve other ends beside it."""
    return HKDF(SHA256(), length=32, salt=None, info=b"housestyle files").derive(secret)


def _is_kept(place: Path, archive: Path) -> bool:
    """Say whether `archive` is kept already, sound; a damaged one is removed.

    Of two files with one SHA-256 the sizes are equal: where they are not, the kept file is hashed again.
    Raises ValueError where that is sound, so that the caller's hash cannot be.
    """
    if not place.is_file():
        return False
    if not archive.exists() or place.stat().st_size == archive.stat().st_size:
        return True
    with place.open("rb") as kept:
        if hashlib.file_digest(kept, "sha256").hexdigest() == place.name:
            raise ValueError("another archive is kept under this SHA-256")
    place.unlink()
    return False


def _take_over(archive: Path, place: Path) -> None:
    """Move the file, or copy it from another file system; it has its name only once the disk has it all."""
    archive.chmod(0o600)
    flush(archive)
    try:
        archive.rename(place)
    except OSError as failure:
        if failure.errno != errno.EXDEV:
            raise
        _copy(archive, place)
    flush(place.parent)


def _copy(archive: Path, place: Path) -> None:
    half = place.with_name(f"{uuid4().hex}{_HALF}")
    try:
        half.touch(mode=0o600, exist_ok=False)
        shutil.copyfile(archive, half)
        flush(half)
        half.rename(place)
    finally:
        half.unlink(missing_ok=True)


@contextmanager
def _only_one(folder: Path) -> Iterator[None]:
    """Wait until nobody else changes what is in `folder`, in this process or another."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
