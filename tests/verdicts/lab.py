"""Where the cases are tried: the real inspector with its real processes, and a web server that may lie."""

import ssl
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

from bot.imaging.courier import Courier
from bot.imaging.decode import Bounds, Decoder
from bot.imaging.exchange import Limits
from bot.imaging.inspector import ZipInspector
from bot.imaging.pack import Packer
from bot.imaging.wording import MEGABYTE
from tests.fakes import FakeArchives
from tests.imaging.imaging_lab import LOOPBACK
from tests.verdicts.near import NearCourier
from tests.verdicts.site import Site, opened

SECURE = "secure.example.com"
"""The name that the server's certificate is for."""
PAGES = ("www.dropbox.com", "drive.google.com", "acme.sharepoint.com", "wetransfer.com")
NAMES = {
    SECURE: ("127.0.0.1",),
    "other.example.com": ("127.0.0.1",),
    "mixed.example.com": ("127.0.0.1", "10.0.0.1"),
    **dict.fromkeys(PAGES, ("127.0.0.1",)),
}
HASTE = Limits(deadline=60, answer=1, silence=1, grace=0.3, least_rate=1000)


class Way(Enum):
    """How a dataset is looked at: with links to this machine allowed, or …"""

    ORDINARY = auto()
    HASTY = auto()
    """… with a second of patience, and at most 64 MB."""
    CLOSED = auto()
    """… with no private network allowed, as in production."""
    NAMED = auto()
    """… with names and a certificate authority that only we know."""
    TIGHT = auto()
    """… with a second of processor for all pictures."""


@dataclass(frozen=True)
class Lab:
    """The server, the folder to work in, and whose certificates are good in `Way.NAMED`."""

    site: Site
    folder: Path
    trust: ssl.SSLContext

    def inspector(self, way: Way) -> ZipInspector:
        """Return a fresh inspector: what one case does to it is no matter of the next."""
        most_bytes = 64 * MEGABYTE if way is Way.HASTY else 2560 * MEGABYTE
        decoder = Decoder(Bounds(cpu=1)) if way is Way.TIGHT else Decoder()
        return ZipInspector(
            self._courier(way), decoder, Packer(), FakeArchives(), most_bytes=most_bytes, folder=self.folder
        )

    def _courier(self, way: Way) -> Courier:
        if way is Way.HASTY:
            return NearCourier(limits=HASTE)
        if way is Way.NAMED:
            return NearCourier(resolve=Names(), trust=self.trust)
        return Courier(() if way is Way.CLOSED else LOOPBACK)


class Names:
    """Knows `NAMES`, and one that stands for another address each time it is asked."""

    def __init__(self) -> None:
        self._asked = 0

    def __call__(self, host: str, port: int) -> Sequence[str]:
        """Return what `host` stands for."""
        if host == "rebinding.example.com":
            self._asked += 1
            return ("127.0.0.1",) if self._asked == 1 else ("10.0.0.1",)
        return NAMES.get(host, ())


@contextmanager
def open_lab() -> Iterator[Lab]:
    """Open a lab until the block ends."""
    with tempfile.TemporaryDirectory() as text:
        work, keys = Path(text) / "work", Path(text) / "keys"
        work.mkdir()
        keys.mkdir()
        certificate, key = _certificate(keys)
        served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        served.load_cert_chain(certificate, key)
        with opened(served) as site:
            yield Lab(site, work, ssl.create_default_context(cafile=certificate))


def _certificate(folder: Path) -> tuple[Path, Path]:
    """Make a certificate for SECURE, and its key, with OpenSSL."""
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    asked = f"req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN={SECURE}"
    files = ("-addext", f"subjectAltName=DNS:{SECURE}", "-keyout", key, "-out", certificate)
    subprocess.run(["openssl", *asked.split(), *files], check=True, capture_output=True)
    return certificate, key
