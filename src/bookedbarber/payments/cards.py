"""Cards, as far as we may know them: what kind, by Stripe's codes, as the schemes write themselves.

Source of the codes: docs.stripe.com/api/charges/object, `payment_method_details.card.brand`.
"""

from typing import Final

BRANDS: Final = {
    "amex": "American Express",
    "cartes_bancaires": "Cartes Bancaires",
    "diners": "Diners Club",
    "discover": "Discover",
    "eftpos_au": "eftpos",
    "jcb": "JCB",
    "link": "Link",
    "mastercard": "Mastercard",
    "unionpay": "UnionPay",
    "visa": "Visa",
}


def brand(code: str | None) -> str:
    """The name of a brand; of one that Stripe is the first to name, its code; empty for none."""
    return BRANDS.get(code, code.replace("_", " ").title()) if code else ""
