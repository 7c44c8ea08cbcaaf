"""Links to datasets: any text, and what nearly is a link; also where a server's answer would send us.

A link is refused with a sentence that holds nothing of it, or it leads by https to a public host alone, and
asks for it in one plain line.
"""

import re
from ipaddress import ip_address

from hypothesis import strategies as st

from bot.domain.errors import HousestyleError, NotUnderstood
from bot.imaging import sharing
from bot.imaging.addresses import LONGEST_LINK, Gate
from bot.imaging.addresses import Target as Leads
from bot.imaging.sink import LONGEST_NAME, safe_name
from handlers.parsing import checked_link, checked_links, plain_text
from tests.fuzz.hostile import encodable, texts
from tests.fuzz.target import Target, lent

PUBLIC = ("93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946")
PRIVATE = (
    *("127.0.0.1", "10.1.2.3", "169.254.169.254", "100.100.100.200", "0.0.0.0", "255.255.255.255"),
    *("192.0.2.7", "224.0.0.1", "168.63.129.16", "::1", "::", "fe80::1", "fe80::1%eth0", "fd00:ec2::254"),
    *("::ffff:127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::a00:1", "2002:7f00:1::", "2001::1", "ff02::1"),
    *("fec0::1", "::127.0.0.1", "3fff::1", "not an address", ""),
)
_HOSTS = st.sampled_from(
    (
        *("assets.acme.com", "ASSETS.acme.com.", "www.dropbox.com", "bücher.example", "localhost", "acme"),
        *("127.0.0.1", "0x7f.1", "017700000001", "2130706433", "1.1", "127.1.", "①②⑦.0.0.1", "127。0。0。1"),
        *("[::1]", "[::ffff:7f00:1]", "[fe80::1%25eth0]", "[::1", "::1]", "[v1.x]", "a..b", ".", "-", "_x.y"),
        *("a" * 64 + ".com", "xn--a", "xn--\u00ff", "ﬀ.com", "a\u00adb.com", "faß.de", "%31.com", "a b.com"),
    )
)
_SCHEMES = st.sampled_from(
    ("https://", "https://", "http://", "HTTPS://", "https:/", "//", "ftp://", "file://", "")
)
_USERS = st.sampled_from(("", "", "", "ann:pw@", "@", "a@b@"))
_PORTS = st.sampled_from(
    ("", "", ":443", ":80", ":22", ":", ":0443", ":-1", ":65536", ":99999999999", ":٤٤٣", ":x")
)
_PATHS = st.sampled_from(
    ("", "/", "/a.zip", "/a b", "/ä.zip", "/../x", "/?", "#f", "/a?x=1#y", "/%", "\\@evil", "//")
)
_WRONG = (_SCHEMES, _USERS, _HOSTS | texts, _PORTS, _PATHS | texts)
_LETTERS = st.text(st.characters(categories=("L", "N", "P", "S", "M")), max_size=10)


@st.composite
def pieced(draw: st.DrawFn) -> str:
    """Return a good link with up to two of its pieces replaced."""
    pieces = [
        "https://",
        "",
        draw(st.sampled_from(("assets.acme.com", "im.runware.ai"))),
        "",
        f"/{draw(_LETTERS)}",
    ]
    for place in draw(st.sets(st.integers(0, len(pieces) - 1), max_size=2)):
        pieces[place] = draw(_WRONG[place])
    return "".join(pieces)


PIECES = pieced()
LONG = st.builds(
    lambda count: f"https://acme.com/{'a' * count}", st.integers(LONGEST_LINK - 20, LONGEST_LINK + 5)
)
LINKS = PIECES | PIECES | texts | LONG
ANSWERS = st.lists(st.sampled_from(PUBLIC), min_size=1, max_size=2) | st.lists(
    st.sampled_from((*PUBLIC, *PRIVATE)), max_size=3
)
_PLAIN_LINE = re.compile(r"[^\s\x00-\x1f\x7f]+")


def follow(given: tuple[str, list[str]]) -> None:
    """Check a link whose host has these addresses."""
    link, addresses = given
    gate = Gate((), lambda _host, _port: addresses)
    try:
        leads = gate.check(link)
    except HousestyleError as no:
        _check_silent(str(no), link, addresses)
        return
    _check_public(leads, link)
    assert safe_name("", link) == safe_name("", link).strip()
    sharing.is_login(link)
    for told in (sharing.page_advice(leads.host), sharing.login_advice(leads.host)):
        _check_silent(told, link, addresses)
    try:
        gate.check(link, hosts=frozenset({"im.runware.ai"}))
    except HousestyleError:
        assert leads.host != "im.runware.ai"


def _check_example(sentence: str) -> None:
    assert "https://assets.acme.com/stellar.zip" in sentence


def _check_silent(sentence: str, link: str, addresses: list[str]) -> None:
    """Assert that a sentence repeats nothing of the link and of what its name stands for."""
    assert sentence.strip().endswith("."), sentence
    assert all(address not in sentence for address in addresses if "." in address or ":" in address), sentence
    host = link.partition("://")[2].partition("/")[0].rpartition("@")[2].lower()
    assert len(host) < 8 or "." not in host or host.startswith("www.") or host not in sentence, sentence


def _check_public(leads: Leads, link: str) -> None:
    assert (leads.scheme, leads.port) == ("https", 443), leads
    assert leads.addresses
    for address in map(ip_address, leads.addresses):
        assert address.is_global, leads
        assert not any((address.is_multicast, address.is_reserved, address.is_loopback, address.is_private))
    assert not re.fullmatch(r"[0-9]+|0x[0-9a-f]*", leads.host.rpartition(".")[2]), leads
    assert re.fullmatch(r"[a-z0-9._-]+", leads.host_header), leads
    assert _PLAIN_LINE.fullmatch(leads.path), ascii(leads.path)
    assert leads.path.startswith(("/", "?")), leads
    assert "@" not in link.partition("://")[2].partition("/")[0].partition("?")[0].partition("#")[0]


def read(text: str) -> None:
    """Read what somebody typed where a link belongs: a sentence with an example, or what was typed."""
    plain = plain_text(text)
    for typed in (text, plain):
        try:
            assert checked_link(typed) == typed
            assert checked_links([typed, typed]) == (typed, typed)
        except NotUnderstood as no:
            _check_example(str(no))
    said = safe_name(text, "https://acme.com/b.zip")
    assert len(said) <= LONGEST_NAME
    assert "/" not in said
    assert said not in {"", ".", ".."}
    assert said.isprintable(), ascii(said)


LINKS_FOLLOWED = Target("links", st.tuples(LINKS, ANSWERS), lent(follow), most=600)
LINKS_TYPED = Target("typed links", encodable | texts | PIECES, lent(read), most=400)
