"""Where a link may lead: its form, and every address that its name stands for, checked before any connection.

The caller must connect to the addresses returned here, not look the name up again: a name may answer
differently the second time. `ipaddress.is_global` is not asked: Python 3.11.7 calls 6to4, multicast,
fec0::/10 and 64:ff9b:1::/48 global.
"""

import re
import socket
import unicodedata
from collections.abc import Callable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import NamedTuple
from urllib.parse import SplitResult, urlsplit

from bot.domain.errors import Refused, Unavailable

Network = IPv4Network | IPv6Network
Resolve = Callable[[str, int], Sequence[str]]
"""All addresses of a name (and port) as text, none where it does not exist. May raise Unavailable."""

LONGEST_LINK = 2048
PORTS = {"https": 443, "http": 80}
UNREACHABLE = "The link could not be reached: it must be a public https address that is up."
"""One wording for forbidden, unknown and silent alike: the difference would map our network."""
NOT_A_LINK = "That is not a link I can follow: it should look like `https://assets.example.com/pictures.zip`."
NOT_HTTPS = "The link must begin with `https://`, without a port number."
NOT_OURS = "The link leads to a host that I do not fetch from."

_FORBIDDEN = tuple(
    ip_network(text)
    for text in (
        # IPv4: the IANA special-purpose registry
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # carrier NAT, and some clouds' metadata
        "127.0.0.0/8",  # loopback
        "169.254.0.0/16",  # link local, metadata
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments
        "192.0.2.0/24",  # documentation
        "192.31.196.0/24",  # AS112
        "192.52.193.0/24",  # AMT
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",  # private
        "192.175.48.0/24",  # AS112
        "198.18.0.0/15",  # benchmarking
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, broadcast
        "168.63.129.16/32",  # Azure's wire server, in a public range
        # IPv6, within the one block that is global unicast
        "2001::/23",  # Teredo, ORCHID and other protocol assignments
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4: carries an IPv4 address
        "2620:4f:8000::/48",  # AS112
        "3fff::/20",  # documentation
    )
)
_GLOBAL_UNICAST = ip_network("2000::/3")  # mapped, NAT64, site and link local, multicast all lie outside
_HOST = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")


class Target(NamedTuple):
    """A checked link: `addresses` may be connected to, in this order, asking for `path` of `host`."""

    scheme: str
    host: str
    port: int
    path: str
    addresses: tuple[str, ...]

    @property
    def host_header(self) -> str:
        """The host as the server should hear it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"


def look_up(host: str, port: int) -> Sequence[str]:
    """Ask the system's resolver, and wait for it. Raises Unavailable where it has no answer for now."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except socket.gaierror as failure:
        if failure.errno == socket.EAI_AGAIN:
            raise Unavailable(UNREACHABLE) from None
        return ()
    except UnicodeError:
        return ()
    return tuple(dict.fromkeys(str(address[0]) for *_, address in found))


def is_forbidden(address: IPv4Address | IPv6Address) -> bool:
    """Say whether nobody's link may lead to `address` (unless a setting allows its network)."""
    if address.version == 6 and address not in _GLOBAL_UNICAST:  # noqa: PLR2004 - the protocol's own number
        return True
    return any(address in network for network in _FORBIDDEN)


class Gate:
    """Checks links; `allow` are private networks they may lead into all the same, over http and any port."""

    def __init__(self, allow: Sequence[Network], resolve: Resolve = look_up) -> None:
        self._allow = tuple(allow)
        self._resolve = resolve

    def check(self, link: str, *, hosts: frozenset[str] | None = None) -> Target:
        """Return where `link` leads. Raises Refused, and Unavailable where the resolver is down.

        With `hosts`, the link's host must be one of them, to the letter.
        """
        parts, port = _parsed(link)
        host = _ascii_host(parts.hostname or "")
        if hosts is not None and host not in hosts:
            raise Refused(NOT_OURS)
        addresses = self._addresses(host, port, literal=parts.hostname or "")
        allowed = bool(addresses) and all(self._is_allowed(address) for address in addresses)
        if not allowed and (parts.scheme != "https" or port != PORTS["https"]):
            raise Refused(NOT_HTTPS)
        if not addresses or any(not self._passes(address) for address in addresses):
            raise Refused(UNREACHABLE)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        return Target(parts.scheme, host, port, path, addresses)

    def _addresses(self, host: str, port: int, *, literal: str) -> tuple[str, ...]:
        """Return what `host` stands for; a number in place of a name only where it is plainly allowed."""
        if not _is_numeric(host):
            return tuple(self._resolve(host, port))
        return (literal,) if self._is_allowed(literal) else ()

    def _is_allowed(self, text: str) -> bool:
        address = _address(text)
        return address is not None and any(address in network for network in self._allow)

    def _passes(self, text: str) -> bool:
        address = _address(text)
        return address is not None and (self._is_allowed(text) or not is_forbidden(address))


def _parsed(link: str) -> tuple[SplitResult, int]:
    """Return the parts and the port of `link`. Raises Refused where its form is not that of a plain link."""
    if len(link) > LONGEST_LINK:
        raise Refused(f"The link is longer than {LONGEST_LINK:,} characters: use a shorter one.")
    if "\\" in link or any(unicodedata.category(c)[0] in "CZ" for c in link):
        raise Refused(NOT_A_LINK)
    try:
        parts = urlsplit(link)
        port = parts.port
    except ValueError:
        raise Refused(NOT_A_LINK) from None
    if "@" in parts.netloc:
        raise Refused("The link carries a user name or a password: use one that needs no login.")
    if parts.scheme not in PORTS or not parts.hostname:
        raise Refused(NOT_A_LINK)
    return parts, PORTS[parts.scheme] if port is None else port


def _ascii_host(host: str) -> str:
    """Return `host` as DNS knows it: in ASCII, its look-alike letters and digits folded. Raises Refused."""
    if ":" in host:
        return host
    try:
        folded = host.encode("idna").decode("ascii").lower().removesuffix(".")
    except UnicodeError:
        raise Refused(NOT_A_LINK) from None
    if not _HOST.fullmatch(folded):
        raise Refused(NOT_A_LINK)
    return folded


def _is_numeric(host: str) -> bool:
    """Say whether some program would read `host` as an address: its last part is a number in any radix."""
    return ":" in host or bool(_NUMBER.fullmatch(host.rpartition(".")[2]))


def _address(text: str) -> IPv4Address | IPv6Address | None:
    """Return the address that `text` plainly is, else None; one with a zone (`%eth0`) is none to us."""
    try:
        return None if "%" in text else ip_address(text)
    except ValueError:
        return None
