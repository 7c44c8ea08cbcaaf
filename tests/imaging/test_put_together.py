"""Datasets that are not simply one ZIP: several links, single pictures, and pictures left out."""

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from PIL import Image

from bot.domain.dataset import Dataset, SharedFile, Source
from bot.domain.errors import DatasetUnfit
from bot.domain.ids import FileId
from bot.imaging.addresses import NOT_OURS
from bot.imaging.decode import Decoder
from bot.imaging.inspector import NOT_KEPT, NOT_TOGETHER, ZipInspector
from bot.imaging.pack import Packer
from bot.imaging.wording import MEGABYTE
from storage.archives import FolderArchives
from tests.fakes import NOON
from tests.imaging.imaging_lab import drawing, drawings, encoded, http, local_courier, png, serving, zipped

PHOTO = encoded(drawing(77), "JPEG", comment=b"shot at 10 Downing Street")


@pytest.fixture
def archives(tmp_path: Path) -> FolderArchives:
    return FolderArchives(
        tmp_path / "kept", public_url="https://bot.acme.com", secret=b"s" * 32, clock=lambda: NOON
    )


@pytest.fixture
def inspector(tmp_path: Path, archives: FolderArchives) -> ZipInspector:
    hosts = frozenset({"127.0.0.1"})
    return ZipInspector(local_courier(), Decoder(), Packer(), archives, slack_hosts=hosts, folder=tmp_path)


async def inspected(
    inspector: ZipInspector, replies: Mapping[str, bytes], source: Source, **files: str
) -> Dataset:
    """Inspect `source`, whose links are paths here; `files` are posted in Slack, by name and path."""
    async with serving({path: http(200, body) for path, body in replies.items()}) as server:
        links = tuple(server.url(path) for path in source.links)
        shared = tuple(SharedFile(FileId(name), name, server.url(path)) for name, path in files.items())
        whole = Source(links, shared, source.kept, source.left_out, source.strip)
        return (await inspector.inspect(whole)).dataset


def names(dataset: Dataset) -> list[str]:
    return [picture.name for picture in dataset.pictures]


async def packed(archives: FolderArchives, dataset: Dataset) -> dict[str, bytes]:
    """Return what the provider would be given."""
    path = await archives.find(dataset.sha256)
    assert path
    with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as archive:
        return {info.filename: archive.read(info) for info in archive.infolist()}


async def test_one_zip_is_kept_as_it_is(inspector: ZipInspector, archives: FolderArchives) -> None:
    body = zipped(drawings(10))
    dataset = await inspected(inspector, {"/a.zip": body}, Source(("/a.zip",)))
    path = await archives.find(dataset.sha256)
    assert path
    assert path.read_bytes() == body
    assert (dataset.kept, dataset.origin) == (True, dataset.sha256)


async def test_several_links_are_put_into_one_zip(inspector: ZipInspector, archives: FolderArchives) -> None:
    replies = {"/a.zip": zipped(drawings(9)), "/fox.jpg": PHOTO, "/b.zip": zipped({"wolf.png": png(50)})}
    dataset = await inspected(inspector, replies, Source(("/a.zip", "/fox.jpg", "/b.zip")))
    assert names(dataset) == [*(f"drawing-{n:02}.png" for n in range(9)), "fox.jpg", "wolf.png"]
    assert list(await packed(archives, dataset)) == names(dataset)


async def test_files_that_are_too_large_together_are_told_of_with_the_true_limit(
    tmp_path: Path, archives: FolderArchives
) -> None:
    small = ZipInspector(
        local_courier(), Decoder(), Packer(), archives, folder=tmp_path, most_bytes=5 * MEGABYTE
    )
    replies = {path: bytes(3 * MEGABYTE) for path in ("/a", "/b")} | {"/c": bytes(6 * MEGABYTE)}
    for links, sentence in (
        (("/a", "/b"), "The files have more than 5 MB together: use smaller or fewer ones."),
        (("/c", "/a"), "The file behind the link is larger than 5 MB: use smaller pictures."),
    ):
        with pytest.raises(DatasetUnfit) as unfit:
            await inspected(small, replies, Source(links))
        assert unfit.value.problems == (sentence,)


async def test_pictures_posted_in_slack_keep_their_names(inspector: ZipInspector) -> None:
    replies = {f"/{n}": png(n) for n in range(10)}
    dataset = await inspected(inspector, replies, Source(), **{f"fox-{n}.png": f"/{n}" for n in range(10)})
    assert names(dataset) == [f"fox-{n}.png" for n in range(10)]


async def test_a_zip_posted_in_slack_is_kept_as_it_is(inspector: ZipInspector) -> None:
    dataset = await inspected(inspector, {"/z": zipped(drawings(10))}, Source(), **{"foxes.zip": "/z"})
    assert dataset.sha256 == dataset.origin


async def test_a_file_that_is_not_on_slacks_hosts_is_not_fetched(
    tmp_path: Path, archives: FolderArchives
) -> None:
    hosts = frozenset({"files.slack.com"})
    elsewhere = ZipInspector(
        local_courier(), Decoder(), Packer(), archives, slack_hosts=hosts, folder=tmp_path
    )
    async with serving({"/z": http(200, zipped(drawings(10)))}) as server:
        file = SharedFile(FileId("F1"), "foxes.zip", server.url("/z"))
        with pytest.raises(DatasetUnfit) as unfit:
            await elsewhere.inspect(Source(files=(file,)))
    assert unfit.value.problems == (NOT_OURS,)
    assert server.connections == 0


async def test_what_is_left_out_is_not_in_the_new_zip_and_the_old_one_is_kept(
    inspector: ZipInspector, archives: FolderArchives
) -> None:
    files = {**drawings(11), "sub/drawing-00.png": png(60)}
    first = await inspected(inspector, {"/a.zip": zipped(files)}, Source(("/a.zip",)))
    cut = await inspected(inspector, {}, Source(kept=first.origin, left_out=("drawing-03.png",)))
    assert len(cut.pictures) == 11
    assert "drawing-03.png" not in names(cut)
    assert cut.origin == first.sha256
    moved = next(picture for picture in cut.pictures if picture.origin)
    assert (moved.name, moved.origin) == ("drawing-00-2.png", "sub/drawing-00.png")
    again = await inspected(inspector, {}, Source(kept=cut.origin, left_out=("sub/drawing-00.png",)))
    assert names(again) == [f"drawing-{n:02}.png" for n in range(11)]


async def test_the_same_choice_makes_the_same_bytes(inspector: ZipInspector) -> None:
    first = await inspected(inspector, {"/a.zip": zipped(drawings(12))}, Source(("/a.zip",)))
    source = Source(kept=first.origin, left_out=("drawing-03.png",))
    assert (await inspected(inspector, {}, source)).sha256 == (await inspected(inspector, {}, source)).sha256


async def test_what_the_files_say_is_taken_out_when_asked(
    inspector: ZipInspector, archives: FolderArchives
) -> None:
    body = zipped({**drawings(9), "fox.jpg": PHOTO})
    told = await inspected(inspector, {"/a.zip": body}, Source(("/a.zip",)))
    assert b"Downing" in (await packed(archives, told))["fox.jpg"]
    stripped = await inspected(inspector, {"/a.zip": body}, Source(("/a.zip",), strip=True))
    fox = (await packed(archives, stripped))["fox.jpg"]
    assert b"Downing" not in fox
    with Image.open(io.BytesIO(fox)) as after, Image.open(io.BytesIO(PHOTO)) as before:
        assert after.tobytes() == before.tobytes()


async def test_too_few_of_several_are_told_like_too_few_of_one(inspector: ZipInspector) -> None:
    replies = {"/a.jpg": PHOTO, "/b.zip": zipped(drawings(3))}
    with pytest.raises(DatasetUnfit, match="4 pictures; add at least 6 more"):
        await inspected(inspector, replies, Source(("/a.jpg", "/b.zip")))


async def test_an_archive_that_is_gone_is_told(inspector: ZipInspector) -> None:
    with pytest.raises(DatasetUnfit, match=NOT_KEPT):
        await inspected(inspector, {}, Source(kept="ab" * 32))


@pytest.mark.parametrize("source", [Source(("/a.zip", "/b.zip")), Source(("/a.zip",), strip=True)])
async def test_without_a_public_address_nothing_is_put_together_nor_fetched(
    tmp_path: Path, source: Source
) -> None:
    nowhere = FolderArchives(tmp_path, public_url=None, secret=None, clock=lambda: NOON)
    alone = ZipInspector(local_courier(), Decoder(), Packer(), nowhere, folder=tmp_path)
    with pytest.raises(DatasetUnfit) as unfit:
        await inspected(alone, {"/a.zip": zipped(drawings(10))}, source)
    assert unfit.value.problems == (NOT_TOGETHER,)


async def test_the_fingerprint_is_that_of_what_lies_behind_the_link_now(inspector: ZipInspector) -> None:
    body = zipped(drawings(10))
    dataset = await inspected(inspector, {"/a.zip": body}, Source(("/a.zip",)))
    async with serving({"/a.zip": http(200, body), "/b.zip": http(200, body + b"x")}) as server:
        assert await inspector.fingerprint(server.url("/a.zip")) == dataset.sha256
        assert await inspector.fingerprint(server.url("/b.zip")) != dataset.sha256
