"""Cases S and A: links that try to lead into our network, or are no links (the SSRF lab of the design, C.1).

Where a link could open a connection on this machine, a canary listens there; it must not be called.
"""

from tests.verdicts.case import Case, Verdict
from tests.verdicts.forging import forged, good
from tests.verdicts.lab import Lab, Way
from tests.verdicts.site import handing, said, saying

_YES, _NO = Verdict.ACCEPTED, Verdict.REFUSED
_UNREACHABLE = "The link could not be reached: it must be a public https address that is up."
_NOT_A_LINK = "That is not a link I can follow: it should look like"
_NOT_HTTPS = "The link must begin with `https://`"

SPELLINGS = {
    "S1": ("127.0.0.1 as one number", "2130706433"),
    "S2": ("127.0.0.1 in octal", "0177.0.0.1"),
    "S3": ("127.0.0.1 in hexadecimal", "0x7f.0.0.1"),
    "S4": ("127.0.0.1 made short", "127.1"),
    "S5": ("127.0.0.1 in circled digits", "\u2460\u2461\u2466.\u24ea.\u24ea.\u2460"),
    "S6": ("127.0.0.1 in full-width digits", "\uff11\uff12\uff17.0.0.1"),
    "S7": ("127.0.0.1 mapped into IPv6", "[::ffff:127.0.0.1]"),
    "S8": ("127.0.0.1 in the old IPv6 form", "[::127.0.0.1]"),
    "S9": ("127.0.0.1 behind NAT64", "[64:ff9b::7f00:1]"),
    "S10": ("127.0.0.1 behind a local NAT64", "[64:ff9b:1::7f00:1]"),
    "S11": ("127.0.0.1 in 6to4", "[2002:7f00:1::]"),
    "S12": ("127.0.0.1 in Teredo", "[2001:0:4136:e378:8000:63bf:3fff:fdd2]"),
}
PRIVATE = {
    "A1": ("this machine", "127.0.0.1"),
    "A2": ("this machine over IPv6", "[::1]"),
    "A3": ("any address of this machine", "0.0.0.0"),
    "A4": ("a private network", "10.0.0.1"),
    "A5": ("the metadata of a cloud", "169.254.169.254"),
    "A6": ("the metadata of another cloud", "100.100.100.200"),
    "A7": ("a wire server with a public address", "168.63.129.16"),
    "A8": ("metadata over IPv6", "[fd00:ec2::254]"),
    "A9": ("a neighbour with a zone", "[fe80::1%25eth0]"),
    "A10": ("everyone on the line", "[ff02::1]"),
}


def _literal(case_id: str, what: str, host: str) -> Case:
    return Case(case_id, what, _NO, _UNREACHABLE, lambda _: f"https://{host}/set.zip", Way.CLOSED)


def _on_the_canary(case_id: str, what: str, host: str) -> Case:
    """Return the case of another spelling where 127.0.0.1 itself would be allowed."""

    def link(lab: Lab) -> str:
        return f"http://{host}:{lab.site.canary_port}/set.zip"

    return Case(f"{case_id}b", f"{what}, at a port that listens", _NO, _NOT_HTTPS, link)


def _redirect(case_id: str, what: str, location: str, sentence: str) -> Case:
    def link(lab: Lab) -> str:
        onward = location.replace("CANARY", str(lab.site.canary_port))
        return lab.site.on(saying(said(302, location=onward)))

    return Case(case_id, what, _NO, sentence, link)


def _form(case_id: str, what: str, link: str, sentence: str) -> Case:
    return Case(case_id, what, _NO, sentence, lambda _: link, Way.CLOSED)


def _named(case_id: str, what: str, host: str, verdict: Verdict, sentence: str) -> Case:
    """Return the case of a name; `lab.NAMES` says what it stands for."""

    def link(lab: Lab) -> str:
        lab.site.also("/named.zip", handing(forged(good())))
        return f"http://{host}:{lab.site.port}/named.zip"

    return Case(case_id, what, verdict, sentence, link, Way.NAMED)


def _circle(lab: Lab) -> str:
    """Lead from each of four paths to the next, and back."""
    for number in range(4):
        lab.site.also(f"/circle-{number}", saying(said(302, location=f"/circle-{(number + 1) % 4}")))
    return f"http://127.0.0.1:{lab.site.port}/circle-0"


def _three_hops(lab: Lab) -> str:
    link = lab.site.file(forged(good()))
    for number in range(3):
        link = lab.site.also(f"/hop-{number}", saying(said((301, 303, 308)[number], location=link)))
    return link


def _downgrade(lab: Lab) -> str:
    plain = lab.site.file(forged(good()))
    lab.site.also("/secure.zip", saying(said(302, location=plain)))
    return f"https://secure.example.com:{lab.site.secure_port}/secure.zip"


def _secure(host: str) -> Case:
    right = host == "secure.example.com"

    def link(lab: Lab) -> str:
        lab.site.also("/secure.zip", handing(forged(good())))
        return f"https://{host}:{lab.site.secure_port}/secure.zip"

    verdict, sentence = (_YES, "10 pictures") if right else (_NO, "no valid certificate")
    what = "a certificate for the name in the link" if right else "a certificate for another name"
    return Case("A11" if right else "A12", what, verdict, sentence, link, Way.NAMED)


def _self_made(lab: Lab) -> str:
    return f"https://127.0.0.1:{lab.site.secure_port}/secure.zip"


LINKS: list[Case] = [
    *(_literal(case_id, what, host) for case_id, (what, host) in SPELLINGS.items()),
    *(_on_the_canary(case_id, what, host) for case_id, (what, host) in list(SPELLINGS.items())[:7]),
    _named("S13a", "a name that stands for a private address the second time", "rebinding.example.com", _NO,
           _NOT_HTTPS),
    _named("S13b", "a name that stands for a good and a forbidden address", "mixed.example.com", _NO,
           _NOT_HTTPS),
    _redirect("S14a", "a redirect to the metadata of a cloud", "http://169.254.169.254/latest/meta-data",
              _NOT_HTTPS),
    _redirect("S14b", "a redirect to a file of ours", "file:///etc/passwd", _NOT_A_LINK),
    _redirect("S14c", "a redirect to another protocol", "gopher://127.0.0.1:CANARY/", _NOT_A_LINK),
    _redirect("S14d", "a redirect to another spelling of this machine", "http://127.1:CANARY/", _NOT_HTTPS),
    Case("S14e", "four redirects in a circle", _NO, "leads in circles", _circle),
    Case("S14f", "a redirect from https to http", _NO, _NOT_HTTPS, _downgrade, Way.NAMED),
    Case("S14g", "three redirects, then the file", _YES, "10 pictures", _three_hops),
    _redirect("S14h", "a redirect that leads nowhere", "", "use a direct download link"),
    _redirect("S14i", "a redirect with a password in it", "http://ann:secret@127.0.0.1:CANARY/", "password"),
    _form("S15a", "a user name and a password", "https://ann:secret@example.com/a.zip", "password"),
    _form("S15b", "port 22", "https://127.0.0.1:22/a.zip", _NOT_HTTPS),
    _form("S15c", "port 6379", "https://127.0.0.1:6379/a.zip", _NOT_HTTPS),
    _form("S15d", "a backslash", "https://example.com\\@127.0.0.1/a.zip", _NOT_A_LINK),
    _form("S15e", "a line break", "https://127.0.0.1/a.zip\r\nX-Evil: 1", _NOT_A_LINK),
    _form("S15f", "5 kB of link", "https://127.0.0.1/" + "a" * 5000, "longer than 2,048 characters"),
    _form("S15g", "no web address at all", "ftp://example.com/a.zip", _NOT_A_LINK),
    *(_literal(case_id, what, host) for case_id, (what, host) in PRIVATE.items()),
    _secure("secure.example.com"),
    _secure("other.example.com"),
    Case("A13", "a certificate that nobody vouches for", _NO, "no valid certificate", _self_made),
    _named("A14", "a name that nobody has", "nobody.example.com", _NO, _NOT_HTTPS),
]  # fmt: skip
