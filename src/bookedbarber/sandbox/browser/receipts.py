"""The receipt that a charge's `receipt_url` leads to: what was paid, how, and what came back."""

from datetime import UTC, datetime
from html import escape
from pathlib import Path
from string import Template

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from bookedbarber.sandbox import money
from bookedbarber.sandbox.store import Object

_PAGE = Template((Path(__file__).parent / "pages" / "receipt.html").read_text("utf-8"))


def show(request: Request, headers: dict[str, str]) -> Response:
    """The receipt of a charge that was paid; else that there is none."""
    charge = request.app.state.engine.context().get(request.path_params["charge"])
    if charge is None or charge["object"] != "charge" or not charge["paid"]:
        none = _page("There is no such receipt", "", [])
        return HTMLResponse(none, 404, headers=headers)
    return HTMLResponse(_receipt(charge), headers=headers)


def _receipt(charge: Object) -> str:
    card = charge["payment_method_details"]["card"]
    day = datetime.fromtimestamp(charge["created"], UTC).strftime("%-d %B %Y")
    lines = [
        ("Paid" if charge["captured"] else "Held", day),
        ("Card", f"{card['brand'].title()} ending in {card['last4']}"),
    ]
    if charge["description"]:
        lines.append(("For", charge["description"]))
    if charge["amount_refunded"]:
        lines.append(("Refunded", money.display(charge["amount_refunded"], charge["currency"])))
    taken = charge["amount_captured"] if charge["captured"] else charge["amount"]
    return _page("Receipt", money.display(taken, charge["currency"]), lines)


def _page(heading: str, amount: str, lines: list[tuple[str, str]]) -> str:
    items = [f"<li><span>{escape(a)}</span><span>{escape(b)}</span></li>" for a, b in lines]
    return _PAGE.substitute(
        heading=escape(heading), amount=escape(amount), lines="\n          ".join(items)
    )
