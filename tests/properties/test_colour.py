"""Whatever colour an owner picks, what the pages make of it can be read."""

import math
import re
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import bookedbarber
from bookedbarber.shops.settings import colour
from bookedbarber.shops.settings.colour import GROUNDS, ColourInvalid, contrast, derive, shown

BASE = Path(bookedbarber.__file__).parent / "pages/static/base.css"
COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")
OKLCH = r"oklch\(([\d.]+) ([\d.]+) ([\d.]+)\)"


def token(name: str) -> tuple[str, str]:
    """A token of base.css as the screen shows it, in the light and in the dark theme."""
    found = re.search(rf"--{name}:light-dark\({OKLCH},{OKLCH}\)", BASE.read_text())
    assert found, name
    numbers = [float(part) for part in found.groups()]
    light, dark = numbers[:3], numbers[3:]
    return (
        shown(light[0], light[1], math.radians(light[2])),
        shown(dark[0], dark[1], math.radians(dark[2])),
    )


def test_the_grounds_are_those_of_the_pages() -> None:
    tokens = [token(name) for name in ("bg", "surface", "sunk")]
    assert tuple(light for light, _ in tokens) == GROUNDS["light"]
    assert tuple(dark for _, dark in tokens) == GROUNDS["dark"]


@given(COLOURS)
@example("#000000")
@example("#ffffff")
@example("#ffff00")
@example("#0000ff")
@example("#00ff00")
@example("#767676")
def test_every_colour_comes_out_readable_in_both_themes(given_: str) -> None:
    palette = derive(given_)
    for theme, tones in (("light", palette.light), ("dark", palette.dark)):
        for tone in (tones.brand, tones.deep):
            for ground in (*GROUNDS[theme], tones.wash):
                assert contrast(tone, ground) >= 4.5, (theme, tone, ground)
            assert contrast(tones.on_brand, tone) >= 4.5, (theme, tone)


@given(COLOURS)
def test_writing_on_a_dangerous_button_stays_readable_as_well(given_: str) -> None:
    palette = derive(given_)
    light, dark = token("bad")
    assert contrast(palette.light.on_brand, light) >= 4.5
    assert contrast(palette.dark.on_brand, dark) >= 4.5


@given(COLOURS)
def test_a_colour_that_can_be_read_is_shown_as_it_was_given_and_any_other_says_so(
    given_: str,
) -> None:
    palette = derive(given_)
    wash = palette.light.wash
    readable = all(contrast(given_, ground) >= 4.5 for ground in (*GROUNDS["light"], wash))
    assert (palette.light.brand == given_) is readable
    assert palette.shifted is not readable


@given(COLOURS)
def test_the_hue_stays_where_there_is_one(given_: str) -> None:
    _, chroma, hue = colour.to_oklch(colour._read(given_))
    for tones in (derive(given_).light, derive(given_).dark):
        _, kept, now = colour.to_oklch(colour._read(tones.brand))
        if chroma > 0.05 and kept > 0.05:
            apart = abs(math.remainder(hue - now, math.tau))
            assert math.degrees(apart) < 4


@pytest.mark.parametrize(
    "odd",
    ["", "red", "#fff", "1f4fc0", "#1F4FC0", "#1f4fc0 ", "#1f4fcg", "#1f4fc00", "url(x)", "#"],
)
def test_what_is_no_colour_is_refused(odd: str) -> None:
    with pytest.raises(ColourInvalid):
        derive(odd)
