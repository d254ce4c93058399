"""A shop's colour and logo: what an owner sends, and what their clients get."""

import io
import struct
import zlib
from typing import Any

import pytest
from PIL import Image, PngImagePlugin

from tests.settings.owner import Owner
from tests.world import World


def picture(kind: str = "PNG", size: tuple[int, int] = (300, 120), **more: Any) -> bytes:
    """A picture with something in it."""
    image = Image.new("RGB", size, "#a01020")
    image.paste("#ffffff", (10, 10, size[0] // 2, size[1] // 2))
    file = io.BytesIO()
    image.save(file, kind, **more)
    return file.getvalue()


async def send_logo(owner: Owner, content: bytes, version: str | None = None) -> Any:
    """The logo as a shop's own system sends it."""
    shown = version or (await owner.read("look"))["version"]
    return await owner.world.http.put(
        "/api/v2/settings/look/logo",
        content=content,
        headers={**owner.shop.headers, "If-Match": shown, "Content-Type": "image/png"},
    )


async def test_the_pages_take_the_shops_colour_from_a_sheet_of_our_own(world: World) -> None:
    shop = await world.open_shop()
    owner = Owner(world, shop)
    plain = (await world.http.get(f"/b/{shop.slug}")).text
    assert "look.css" not in plain
    red = (await owner.change("look", colour="#A01020")).json()
    assert (red["colour"], red["shifted"]) == ("#a01020", False)
    page = await world.http.get(f"/b/{shop.slug}")
    address = page.text.partition('<link rel="stylesheet" href="/b/')[2].partition('"')[0]
    sheet = await world.http.get(f"/b/{address}")
    assert sheet.headers["content-type"].startswith("text/css")
    assert sheet.headers["x-content-type-options"] == "nosniff"
    assert "immutable" in sheet.headers["cache-control"]
    assert f"--brand:light-dark(#a01020,{red['dark']['brand']})" in sheet.text
    assert "style-src 'self';" in page.headers["content-security-policy"]
    yellow = (await owner.change("look", colour="#ffe000")).json()
    assert yellow["shifted"]
    old = await world.http.get(f"/b/{address}")
    assert old.headers["cache-control"] == "no-store"
    assert yellow["light"]["brand"] in old.text
    assert (await owner.change("look", colour=None)).json()["light"] is None
    assert "look.css" not in (await world.http.get(f"/b/{shop.slug}")).text
    assert len(await owner.told("look.changed")) == 3


async def test_the_card_field_at_stripe_gets_the_shops_colour_too(world: World) -> None:
    shop = await world.open_shop()
    red = (await Owner(world, shop).change("look", colour="#a01020")).json()
    booked = (await world.book(shop)).json()
    page = (await world.http.get(booked["pay_url"])).text
    assert '"colorPrimary": "#a01020"' in page
    assert f'"colorPrimary": "{red["dark"]["brand"]}"' in page


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
async def test_a_logo_is_drawn_anew_and_nothing_of_the_file_remains(
    world: World, kind: str
) -> None:
    shop = await world.open_shop()
    owner = Owner(world, shop)
    secret = b"51.5074 N, 0.1278 W"
    more: dict[str, Any] = {}
    if kind == "PNG":
        more["pnginfo"] = PngImagePlugin.PngInfo()
        more["pnginfo"].add_text("Comment", secret.decode())
    else:
        exif = Image.Exif()
        exif[0x010E] = secret.decode()
        more["exif"] = exif
    sent = picture(kind, (900, 300), **more) + b"<script>alert(1)</script>"
    assert secret in sent
    answer = await send_logo(owner, sent)
    assert answer.status_code == 200, answer.text
    served = await world.http.get(answer.json()["logo"])
    assert (served.status_code, served.headers["content-type"]) == (200, "image/webp")
    assert served.headers["x-content-type-options"] == "nosniff"
    assert "immutable" in served.headers["cache-control"]
    assert secret not in served.content
    assert b"script" not in served.content
    with Image.open(io.BytesIO(served.content)) as shown:
        assert (shown.format, shown.size) == ("WEBP", (512, 171))
    assert answer.json()["logo"] in (await world.http.get(f"/b/{shop.slug}")).text
    gone = await world.http.request(
        "DELETE",
        "/api/v2/settings/look/logo",
        headers={**shop.headers, "If-Match": f'"{answer.json()["version"]}"'},
    )
    assert gone.json()["logo"] is None
    assert (await world.http.get(answer.json()["logo"])).status_code == 404
    assert answer.json()["logo"] not in (await world.http.get(f"/b/{shop.slug}")).text


def bomb(width: int, height: int) -> bytes:
    """A few bytes that say they are a large picture."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", b"x") + chunk(b"IEND", b"")


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
ODD: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "logo_unreadable"),
    "text": (b"hello", "logo_unreadable"),
    "svg": (SVG, "logo_unreadable"),
    "gif": (picture("GIF"), "logo_unreadable"),
    "bmp": (picture("BMP", (40, 40)), "logo_unreadable"),
    "half a png": (picture()[:120], "logo_unreadable"),
    "half a jpeg": (picture("JPEG")[:400], "logo_unreadable"),
    "a png in name": (b"\x89PNG\r\n\x1a\n" + b"\0" * 200, "logo_unreadable"),
    "too large": (b"\x89PNG\r\n\x1a\n" + b"\0" * 262_144, "logo_too_large"),
    "a bomb": (bomb(30_000, 30_000), "logo_too_large"),
    "a wide one": (bomb(9_000, 10), "logo_too_large"),
    "over four million pixels": (bomb(2_001, 2_000), "logo_too_large"),
    "far too large": (b"\0" * (4 * 1024 * 1024 + 1), "body_too_large"),
}


async def test_what_is_no_logo_is_refused(world: World) -> None:
    shop = await world.open_shop()
    owner = Owner(world, shop)
    for name, (content, code) in ODD.items():
        answer = await send_logo(owner, content)
        assert answer.json()["code"] == code, (name, answer.text)
        assert 400 <= answer.status_code < 500, name
    late = await send_logo(owner, picture(), version="0" * 16)
    assert (late.status_code, late.json()["code"]) == (409, "settings_changed")
    for odd in ("red", "#fff", "#12345g", "", "#1f4fc0;"):
        answer = await owner.change("look", colour=odd)
        assert (answer.status_code, answer.json()["code"]) == (422, "colour_invalid"), odd
    assert (await owner.read("look"))["logo"] is None
    assert await owner.told("look.changed") == []
