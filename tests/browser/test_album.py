"""Every page that a browser can open is looked at by some test of this folder."""

import ast
from collections.abc import Iterator
from pathlib import Path

from starlette.routing import Route

from bookedbarber.pages import routes
from tests.browser import album


def addresses() -> set[str]:
    """Every address that is opened by going there."""
    there = (route for route in routes.routes() if isinstance(route, Route))
    return {route.path for route in there if "GET" in (route.methods or ())}


def looked_at() -> set[str]:
    """The pictures that these tests take, by what they give to `look`."""
    here = Path(__file__).parent.glob("test_*.py")
    return {
        name
        for path in here
        for function in ast.walk(ast.parse(path.read_text()))
        if isinstance(function, ast.AsyncFunctionDef)
        for name in _pictures(function)
    }


def _pictures(function: ast.AsyncFunctionDef) -> Iterator[str]:
    for call in ast.walk(function):
        if (
            isinstance(call, ast.Call)
            and isinstance(call.func, ast.Name)
            and call.func.id == "look"
        ):
            given = call.args[1]
            yield from _texts(given if isinstance(given, ast.Constant) else _loops(function))


def _loops(function: ast.AsyncFunctionDef) -> ast.AST:
    """Where a picture's name comes from a loop: what the function loops over."""
    over = [node.iter for node in ast.walk(function) if isinstance(node, ast.For)]
    return ast.Tuple(elts=over, ctx=ast.Load())


def _texts(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def names() -> Iterator[str]:
    """Every picture of the album."""
    yield from album.INSTEAD
    for pictures in album.PAGES.values():
        yield from pictures


def test_every_page_is_in_the_album_or_is_none_for_a_reason() -> None:
    assert addresses() == album.PAGES.keys() | album.NO_PAGES.keys()
    assert not album.PAGES.keys() & album.NO_PAGES.keys()


def test_every_picture_of_the_album_is_taken_and_is_of_one_page() -> None:
    listed = list(names())
    assert len(listed) == len(set(listed))
    assert set(listed) - looked_at() == set()
    assert all(album.PAGES.values())


def test_a_picture_is_of_its_own_page_only() -> None:
    assert album.shows("http://x/desk/fade/day?date=2035-03-04#main", "day-empty")
    assert not album.shows("http://x/desk/fade/payments", "day-empty")
