"""A logo as it is kept: decoded once, drawn anew, and nothing of the file that was sent remains.

Whatever a file hides (positions, names, other files, scripts) lies in parts that are not decoded,
and so is not written again. How large a picture is stands at its head and is read before anything
is unpacked: a small file that unpacks to gigabytes is refused by its size.
"""

import asyncio
import hashlib
import io
from dataclasses import dataclass
from typing import ClassVar, Final

from PIL import Image, ImageOps

from bookedbarber.errors import Refused

LARGEST: Final = 256 * 1024
FORMATS: Final = ("PNG", "JPEG", "WEBP")
SIDE: Final = 512
_MOST_PIXELS: Final = 4_000_000  # 16 MB unpacked
_WIDEST: Final = 8_000
# What Pillow raises for files that are broken, or made to break it.
_BROKEN: Final = (
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    IndexError,
    KeyError,
    MemoryError,
    OverflowError,
    TypeError,
)


class LogoTooLarge(Refused):
    """The file is larger than a logo may be, or the picture has more pixels."""

    code: ClassVar[str] = "logo_too_large"


class LogoUnreadable(Refused):
    """That is no picture of a kind we take, or it is broken."""

    code: ClassVar[str] = "logo_unreadable"


@dataclass(frozen=True, slots=True)
class Logo:
    """A picture in WebP, at most 512 pixels wide and high, and a name for exactly its bytes."""

    content: bytes
    mark: str
    width: int
    height: int


# A picture is small in its file and large unpacked: one is unpacked at a time.
_turn = asyncio.Semaphore(1)


async def redraw(sent: bytes) -> Logo:
    """The picture of a PNG, JPEG or WebP file, as we keep it, drawn beside the event loop.

    Raises LogoTooLarge and LogoUnreadable.
    """
    async with _turn:
        return await asyncio.to_thread(draw, sent)


def draw(sent: bytes) -> Logo:
    """The same at once, which takes its time: call `redraw`."""
    if len(sent) > LARGEST:
        raise LogoTooLarge(f"A logo has at most {LARGEST // 1024} kB.", most=LARGEST)
    try:
        picture = _decoded(sent)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bomb:
        raise LogoTooLarge(
            f"A logo has at most {_MOST_PIXELS} pixels.", most=_MOST_PIXELS
        ) from bomb
    except _BROKEN as broken:
        raise LogoUnreadable("Send a PNG, JPEG or WebP picture.") from broken
    kept = io.BytesIO()
    picture.save(kept, "WEBP", quality=90, method=4)
    content = kept.getvalue()
    mark = hashlib.sha256(content).hexdigest()[:16]
    return Logo(content, mark, picture.width, picture.height)


def _decoded(sent: bytes) -> Image.Image:
    """The first picture of the file, upright and small, as bare pixels."""
    with Image.open(io.BytesIO(sent), formats=FORMATS) as opened:
        if max(opened.size) > _WIDEST or opened.width * opened.height > _MOST_PIXELS:
            raise LogoTooLarge(f"A logo has at most {_MOST_PIXELS} pixels.", most=_MOST_PIXELS)
        opened.load()
        # Colours by number, and one that stands for none, cannot be blended as they are.
        by_number = opened.mode in ("1", "P") or "transparency" in opened.info
        small: Image.Image = opened.convert("RGBA") if by_number else opened
        small.thumbnail((SIDE, SIDE))
        upright = ImageOps.exif_transpose(small).convert("RGBA")
    bare = Image.new("RGBA", upright.size)
    bare.paste(upright)
    return bare
