"""Finished pictures, from the hosts that may send them."""

import io
import re
from pathlib import Path

import pytest
from PIL import Image

from bot.domain.errors import Refused, Unavailable
from bot.imaging.decode import Decoder
from bot.imaging.pictures import FOREIGN, ResultFetcher
from bot.ports import TOO_LARGE, FinishedPicture, PictureFetcher
from tests.imaging.imaging_lab import drawing, encoded, http, local_fetcher, png, serving

HERE = frozenset({"127.0.0.1"})


def everything_in(folder: Path) -> list[Path]:
    return list(folder.iterdir())


async def fetched(body: bytes, folder: Path, hosts: frozenset[str] = HERE) -> FinishedPicture:
    results: PictureFetcher = ResultFetcher(local_fetcher(), Decoder(), hosts, folder=folder)
    async with serving({"/fox": http(200, body)}) as server:
        return await results.fetch(server.url("/fox"))


@pytest.mark.parametrize(("kind", "suffix"), [("JPEG", "jpg"), ("PNG", "png")])
async def test_jpeg_and_png_come_back_byte_for_byte(tmp_path: Path, kind: str, suffix: str) -> None:
    body = encoded(drawing(1), kind)
    assert await fetched(body, tmp_path) == FinishedPicture(body, suffix)
    assert everything_in(tmp_path) == []


@pytest.mark.parametrize(("mode", "suffix"), [("RGB", "jpg"), ("RGBA", "png")])
async def test_webp_is_shown_converted_and_kept_as_it_came(tmp_path: Path, mode: str, suffix: str) -> None:
    image = drawing(1, mode=mode)
    if mode == "RGBA":
        image.putalpha(100)
    body = encoded(image, "WEBP")
    got = await fetched(body, tmp_path)
    assert (got.suffix, got.original, got.original_suffix) == (suffix, body, "webp")
    with Image.open(io.BytesIO(got.shown)) as shown:
        assert shown.size == image.size


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"<html>expired</html>", "leads to a web page"),
        (png()[:-30], "damaged"),
        (encoded(drawing(), "GIF"), "GIF"),
        (b"", "not a JPEG"),
    ],
)
async def test_what_is_no_sound_picture_is_refused(tmp_path: Path, body: bytes, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        await fetched(body, tmp_path)
    assert everything_in(tmp_path) == []


async def test_a_foreign_host_is_not_even_asked(tmp_path: Path) -> None:
    results = ResultFetcher(local_fetcher(), Decoder(), frozenset({"im.runware.ai"}), folder=tmp_path)
    async with serving({"/fox": http(200, png())}) as server:
        with pytest.raises(Refused, match=re.escape(FOREIGN)):
            await results.fetch(server.url("/fox"))
    assert server.connections == 0


@pytest.mark.parametrize("status", [401, 403, 404, 410])
async def test_a_picture_that_is_not_handed_over_is_no_matter_of_a_login(tmp_path: Path, status: int) -> None:
    results = ResultFetcher(local_fetcher(), Decoder(), HERE, folder=tmp_path)
    async with serving({"/fox": http(status)}) as server:
        with pytest.raises(Refused) as told:
            await results.fetch(server.url("/fox"))
    assert not re.search("login|share|browser", str(told.value))


async def test_an_outage_may_pass(tmp_path: Path) -> None:
    results = ResultFetcher(local_fetcher(), Decoder(), HERE, folder=tmp_path)
    async with serving({"/fox": http(502)}) as server:
        with pytest.raises(Unavailable):
            await results.fetch(server.url("/fox"))


async def test_a_picture_of_too_many_bytes_is_refused(tmp_path: Path) -> None:
    results = ResultFetcher(local_fetcher(), Decoder(), HERE, folder=tmp_path)
    async with serving({"/fox": http(200, content_length="70000000")}) as server:
        with pytest.raises(Refused, match="larger than 60 MB") as told:
            await results.fetch(server.url("/fox"))
    assert told.value.code == TOO_LARGE
