"""The dataset that the demo draws for itself is one that a training takes."""

import io
import zipfile
from pathlib import Path

from PIL import Image

from bot.sandbox.dataset import STELLAR, demo_dataset
from bot.sandbox.drawing.colour import distance
from bot.sandbox.drawing.style import learn
from bot.sandbox.painter import pictures_in


def test_the_demo_dataset_is_fit_and_teaches_its_own_style(tmp_path: Path) -> None:
    archive = tmp_path / "stellar.zip"
    archive.write_bytes(demo_dataset(10))
    pictures = pictures_in(archive)
    style = learn(pictures)
    assert len(pictures) == 10
    assert archive.stat().st_size < 8_000_000
    assert distance(style.ground, STELLAR.ground) < 0.05
    assert style.is_engraved
    assert style.grain > 1.2


def test_its_pictures_are_large_and_named_for_what_they_show() -> None:
    with zipfile.ZipFile(io.BytesIO(demo_dataset(2))) as opened:
        assert opened.namelist() == ["stellar-telescope-on-a-hill.jpg", "stellar-ringed-planet.jpg"]
        with Image.open(io.BytesIO(opened.read("stellar-ringed-planet.jpg"))) as picture:
            assert picture.size == (1024, 1024)
