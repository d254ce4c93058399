"""What the browser is given is what the lock names, byte for byte."""

import json
import re
import shutil
from pathlib import Path

import pytest

from bookedbarber.pages import assets, static_files

TEMPLATES = assets.HERE / "templates"


def test_the_lock_pins_content_and_names_no_download_address() -> None:
    lock = json.loads((assets.CHECKOUT / "package-lock.json").read_text())
    packages = {name: package for name, package in lock["packages"].items() if name}
    assert packages
    assert all(package["integrity"].startswith("sha512-") for package in packages.values())
    assert not any("resolved" in package for package in packages.values())


def test_installing_again_changes_nothing() -> None:
    assert assets.install() is False


def test_a_changed_file_is_found(tmp_path: Path) -> None:
    copy = Path(shutil.copytree(assets.VENDOR, tmp_path / "vendor"))
    assets.verify(copy)
    (copy / "htmx.min.js").write_bytes((copy / "htmx.min.js").read_bytes() + b" ")
    with pytest.raises(assets.AssetsError, match=r"htmx\.min\.js"):
        assets.verify(copy)


def test_a_missing_and_a_foreign_file_are_found(tmp_path: Path) -> None:
    copy = Path(shutil.copytree(assets.VENDOR, tmp_path / "vendor"))
    (copy / "icons.svg").unlink()
    (copy / "extra.js").write_text("0")
    with pytest.raises(assets.AssetsError, match=r"extra\.js, icons\.svg"):
        assets.verify(copy)


def test_a_lock_that_moved_on_is_refused_until_pinned(tmp_path: Path) -> None:
    lock = (assets.CHECKOUT / "package-lock.json").read_text()
    (tmp_path / "package-lock.json").write_text(lock.replace("sha512-", "sha512-x", 1))
    with pytest.raises(assets.AssetsError, match="--pin"):
        assets.install(tmp_path)


def test_every_icon_used_is_in_the_sprite_and_no_other() -> None:
    code = (path for path in assets.HERE.rglob("*.py") if path.name != "assets.py")
    drawn = [*TEMPLATES.rglob("*.html"), *code]
    sources = "".join(path.read_text() for path in drawn)
    unused = [name for name in assets.ICONS if f'"{name}"' not in sources]
    named = set(re.findall(r'(?:icon|verdict)\("([\w-]+)"', sources))
    assert unused == []
    assert named <= set(assets.ICONS)


def test_each_licence_travels_with_what_it_covers() -> None:
    for licence in ("htmx.LICENSE", "inter.LICENSE", "icons.LICENSE", "uplot.LICENSE"):
        assert "opyright" in (assets.VENDOR / licence).read_text() or "BSD" in (
            (assets.VENDOR / licence).read_text()
        )


def test_an_address_names_its_content() -> None:
    assert re.fullmatch(r"/static/app\.[0-9a-f]{12}\.css", static_files.url("app.css"))
    assert static_files.integrity("payment.js").startswith("sha384-")


def test_the_style_sheet_points_at_hashed_fonts() -> None:
    sheet = static_files.files()["base.css"].content.decode()
    assert static_files.url("vendor/inter-latin.woff2") in sheet
    assert 'url("vendor/' not in sheet


def test_every_component_of_the_desk_is_shown_on_the_page_of_components() -> None:
    """What stands around every page, or is no component by itself, is not."""
    around = {"icon", "hint", "key", "live", "script", "theme_switch"}
    kit = (TEMPLATES / "staff" / "_kit.html").read_text()
    shown = (TEMPLATES / "staff" / "design.html").read_text()
    macros = set(re.findall(r"macro (\w+)\(", kit))
    assert around <= macros
    assert {name for name in macros - around if f"kit.{name}(" not in shown} == set()
