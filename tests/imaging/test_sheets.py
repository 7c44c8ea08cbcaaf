"""The sheets, read back as pixels: what is marked, how, and that everything has room."""

import io
from collections.abc import Sequence
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageColor

from bot.domain.assessment import Assessment, Likeness, Outlier, Swatch, Twins
from bot.imaging.lettering import SYSTEM_FONT, Lettering, lettering
from bot.imaging.raster import THUMBNAIL
from bot.imaging.sheets import (
    BLUE,
    GAP,
    INK,
    LABEL,
    MARGIN,
    PAPER,
    RED,
    contact_sheet,
    pair_sheet,
    palette_sheet,
)

NAMES = [f"fox-{n}.png" for n in range(10)]
Box = tuple[int, int, int, int]


def pictures(
    names: Sequence[str] = NAMES, size: tuple[int, int] = (256, 256)
) -> list[tuple[str, Image.Image]]:
    return [(name, Image.new("RGB", size, "#cfe8cf")) for name in names]


def opened(body: bytes) -> Image.Image:
    with Image.open(io.BytesIO(body)) as image:
        image.load()
        assert image.format == "JPEG"
        return image.convert("RGB")


def share(image: Image.Image, box: Box, colour: str) -> float:
    """Return how much of a part of the sheet has nearly this colour, 0 to 1."""
    part = image.crop(box)
    red, green, blue = ImageChops.difference(part, Image.new("RGB", part.size, colour)).split()
    away = ImageChops.lighter(ImageChops.lighter(red, green), blue).histogram()
    return sum(away[:40]) / sum(away)


def tile(index: int, columns: int = 5) -> Box:
    """Return where the picture is on a contact sheet."""
    row, column = divmod(index, columns)
    left, top = MARGIN + column * (THUMBNAIL + GAP), MARGIN + row * (THUMBNAIL + LABEL + GAP)
    return left, top, left + THUMBNAIL, top + THUMBNAIL


def beside(index: int) -> Box:
    """Return the strip at the right of a picture in which its frame is, without the corners."""
    _, top, right, bottom = tile(index)
    return right + 2, top + 20, right + 14, bottom - 20


def above(index: int) -> Box:
    """Return where the words on a picture's frame are."""
    left, top, _, _ = tile(index)
    return left - 12, top - 15, left + 50, top + 11


def test_where_nothing_is_flagged_nothing_is_marked_and_nothing_explained() -> None:
    plain = contact_sheet(pictures())
    assert contact_sheet(pictures(), Assessment(100)) == plain
    sheet = opened(plain)
    assert sheet.height == 2 * MARGIN + 2 * (THUMBNAIL + LABEL + GAP) - GAP
    assert max(share(sheet, (0, 0, *sheet.size), colour) for colour in (RED, BLUE)) == 0


def test_an_outlier_is_told_by_dashes_and_a_word_and_no_other_picture_is() -> None:
    judged = Assessment(60, outliers=(Outlier(NAMES[5], "no outline"),))
    sheet = opened(contact_sheet(pictures(), judged))
    right = tile(5)[2]
    column = (
        sheet.crop((right + 8, tile(5)[1], right + 9, tile(5)[3]))
        .convert("L")
        .point(lambda v: 255 * (v < 160))
    )
    changes = sum(a != b for a, b in zip(column.tobytes(), column.tobytes()[1:], strict=False))
    assert changes >= 8, "dashes, not a line"
    assert share(sheet, above(5), RED) > 0.4
    assert share(sheet, above(5), PAPER) > 0.05, "the word"
    for index in set(range(10)) - {5}:
        assert share(sheet, beside(index), RED) == share(sheet, beside(index), BLUE) == 0


def test_pictures_that_are_alike_have_a_double_frame_each() -> None:
    judged = Assessment(60, twins=(Twins((NAMES[1], NAMES[6]), Likeness.EXACT),))
    sheet = opened(contact_sheet(pictures(), judged))
    for index in (1, 6):
        left, top, right, bottom = beside(index)
        across = sheet.crop((left, (top + bottom) // 2, right, (top + bottom) // 2 + 1)).convert("L")
        dark = "".join("#" if value < 140 else " " for value in across.tobytes())
        assert len(dark.split()) == 2, "two lines"
        assert share(sheet, above(index), BLUE) > 0.4
    assert share(sheet, beside(2), BLUE) == 0


def test_who_is_both_has_both_marks() -> None:
    judged = Assessment(
        60, outliers=(Outlier(NAMES[5], "x"),), twins=(Twins((NAMES[1], NAMES[5]), Likeness.NEAR),)
    )
    sheet = opened(contact_sheet(pictures(), judged))
    assert min(share(sheet, beside(5), colour) for colour in (RED, BLUE)) > 0.1


def test_the_legend_explains_only_the_marks_that_are_there() -> None:
    outlier, twins = Outlier(NAMES[0], "x"), Twins((NAMES[2], NAMES[3]), Likeness.TURNED)
    one = opened(contact_sheet(pictures(), Assessment(1, outliers=(outlier,))))
    both = opened(contact_sheet(pictures(), Assessment(1, outliers=(outlier,), twins=(twins,))))
    plain = opened(contact_sheet(pictures()))
    assert plain.height < one.height < both.height
    foot = (0, plain.height - MARGIN // 2, one.width, one.height)
    assert share(one, foot, RED) > 0.001
    assert share(one, foot, BLUE) == 0
    assert share(both, (0, foot[1], both.width, both.height), BLUE) > 0.001


def test_red_and_blue_are_told_apart_without_colour_too() -> None:
    """The marks' lightness is that of text on white, at least 4.5 to 1, for whoever sees no hue."""
    for colour in (RED, BLUE):
        red, green, blue = (
            value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
            for value in (part / 255 for part in ImageColor.getrgb(colour)[:3])
        )
        assert 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05) > 4.5


@pytest.mark.parametrize("count", [1, 10, 14, 16, 50])
@pytest.mark.parametrize("size", [(256, 1), (1, 256), (256, 256), (3, 7)])
def test_no_name_and_no_picture_leaves_its_place(count: int, size: tuple[int, int]) -> None:
    names = [f"folder/{n}-{'W' * 70}.png" for n in range(count)]
    judged = Assessment(
        1, outliers=(Outlier(names[0], "x"),), twins=(Twins((names[0], names[-1]), Likeness.NEAR),)
    )
    sheet = opened(contact_sheet(pictures(names, size), judged))
    edge = 14
    for box in (
        (0, 0, sheet.width, edge),
        (0, 0, edge, sheet.height),
        (sheet.width - edge, 0, *sheet.size),
        (0, sheet.height - edge, *sheet.size),
    ):
        assert share(sheet, box, PAPER) == 1


@pytest.mark.parametrize(
    ("count", "columns", "rows"), [(10, 5, 2), (12, 4, 3), (14, 5, 3), (16, 4, 4), (17, 6, 3), (50, 8, 7)]
)
def test_few_places_of_a_sheet_are_empty(count: int, columns: int, rows: int) -> None:
    sheet = opened(contact_sheet(pictures([f"{n}.png" for n in range(count)])))
    assert sheet.width == 2 * MARGIN + columns * (THUMBNAIL + GAP) - GAP
    assert sheet.height == 2 * MARGIN + rows * (THUMBNAIL + LABEL + GAP) - GAP


def test_names_that_are_not_on_the_sheet_are_no_accident() -> None:
    judged = Assessment(
        1, outliers=(Outlier("gone.png", "x"),), twins=(Twins(("gone.png", NAMES[0]), Likeness.EXACT),)
    )
    sheet = opened(contact_sheet(pictures(), judged))
    assert share(sheet, beside(0), BLUE) > 0.1


def test_pairs_stand_in_rows_and_the_first_is_to_be_kept() -> None:
    twins = (
        Twins((NAMES[3], NAMES[1]), Likeness.EXACT),
        Twins((NAMES[0], NAMES[5], NAMES[7]), Likeness.NEAR),
    )
    sheet = opened(pair_sheet(dict(pictures()), twins))
    assert sheet.width == 2 * MARGIN + 3 * (THUMBNAIL + GAP) - GAP
    under_first = (MARGIN, 0, MARGIN + 60, sheet.height)
    under_others = (MARGIN + THUMBNAIL + GAP, 0, sheet.width, sheet.height)
    assert share(sheet, under_first, BLUE) > 0.005
    assert share(sheet, under_others, BLUE) == 0
    title = (MARGIN, MARGIN, MARGIN + 180, MARGIN + 30)
    assert share(sheet, title, INK) > 0.02


def test_many_that_are_alike_stand_in_several_rows() -> None:
    names = [f"{n}.png" for n in range(20)]
    sheet = opened(pair_sheet(dict(pictures(names)), (Twins(tuple(names), Likeness.EXACT),)))
    assert sheet.width == 2 * MARGIN + 8 * (THUMBNAIL + GAP) - GAP
    assert sheet.height > 3 * (THUMBNAIL + LABEL)


def test_without_twins_there_is_no_sheet_of_pairs() -> None:
    assert pair_sheet(dict(pictures()), ()) == b""


def test_a_palette_shows_every_colour_the_largest_first() -> None:
    palette = (Swatch("#102030", 0.2), Swatch("#f0d020", 0.7), Swatch("#c01020", 0.1))
    sheet = opened(palette_sheet(palette))
    bar = [sheet.getpixel((x, 70)) for x in range(60, sheet.width - 60, 10)]
    yellow, dark, red = (
        sum(pixel == pytest.approx(ImageColor.getrgb(c), abs=12) for pixel in bar) / len(bar)
        for c in ("#f0d020", "#102030", "#c01020")
    )
    assert (yellow, dark, red) == pytest.approx((0.7, 0.2, 0.1), abs=0.02)
    assert bar[0] == pytest.approx(ImageColor.getrgb("#f0d020"), abs=12)
    cards = [sheet.getpixel((x, 200)) for x in (100, 700, 1300)]
    for card, colour in zip(cards, ("#f0d020", "#102030", "#c01020"), strict=True):
        assert card == pytest.approx(ImageColor.getrgb(colour), abs=12)


@pytest.mark.parametrize(
    ("colour", "ink"),
    [("#ffffff", "#1d1c1d"), ("#000000", "#ffffff"), ("#ffff00", "#1d1c1d"), ("#0000ff", "#ffffff")],
)
def test_what_is_written_on_a_colour_can_be_read(colour: str, ink: str) -> None:
    sheet = opened(palette_sheet((Swatch(colour, 1.0),)))
    assert share(sheet, (60, sheet.height - 130, 240, sheet.height - 90), ink) > 0.1


@pytest.mark.parametrize("count", [0, 1, 5, 6, 7, 12, 24])
def test_any_number_of_colours_has_room(count: int) -> None:
    palette = [Swatch(f"#{n * 9:02x}4080", 1 / count if n else 0.0) for n in range(count)]
    sheet = opened(palette_sheet(palette))
    assert share(sheet, (0, sheet.height - 30, *sheet.size), PAPER) == 1
    assert share(sheet, (sheet.width - 30, 0, *sheet.size), PAPER) == 1


def test_a_name_that_is_too_long_keeps_both_its_ends() -> None:
    hand = Lettering(18)
    shown = hand.fitting("a" * 40 + ".png", 200)
    assert hand.length(shown) <= 200
    assert shown.startswith("aaa")
    assert "…" in shown
    assert shown.endswith(".png")
    assert hand.fitting("short.png", 200) == "short.png"


def test_without_the_systems_font_letters_are_dropped_to_what_there_is(tmp_path: Path) -> None:
    (tmp_path / "broken.ttf").write_bytes(b"no font")
    for path in (tmp_path / "gone.ttf", tmp_path / "broken.ttf"):
        hand = lettering(18, ["ünï-крот.png"], path)
        assert hand.drawable("ünï-крот…png") == "uni-????…png"


@pytest.mark.skipif(not SYSTEM_FONT.is_file(), reason="DejaVu Sans is not on this system")
def test_with_the_systems_font_names_are_drawn_as_far_as_it_goes() -> None:
    hand = lettering(18, ["ünï-крот-名.png"])
    assert hand.drawable("ünï-крот-ελ-名.png") == "ünï-крот-ελ-?.png"
    assert lettering(18, ["صورة.png"]).drawable("صورة.png") == "صورة.png"


def test_plain_names_are_drawn_in_the_font_that_is_always_there() -> None:
    assert lettering(18, ["fox…1.png"]).font is Lettering(18).font
    assert Lettering(18).drawable("fox.png") == "fox.png"
