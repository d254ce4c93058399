"""What the choices on the booking page cost, as it shows it; the sums are those of `quote.py`."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from bookedbarber.booking.policy import cancellation
from bookedbarber.booking.states import CancelledBy
from bookedbarber.checkout.menu import Menu
from bookedbarber.checkout.quote import Quote, quote, taxed
from bookedbarber.errors import Refused
from bookedbarber.money import Money, currency
from bookedbarber.pages import amounts, present, views
from bookedbarber.pages.choices import NO_TIP, OWN_TIP, Choices
from bookedbarber.payments.states import Purpose
from bookedbarber.shops.queries import Service

TIPS: Final = (10, 15, 20)
MOMENT: Final = timedelta(microseconds=1)  # before a visit begins: the last in which it is late


def sum_of(found: Menu, service: Service) -> Money:
    """The price of a service with its tax."""
    net, tax = taxed(found.shop, service)
    return net + tax


def payable(found: Menu, service: Service) -> bool:
    """Whether Stripe could collect the price, in full and as a deposit."""
    nothing = Money.zero(currency(service.currency))
    try:
        for purpose in purposes(service):
            quote(found.shop, service, purpose=purpose, tip=nothing)
    except Refused:
        return False
    return True


def purposes(service: Service) -> tuple[Purpose, ...]:
    """What may be paid at booking, the least first."""
    offers_deposit = service.deposit_kind != "none"
    return (Purpose.DEPOSIT, Purpose.FULL) if offers_deposit else (Purpose.FULL,)


def chosen_purpose(service: Service, chosen: Choices) -> Purpose:
    """What is paid at booking, as chosen or else the least."""
    return Purpose.FULL if chosen.plan == Purpose.FULL else purposes(service)[0]


def quoted(found: Menu, service: Service | None, chosen: Choices) -> Quote | None:
    """The price as chosen so far, without the tip where that cannot be; None before a service."""
    if service is None or not payable(found, service):
        return None
    purpose = chosen_purpose(service, chosen)
    try:
        tip = chosen_tip(found, service, chosen)
        return quote(found.shop, service, purpose=purpose, tip=tip)
    except Refused:
        nothing = Money.zero(currency(service.currency))
        return quote(found.shop, service, purpose=purpose, tip=nothing)


def shown(
    found: Menu, service: Service, price: Quote, chosen: Choices, slot: views.SlotOption | None
) -> views.Quote:
    """The summary of what is chosen so far."""
    barber = next((b.name for b in found.barbers if b.barber_id == chosen.barber), "")
    return views.Quote(
        service=service.name,
        minutes=service.duration_minutes,
        barber=barber,
        starts_at=slot.starts_at if slot else None,
        price=present.listed(found.shop, price.service, price.tax),
        tax=present.tax(found.shop, price.tax),
        tip=price.tip,
        total=price.total,
        plan=present.plan(price.purpose),
        due_now=price.now.total,
        due_later=price.later,
        agreed=str(price.now.total.minor),
    )


def plans(found: Menu, service: Service, chosen: Choices) -> tuple[views.PlanOption, ...]:
    """The ways to pay at booking."""
    nothing = Money.zero(currency(service.currency))
    options = []
    for purpose in purposes(service):
        price = quote(found.shop, service, purpose=purpose, tip=nothing)
        options.append(
            views.PlanOption(
                present.plan(purpose),
                price.now.total,
                price.later,
                chosen=purpose is chosen_purpose(service, chosen),
            )
        )
    return tuple(options)


def tip_options(found: Menu, service: Service, chosen: Choices) -> tuple[views.TipOption, ...]:
    """The tips on offer: none, shares of the price, the client's own."""
    price = sum_of(found, service)
    tip = chosen.tip or NO_TIP
    nothing = Money.zero(price.currency)
    return (
        views.TipOption(NO_TIP, nothing, chosen=tip == NO_TIP),
        *(
            views.TipOption(str(percent), money, percent, tip == str(percent))
            for percent, money in present.tips(price, TIPS)
        ),
        views.TipOption(OWN_TIP, None, chosen=tip == OWN_TIP),
    )


def tip_example(found: Menu, service: Service) -> Money:
    """A tip as this shop's clients would type one."""
    [(_, money)] = present.tips(sum_of(found, service), TIPS[:1])
    return money


def chosen_tip(found: Menu, service: Service, chosen: Choices) -> Money:
    """The tip that was chosen. Raises the refusals of `amounts.read` for one typed wrongly."""
    code = currency(service.currency)
    if chosen.tip == OWN_TIP:
        return amounts.read(chosen.tip_typed, code)
    offered = {str(p): money for p, money in present.tips(sum_of(found, service), TIPS)}
    return offered.get(chosen.tip, Money.zero(code))


def policy(
    found: Menu, price: Quote | None, slot: views.SlotOption | None, *, now: datetime
) -> views.Policy:
    """The shop's rule and, once a time is chosen, what it comes to."""
    rule = present.policy(found.shop, deposit=price.deposit if price else None)
    if price is None or slot is None:
        return rule
    late = cancellation(
        found.shop,
        by=CancelledBy.CLIENT,
        starts_at=slot.starts_at,
        deposit=price.deposit,
        paid=price.now.service + price.now.tax,
        now=slot.starts_at - MOMENT,
    )
    mine = present.visit_policy(late.free_until, late.kept, starts_at=slot.starts_at, now=now)
    return replace(rule, visit=mine)
