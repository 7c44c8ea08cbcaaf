from dataclasses import replace
from random import Random

import pytest
from PIL import Image, ImageDraw, ImageEnhance

from bot.imaging.audit import assess
from bot.imaging.features import features
from tests.imaging.drawn_sets import BRUSH, described, drawn, judged, resized, single, small
from tests.style_lab.scenes import placed, subject
from tests.style_lab.subjects import oval


def told(images: list[Image.Image]) -> str:
    return "\n".join(judged(images).habits)


def placed_in(
    images: int, *, x: float = 0.0, y: float = 0.0, size: float = 0.6, seed: int = 2
) -> list[Image.Image]:
    """Subjects at one place and of one size, on grounds and in formats of their own."""
    random = Random(seed)
    return [small(BRUSH(random, placed(subject(random), x, y, size))) for _ in range(images)]


def marked(image: Image.Image) -> Image.Image:
    marked = image.resize((256, 200))
    draw = ImageDraw.Draw(marked)
    draw.rectangle((190, 168, 246, 190), fill="white", outline="black", width=2)
    draw.text((196, 172), "STOCK", fill="black")
    return marked


def framed(image: Image.Image) -> Image.Image:
    framed = image.copy()
    inside = (5, 5, image.width - 6, image.height - 6)
    ImageDraw.Draw(framed).rectangle(inside, outline="#201008", width=5)
    return framed


def test_a_varied_set_has_no_habits() -> None:
    assert told(drawn(24)) == ""


def test_one_aspect_ratio_is_told() -> None:
    assert "same proportions (4:3)" in told(drawn(14, replace(BRUSH, formats=((640, 480),))))


def test_all_square_is_told() -> None:
    assert "same proportions (square)" in told(drawn(14, replace(BRUSH, formats=((500, 500),))))


def test_all_landscape_of_several_proportions_is_told() -> None:
    assert "are landscape" in told(drawn(14, replace(BRUSH, formats=((640, 480), (640, 400), (640, 300)))))


def test_all_portrait_is_told() -> None:
    assert "are portrait" in told(drawn(14, replace(BRUSH, formats=((480, 640), (400, 640), (300, 640)))))


def test_subjects_in_the_middle_are_told() -> None:
    assert "in the middle" in told(placed_in(14))


def test_subjects_equally_large_are_told() -> None:
    random, square = Random(2), replace(BRUSH, formats=((600, 600),))
    images = [
        small(square(random, (oval(random.uniform(-0.6, 0.6), random.uniform(-0.6, 0.6), 0.3, 0.3, 1),)))
        for _ in range(14)
    ]
    assert "equally large" in told(images)
    assert "in the middle" not in told(images)


def test_one_ground_is_told_with_its_colour() -> None:
    assert "same plain ground (#" in told(single(14, replace(BRUSH, grounds=((255, 255, 255),))))


def test_a_frame_is_told() -> None:
    found = told([framed(image) for image in drawn(14)])
    assert "border or frame" in found
    assert "border or frame" not in told(drawn(14))


def test_a_watermark_in_one_corner_is_told_with_its_place() -> None:
    found = told([marked(image) for image in drawn(14)])
    assert "at the bottom right" in found
    assert "watermark" in found


@pytest.mark.parametrize(("by", "word"), [(0.25, "dark"), (None, "light")])
def test_all_dark_or_all_light_is_told(by: float | None, word: str) -> None:
    images = drawn(14)
    if by is None:
        images = [Image.blend(image, Image.new("RGB", image.size, "white"), 0.85) for image in images]
    else:
        images = [ImageEnhance.Brightness(image).enhance(by) for image in images]
    assert f"are {word} all over" in told(images)


def test_too_few_subjects_are_told() -> None:
    images = [each.resize((200, 200)) for each in drawn(4)]
    again = [ImageEnhance.Brightness(image).enhance(1 + i / 50) for i in range(4) for image in images]
    assert "only 4 different arrangements" in told(again)


def test_a_habit_says_what_to_do() -> None:
    for habit in judged(drawn(14, replace(BRUSH, formats=((500, 500),), grounds=((255, 255, 255),)))).habits:
        assert "the model" in habit
        assert any(word in habit.split(";")[-1] for word in ("add", "crop", "remove", "vary"))


def test_a_handful_of_pictures_has_no_habits() -> None:
    assert told(drawn(4, replace(BRUSH, formats=((500, 500),)))) == ""


def test_three_quarters_are_not_a_habit() -> None:
    mostly = [
        *drawn(12, replace(BRUSH, formats=((640, 480),))),
        *drawn(4, replace(BRUSH, formats=((480, 640),))),
    ]
    assert "proportions" not in told(mostly)


def test_habits_are_read_from_the_full_size() -> None:
    images = drawn(10)
    pictures = [resized(picture, 1600, 900) for picture in described(images)]
    found = assess(pictures, [features(image) for image in images]).habits
    assert "16:9" in "\n".join(found)
