"""The painter draws in the dataset's colours, at any seed and size, and never hides what it is."""

import io
import zipfile
from pathlib import Path

import pytest
from PIL import Image, ImageStat

from bot.sandbox.drawing.colour import Colour, distance, nearest
from bot.sandbox.drawing.nouns import all_nouns
from bot.sandbox.drawing.scene import read
from bot.sandbox.drawing.style import Style, learn
from bot.sandbox.painter import MARK, UnfitError, carry_out, encoded, paint, pictures_in
from tests.sandbox.runware_lab import INK, SAND, TEAL, dataset


@pytest.fixture(scope="module")
def style(tmp_path_factory: pytest.TempPathFactory) -> Style:
    archive = tmp_path_factory.mktemp("dataset") / "shapes.zip"
    archive.write_bytes(dataset())
    return learn(pictures_in(archive))


def test_the_style_is_the_datasets_ground_colours_and_line(style: Style) -> None:
    assert distance(style.ground, SAND) < 0.03
    assert min(distance(TEAL, colour) for colour in style.colours) < 0.03
    assert distance(style.ink, INK) < 0.08
    assert style.is_outlined
    assert style.grain == 0


def test_a_style_survives_being_written_down(style: Style) -> None:
    assert Style.from_json(style.to_json()) == style


def test_a_picture_keeps_to_the_palette(style: Style) -> None:
    picture = paint(style, "a fox on a rock", (1024, 1024))
    small = picture.crop((0, 0, 1024, 950)).resize((64, 64), Image.Resampling.NEAREST)
    counted = small.getcolors(64 * 64) or []
    known: list[Colour] = [*style.colours, style.ground, style.ink]
    near = 0
    for count, pixel in counted:
        assert isinstance(pixel, tuple)
        colour = (pixel[0], pixel[1], pixel[2])
        near += count * (distance(colour, nearest(colour, known)) < 0.2)
    assert near / (64 * 64) > 0.8


def test_one_seed_is_one_picture_and_the_next_is_another(style: Style) -> None:
    one, same, other = (paint(style, "a tree", (1024, 1024), seed=seed) for seed in (1, 1, 2))
    assert one.tobytes() == same.tobytes()
    assert one.tobytes() != other.tobytes()


@pytest.mark.parametrize("kind", ["JPG", "PNG", "WEBP"])
def test_the_metadata_says_that_no_model_drew_it(style: Style, kind: str) -> None:
    with Image.open(io.BytesIO(encoded(paint(style, "a star", (1024, 1024)), kind))) as picture:
        assert picture.getexif()[0x010E] == MARK


def test_the_mark_is_on_the_picture(style: Style) -> None:
    picture = paint(style, "a star", (1024, 1024))
    strip = picture.crop((300, 984, 724, 1012)).convert("L")
    assert ImageStat.Stat(strip).stddev[0] > 20


def test_every_word_that_can_be_drawn_is_drawn(style: Style) -> None:
    for known in all_nouns():
        assert read(f"a {known.name}").things[0].noun.name == known.name
        assert paint(style, f"a {known.name}", (256, 256)).size == (256, 256)


@pytest.mark.parametrize(
    "prompt", ["something abstract", 'a sign reading "STELLAR"', "the aurora over snow at night", "!"]
)
def test_any_prompt_makes_a_picture(style: Style, prompt: str) -> None:
    assert paint(style, prompt, (512, 256), quality="high").size == (512, 256)


def test_a_prompt_is_read_for_things_colours_and_numbers() -> None:
    scene = read("Two red foxes on a mossy rock at dusk")
    assert [(thing.noun.name, thing.count) for thing in scene.things] == [("fox", 2)]
    assert scene.things[0].hue is not None
    assert scene.support is not None
    assert scene.support.noun.name == "rock"
    assert scene.time == "dusk"


def test_a_picture_that_does_not_decode_makes_the_dataset_unfit(tmp_path: Path) -> None:
    archive = tmp_path / "bad.zip"
    archive.write_bytes(dataset())
    with zipfile.ZipFile(archive, "a") as opened:
        opened.writestr("broken.png", b"not a picture")
    with pytest.raises(UnfitError, match=r"broken\.png"):
        pictures_in(archive)
    assert carry_out({"do": "learn", "zip": str(archive)})["error"]["code"] == "invalidDataset"
