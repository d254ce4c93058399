"""Static files under addresses that name their content, so that they are cached for ever.

Read once. A style sheet's `url("…")` is rewritten to the hashed address of what it names; each
script's integrity value is at hand for its tag, and for the inventory that PCI DSS 6.4.3 asks for.
"""

import gzip
import hashlib
import mimetypes
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from bookedbarber.pages import assets

ROOT: Final = Path(__file__).resolve().parent / "static"
PREFIX: Final = "/static/"
_URL: Final = re.compile(r'url\("([^"]+)"\)')
_COMPRESSED: Final = {".css", ".js", ".svg"}


@dataclass(frozen=True, slots=True)
class File:
    """One file as it is served."""

    url: str
    content: bytes
    squeezed: bytes | None
    media_type: str
    integrity: str


@cache
def files() -> Mapping[str, File]:
    """Every static file by its path below `static/`; raises `AssetsError` when incomplete."""
    assets.verify()
    found = {
        path.relative_to(ROOT).as_posix(): path.read_bytes()
        for path in sorted(ROOT.rglob("*"))
        if path.is_file() and path.suffix != ".LICENSE"
    }
    served = {name: _file(name, body) for name, body in found.items() if not name.endswith(".css")}
    for name, body in found.items():
        if name.endswith(".css"):
            served[name] = _file(name, _point(body.decode(), served).encode())
    return served


@cache
def _by_url() -> Mapping[str, File]:
    return {file.url: file for file in files().values()}


def url(name: str) -> str:
    """The address of `name`, which changes when its content does."""
    return files()[name].url


def integrity(name: str) -> str:
    """The Subresource Integrity value of `name`."""
    return files()[name].integrity


async def serve(request: Request) -> Response:
    """Answer with the file at a hashed address; 404 for any other."""
    file = _by_url().get(request.url.path)
    if file is None:
        return Response("Not found.\n", 404, media_type="text/plain")
    headers = {"Cache-Control": "public, max-age=31536000, immutable"}
    if file.squeezed is None:
        return Response(file.content, headers=headers, media_type=file.media_type)
    headers["Vary"] = "Accept-Encoding"
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return Response(file.content, headers=headers, media_type=file.media_type)
    headers["Content-Encoding"] = "gzip"
    return Response(file.squeezed, headers=headers, media_type=file.media_type)


def _file(name: str, body: bytes) -> File:
    stem, dot, suffix = name.rpartition(".")
    mark = hashlib.sha256(body).hexdigest()[:12]
    media_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return File(
        url=f"{PREFIX}{stem}.{mark}{dot}{suffix}",
        content=body,
        squeezed=gzip.compress(body, mtime=0) if dot + suffix in _COMPRESSED else None,
        media_type="font/woff2" if suffix == "woff2" else media_type,
        integrity=assets.digest(body),
    )


def _point(sheet: str, served: Mapping[str, File]) -> str:
    return _URL.sub(lambda match: f'url("{served[match[1]].url}")', sheet)
