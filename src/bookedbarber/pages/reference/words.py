"""The prose of the document: paragraphs with `code` in them, under `## headings`."""

from dataclasses import dataclass

Run = tuple[str, bool]
"""Some words, and whether they are code."""
Paragraph = tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """What holds everywhere, about one thing."""

    anchor: str
    title: str
    paragraphs: tuple[Paragraph, ...]


def paragraphs(text: str) -> tuple[Paragraph, ...]:
    """The paragraphs of a text, which empty lines part."""
    return tuple(_runs(block) for block in text.split("\n\n") if block.strip())


def sections(text: str) -> tuple[Section, ...]:
    """The parts of a text, each after its heading; the first, before any, has no title."""
    first, *others = f"\n{text}".split("\n## ")
    found = [Section("", "", paragraphs(first))]
    for part in others:
        title, _, rest = part.partition("\n")
        found.append(Section(anchor(title), title, paragraphs(rest)))
    return tuple(found)


def anchor(text: str) -> str:
    """How an address names a place of the page."""
    return "-".join("".join(c if c.isalnum() else " " for c in text.lower()).split())


def _runs(block: str) -> Paragraph:
    parts = " ".join(block.split()).split("`")
    return tuple((part, bool(n % 2)) for n, part in enumerate(parts) if part)
