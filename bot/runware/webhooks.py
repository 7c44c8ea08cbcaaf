"""The addresses at which Runware tells us that something has ended, and what an address is about.

Runware signs nothing (facts §3), so the address itself is the secret, one of its own for each task. It needs
no table: it names its subject and its task, and an HMAC over both says that we made it. What is told there is
believed by nobody: it only makes us look sooner. Nothing here listens; that is `handlers`' work.
"""

import hmac
import re
from base64 import urlsafe_b64encode

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bot.domain.ids import TaskId

_TOKEN = re.compile(r"([A-Za-z0-9_-]{1,64})\.([A-Za-z0-9_-]{1,64})\.[A-Za-z0-9_-]{43}")
"""A subject, a task, and 32 bytes in base64; no part can hold the dot that parts them."""


class Webhooks:
    """Makes addresses below `public_url`, which has no slash at its end, and knows its own again.

    Where `public_url` is None nobody can reach us. The key is made from `secret`, so that a new one ends all
    addresses at once. Raises ValueError where there is an address but no secret.
    """

    def __init__(self, public_url: str | None, secret: bytes | None) -> None:
        if public_url and not secret:
            raise ValueError("webhooks need a secret")
        self._public_url = public_url
        self._key = HKDF(SHA256(), length=32, salt=None, info=b"housestyle webhooks").derive(secret or b"")

    def address(self, subject: str, task: TaskId) -> str | None:
        """Return where Runware may tell of the task that is made for `subject`; None: nowhere."""
        if not self._public_url:
            return None
        return f"{self._public_url}/runware/webhook/{self._token(subject, task)}"

    def subject_of(self, token: str) -> str | None:
        """Return what the last part of an address is about; None alike for whatever is wrong with it."""
        read = _TOKEN.fullmatch(token)
        if not (read and self._public_url):
            return None
        is_ours = hmac.compare_digest(token.encode(), self._token(read[1], read[2]).encode())
        return read[1] if is_ours else None

    def _token(self, subject: str, task: str) -> str:
        claim = f"{subject}.{task}"
        seal = urlsafe_b64encode(hmac.digest(self._key, claim.encode(), "sha256")).decode()
        return f"{claim}.{seal.rstrip('=')}"
