"""From what was looked up to the shapes of the API."""

from bookedbarber import ids
from bookedbarber.api.fields import MoneyOut
from bookedbarber.api.lookup_shapes import (
    BreakdownOut,
    EntryOut,
    EvidenceOut,
    FoundBookingOut,
    FoundClientOut,
    FoundRefundOut,
    ListedPaymentOut,
    NamedOut,
    PaidVisitOut,
    PostingOut,
    SearchOut,
    SettledOut,
    SignedMoneyOut,
    StepOut,
    WaitingOut,
)
from bookedbarber.ids import Prefix
from bookedbarber.lookup import definitions
from bookedbarber.lookup.breakdown import Breakdown, Settled
from bookedbarber.lookup.listing import Shown
from bookedbarber.lookup.one_payment import Booked, Evidence
from bookedbarber.lookup.queries import Named
from bookedbarber.lookup.search import Found
from bookedbarber.lookup.timeline import Step
from bookedbarber.money import Money

_DEFINITIONS = {
    "service": definitions.SERVICE,
    "tax": definitions.TAX,
    "tip": definitions.TIP,
    "amount": definitions.AMOUNT,
    "paid": definitions.PAID,
    "refunds": definitions.REFUNDS,
    "collected": definitions.COLLECTED,
    "fee": definitions.FEE,
    "returned": definitions.RETURNED,
    "net": definitions.NET,
}


def listed(one: Shown) -> ListedPaymentOut:
    """A payment of a list."""
    row = one.row
    return ListedPaymentOut(
        id=ids.show("pay", row.payment_id),
        booking=ids.show("apt", row.appointment_id),
        purpose=row.purpose,
        state=row.state,
        amount=MoneyOut.of(one.amount),
        service=MoneyOut(amount=row.service_amount, currency=row.currency),
        tax=MoneyOut(amount=row.tax_amount, currency=row.currency),
        tip=MoneyOut.of(one.tip),
        refunded=MoneyOut.of(one.refunded),
        card_brand=row.card_brand,
        card_last4=row.card_last4,
        decline_code=row.decline_code,
        created_at=row.created_at,
        captured_at=row.captured_at,
        status=row.status,
        visit=_visit(one),
    )


def _visit(one: Shown) -> PaidVisitOut:
    return PaidVisitOut(
        service=one.row.service,
        service_id=ids.show("svc", one.row.service_id),
        barber=one.row.barber,
        barber_id=ids.show("bar", one.row.barber_id),
        starts_at=one.row.starts_at,
        client=one.client,
    )


def step(one: Step) -> StepOut:
    """One step of a timeline."""
    return StepOut(
        at=one.at,
        source=one.source,
        what=one.what,
        about=one.about,
        actor=one.actor,
        facts=one.facts,
    )


def entry(one: Booked) -> EntryOut:
    """One entry of the books."""
    return EntryOut(
        id=ids.show("ent", one.entry_id),
        kind=one.kind,
        happened=one.happened,
        effective_at=one.effective_at,
        recorded_at=one.recorded_at,
        reverses=ids.show("ent", one.reverses) if one.reverses else None,
        postings=[
            PostingOut(
                account=line.account,
                side=line.side,
                amount=MoneyOut.of(line.amount),
                item=line.item,
            )
            for line in one.postings
        ],
    )


def breakdown(payment: str, shown: Breakdown) -> BreakdownOut:
    """The sums of one payment."""
    return BreakdownOut(
        payment=payment,
        definitions=_DEFINITIONS,
        service=MoneyOut.of(shown.service),
        tax=MoneyOut.of(shown.tax),
        tip=MoneyOut.of(shown.tip),
        amount=MoneyOut.of(shown.amount),
        paid=MoneyOut.of(shown.paid),
        refunds=MoneyOut.of(shown.refunds),
        settled=[_settled(one) for one in shown.settled],
        waiting=[
            WaitingOut(
                waiting_for=one.for_,
                amount=MoneyOut.of(one.amount),
                since=one.since,
                about=one.about,
            )
            for one in shown.waiting
        ],
    )


def _settled(one: Settled) -> SettledOut:
    return SettledOut(
        collected=_signed(one.collected),
        fee=_signed(one.fee),
        returned=_signed(one.returned),
        net=_signed(one.net),
    )


def _signed(money: Money) -> SignedMoneyOut:
    return SignedMoneyOut(amount=money.minor, currency=money.currency.code)


def evidence(payment: str, kept: Evidence) -> EvidenceOut:
    """What is kept of who agreed to what."""
    return EvidenceOut(
        payment=payment,
        booked_at=kept.booked_at,
        terms_version=kept.terms_version,
        terms=kept.terms,
        terms_adopted_at=kept.adopted_at,
        ip=kept.ip,
        device=kept.device,
    )


def found(what: Found) -> SearchOut:
    """What a search found."""
    client = what.client
    return SearchOut(
        understood_as=what.term,
        payments=[listed(one) for one in what.payments],
        more_payments=what.more_payments,
        bookings=[
            FoundBookingOut(
                id=ids.show("apt", hit.row.appointment_id),
                state=hit.row.state,
                starts_at=hit.row.starts_at,
                service=hit.row.service,
                barber=hit.row.barber,
                client=hit.client,
            )
            for hit in what.bookings
        ],
        refunds=[
            FoundRefundOut(
                id=ids.show("ref", row.refund_id),
                payment=ids.show("pay", row.payment_id),
                state=row.state,
                amount=MoneyOut(amount=row.amount, currency=row.currency),
                requested_at=row.requested_at,
            )
            for row in what.refunds
        ],
        client=client
        and FoundClientOut(
            id=ids.show("cli", client.client_id), name=client.name, email=client.email
        ),
        barbers=[_named("bar", one) for one in what.barbers],
        services=[_named("svc", one) for one in what.services],
    )


def _named(prefix: Prefix, one: Named) -> NamedOut:
    return NamedOut(id=ids.show(prefix, one.id), name=one.name, active=one.active)
