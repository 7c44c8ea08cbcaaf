"""What people are told whose link opens a page, by the service that they named."""

import pytest

from bot.imaging.sharing import LOGIN, PAGE, is_end_of_page, is_login, is_page, login_advice, page_advice
from bot.slack.manifest import manifest


@pytest.mark.parametrize(
    ("host", "words"),
    [
        ("www.dropbox.com", "`dl=1`"),
        ("dropbox.com", "`dl=1`"),
        ("onedrive.live.com", "download=1"),
        ("1drv.ms", "download=1"),
        ("contoso-my.sharepoint.com", "download=1"),
        ("drive.google.com", "https://drive.google.com/uc?export=download&id="),
        ("docs.google.com", "Anyone with the link"),
        ("wetransfer.com", "WeTransfer has no direct links"),
        ("we.tl", "post it in Slack"),
        ("app.box.com", "Direct link"),
        ("www.icloud.com", "iCloud has no direct links"),
        ("github.com", "Raw"),
        ("mega.nz", "Mega has no direct links"),
        ("acme.notion.site", "Notion"),
        ("www.figma.com", "export the pictures"),
        ("files.slack.com", "from the menu of the message"),
    ],
)
def test_each_service_has_its_own_way_to_the_file(host: str, words: str) -> None:
    for advice in (page_advice(host), login_advice(host)):
        assert words in advice
        assert advice.endswith(".")
    assert len(page_advice(host)) < 300


@pytest.mark.parametrize("host", ["mega.nz", "wetransfer.com", "figma.com", "files.slack.com", "example.com"])
def test_the_shortcut_is_called_as_slack_shows_it(host: str) -> None:
    (shortcut,) = manifest(public_url=None, socket_mode=True)["features"]["shortcuts"]
    assert f"choose “{shortcut['name']}” from" in page_advice(host)


@pytest.mark.parametrize(
    "host", ["example.com", "notdropbox.com", "dropbox.com.example.com", "", "box.company.com"]
)
def test_an_unknown_host_gets_the_general_advice(host: str) -> None:
    assert (page_advice(host), login_advice(host)) == (PAGE, LOGIN)


@pytest.mark.parametrize(
    ("content_type", "head"),
    [
        ("", b"<!DOCTYPE html>"),
        ("application/zip", b"\xef\xbb\xbf \n<HTML lang=en>"),
        ("", b"<?xml version='1.0'?>\n<!DOCTYPE html PUBLIC"),
        ("", b"<!-- saved from -->"),
        ("text/html", b"please wait"),
        ("application/xhtml+xml", b""),
    ],
)
def test_a_page_is_known_by_its_beginning_or_its_type(content_type: str, head: bytes) -> None:
    assert is_page(content_type, head)


@pytest.mark.parametrize(
    ("content_type", "head"),
    [
        ("text/html", b"PK\x03\x04"),
        ("text/html", b"\x89PNG\r\n"),
        ("application/zip", b"just words"),
        ("image/svg+xml", b"<svg>"),
        ("", b""),
    ],
)
def test_a_file_is_no_page_whatever_its_type(content_type: str, head: bytes) -> None:
    assert not is_page(content_type, head)


def test_a_page_is_known_by_its_end_unless_a_zip_ends_there() -> None:
    assert is_end_of_page("", b"...</body></HTML>\r\n")
    assert is_end_of_page("text/html", b"...")
    assert not is_end_of_page("text/html", b"PK\x05\x06" + bytes(18) + b"</html>")
    assert not is_end_of_page("", b"...")


@pytest.mark.parametrize(
    ("url", "is_one"),
    [
        ("https://accounts.google.com/v3/signin", True),
        ("https://login.microsoftonline.com/common", True),
        ("https://example.com/login?next=/a.zip", True),
        ("https://example.com/users/sign_in", True),
        ("https://example.com/oauth2/authorize", True),
        ("https://example.com/login.php", True),
        ("https://example.com/a.zip?login=1", False),
        ("https://example.com/loginpictures/a.zip", False),
        ("https://[::1/login", False),
    ],
)
def test_a_way_to_a_login_is_known_by_host_and_path(url: str, is_one: bool) -> None:  # noqa: FBT001 - a table
    assert is_login(url) is is_one
