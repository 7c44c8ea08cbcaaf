"""What a server may say before its answer: 103 Early Hints and their like."""

from pathlib import Path

import pytest

from bot.domain.errors import Refused
from bot.imaging.fetch import STRANGE
from tests.imaging.fetch_lab import downloaded, fetcher_of
from tests.imaging.imaging_lab import http, serving

HINTS = b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n"


async def test_what_a_server_says_before_its_answer_is_passed_over(tmp_path: Path) -> None:
    announced = HINTS + b"HTTP/1.1 102 Processing\r\n\r\n" + 3 * HINTS
    async with serving({"/": announced + http(200, b"the file")}) as server:
        got = await downloaded(fetcher_of(), server.url(), tmp_path / "f")
    assert (got.size, (tmp_path / "f").read_bytes()) == (8, b"the file")


@pytest.mark.parametrize("before", [6 * HINTS, b"HTTP/1.1 101 Switching Protocols\r\n\r\n"])
async def test_a_server_that_never_comes_to_its_answer_is_refused(tmp_path: Path, before: bytes) -> None:
    async with serving({"/": before + http(200, b"the file")}) as server:
        with pytest.raises(Refused, match=STRANGE):
            await downloaded(fetcher_of(), server.url(), tmp_path / "f")
