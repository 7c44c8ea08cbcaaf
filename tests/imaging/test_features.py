import time
from random import Random

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from bot.imaging import lab
from bot.imaging.features import MEASURES, features
from tests.imaging.drawn_sets import BRUSH, drawn
from tests.style_lab.trial import photograph


def measured(image: Image.Image) -> dict[str, float]:
    return dict(zip(MEASURES, features(image).style.tolist(), strict=True))


def disc(*, outline: str | None = None, ground: str = "white") -> Image.Image:
    image = Image.new("RGB", (256, 192), ground)
    ImageDraw.Draw(image).ellipse((60, 30, 200, 160), fill="#e08020", outline=outline, width=4)
    return image


@pytest.mark.parametrize("size", [(1, 1), (1, 256), (256, 1), (3, 2), (16, 16), (256, 256)])
@pytest.mark.parametrize("colour", ["black", "white", "#7f3b10"])
def test_any_size_and_one_colour_only_gives_plain_numbers(size: tuple[int, int], colour: str) -> None:
    seen = features(Image.new("RGB", size, colour))
    assert len(seen.style) == len(MEASURES)
    assert np.isfinite(seen.style).all()
    assert seen.grounded == 1.0


def test_an_outline_is_seen_as_one() -> None:
    assert measured(disc(outline="black"))["outline"] > 0.5
    assert measured(disc())["outline"] < 0.1


def test_a_light_line_on_a_dark_ground_is_a_light_line() -> None:
    night = disc(outline="#fff0c0", ground="#101828")
    assert measured(night)["light lines"] > measured(night)["dark lines"]


def test_grain_is_told_from_flatness_and_from_detail() -> None:
    flat = disc()
    noise = np.random.default_rng(1).normal(0, 12, (192, 256, 3))
    grain = Image.fromarray(np.clip(np.asarray(flat) * 0.8 + 20 + noise, 0, 255).astype(np.uint8))
    assert measured(grain)["noise"] > measured(flat)["noise"] + 1
    assert measured(grain)["plain"] < measured(flat)["plain"] - 0.5


def test_soft_shading_is_seen() -> None:
    run = Image.linear_gradient("L").convert("RGB")
    assert measured(run)["shaded"] > 0.9
    assert measured(disc())["shaded"] < 0.1


def test_blurred_edges_are_no_longer_hard() -> None:
    assert measured(disc().filter(ImageFilter.GaussianBlur(3)))["hard"] < measured(disc())["hard"]


def test_tones_and_colours_are_in_lab() -> None:
    grey = measured(Image.new("RGB", (64, 64), "#777777"))
    assert grey["middle"] == pytest.approx(50, abs=1)
    assert grey["chroma"] == pytest.approx(0, abs=1)
    assert measured(Image.new("RGB", (64, 64), "red"))["vivid"] == pytest.approx(104.5, abs=1.5)


@pytest.mark.parametrize("colour", ["#000000", "#ffffff", "#ff0000", "#1e7fd0", "#808080", "#fdf3c2"])
def test_a_colour_survives_the_way_to_lab_and_back(colour: str) -> None:
    pixel = np.asarray(Image.new("RGB", (1, 1), colour))
    back = np.asarray(Image.new("RGB", (1, 1), lab.to_hex(lab.from_rgb(pixel)[0, 0])))
    assert np.abs(back.astype(int) - pixel.astype(int)).max() <= 2


def test_the_subject_is_boxed_on_its_ground() -> None:
    box = features(disc(ground="#204060")).box
    assert box
    left, top, right, bottom = box
    assert (left, top) == pytest.approx((60 / 256, 30 / 192), abs=0.03)
    assert (right, bottom) == pytest.approx((201 / 256, 161 / 192), abs=0.03)


def test_the_same_picture_gives_the_same_numbers() -> None:
    one, other = (features(BRUSH(Random(3))) for _ in range(2))
    assert one.style.tolist() == other.style.tolist()


def test_a_picture_is_measured_in_milliseconds() -> None:
    """About 1 ms of an idle core; the bound is wide because tests share theirs."""
    images = [*drawn(8), *(photograph(Random(i)).resize((256, 192)) for i in range(4))]
    spent = []
    for image in images:
        start = time.process_time()
        features(image)
        spent.append(time.process_time() - start)
    assert sorted(spent)[len(spent) // 2] < 0.02
