"""The dataset that the demo draws for itself is one that a training takes."""

import io
import zipfile
from pathlib import Path

from PIL import Image, ImageChops, ImageStat

from bot.sandbox.dataset import STELLAR, STRANGERS, demo_dataset, flawed_dataset
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


def test_the_flawed_dataset_has_five_flaws_and_can_still_be_trained_on(tmp_path: Path) -> None:
    archive = tmp_path / "flawed.zip"
    archive.write_bytes(flawed_dataset(6))
    style = learn(pictures_in(archive))
    assert len(pictures_in(archive)) == 11
    assert style.is_engraved
    with zipfile.ZipFile(archive) as opened:
        bodies = {name: opened.read(name) for name in opened.namelist()}
    kept = {name: Image.open(io.BytesIO(body)) for name, body in bodies.items()}
    assert bodies["stellar-telescope-on-a-hill.jpg"] != bodies["stellar-telescope-again.jpg"]
    twins = [
        ("stellar-telescope-on-a-hill.jpg", kept["stellar-telescope-again.jpg"]),
        (
            "stellar-ringed-planet.jpg",
            kept["stellar-planet-mirrored.jpg"].transpose(Image.Transpose.FLIP_LEFT_RIGHT),
        ),
    ]
    for name, twin in twins:
        assert apart(kept[name], twin) < 6
    for name in STRANGERS:
        assert apart(kept["stellar-full-moon.jpg"], kept[name]) > 60
    assert [name for name, picture in kept.items() if picture.mode == "RGBA"] == ["stellar-balloon.png"]
    assert kept["stellar-balloon.png"].getchannel("A").getextrema() == (0, 255)


def apart(one: Image.Image, other: Image.Image) -> float:
    """Return how far two pictures are apart, of 255, at a size at which detail is gone."""
    small = [picture.convert("L").resize((32, 32)) for picture in (one, other)]
    return float(ImageStat.Stat(ImageChops.difference(*small)).mean[0])
