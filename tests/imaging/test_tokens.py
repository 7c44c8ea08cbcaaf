"""Whose secrets go where, and what becomes of names that a stranger gives to files."""

from pathlib import Path

import pytest

from bot.domain.errors import Refused
from bot.imaging.sharing import NOT_SHOWN
from tests.imaging.fetch_lab import downloaded, fetcher_of
from tests.imaging.imaging_lab import http, serving

TOKENS = {"box": "xoxb-secret", "vault": "xoxb-other"}
INSIDE = {name: ["127.0.0.1"] for name in ("box", "vault", "outside")}


async def test_a_token_goes_to_its_own_host_only(tmp_path: Path) -> None:
    async with serving({"/": http(200, b"x")}) as there:
        replies = {"/": http(200, b"x"), "/on": http(302, location=f"http://vault:{there.port}/")}
        async with serving({**replies, "/here": http(302, location="/")}) as server:
            fetcher = fetcher_of(INSIDE, tokens=TOKENS)
            hosts = frozenset(INSIDE)
            for at, path in enumerate(("/", "/here", "/on")):
                await downloaded(fetcher, f"http://box:{server.port}{path}", tmp_path / f"{at}", hosts=hosts)
            await downloaded(fetcher, f"http://outside:{server.port}/", tmp_path / "o", hosts=hosts)
    assert ["xoxb-secret" in head for head in server.requests] == [True, True, True, True, False]
    assert "xoxb" not in there.requests[0]


async def test_a_link_that_somebody_typed_carries_no_token(tmp_path: Path) -> None:
    async with serving({"/": http(200, b"x")}) as server:
        await downloaded(fetcher_of(INSIDE, tokens=TOKENS), f"http://box:{server.port}/", tmp_path / "f")
    assert "xoxb" not in server.requests[0]


@pytest.mark.parametrize(
    "reply",
    [
        http(302, location="https://team.slack.com/?redir=%2Ffiles"),
        http(200, b"<!DOCTYPE html><title>Sign in</title>"),
        http(403),
    ],
)
async def test_a_file_that_a_token_does_not_open_is_told_of(tmp_path: Path, reply: bytes) -> None:
    async with serving({"/": reply}) as server:
        fetcher = fetcher_of(INSIDE, tokens=TOKENS)
        with pytest.raises(Refused) as raised:
            await downloaded(fetcher, f"http://box:{server.port}/", tmp_path / "f", hosts=frozenset({"box"}))
    assert str(raised.value) == NOT_SHOWN


@pytest.mark.parametrize(
    ("path", "disposition", "name"),
    [
        ("/a/set%20one.zip?k=v", "", "set one.zip"),
        ("/get", 'attachment; filename="../../etc/passwd"', "passwd"),
        ("/get", "attachment; filename=\"bär.zip\"; filename*=UTF-8''b%C3%A4r%202.zip", "bär 2.zip"),
        ("/get", 'attachment; filename="bär.zip"', "bär.zip"),
        ("/get", 'attachment; filename="..\\\\..\\\\x:y.zip"', "x_y.zip"),
        ("/get", 'attachment; filename=".hidden\u202egnp.zip"', "hiddengnp.zip"),
        ("/get", f'attachment; filename="{"x" * 300}.zip"', "x" * 39 + "…" + "x" * 16 + ".zip"),
        ("/", "attachment", ""),
    ],
)
async def test_a_file_has_a_safe_name(tmp_path: Path, path: str, disposition: str, name: str) -> None:
    reply = http(200, b"PK\x03\x04and so on and on", content_disposition=disposition)
    async with serving({path: reply}) as server:
        got = await downloaded(fetcher_of(), server.url(path), tmp_path / "f")
    assert (got.name, got.head) == (name, b"PK\x03\x04and so on an")
