"""Links that try to lead into our network (abuse cases S1 to S15), and those that do not."""

from ipaddress import ip_address, ip_network

import pytest

from bot.domain.errors import Refused
from bot.imaging.addresses import NOT_A_LINK, NOT_HTTPS, NOT_OURS, UNREACHABLE, Gate, is_forbidden, look_up
from tests.imaging.imaging_lab import LOOPBACK, resolving

PUBLIC = "93.184.215.14"
NAMES = {
    "assets.example.com": [PUBLIC],
    "two.example.com": ["2606:2800:21f:cb07::1", PUBLIC],
    "xn--bcher-kva.example": [PUBLIC],
    "inside.example.com": ["10.1.2.3"],
    "mixed.example.com": [PUBLIC, "10.1.2.3"],
    "box": ["127.0.0.1"],
    "half-allowed.example.com": ["127.0.0.1", PUBLIC],
    "zoned.example.com": ["fe80::1%eth0"],
    "nonsense.example.com": ["not an address"],
}
FORBIDDEN = [
    "0.0.0.0", "10.0.0.1", "100.64.0.1", "100.100.100.200", "127.0.0.1", "127.255.255.254", "168.63.129.16",
    "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.192", "192.0.2.1", "192.88.99.1",
    "192.168.1.1", "198.18.0.1", "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.255.255.250", "240.0.0.1",
    "255.255.255.255", "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:93.184.215.14",
    "64:ff9b::7f00:1", "64:ff9b:1::7f00:1", "100::1", "2001::1", "2001:20::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "2001:db8::1", "2002:7f00:1::1", "3fff::1", "5f00::1", "fc00::1", "fd00:ec2::254", "fe80::1", "fec0::1",
    "ff02::1",
]  # fmt: skip
NUMERIC = [
    "127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1",
    "017700000001", "127.0.0.1.", "127.0.0.0x1", "\uff11\uff12\uff17.0.0.1",
    "\u2460\u2461\u2466.\u24ea.\u24ea.\u2460", "127\u30020\u30020\u30021", "[::1]",
    "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]",
    "[fe80::1%25eth0]", "169.254.169.254", "93.184.215.14", "0x", "999.999.999.999",
]  # fmt: skip


@pytest.mark.parametrize("address", FORBIDDEN)
def test_an_address_that_is_not_public_is_forbidden(address: str) -> None:
    assert is_forbidden(ip_address(address))


@pytest.mark.parametrize(
    "address", [PUBLIC, "8.8.8.8", "172.32.0.1", "2606:2800:21f:cb07::1", "2a00:1450::1"]
)
def test_a_public_address_is_not_forbidden(address: str) -> None:
    assert not is_forbidden(ip_address(address))


@pytest.mark.parametrize("host", NUMERIC)
def test_a_number_in_place_of_a_name_is_refused_in_any_spelling(host: str) -> None:
    gate = Gate((), resolving({host: [PUBLIC]}))
    with pytest.raises(Refused) as refusal:
        gate.check(f"https://{host}/set.zip")
    assert str(refusal.value) in {UNREACHABLE, NOT_A_LINK}


@pytest.mark.parametrize("address", FORBIDDEN)
def test_a_name_that_stands_for_a_forbidden_address_cannot_be_reached(address: str) -> None:
    gate = Gate((), resolving({"pictures.example.com": [address]}))
    with pytest.raises(Refused) as refusal:
        gate.check("https://pictures.example.com/set.zip")
    assert str(refusal.value) == UNREACHABLE


@pytest.mark.parametrize(
    ("link", "sentence"),
    [
        ("https://inside.example.com/a.zip", UNREACHABLE),
        ("https://mixed.example.com/a.zip", UNREACHABLE),
        ("https://zoned.example.com/a.zip", UNREACHABLE),
        ("https://nonsense.example.com/a.zip", UNREACHABLE),
        ("https://nobody.example.com/a.zip", UNREACHABLE),
        ("http://assets.example.com/a.zip", NOT_HTTPS),
        ("http://inside.example.com/a.zip", NOT_HTTPS),
        ("http://nobody.example.com/a.zip", NOT_HTTPS),
        ("https://assets.example.com:22/a.zip", NOT_HTTPS),
        ("https://assets.example.com:6379/a.zip", NOT_HTTPS),
        ("https://assets.example.com:80/a.zip", NOT_HTTPS),
        ("https://ann:secret@assets.example.com/a.zip", "user name or a password"),
        ("https://assets.example.com@inside.example.com/", "user name or a password"),
        ("https://assets.example.com\\@inside.example.com/", NOT_A_LINK),
        ("https://assets.example.com/a\r\nHost: inside", NOT_A_LINK),
        ("https://assets.example.com/a\x00.zip", NOT_A_LINK),
        ("https://assets.example.com/a b.zip", NOT_A_LINK),
        ("https://assets.example.com/\u202egpj.zip", NOT_A_LINK),
        ("https://assets.example.com/" + "a" * 5000, "longer than 2,048"),
        ("https://assets.example.com:99999/a.zip", NOT_A_LINK),
        ("https://assets.example.com:port/a.zip", NOT_A_LINK),
        ("https://[::1/a.zip", NOT_A_LINK),
        ("https://exa%6dple.com/a.zip", NOT_A_LINK),
        ("https://a..b/a.zip", NOT_A_LINK),
        ("https:///a.zip", NOT_A_LINK),
        ("ftp://assets.example.com/a.zip", NOT_A_LINK),
        ("file:///etc/passwd", NOT_A_LINK),
        ("gopher://assets.example.com/_a", NOT_A_LINK),
        ("assets.example.com/a.zip", NOT_A_LINK),
        ("", NOT_A_LINK),
    ],
)
def test_a_link_that_is_no_plain_public_https_link_is_refused(link: str, sentence: str) -> None:
    with pytest.raises(Refused) as refusal:
        Gate((), resolving(NAMES)).check(link)
    assert sentence in str(refusal.value)
    assert "10.1.2.3" not in str(refusal.value)


@pytest.mark.parametrize(
    ("link", "host", "path"),
    [
        ("https://assets.example.com/a.zip?key=1&x=2#part", "assets.example.com", "/a.zip?key=1&x=2"),
        ("HTTPS://Assets.Example.COM:443", "assets.example.com", "/"),
        ("https://assets.example.com./a.zip", "assets.example.com", "/a.zip"),
        ("https://two.example.com/a.zip", "two.example.com", "/a.zip"),
        ("https://bücher.example/bär.zip", "xn--bcher-kva.example", "/bär.zip"),
    ],
)
def test_a_plain_link_passes(link: str, host: str, path: str) -> None:
    target = Gate((), resolving(NAMES)).check(link)
    assert (target.host, target.host_header, target.path, target.port) == (host, host, path, 443)
    assert PUBLIC in target.addresses


@pytest.mark.parametrize(
    "link", ["http://127.0.0.1:8080/a.zip", "http://box/a.zip", "https://box:8443/a.zip"]
)
def test_an_allowed_network_may_be_reached_over_http_and_any_port(link: str) -> None:
    target = Gate(LOOPBACK, resolving(NAMES)).check(link)
    assert target.addresses == ("127.0.0.1",)


def test_an_allowed_ipv6_address_may_be_written_out() -> None:
    target = Gate([ip_network("::1/128")], resolving({})).check("http://[::1]:8080/a.zip")
    assert (target.host_header, target.addresses) == ("[::1]:8080", ("::1",))


@pytest.mark.parametrize(
    "link", ["http://half-allowed.example.com/", "http://10.1.2.3/", "http://2130706433/"]
)
def test_allowing_one_network_allows_no_other_and_no_other_spelling(link: str) -> None:
    with pytest.raises(Refused):
        Gate(LOOPBACK, resolving(NAMES)).check(link)


@pytest.mark.parametrize("link", ["https://assets.example.com.evil.com/", "https://xassets.example.com/"])
def test_only_the_named_hosts_pass_where_hosts_are_named(link: str) -> None:
    gate = Gate((), resolving(NAMES))
    hosts = frozenset({"assets.example.com"})
    assert gate.check("https://assets.example.com/x", hosts=hosts).addresses == (PUBLIC,)
    with pytest.raises(Refused, match=NOT_OURS):
        gate.check(link, hosts=hosts)


def test_the_system_resolver_knows_this_machine_and_no_invented_name() -> None:
    assert "127.0.0.1" in look_up("127.0.0.1", 443)
    assert look_up("a" * 70 + ".example", 443) == ()
