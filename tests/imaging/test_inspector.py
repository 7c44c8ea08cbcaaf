"""A dataset from its link to its verdict, over real HTTP and a real worker."""

import stat
from pathlib import Path

import pytest

from bot.domain.assessment import Likeness
from bot.domain.dataset import Source
from bot.domain.errors import DatasetUnfit, Unavailable
from bot.imaging.decode import Decoder
from bot.imaging.inspector import ZipInspector
from bot.imaging.pack import Packer
from bot.imaging.scratch import scratch, wipe_leftovers
from bot.ports import Archives, DatasetInspector, Inspection
from storage.archives import FolderArchives
from tests.fakes import NOON
from tests.imaging.imaging_lab import (
    SHARED,
    drawing,
    drawings,
    encoded,
    http,
    local_courier,
    png,
    serving,
    zipped,
)


def inspector(folder: Path, archives: Archives | None = None) -> DatasetInspector:
    """Return one that works in `folder`, and hosts nothing unless `archives` do."""
    kept = archives or FolderArchives(folder, public_url=None, secret=None, clock=lambda: NOON)
    return ZipInspector(local_courier(), Decoder(), Packer(), kept, folder=folder)


def hosted(folder: Path) -> FolderArchives:
    """Return archives that the provider can reach, kept in `folder`."""
    return FolderArchives(folder, public_url="https://bot.acme.com", secret=b"s" * 32, clock=lambda: NOON)


async def verdict(body: bytes, folder: Path, **headers: str) -> Inspection:
    """Inspect `body` as a link would give it, in `folder`."""
    async with serving({"/set.zip": http(200, body, **headers)}) as server:
        return await inspector(folder).inspect(Source((server.url("/set.zip"),)))


def everything_in(folder: Path) -> list[Path]:
    return list(folder.iterdir())


async def problems(body: bytes, folder: Path) -> tuple[str, ...]:
    with pytest.raises(DatasetUnfit) as unfit:
        await verdict(body, folder)
    return unfit.value.problems


@pytest.mark.parametrize(
    ("name", "count"), [("bold-fruit.zip", 14), ("bold-fruit-with-two-outliers.zip", 16)]
)
async def test_real_drawings_are_accepted(tmp_path: Path, name: str, count: int) -> None:
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"{path} is not here: real drawings are not part of the repository")
    body = path.read_bytes()
    found = await verdict(body, tmp_path)
    assert (len(found.dataset.pictures), found.dataset.size) == (count, len(body))
    assert found.sheet.startswith(b"\xff\xd8")
    assert any("transparency" in warning for warning in found.dataset.warnings)


async def test_what_deserves_a_warning_does_not_refuse(tmp_path: Path) -> None:
    files = {**drawings(10), "copy.png": png(3), "wide.png": encoded(drawing(1, size=(5000, 100)))}
    found = await verdict(zipped(files), tmp_path)
    assert len(found.dataset.pictures) == 12
    assert found.dataset.assessment
    assert any(twins.likeness is Likeness.EXACT for twins in found.dataset.assessment.twins)
    assert any("4096 px" in warning for warning in found.dataset.warnings)


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (zipped(drawings(9)), "There are 9 pictures; add at least 1 more"),
        (zipped(drawings(51)), "There are 51 pictures; leave out 1"),
        (zipped({}), "There are 0 pictures"),
        (zipped({**drawings(10), "notes.txt": b"hi"}), "`notes.txt` is"),
        (b"<html>Sign in</html>", "web page"),
        (b"", "does not lead to a ZIP"),
    ],
)
async def test_an_unfit_dataset_is_told_why(tmp_path: Path, body: bytes, sentence: str) -> None:
    assert sentence in " ".join(await problems(body, tmp_path))


async def test_many_problems_are_counted_after_the_eighth(tmp_path: Path) -> None:
    told = await problems(zipped({**drawings(10), **{f"{n}.txt": b"hi" for n in range(11)}}), tmp_path)
    assert len(told) == 9
    assert told[-1] == "… and 3 more problems."


async def test_a_refused_link_is_a_problem_of_the_dataset(tmp_path: Path) -> None:
    with pytest.raises(DatasetUnfit) as unfit:
        await inspector(tmp_path).inspect(Source(("https://10.0.0.1/set.zip",)))
    assert len(unfit.value.problems) == 1


async def test_an_outage_is_no_verdict(tmp_path: Path) -> None:
    async with serving({"/": http(503)}) as server:
        with pytest.raises(Unavailable):
            await inspector(tmp_path).inspect(Source((server.url(),)))


async def test_nothing_is_left_behind(tmp_path: Path) -> None:
    await verdict(zipped(drawings(10)), tmp_path)
    await problems(b"no zip", tmp_path)
    assert everything_in(tmp_path) == []


async def test_a_folder_in_use_is_private_and_is_not_wiped(tmp_path: Path) -> None:
    left = tmp_path / "housestyle-scratch-of-the-dead"
    left.mkdir()
    (left / "dataset.zip").write_bytes(b"PK")
    (tmp_path / "housestyle-scratch-link").symlink_to(left)
    (tmp_path / "somebody-else").mkdir()
    (tmp_path / "housestyle-datasets").mkdir()
    async with scratch(tmp_path) as folder:
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert wipe_leftovers(tmp_path) == 1
        assert folder.exists()
    assert not left.exists()
    assert (tmp_path / "somebody-else").exists()
    assert (tmp_path / "housestyle-datasets").exists(), "what was inspected is still to be trained on"
