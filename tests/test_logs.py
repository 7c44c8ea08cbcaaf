"""The log: a line per event for people or machines, and no canary gets through in either."""

import contextlib
import io
import json
import logging
from collections.abc import Callable, Iterator

import pytest
import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from bot import logs

CANARY = "canary7f9b2c54"
SECRETS = [
    f"xoxb-1234-5678-{CANARY}",
    f"xoxp-1-{CANARY}",
    f"xoxe.xoxb-1-{CANARY}",
    f"xoxe-1-{CANARY}",
    f"xapp-1-A1-2-{CANARY}",
    f"Authorization: Bearer {CANARY}",
    f"bearer {CANARY}.part/two+three~four",
    f"https://a.co/z.zip?X-Amz-Signature={CANARY}&a=1",
    f"https://a.co/z.zip?X-Amz-Security-Token={CANARY}",
    f"https://a.co/z.zip?sv=1&sig={CANARY}%3D",
    f"https://a.co/z?access_token={CANARY}",
    f"https://a.co/z?api_key={CANARY}",
    f"client_secret={CANARY}",
    f"wss://wss-primary.slack.com/link/?ticket={CANARY}&app_id=A1",
    f"TOKEN={CANARY}",
]


class Terminal(io.StringIO):
    """Standard error as a terminal would be, in memory."""

    def __init__(self, *, is_one: bool) -> None:
        super().__init__()
        self._is_one = is_one

    def isatty(self) -> bool:
        return self._is_one


@pytest.fixture(autouse=True)
def own_logging() -> Iterator[None]:
    """Give the test a logging of its own, and everyone else theirs back."""
    root = logging.getLogger()
    kept, level = root.handlers[:], root.level
    quiet = {name: logging.getLogger(name).level for name in logs.QUIET}
    root.handlers[:] = []
    for name in logs.QUIET:  # a server that another test started may have kept its words to itself
        logging.getLogger(name).propagate = True
    yield
    root.handlers[:] = kept
    root.setLevel(level)
    for name, before in quiet.items():
        logging.getLogger(name).setLevel(before)
    structlog.reset_defaults()


def to_ours(text: str) -> None:
    structlog.get_logger().warning(text)


def to_ours_as_a_field(text: str) -> None:
    structlog.get_logger().warning("it happened", about=text)


def fail(text: str) -> None:
    raise LookupError(text)


def to_ours_as_a_bug(text: str) -> None:
    try:
        fail(text)
    except LookupError:
        structlog.get_logger().exception("bug")


def to_a_librarys(text: str) -> None:
    logging.getLogger("slack_sdk.web").warning("it happened: %s", text)


def to_a_librarys_as_a_bug(text: str) -> None:
    try:
        fail(text)
    except LookupError:
        logging.getLogger("asyncio").exception("bug")


WAYS = [to_ours, to_ours_as_a_field, to_ours_as_a_bug, to_a_librarys, to_a_librarys_as_a_bug]
OF_A_BUG = [to_ours_as_a_bug, to_a_librarys_as_a_bug]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("secret", SECRETS)
def test_no_secret_gets_into_a_line_for_machines(
    capsys: pytest.CaptureFixture[str], way: Callable[[str], None], secret: str
) -> None:
    logs.set_up("json")
    way(f"before {secret} after")
    line = capsys.readouterr().err
    assert CANARY not in line
    assert "[secret]" in line


@pytest.mark.parametrize("way", [way for way in WAYS if way not in OF_A_BUG])
@pytest.mark.parametrize("secret", SECRETS)
def test_no_secret_gets_into_a_line_for_people(
    capsys: pytest.CaptureFixture[str], way: Callable[[str], None], secret: str
) -> None:
    logs.set_up("text")
    way(f"before {secret} after")
    line = capsys.readouterr().err
    assert CANARY not in line
    assert "[secret]" in line


@pytest.mark.parametrize("way", OF_A_BUG)
def test_a_bug_in_a_log_for_people_has_its_traceback_and_no_secret(
    capsys: pytest.CaptureFixture[str], way: Callable[[str], None]
) -> None:
    logs.set_up("text")
    way(f"before token={CANARY} after")
    told = capsys.readouterr().err
    assert "LookupError: before [secret] after" in told
    assert CANARY not in told


@pytest.mark.parametrize(
    "field", [{"url": f"https://a.co?sig={CANARY}"}, [f"xoxb-{CANARY}"], LookupError(f"token={CANARY}")]
)
def test_no_secret_gets_out_inside_another_value(capsys: pytest.CaptureFixture[str], field: object) -> None:
    logs.set_up("json")
    structlog.get_logger().warning("it happened", about=field)
    assert CANARY not in capsys.readouterr().err


@pytest.mark.parametrize(
    "secret",
    [
        f'{{"token": "{CANARY}"}}',
        f"{{'apiKey': '{CANARY}'}}",
        f"https://hooks.slack.com/commands/T1/2/{CANARY}",
        f"https://ann:{CANARY}@assets.acme.com/z.zip",
    ],
)
def test_a_secret_in_json_or_inside_an_address_is_one_too(secret: str) -> None:
    assert CANARY not in logs.redact(None, "warning", secret)


@pytest.mark.parametrize(
    "text",
    [
        "Stellar is ready: acme:stellar@1",
        "The key of the house is under the token mat.",
        "https://a.co/z.zip?a=1&b=2",
        "bearer",
        "an empty key= is none",
    ],
)
def test_what_is_no_secret_is_left_as_it_is(text: str) -> None:
    assert logs.redact(None, "info", text) == text


def test_what_stands_beside_a_secret_is_kept() -> None:
    told = logs.redact(None, "info", f"GET https://a.co/z?a=1&sig={CANARY}&b=2 failed")
    assert told == "GET https://a.co/z?a=1&[secret]&b=2 failed"


def test_a_line_for_machines_is_one_json_object_with_its_moment_and_level(
    capsys: pytest.CaptureFixture[str],
) -> None:
    logs.set_up("json")
    structlog.get_logger().warning("message parked", error="msg_too_long")
    logging.getLogger("asyncio").error("slow")
    ours, theirs = map(json.loads, capsys.readouterr().err.splitlines())
    assert (ours["event"], ours["level"], ours["error"]) == ("message parked", "warning", "msg_too_long")
    assert (theirs["event"], theirs["level"]) == ("slow", "error")
    assert ours["timestamp"].endswith("Z")


def test_a_bug_for_machines_is_one_line_too(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up("json")
    to_ours_as_a_bug("a bug")
    (line,) = capsys.readouterr().err.splitlines()
    assert "LookupError: a bug" in json.loads(line)["exception"]


def test_a_line_for_people_is_one_line_of_text(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up("text")
    structlog.get_logger().warning("message parked", error="msg_too_long")
    (line,) = capsys.readouterr().err.splitlines()
    assert "message parked" in line
    assert "error=msg_too_long" in line


@pytest.mark.parametrize(("on_a_terminal", "begins"), [(True, "20"), (False, "{")])
def test_without_a_setting_a_terminal_gets_text_and_anything_else_json(
    *, on_a_terminal: bool, begins: str
) -> None:
    stream = Terminal(is_one=on_a_terminal)
    with contextlib.redirect_stderr(stream):
        logs.set_up(None)
        to_ours("hello")
    assert stream.getvalue().startswith(begins)


@pytest.mark.parametrize("name", logs.QUIET)
def test_a_talkative_library_is_heard_only_when_something_is_wrong(
    capsys: pytest.CaptureFixture[str], name: str
) -> None:
    logs.set_up("json")
    logging.getLogger(name).info("HTTP Request: GET https://a.co/z")
    assert capsys.readouterr().err == ""
    logging.getLogger(name).warning("something is wrong")
    assert "something is wrong" in capsys.readouterr().err


def test_what_bolt_says_of_the_token_that_it_finds_by_itself_is_no_news(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", f"xoxb-{CANARY}")
    logs.set_up("json")
    AsyncApp(client=AsyncWebClient(), authorize=_authorize, signing_secret="")
    assert capsys.readouterr().err == ""
    logging.getLogger("slack_bolt.AsyncApp").info("A new session has been established")
    assert capsys.readouterr().err == ""
    logging.getLogger("slack_bolt.AsyncApp").warning("something is wrong")
    assert "something is wrong" in capsys.readouterr().err


async def _authorize() -> AuthorizeResult:
    return AuthorizeResult(enterprise_id=None, team_id="T1", bot_token="xoxb-made-up")
