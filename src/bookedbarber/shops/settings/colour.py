"""A shop's colour made readable: any colour goes in, and what comes out keeps its contrast.

The owner's hue stays; lightness moves as far as it must, and chroma is cut where the screen has no
such colour. Text and links of the colour keep 4.5:1 on every ground of the pages, writing on the
colour keeps 4.5:1, and so do edges, which need 3:1 (WCAG 2.2, 1.4.3 and 1.4.11). Contrast is
measured on the colours as they are sent, in eight bits.

The space is OKLCH (Björn Ottosson, "A perceptual color space for image processing", 2020; CSS
Color 4, 9.2): equal steps of lightness look equal, and hues keep their hue.
"""

import math
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar, Final

from bookedbarber.errors import Refused

HEX: Final = re.compile(r"#[0-9a-f]{6}", re.ASCII)
READABLE: Final = 4.5
# The grounds that the colour's text stands on; `tests/properties/test_colour.py` holds them to the
# tokens of app.css. The wash below is a ground as well.
GROUNDS: Final = {
    "light": ("#f7f8fa", "#ffffff", "#f1f4f7"),
    "dark": ("#0e1117", "#161a21", "#1e2229"),
}
_STEP: Final = 0.0025
_STRONGEST: Final = {"light": 0.2, "dark": 0.14}
Rgb = tuple[int, int, int]


class ColourInvalid(Refused):
    """A colour is written as # and six hexadecimal digits."""

    code: ClassVar[str] = "colour_invalid"


@dataclass(frozen=True, slots=True)
class Tones:
    """The colour in one theme, each as `#rrggbb`: text and fill, the same pressed, what is written
    on it, and a wash of it."""

    brand: str
    deep: str
    on_brand: str
    wash: str


@dataclass(frozen=True, slots=True)
class Palette:
    """The colour in both themes; `shifted` where the light theme cannot show it as it was given."""

    light: Tones
    dark: Tones
    shifted: bool


@lru_cache(maxsize=512)
def derive(given: str) -> Palette:
    """What the pages may use of a colour given as `#rrggbb`. Raises ColourInvalid."""
    if not HEX.fullmatch(given):
        raise ColourInvalid("Write the colour as # and six digits, such as #1f4fc0.")
    lightness, chroma, hue = to_oklch(_read(given))
    light = _light(given, lightness, chroma, hue)
    return Palette(light, _dark(chroma, hue), shifted=light.brand != given)


def contrast(one: str, other: str) -> float:
    """The contrast of two colours as WCAG 2.2 measures it, from 1 to 21."""
    bright, dim = sorted((_luminance(_read(one)), _luminance(_read(other))), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def _light(given: str, lightness: float, chroma: float, hue: float) -> Tones:
    """As it was given, or as dark as it takes."""
    wash = shown(0.963, min(chroma, 0.018), hue)
    grounds = (*GROUNDS["light"], wash)
    if _reads(given, grounds):
        brand, at = given, lightness
    else:
        chroma = min(chroma, _STRONGEST["light"])
        brand, at = _search(min(lightness, 0.7), -_STEP, chroma, hue, grounds)
    return Tones(brand, shown(max(at - 0.06, 0), chroma, hue), "#ffffff", wash)


def _dark(chroma: float, hue: float) -> Tones:
    """Bright enough to read on dark grounds, and to be written on in the dark."""
    chroma = min(chroma, _STRONGEST["dark"])
    wash = shown(0.285, min(chroma, 0.05), hue)
    on_brand = shown(0.19, min(chroma, 0.03), hue)
    grounds = (*GROUNDS["dark"], wash, on_brand)
    brand, at = _search(0.7, _STEP, chroma, hue, grounds)
    return Tones(brand, shown(min(at + 0.065, 1), chroma, hue), on_brand, wash)


def _search(
    lightness: float, step: float, chroma: float, hue: float, grounds: tuple[str, ...]
) -> tuple[str, float]:
    """The first lightness on the way to black, or to white, that reads on every ground."""
    while 0 < lightness < 1:
        tone = shown(lightness, chroma, hue)
        if _reads(tone, grounds):
            return tone, lightness
        lightness += step
    end = 0.0 if step < 0 else 1.0
    return shown(end, 0, hue), end


def _reads(tone: str, grounds: tuple[str, ...]) -> bool:
    return all(contrast(tone, ground) >= READABLE for ground in grounds)


def shown(lightness: float, chroma: float, hue: float) -> str:
    """The colour on a screen: its chroma is cut until the screen has it."""
    low, high = 0.0, chroma
    if _inside(_linear(lightness, chroma, hue)):
        return _hex(lightness, chroma, hue)
    while high - low > 0.0005:
        middle = (low + high) / 2
        if _inside(_linear(lightness, middle, hue)):
            low = middle
        else:
            high = middle
    return _hex(lightness, low, hue)


def to_oklch(rgb: Rgb) -> tuple[float, float, float]:
    """Lightness, chroma and hue (in radians) of a colour."""
    red, green, blue = (_decoded(part) for part in rgb)
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    medium = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    lightness = 0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short
    a = 1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short
    return lightness, math.hypot(a, b), math.atan2(b, a)


def _linear(lightness: float, chroma: float, hue: float) -> tuple[float, float, float]:
    a, b = chroma * math.cos(hue), chroma * math.sin(hue)
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )


def _inside(linear: tuple[float, float, float]) -> bool:
    return all(-0.0005 <= part <= 1.0005 for part in linear)


def _hex(lightness: float, chroma: float, hue: float) -> str:
    parts = (_encoded(part) for part in _linear(lightness, chroma, hue))
    return "#" + "".join(f"{part:02x}" for part in parts)


def _read(text: str) -> Rgb:
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


def _luminance(rgb: Rgb) -> float:
    red, green, blue = (_decoded(part) for part in rgb)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _decoded(part: int) -> float:
    """One part of a colour as light (IEC 61966-2-1)."""
    value = part / 255
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def _encoded(light: float) -> int:
    value = min(max(light, 0.0), 1.0)
    value = value * 12.92 if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055
    return round(value * 255)
