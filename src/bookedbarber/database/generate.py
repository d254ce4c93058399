"""Turns each `queries.sql` into typed functions, checked against the migrated database.

PostgreSQL itself prepares every query, so a misspelt column or a wrong type fails here and not in
production; mypy then sees every parameter and column. The file says what PostgreSQL cannot:

    -- name: find_payment :maybe
    -- One payment of this shop.            (becomes the docstring)
    -- row: Payment                         (optional: a name for the row, may be shared)
    -- nullable: intent_id, captured_at     (columns that may be null; all others never are)
    -- optional: note, parties[]            (parameters, or elements of arrays, that may be null)
    -- type: state bookedbarber.payments.models.PaymentState
    select ... where shop_id = :shop_id

The word after the name says what comes back: `:one` row (LookupError when there is none),
`:maybe` one, `:many`, or `:count` of rows touched. A single column comes back bare. A block that
opens with `-- fragment: name` is text that other queries take in with `{{folder.name}}`, so that
several owners' SQL can make one statement and one round trip.
"""

import asyncio
import re
import subprocess
import sys
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg

WIDTH = 100
ROOT = Path(__file__).resolve().parent.parent
PYTHON_TYPES = {
    "uuid": "UUID",
    "text": "str",
    "varchar": "str",
    "bpchar": "str",
    "name": "str",
    "int2": "int",
    "int4": "int",
    "int8": "int",
    "bool": "bool",
    "timestamptz": "datetime",
    "date": "date",
    "time": "time",
    "bytea": "bytes",
    "jsonb": "Json",
    "tstzrange": "Range[datetime]",
}
IMPORTS = {
    "UUID": "from uuid import UUID",
    "datetime": "from datetime import datetime",
    "date": "from datetime import date",
    "time": "from datetime import time",
    "Json": "from bookedbarber.database import Json",
    "Range": "from asyncpg import Range",
    "dataclass": "from dataclasses import dataclass",
    "Sequence": "from collections.abc import Sequence",
    "Connection": "from bookedbarber.database import Connection",
}
BLOCK = re.compile(r"^-- (name|fragment): (\w+)(?: :(one|maybe|many|count))?$", re.MULTILINE)
DIRECTIVE = re.compile(r"^-- (row|nullable|optional|type): (.+)$")
WRITES = re.compile(r"\b(?:insert into|delete from|update\s+\w+(?:\s+\w+)?\s+set)\b")
INCLUDE = re.compile(r"\{\{([\w.]+)\}\}")
TOKEN = re.compile(
    r"""(?P<skip>'(?:[^']|'')*'|--[^\n]*|"[^"]*"|::)|(?P<param>:[a-z_][a-z0-9_]*)""", re.VERBOSE
)


class BadQueryFile(Exception):
    """A queries.sql says something that the generator or the database does not understand."""


@dataclass
class Query:
    """One named query as written, before the database has seen it."""

    folder: str
    name: str
    returns: str
    sql: str
    doc: list[str] = field(default_factory=list)
    row: str = ""
    nullable: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset()
    types: dict[str, str] = field(default_factory=dict)


@dataclass
class Prepared:
    """A query with the types PostgreSQL gave it."""

    query: Query
    text: str
    params: list[tuple[str, str]]
    columns: list[tuple[str, str]]


def read(path: Path) -> tuple[list[Query], dict[str, str]]:
    """The queries and the fragments of one file."""
    text = path.read_text()
    folder = ".".join(path.parent.relative_to(ROOT).parts)
    heads = list(BLOCK.finditer(text))
    queries, fragments = [], {}
    for head, following in zip(heads, [*heads[1:], None], strict=True):
        body = text[head.end() : following.start() if following else len(text)].strip()
        kind, name, returns = head.groups()
        if kind == "fragment":
            fragments[f"{folder}.{name}"] = _without_comments(body)
        elif returns is None:
            raise BadQueryFile(f"{path}: {name} does not say what comes back")
        else:
            queries.append(_query(folder, name, returns, body))
    return queries, fragments


def _without_comments(body: str) -> str:
    return "\n".join(line for line in body.splitlines() if not line.startswith("--")).strip()


def _query(folder: str, name: str, returns: str, body: str) -> Query:
    query = Query(folder, name, returns, _without_comments(body).rstrip(";"))
    for line in body.splitlines():
        if not line.startswith("--"):
            break
        directive = DIRECTIVE.match(line)
        if directive is None:
            query.doc.append(line.removeprefix("--").strip())
            continue
        match directive.groups():
            case ("row", value):
                query.row = value.strip()
            case ("nullable", value):
                query.nullable = frozenset(re.findall(r"\w+", value))
            case ("optional", value):
                query.optional = frozenset(re.findall(r"\w+(?:\[\])?", value))
            case (_, value):
                column, python = value.split()
                query.types[column] = python
    return query


def expand(sql: str, folder: str, fragments: dict[str, str]) -> str:
    """The query with every `{{fragment}}` replaced by its owner's text."""
    while include := INCLUDE.search(sql):
        name = include[1] if "." in include[1] else f"{folder}.{include[1]}"
        if name not in fragments:
            raise BadQueryFile(f"{folder}: no fragment {name}")
        sql = sql[: include.start()] + fragments[name] + sql[include.end() :]
    return sql


def number(sql: str) -> tuple[str, list[str]]:
    """The query with `:name` replaced by `$n`, and the names in order of first use."""
    names: list[str] = []

    def place(token: re.Match[str]) -> str:
        if token["skip"]:
            return token["skip"]
        name = token["param"][1:]
        if name not in names:
            names.append(name)
        return f"${names.index(name) + 1}"

    return TOKEN.sub(place, sql), names


async def prepare(query: Query, fragments: dict[str, str], db: asyncpg.Connection) -> Prepared:
    """Let PostgreSQL give the types. Raises BadQueryFile when it refuses the query."""
    sql, names = number(expand(query.sql, query.folder, fragments))
    try:
        statement = await db.prepare(sql)
    except asyncpg.PostgresError as refusal:
        raise BadQueryFile(f"{query.folder}.{query.name}: {refusal}") from refusal
    params = [
        (name, _python(query, name, kind.name, parameter=True))
        for name, kind in zip(names, statement.get_parameters(), strict=True)
    ]
    columns = [
        (column.name, _python(query, column.name, column.type.name, parameter=False))
        for column in statement.get_attributes()
    ]
    named = {name for name, _ in columns}
    if unknown := (query.nullable - named) | (query.optional - _sayable(names)):
        raise BadQueryFile(f"{query.folder}.{query.name}: there is no {', '.join(unknown)}")
    return Prepared(query, f"/* {query.folder}.{query.name} */\n{sql}", params, columns)


def _sayable(names: Iterable[str]) -> set[str]:
    """What `optional` may speak of: each parameter, and the elements of each."""
    return {said for name in names for said in (name, f"{name}[]")}


def _python(query: Query, name: str, kind: str, *, parameter: bool) -> str:
    element = kind.removesuffix("[]").removeprefix("_")
    if element not in PYTHON_TYPES:
        raise BadQueryFile(f"{query.folder}.{query.name}: {name} has the unknown type {kind}")
    python = query.types[name].rsplit(".", 1)[1] if name in query.types else PYTHON_TYPES[element]
    if element != kind:
        if f"{name}[]" in query.optional:
            python += " | None"
        python = f"Sequence[{python}]" if parameter else f"list[{python}]"
    maybe = name in (query.optional if parameter else query.nullable)
    return f"{python} | None" if maybe else python


def render(folder: str, prepared: list[Prepared]) -> str:
    """The Python module of one folder's queries."""
    parts = [
        (
            f'"""Typed functions made from `queries.sql` by `bookedbarber.database.generate`.\n\n'
            f"{folder}: edit the SQL and run `make queries`; a test keeps the two in step.\n"
            '"""\n'
        )
    ]
    rows: dict[str, list[tuple[str, str]]] = {}
    for item in prepared:
        name = _row_name(item)
        if name and rows.setdefault(name, item.columns) != item.columns:
            raise BadQueryFile(f"{folder}: {name} has two shapes")
    body = [_row_class(name, columns) for name, columns in rows.items()]
    body += [_function(item) for item in prepared]
    parts.append("\n".join(sorted(_imports("\n".join(body), prepared))))
    return "\n".join(parts) + "\n\n\n" + "\n\n\n".join(body) + "\n"


def _row_name(item: Prepared) -> str:
    if item.query.returns == "count" or len(item.columns) < 2:
        return ""
    return item.query.row or "".join(w.title() for w in item.query.name.split("_")) + "Row"


def _row_class(name: str, columns: Iterable[tuple[str, str]]) -> str:
    lines = [f"    {column}: {python}" for column, python in columns]
    return (
        f"@dataclass(frozen=True, slots=True)\nclass {name}:\n"
        f'    """One row, as PostgreSQL types it."""\n\n' + "\n".join(lines)
    )


def _imports(body: str, prepared: list[Prepared]) -> Iterator[str]:
    for word, line in IMPORTS.items():
        if re.search(rf"\b{word}\b", body):
            yield line
    for item in prepared:
        for python in item.query.types.values():
            module, name = python.rsplit(".", 1)
            yield f"from {module} import {name}"


def _function(item: Prepared) -> str:
    query = item.query
    row, single = _row_name(item), item.columns[0][1] if item.columns else ""
    element = row or single
    result = {
        "one": element,
        "maybe": element if element.endswith("| None") else f"{element} | None",
        "many": f"list[{element}]",
        "count": "int",
    }[query.returns]
    if query.returns != "count" and not element:
        raise BadQueryFile(f"{query.folder}.{query.name} returns no columns: say :count")
    params = "".join(f"    {name}: {python},\n" for name, python in item.params)
    head = f"async def {query.name}(\n    db: Connection,\n" + ("    *,\n" if params else "")
    doc = _docstring(" ".join(query.doc) or "See queries.sql.")
    constant = query.name.upper()
    names = ", ".join(name for name, _ in item.params)
    touch = "    db.touch(shop_id)\n" if _writes_a_shop(item) else ""
    call = f"{constant}, {names}" if names else constant
    return (
        f'{constant} = """\\\n{item.text}"""\n\n\n'
        f"{head}{params}) -> {result}:\n{doc}\n{touch}{_body(item, call, row)}"
    )


def _writes_a_shop(item: Prepared) -> bool:
    """Whether a query writes rows of the one shop it is given: others may want to hear of it."""
    return ("shop_id", "UUID") in item.params and WRITES.search(item.text) is not None


def _docstring(text: str) -> str:
    if len(text) <= WIDTH - 10:
        return f'    """{text}"""'
    first, *rest = textwrap.wrap(text, WIDTH - 12)
    return "\n".join([f'    """{first}', *(f"    {line}" for line in rest), '    """'])


def _body(item: Prepared, call: str, row: str) -> str:
    def build(record: str) -> str:
        if not row:
            return _value(item, 0, record)
        if item.query.types.keys().isdisjoint(name for name, _ in item.columns):
            return f"{row}(*{record})"
        return f"{row}({', '.join(_value(item, i, record) for i in range(len(item.columns)))})"

    match item.query.returns:
        case "count":
            return f'    return int((await db.execute({call})).rpartition(" ")[2])'
        case "many":
            return f"    return [{build('row')} for row in await db.fetch({call})]"
        case "one":
            missing = f'raise LookupError("{item.query.name}")'
        case _:
            missing = "return None"
    ask = f"    row = await db.fetchrow({call})\n    if row is None:\n        {missing}\n"
    if row or build("row") != "row[0]":
        return f"{ask}    return {build('row')}"
    # A record's fields are untyped; PostgreSQL said what this one is.
    return f"{ask}    value: {item.columns[0][1]} = row[0]\n    return value"


def _value(item: Prepared, index: int, record: str) -> str:
    name, python = item.columns[index]
    if name not in item.query.types:
        return f"{record}[{index}]"
    kind = python.removesuffix(" | None")
    built = f"{kind}({record}[{index}])"
    return f"None if {record}[{index}] is None else {built}" if kind != python else built


async def generate(url: str) -> dict[Path, str]:
    """Every `queries.py` as it should read, by path, formatted."""
    files = sorted(ROOT.glob("**/queries.sql"))
    read_files = [(path, *read(path)) for path in files]
    fragments = {name: text for _, _, found in read_files for name, text in found.items()}
    db = await asyncpg.connect(url)
    try:
        return {
            path.with_suffix(".py"): _formatted(
                render(
                    ".".join(path.parent.relative_to(ROOT).parts),
                    [await prepare(query, fragments, db) for query in queries],
                )
            )
            for path, queries, _ in read_files
        }
    finally:
        await db.close()


def _formatted(source: str) -> str:
    for command in (["check", "--fix-only", "--select", "I,F401", "-q"], ["format", "-q"]):
        source = subprocess.run(  # noqa: S603 # our own interpreter's ruff, fixed arguments
            [sys.executable, "-m", "ruff", *command, "--stdin-filename", str(ROOT / "q.py"), "-"],
            input=source,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    return source


def main() -> None:
    """`python -m bookedbarber.database.generate URL`: write what is out of step."""
    for path, text in asyncio.run(generate(sys.argv[1])).items():
        if not path.exists() or path.read_text() != text:
            path.write_text(text)
            sys.stdout.write(f"wrote {path.relative_to(ROOT)}\n")


if __name__ == "__main__":
    main()
