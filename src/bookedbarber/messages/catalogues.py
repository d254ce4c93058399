"""Brings catalogues up to their sources: `python -m bookedbarber.messages.catalogues FOLDER`.

FOLDER is a folder of ours that has a `locale/` in it; every sentence that its code or templates
pass to `say`, `N_`, `_` or `{% trans %}` gets its place in each `.po` there. `… FOLDER de` begins
a language. Comments and translations that are there stay; what nobody says any more is dropped.
"""

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po, write_po

_METHODS: Final = [("**.py", "python"), ("**.html", "jinja2")]
_KEYWORDS: Final = {**DEFAULT_KEYWORDS, "say": None, "N_": None}
# A date in each file would change on every run; the repository knows who changed what when.
_UNDATED: Final = datetime(2026, 1, 1, tzinfo=UTC)


def extract(folder: Path) -> Catalog:
    """Every sentence of a folder, with the places that say it."""
    catalogue = Catalog(project="BookedBarber", charset="utf-8", fuzzy=False)
    found = extract_from_dir(folder, method_map=_METHODS, keywords=_KEYWORDS)
    for name, _, sentence, comments, context in sorted(found, key=lambda hit: (hit[0], hit[1])):
        # Files only, no line numbers: a catalogue changes when a sentence does.
        catalogue.add(sentence, None, [(name, 0)], auto_comments=comments, context=context)
    return catalogue


def read(path: Path) -> Catalog:
    """One language's catalogue."""
    with path.open("rb") as file:
        return read_po(file, locale=path.parent.parent.name)


def brought_up(folder: Path, path: Path) -> Catalog:
    """A language's catalogue with exactly the sentences of today."""
    language = path.parent.parent.name
    held = read(path) if path.exists() else Catalog(locale=language)
    held.update(extract(folder), no_fuzzy_matching=True, update_creation_date=False)
    held.obsolete.clear()
    held.header_comment = f"# BookedBarber in {language}; see bookedbarber/messages/catalogues.py."
    held.creation_date = held.revision_date = _UNDATED
    held.fuzzy = False
    return held


def paths(folder: Path, languages: Sequence[str] = ()) -> list[Path]:
    """The catalogues of a folder, those of `languages` included whether they exist or not."""
    there = {path.parent.parent.name for path in folder.glob("locale/*/LC_MESSAGES/messages.po")}
    names = sorted(there | set(languages))
    return [folder / "locale" / name / "LC_MESSAGES" / "messages.po" for name in names]


def main(arguments: Sequence[str]) -> None:
    """Write each catalogue as it should read."""
    folder = Path(arguments[0])
    for path in paths(folder, arguments[1:]):
        catalogue = brought_up(folder, path)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            write_po(file, catalogue, width=95, sort_by_file=True, include_lineno=False)
        missing = sum(not message.string for message in catalogue if message.id)
        sys.stdout.write(f"{path}: {len(catalogue)} sentences, {missing} to translate\n")


if __name__ == "__main__":
    main(sys.argv[1:])
