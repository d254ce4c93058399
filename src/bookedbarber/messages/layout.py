"""A letter as blocks, written twice: as plain text and as simple HTML that says the same.

No styles beyond what mail programs agree on, no picture, nothing loaded from anywhere.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Final, assert_never

_BREAKS: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A few sentences."""

    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """A name and its value; `strong` for what counts most."""

    label: str
    value: str
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows that belong together."""

    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Link:
    """Something to do, and where."""

    label: str
    url: str


Block = Paragraph | Table | Link


def plain(blocks: Sequence[Block]) -> str:
    """The letter as text: blocks apart by a blank line, links written out."""
    return "\n\n".join(_plain(block) for block in blocks) + "\n"


def _plain(block: Block) -> str:
    match block:
        case Paragraph():
            return _one_line(block.text)
        case Table():
            return "\n".join(f"{_one_line(r.label)}: {_one_line(r.value)}" for r in block.rows)
        case Link():
            return f"{_one_line(block.label)}:\n{block.url}"
        case _:
            assert_never(block)


def html(blocks: Sequence[Block], *, title: str, language: str, direction: str) -> str:
    """The letter as a small HTML page; every text is escaped."""
    inside = "\n".join(_html(block) for block in blocks)
    return (
        f'<!doctype html>\n<html lang="{escape(language)}" dir="{escape(direction)}">\n'
        f'<head><meta charset="utf-8"><title>{escape(title)}</title></head>\n'
        '<body style="font-family:sans-serif;line-height:1.5;max-width:36em">\n'
        f"{inside}\n</body>\n</html>\n"
    )


def _html(block: Block) -> str:
    match block:
        case Paragraph():
            return f"<p>{escape(block.text)}</p>"
        case Table():
            rows = "\n".join(_html_row(row) for row in block.rows)
            return f'<table style="border-spacing:0" role="presentation">\n{rows}\n</table>'
        case Link():
            return f'<p><a href="{escape(block.url)}">{escape(block.label)}</a></p>'
        case _:
            assert_never(block)


def _html_row(row: Row) -> str:
    weight = ";font-weight:bold" if row.strong else ""
    cell = f"padding:2px 24px 2px 0;vertical-align:top{weight}"
    return (
        f'<tr><td style="{cell}">{escape(row.label)}</td>'
        f'<td style="text-align:end;{cell}">{escape(row.value)}</td></tr>'
    )


def _one_line(text: str) -> str:
    # A name with a line break in it could otherwise pass for lines of ours.
    return _BREAKS.sub(" ", text)
