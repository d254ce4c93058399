"""Customers: create, update, delete, and the payment methods attached to them."""

from typing import Any

from bookedbarber.sandbox import events, payment_methods
from bookedbarber.sandbox.common_params import ADDRESS, CUSTOMER_SHIPPING, METHOD_KINDS, address_of
from bookedbarber.sandbox.context import Context, copy, merge_metadata
from bookedbarber.sandbox.lists import CREATED, EXPAND, listing, newest
from bookedbarber.sandbox.shapes import array, metadata, one_of, params, record, text
from bookedbarber.sandbox.store import Object

_INVOICES = params(
    default_payment_method=text(clearable=True), refused="custom_fields footer rendering_options"
)

_REFUSED = (
    "balance business_name cash_balance individual_name invoice_prefix next_invoice_sequence "
    "source tax"
)
_GIVEN = params(
    address=record(ADDRESS, clearable=True),
    description=text(clearable=True),
    email=text(longest=512, clearable=True),
    invoice_settings=record(_INVOICES),
    metadata=metadata(),
    name=text(longest=256, clearable=True),
    phone=text(longest=20, clearable=True),
    preferred_locales=array(text()),
    shipping=record(CUSTOMER_SHIPPING, clearable=True),
    tax_exempt=one_of("exempt", "none", "reverse", clearable=True),
    refused=_REFUSED,
).plus(EXPAND)

CREATE = _GIVEN.plus(params(payment_method=text(), refused="tax_id_data test_clock validate"))
UPDATE = _GIVEN.plus(
    params(
        refused="bank_account card default_alipay_account default_bank_account default_card "
        "default_source validate"
    )
)
RETRIEVE = EXPAND
DELETE = params()
LIST = listing(created=CREATED, email=text(longest=512), refused="test_clock")
METHODS = listing(allow_redisplay=one_of("always", "limited", "unspecified"), type=METHOD_KINDS)


def create(ctx: Context, asked: dict[str, Any]) -> Object:
    """Make a customer, with a payment method attached if one is named."""
    customer_id = ctx.new_id("customer")
    customer: Object = {
        "id": customer_id,
        "object": "customer",
        "address": None,
        "balance": 0,
        "created": ctx.now,
        "currency": None,
        "default_source": None,
        "delinquent": False,
        "description": None,
        "discount": None,
        "email": None,
        "invoice_prefix": ctx.secret(f"invoice_prefix:{customer_id}", length=8).upper(),
        "invoice_settings": {
            "custom_fields": None,
            "default_payment_method": None,
            "footer": None,
            "rendering_options": None,
        },
        "livemode": False,
        "metadata": {},
        "name": None,
        "next_invoice_sequence": 1,
        "phone": None,
        "preferred_locales": [],
        "shipping": None,
        "tax_exempt": "none",
        "test_clock": None,
    }
    ctx.save(customer)
    if "payment_method" in asked:
        payment_methods.attach_to(ctx, asked["payment_method"], customer_id)
    _apply(ctx, customer, asked)
    ctx.save(customer)
    events.emit(ctx, "customer.created", customer)
    return customer


def retrieve(ctx: Context, asked: dict[str, Any]) -> Object:
    """The customer, or its tombstone."""
    found = ctx.get(asked["id"])
    if found is not None and found.get("deleted"):
        return found
    return ctx.find("customer", asked["id"])


def update(ctx: Context, asked: dict[str, Any]) -> Object:
    """Change what is given, leave the rest."""
    before = ctx.find("customer", asked["id"])
    after = copy(before)
    _apply(ctx, after, asked)
    return events.update(ctx, "customer.updated", before, after)


def delete(ctx: Context, asked: dict[str, Any]) -> Object:
    """Delete for good; its payment methods are detached."""
    customer = ctx.find("customer", asked["id"])
    for method in ctx.store.every(ctx.account, "payment_method", customer=customer["id"]):
        payment_methods.detach_from(ctx, method)
    tombstone: Object = {"id": customer["id"], "object": "customer", "deleted": True}
    ctx.store.retire(ctx.account, tombstone)
    events.emit(ctx, "customer.deleted", customer)
    return tombstone


def newest_first(ctx: Context, asked: dict[str, Any]) -> Object:
    """Customers, newest first."""
    return newest(ctx, "customer", asked, url="/v1/customers", filters=("email",))


def methods(ctx: Context, asked: dict[str, Any]) -> Object:
    """The payment methods attached to a customer."""
    customer = ctx.find("customer", asked["id"], param="id")
    url = f"/v1/customers/{customer['id']}/payment_methods"
    return payment_methods.of_customer(ctx, asked, customer["id"], url=url)


def method(ctx: Context, asked: dict[str, Any]) -> Object:
    """One payment method of a customer."""
    customer = ctx.find("customer", asked["id"])
    return payment_methods.owned(ctx, asked["payment_method"], customer["id"])


def _apply(ctx: Context, customer: Object, asked: dict[str, Any]) -> None:
    for name in ("description", "email", "name", "phone", "preferred_locales"):
        if name in asked:
            customer[name] = asked[name]
    if "tax_exempt" in asked:
        customer["tax_exempt"] = asked["tax_exempt"] or "none"
    if "address" in asked:
        customer["address"] = asked["address"] and address_of(asked["address"])
    if "shipping" in asked:
        customer["shipping"] = asked["shipping"] and _shipping(asked["shipping"])
    if "metadata" in asked:
        customer["metadata"] = merge_metadata(customer["metadata"], asked["metadata"])
    if "default_payment_method" in asked.get("invoice_settings", {}):
        chosen = asked["invoice_settings"]["default_payment_method"]
        if chosen is not None:
            payment_methods.owned(ctx, chosen, customer["id"])
        customer["invoice_settings"]["default_payment_method"] = chosen


def _shipping(given: dict[str, Any]) -> Object:
    return {
        "address": address_of(given["address"]),
        "name": given["name"],
        "phone": given.get("phone"),
    }
