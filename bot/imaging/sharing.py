"""What to tell a person whose link opens a page in a browser instead of handing over a file.

Pure: it goes by the host that the person named and by the first bytes of what came. It never quotes the page.
"""

import re
from urllib.parse import urlsplit

LOGIN = "The link asks for a login: use one that opens in a private browser window."
NOT_SHOWN = "Slack does not show me that file: add me to the channel where it is, or post it again here."
"""Where even our own token did not open it."""
CHOOSE = "choose “Train a style” from its message's menu"
"""What to do with a ZIP in Slack."""
PAGE = (
    "The link leads to a web page, not to a file: use the direct download link,"
    f" or post the ZIP in Slack and {CHOOSE}."
)

_POST = f"put the ZIP on another host, or post it in Slack and {CHOOSE}."
_THEIRS = "choose “Train a style” from their message's menu"
_MICROSOFT = (
    "share it with “Anyone with the link” and end the link with `?download=1` (`&download=1` after a `?`)."
)
_ADVICE = {
    "dropbox.com": "The link opens a page of Dropbox: end it with `dl=1` instead of `dl=0`.",
    "onedrive.live.com": f"The link opens a page of OneDrive: {_MICROSOFT}",
    "1drv.ms": f"The link opens a page of OneDrive: {_MICROSOFT}",
    "sharepoint.com": f"The link opens a page of SharePoint: {_MICROSOFT}",
    "google.com": (
        "The link opens a page of Google Drive: share the file with “Anyone with the link” and use"
        " `https://drive.google.com/uc?export=download&id=…` with its id; above 100 MB, where Google"
        " asks back, use another host."
    ),
    "box.com": "The link opens a page of Box: use the “Direct link” from the settings of the shared link.",
    "github.com": "The link opens a page of GitHub: use the link behind “Raw” or “Download raw file”.",
    "gitlab.com": "The link opens a page of GitLab: use the link behind “Open raw” or “Download”.",
    "wetransfer.com": f"WeTransfer has no direct links: {_POST}",
    "we.tl": f"WeTransfer has no direct links: {_POST}",
    "icloud.com": f"iCloud has no direct links: {_POST}",
    "mega.nz": f"Mega has no direct links: {_POST}",
    "notion.so": f"Notion has no direct links to files: {_POST}",
    "notion.site": f"Notion has no direct links to files: {_POST}",
    "figma.com": f"The link opens a Figma file: export the pictures, then post them in Slack and {_THEIRS}.",
    "canva.com": (
        f"The link opens a Canva design: download the pictures, then post them in Slack and {_THEIRS}."
    ),
    "slack.com": (
        "A link to a file in Slack opens for people only: choose “Train a style” from the menu of the"
        " message that holds it."
    ),
}
_LOGIN_HOSTS = frozenset(
    {"accounts.google.com", "login.microsoftonline.com", "login.live.com", "idmsa.apple.com"}
)
_LOGIN_PATH = re.compile(r"/(log[-_]?in|sign[-_]?in|sso|oauth2?|authorize)(\.\w+)?(/|$)", re.IGNORECASE)
_MARKUP = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?<(?:!doctype html|!--|html|head|body|script|meta|title)",
    re.IGNORECASE,
)
_FILES = (b"PK", b"\x89PNG", b"\xff\xd8\xff", b"RIFF")
"""How what is wanted begins, whatever type the server gives it."""


def is_page(content_type: str, head: bytes) -> bool:
    """Say whether a web page came, by the first bytes of the body; by its type where they are no file's."""
    if head.startswith(_FILES):
        return False
    return content_type in {"text/html", "application/xhtml+xml"} or bool(_MARKUP.match(head))


def is_end_of_page(content_type: str, tail: bytes) -> bool:
    """Say the same of the last bytes of a file, among which a ZIP would have its end record."""
    if b"PK\x05\x06" in tail:
        return False
    return content_type == "text/html" or tail.rstrip().lower().endswith((b"</html>", b"</body>"))


def is_login(url: str) -> bool:
    """Say whether a redirect to `url`, a whole one, is one to a login."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return (parts.hostname or "") in _LOGIN_HOSTS or bool(_LOGIN_PATH.search(parts.path))


def page_advice(host: str) -> str:
    """Return what to do where a link to `host`, as the person named it, led to a web page."""
    return _of(host) or PAGE


def login_advice(host: str) -> str:
    """Return what to do where a link to `host` asked for a login."""
    advice = _of(host)
    return f"The link asks for a login. {advice}" if advice else LOGIN


def _of(host: str) -> str:
    """Return the advice for `host` or the nearest domain above it; empty where there is none."""
    parts = host.split(".")
    above = (".".join(parts[at:]) for at in range(len(parts)))
    return next((_ADVICE[name] for name in above if name in _ADVICE), "")
