"""Pictures of one plain colour among drawings, and a set of nothing else."""

import io

import pytest
from PIL import Image, ImageDraw, ImageFilter

from bot.domain.assessment import Likeness, Twins
from bot.imaging import twins
from bot.imaging.features import features
from tests.imaging.drawn_sets import drawn, judged, single

DRAWN = drawn(18)


def plain(colour: str, size: tuple[int, int] = (256, 192)) -> Image.Image:
    return Image.new("RGB", size, colour)


def as_jpeg(image: Image.Image) -> Image.Image:
    kept = io.BytesIO()
    image.save(kept, "JPEG", quality=40)
    return Image.open(kept).convert("RGB")


def with_line(width: int) -> Image.Image:
    image = plain("white")
    ImageDraw.Draw(image).line((20, 20, 21, 170), fill="black", width=width)
    return image


@pytest.mark.parametrize("image", [plain("black"), plain("#fdf3c2"), as_jpeg(plain("#305070"))])
def test_one_plain_colour_has_no_subject(image: Image.Image) -> None:
    seen = features(image)
    assert (seen.box, seen.is_blank) == (None, True)


@pytest.mark.parametrize(
    "image",
    [
        with_line(1),
        with_line(5),
        Image.linear_gradient("L").convert("RGB"),
        with_line(9).filter(ImageFilter.GaussianBlur(4)),
        *single(4),
    ],
)
def test_the_faintest_drawing_is_no_plain_colour(image: Image.Image) -> None:
    assert not features(image).is_blank


def test_ten_black_pictures_are_worth_nothing() -> None:
    found = judged([plain("black", (200 + 8 * n, 256)) for n in range(10)])
    assert found.score == 0
    assert found.advice[0] == "10 pictures are one plain colour: leave out 00.png, 01.png, 02.png and 7 more."
    assert "subject in the middle" not in "".join(found.habits)
    assert "equally large" not in "".join(found.habits)
    assert [len(each.pictures) for each in found.twins] == [10]


def test_a_plain_colour_among_drawings_is_told_once_and_costs_points() -> None:
    found = judged([*DRAWN, plain("#202020"), plain("#222022", (250, 190))])
    told = [sentence for sentence in found.advice if "18.png" in sentence or "19.png" in sentence]
    assert told == ["2 pictures are one plain colour: leave out 18.png and 19.png."]
    assert found.score <= judged(DRAWN).score - 16


def test_plain_pictures_of_nearly_the_same_colour_are_alike_and_of_others_are_not() -> None:
    images = [*DRAWN, plain("#202020"), plain("#20a020"), plain("#222022", (300, 300))]
    assert judged(images).twins == (Twins(("20.png", "18.png"), Likeness.NEAR),)


def test_plain_pictures_of_one_colour_are_one_arrangement() -> None:
    seen = [features(plain(colour)) for colour in ("#202020", "#222022", "#20a020", "#22a222")]
    assert twins.arrangements(seen) == 2


def test_what_the_subjects_have_in_common_is_told_without_the_plain_pictures() -> None:
    centred = []
    for n in range(8):
        image = plain(("#ffffff", "#d0e0f0")[n % 2], (256, 256))
        side = 20 + 12 * n
        ImageDraw.Draw(image).ellipse((128 - side, 128 - side, 128 + side, 128 + side), fill="#c03020")
        centred.append(image)
    found = judged([*centred, plain("black"), plain("green")])
    assert "8 of 10 pictures show the subject in the middle" in "".join(found.habits)
