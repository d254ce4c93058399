"""One view of every state a client can meet, for pictures, accessibility and policy tests."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Final

from bookedbarber.api import problems
from bookedbarber.history import Life, Progress, Stage
from bookedbarber.money import Money, currency
from bookedbarber.pages.demo import Oddity
from bookedbarber.pages.mine import AskPage, Booking, MinePage
from bookedbarber.pages.moving import MovePage, MoveQuestion
from bookedbarber.pages.render import View
from bookedbarber.pages.views import (
    BarberOption,
    BookingPage,
    BookingState,
    CancelOffer,
    Card,
    DayOption,
    DemoPage,
    Details,
    ErrorKind,
    ErrorPage,
    IndexPage,
    Intent,
    Links,
    ManagePage,
    Message,
    Moved,
    OutboxPage,
    Paid,
    PaymentPage,
    PaymentState,
    Plan,
    PlanOption,
    Policy,
    Problem,
    ProblemsPage,
    Quote,
    ReceiptPage,
    Refund,
    RefundState,
    RefundStep,
    ServiceOption,
    Shop,
    SlotOption,
    Step,
    Tax,
    TipOption,
    Visit,
    VisitPolicy,
    WaitingPage,
    Week,
    Window,
)


def gbp(minor: int) -> Money:
    """Pounds, in pence."""
    return Money(minor, currency("gbp"))


SHOP: Final = Shop(
    slug="fade-street",
    name="Fade Street Barbers",
    address="12 Fade Street, London E8 3DL",
    zone="Europe/London",
    locale="en",
    country="GB",
    phone="020 7946 0812",
    email="hello@fadestreet.example",
)
START: Final = datetime(2026, 11, 23, 17, 30, tzinfo=UTC)
NOW: Final = datetime(2026, 11, 21, 9, 14, tzinfo=UTC)
FREE: Final = VisitPolicy(START - timedelta(hours=24), gbp(800), Window.FREE)
POLICY: Final = Policy(
    free_hours=24,
    late_refund_bp=0,
    version="3",
    terms=(
        "Your appointment is confirmed once the payment shown has arrived.",
        "Cancel or move it free of charge until 24 hours before. After that the deposit is kept.",
        "If you come more than 15 minutes late the barber may have to shorten the service.",
    ),
    visit=FREE,
)
VISIT: Final = Visit("Skin fade", 45, "Marco", START)
VAT: Final = Tax("VAT", 2000, gbp(533), included=True)
LINK: Final = "k3v9QmT2wXhR7sLpZ4nB"
LINKS: Final = Links(
    pay=LINK, receipt=LINK, manage=LINK, calendar=LINK, again="/b/fade-street?service=srv_1"
)

SERVICES: Final = (
    ServiceOption("srv_1", "Skin fade", 45, gbp(3200), "clippers and razor", chosen=True),
    ServiceOption("srv_2", "Cut and beard", 60, gbp(4500), "with hot towel"),
    ServiceOption("srv_3", "Buzz cut", 20, gbp(1800)),
    ServiceOption("srv_4", "Hot towel shave", 30, gbp(2850)),
)
BARBERS: Final = (
    BarberOption("any", "", START - timedelta(hours=2, minutes=30)),
    BarberOption("bar_1", "Marco Bianchi", START, chosen=True),
    BarberOption("bar_2", "Tunde Adeyemi", START + timedelta(minutes=45)),
    BarberOption("bar_3", "Elif Şahin", START + timedelta(days=1, hours=-7)),
)
WEEK: Final = Week(
    tuple(
        DayOption(date(2026, 11, 23) + timedelta(days=n), free=n not in {2, 6}, chosen=n == 0)
        for n in range(7)
    ),
    earlier=None,
    later=date(2026, 11, 30),
)
SLOTS: Final = tuple(
    SlotOption(
        f"slot-{hour}-{minute}",
        datetime(2026, 11, 23, hour, minute, tzinfo=UTC),
        free=(hour, minute) not in {(10, 30), (15, 45), (16, 30)},
        chosen=(hour, minute) == (17, 30),
    )
    for hour, minute in (
        (9, 0), (9, 45), (10, 30), (11, 15),
        (13, 0), (13, 45), (14, 30), (15, 0), (15, 45), (16, 30),
        (17, 30), (18, 15), (19, 0),
    )
)  # fmt: skip
QUOTE: Final = Quote(
    service="Skin fade",
    minutes=45,
    barber="Marco",
    starts_at=START,
    price=gbp(3200),
    tax=VAT,
    tip=gbp(500),
    total=gbp(3700),
    plan=Plan.DEPOSIT,
    due_now=gbp(1300),
    due_later=gbp(2400),
    agreed="1300-gbp-3",
)
BOOKING: Final = BookingPage(
    shop=SHOP,
    services=SERVICES,
    barbers=BARBERS,
    week=WEEK,
    slots=SLOTS,
    plans=(
        PlanOption(Plan.DEPOSIT, gbp(800), gbp(2400), chosen=True),
        PlanOption(Plan.FULL, gbp(3200), gbp(0)),
    ),
    tips=(
        TipOption("0", gbp(0)),
        TipOption("300", gbp(320), 10),
        TipOption("500", gbp(480), 15, chosen=True),
        TipOption("640", gbp(640), 20),
        TipOption("own", None),
    ),
    tip_typed="",
    details=Details("Amara Okafor", "amara@example.com", ""),
    quote=replace(QUOTE, tip=gbp(480), total=gbp(3680), due_now=gbp(1280)),
    policy=POLICY,
    hold_minutes=10,
    form="sample-form-token",
)
PAYMENT: Final = PaymentPage(
    shop=SHOP,
    visit=VISIT,
    price=gbp(3200),
    tax=VAT,
    tip=gbp(480),
    due_now=gbp(1280),
    due_later=gbp(2400),
    plan=Plan.DEPOSIT,
    policy=POLICY,
    state=PaymentState.READY,
    links=LINKS,
    hold_seconds=572,
    hold_total=600,
    intent=Intent("pk_test_sample", "pi_sample_secret_sample"),
    hosted=True,
)
REFUND: Final = Refund(gbp(1280), NOW + timedelta(minutes=4), RefundState.PENDING)
RECEIPT: Final = ReceiptPage(
    shop=SHOP,
    number="FS-2026-000417",
    issued_at=NOW,
    client="Amara Okafor",
    email="amara@example.com",
    visit=VISIT,
    state=BookingState.CONFIRMED,
    price=gbp(3200),
    tax=VAT,
    tip=gbp(480),
    total=gbp(3680),
    paid=(Paid(gbp(1280), NOW, Plan.DEPOSIT, Card("Visa", "4242")),),
    refunds=(),
    due_later=gbp(2400),
    policy=POLICY,
    links=LINKS,
)
MANAGE: Final = ManagePage(
    shop=SHOP,
    visit=VISIT,
    state=BookingState.CONFIRMED,
    paid=gbp(1280),
    kept=gbp(1280),
    refunds=(),
    due_later=gbp(2400),
    policy=POLICY,
    free_until=START - timedelta(hours=24),
    offer=CancelOffer(gbp(1280), gbp(0), free=True, agreed="1280-gbp"),
    links=LINKS,
)
MESSAGES: Final = (
    Message(
        "msg_1",
        "amara@example.com",
        "You are booked: Skin fade, Mon 23 Nov, 17:30",
        NOW,
        "Hello Amara,\n\nyour visit is confirmed: Skin fade with Marco on Monday 23 November at "
        "17:30 (London time), 12 Fade Street, London E8 3DL.\n\nPaid now: £12.80. Due at the "
        f"shop: £24.00.\n\nReceipt: https://pay.example/receipt/{LINK}\nChange or cancel: "
        f"https://pay.example/manage/{LINK}\n\nFade Street Barbers",
        ("skin-fade.ics",),
    ),
    Message("msg_2", "ben@example.com", "Your refund of £8.00 is on its way", NOW, "Hello Ben."),
)


def _booking_states() -> dict[str, View]:
    start = replace(
        BOOKING,
        services=tuple(replace(service, chosen=False) for service in SERVICES),
        barbers=(),
        week=None,
        slots=(),
        plans=(),
        tips=(),
        details=Details(),
        quote=None,
        policy=replace(POLICY, visit=None),
    )
    wrong = replace(
        BOOKING,
        slots=tuple(
            replace(slot, chosen=False, free=slot.free and not slot.chosen) for slot in SLOTS
        ),
        quote=replace(QUOTE, starts_at=None),
        details=Details("Amara Okafor", "amara@", ""),
        tips=tuple(replace(tip, chosen=tip.value == "own") for tip in BOOKING.tips),
        tip_typed="five",
        tip_example=gbp(320),
        problems=(
            Problem("slot", "slot_taken"),
            Problem("email", "email_invalid"),
            Problem("tip", "tip_invalid"),
        ),
    )
    full_day = replace(
        BOOKING,
        slots=(),
        quote=replace(QUOTE, starts_at=None),
    )
    return {
        "booking": BOOKING,
        "booking-start": start,
        "booking-wrong": wrong,
        "booking-full-day": full_day,
        "booking-no-services": replace(start, services=()),
        "booking-yen": _in_yen(),
    }


def _in_yen() -> BookingPage:
    def yen(minor: int) -> Money:
        return Money(minor, currency("jpy"))

    shop = Shop("ginza", "Ginza Barber", "5-4-1 Ginza, Tokyo", "Asia/Tokyo", "en", "US")
    tax = Tax("Consumption tax", 1000, yen(520), included=False)
    return replace(
        BOOKING,
        shop=shop,
        services=(
            ServiceOption("a", "Cut", 45, yen(5200), chosen=True),
            ServiceOption(
                "b",
                "Cut with a very long name that has to wrap somewhere",
                60,
                yen(9),
                online=False,
            ),
        ),
        plans=(PlanOption(Plan.FULL, yen(5720), yen(0), chosen=True),),
        tips=(),
        quote=replace(
            QUOTE,
            service="Cut",
            price=yen(5200),
            tax=tax,
            tip=yen(0),
            total=yen(5720),
            plan=Plan.FULL,
            due_now=yen(5720),
            due_later=yen(0),
        ),
        policy=replace(POLICY, free_hours=0, late_refund_bp=10_000, visit=None),
    )


def _payment_states() -> dict[str, View]:
    over = replace(PAYMENT, intent=None, hold_seconds=0)
    return {
        "pay": PAYMENT,
        "pay-declined": replace(
            PAYMENT,
            decline="insufficient_funds",
            hold_seconds=48,
            policy=replace(POLICY, visit=replace(FREE, window=Window.LATE)),
        ),
        "pay-action": replace(PAYMENT, state=PaymentState.ACTION),
        "pay-processing": replace(PAYMENT, state=PaymentState.PROCESSING),
        "pay-waiting": replace(PAYMENT, state=PaymentState.PROCESSING, intent=None),
        "pay-checking": replace(over, state=PaymentState.CHECKING),
        "pay-hosted": replace(PAYMENT, intent=None),
        "pay-unreachable": replace(PAYMENT, intent=None, hosted=False),
        "pay-unavailable": replace(over, state=PaymentState.UNAVAILABLE),
        "pay-paid": replace(over, state=PaymentState.PAID),
        "pay-expired": replace(over, state=PaymentState.EXPIRED),
        "pay-lost": replace(over, state=PaymentState.LOST, refund=REFUND),
        "pay-cancelled": replace(over, state=PaymentState.CANCELLED),
        "pay-kept": replace(over, state=PaymentState.CANCELLED, captured=True),
        "pay-full": replace(
            PAYMENT,
            plan=Plan.FULL,
            tip=gbp(0),
            due_now=gbp(3200),
            due_later=gbp(0),
            hosted=False,
        ),
    }


def _kept_states() -> dict[str, View]:
    returned = (replace(REFUND, state=RefundState.DONE),)
    held = replace(MANAGE, state=BookingState.HELD, paid=gbp(0), offer=None)
    late = CancelOffer(gbp(480), gbp(800), free=False, agreed="480-gbp")
    nothing = CancelOffer(gbp(0), gbp(800), free=False, agreed="0-gbp")
    over = replace(MANAGE, offer=None, due_later=gbp(0))
    return {
        "receipt": RECEIPT,
        "receipt-completed": replace(
            RECEIPT,
            state=BookingState.COMPLETED,
            paid=(
                *RECEIPT.paid,
                Paid(gbp(2400), START + timedelta(hours=1), Plan.FULL, Card("Mastercard", "4444")),
            ),
            due_later=gbp(0),
        ),
        "receipt-cancelled": replace(
            RECEIPT, state=BookingState.CANCELLED, refunds=(REFUND,), due_later=gbp(0)
        ),
        "receipt-lost": replace(
            RECEIPT, state=BookingState.LOST, refunds=returned, due_later=gbp(0)
        ),
        "receipt-forgotten": replace(
            RECEIPT,
            client="",
            email="",
            policy=replace(POLICY, visit=replace(FREE, window=Window.BEGUN)),
        ),
        "receipt-missed": replace(RECEIPT, state=BookingState.NO_SHOW, due_later=gbp(0)),
        "manage": MANAGE,
        "manage-late": replace(MANAGE, offer=late, policy=replace(POLICY, late_refund_bp=5000)),
        "manage-begun": over,
        "manage-held": replace(held, held_until=NOW + timedelta(minutes=9), due_now=gbp(1280)),
        "manage-cancelled": replace(over, state=BookingState.CANCELLED, refunds=(REFUND,)),
        "cancel": replace(MANAGE, asking=True),
        "cancel-late": replace(MANAGE, asking=True, offer=late, changed=True),
        "cancel-nothing": replace(MANAGE, asking=True, offer=nothing),
    }


def _moving_states() -> dict[str, View]:
    choosing = MovePage(
        shop=SHOP,
        link="link",
        visit=MANAGE.visit,
        barbers=(
            BarberOption("any", "", None, chosen=True),
            BarberOption("bar_1", "Marco", None),
            BarberOption("bar_2", "Elif", None),
        ),
        barber="any",
        week=Week(
            tuple(DayOption(date(2026, 11, 23 + n), n != 6, n == 0) for n in range(7)),
            earlier=None,
            later=date(2026, 11, 30),
        ),
        slots=tuple(SlotOption(str(n), START + timedelta(hours=n), free=n != 2) for n in range(4)),
        present=START,
        free_until=START - timedelta(hours=24),
    )
    asking = MoveQuestion(
        shop=SHOP,
        link="link",
        old=MANAGE.visit,
        new=replace(MANAGE.visit, starts_at=START + timedelta(days=1), barber="Elif"),
        barber="bar_2",
        slot="slot",
        seen="seen",
        paid=gbp(1280),
        due_later=gbp(2400),
        free_until=START,
        free=True,
        fee=gbp(800),
        version="3",
        newer_terms=False,
    )
    moved = Moved(NOW, START - timedelta(days=1), "Elif", by_shop=True)
    return {
        "move": choosing,
        **{f"move-{word}": replace(choosing, problem=word) for word in ("taken", "moved", "same")},
        "move-none": replace(choosing, slots=(), barbers=()),
        "move-ask": asking,
        "move-ask-near": replace(asking, free=False, newer_terms=True),
        "move-ask-near-free": replace(asking, free=False, fee=gbp(0)),
        "manage-movable": replace(MANAGE, movable=True, kept=gbp(1280), mine="/b/fade-street/my"),
        "manage-movable-paid": replace(MANAGE, movable=True, kept=gbp(3680), due_later=gbp(0)),
        "manage-moved": replace(MANAGE, moved=moved, kept=gbp(1280)),
        "manage-moved-by-me": replace(MANAGE, moved=replace(moved, by_shop=False)),
        "manage-arrived": replace(MANAGE, state=BookingState.ARRIVED, offer=None),
        "manage-missed": replace(
            MANAGE, state=BookingState.NO_SHOW, offer=None, kept=gbp(800), due_later=gbp(0)
        ),
        "manage-missed-free": replace(
            MANAGE, state=BookingState.NO_SHOW, offer=None, kept=gbp(0), due_later=gbp(0)
        ),
        **{f"manage-refund-{state}": _refunding(state) for state in RefundState},
    }


def _refunding(state: RefundState) -> View:
    """A cancelled visit whose refund has come as far as this."""
    ends = {
        RefundState.PENDING: Step(RefundStep.ARRIVED, done=False),
        RefundState.DONE: Step(RefundStep.ARRIVED, done=True, at=NOW),
        RefundState.FAILED: Step(RefundStep.CAME_BACK, done=True, at=NOW),
    }
    asked = Step(RefundStep.ASKED, done=True, at=NOW)
    again = Step(RefundStep.ASKED_AGAIN, done=True, at=NOW)
    refund = replace(
        REFUND, state=state, steps=(asked, again, Step(RefundStep.SENT, done=True), ends[state])
    )
    return replace(
        MANAGE,
        state=BookingState.CANCELLED,
        offer=None,
        refunds=(refund,),
        kept=gbp(0),
        due_later=gbp(0),
    )


def _own_lists() -> dict[str, View]:
    coming = Booking(
        link="link",
        service="Skin fade",
        barber="Marco",
        starts_at=START,
        state=BookingState.CONFIRMED,
        total=gbp(3680),
        paid=gbp(1280),
        refunded=gbp(0),
        due_later=gbp(2400),
        collected=True,
    )
    gone = replace(coming, state=BookingState.CANCELLED, refunded=gbp(1280), due_later=gbp(0))
    mine = MinePage(SHOP, "link", (coming,), (gone,), before="apt_1", older=False)
    ask = AskPage(SHOP)
    return {
        "mine": mine,
        "mine-empty": replace(mine, coming=(), past=(), before=""),
        "mine-older": replace(mine, coming=(), before="", older=True),
        "mine-ask": ask,
        "mine-asked": replace(ask, sent=True),
        "mine-ended": replace(ask, ended=True),
        "mine-wrong": replace(ask, email="amara at example", wrong=True),
    }


def _other_states() -> dict[str, View]:
    statuses = {
        ErrorKind.UNKNOWN_LINK: 404,
        ErrorKind.UNKNOWN_SHOP: 404,
        ErrorKind.NOT_FOUND: 404,
        ErrorKind.CROSS_SITE: 403,
        ErrorKind.SIGNED_OUT: 401,
        ErrorKind.NOT_ALLOWED: 403,
        ErrorKind.TOO_MANY: 429,
        ErrorKind.UNAVAILABLE: 503,
        ErrorKind.OUT: 503,
        ErrorKind.DEFECT: 500,
    }
    return {
        "outbox": OutboxPage(MESSAGES, MESSAGES[0], "Europe/London", "en-GB"),
        "outbox-list": OutboxPage(MESSAGES, None, "Europe/London", "en-GB"),
        "index": IndexPage((("fade-street", "Fade Street Barbers"), ("ginza", "Ginza")), demo=True),
        "waiting": WaitingPage(SHOP),
        **{name: DemoPage(ODDITIES) for name in LIVES if name != "waiting"},
        "problems": ProblemsPage(tuple(problems.in_order())),
        "index-empty": IndexPage((), demo=False),
        "outbox-empty": OutboxPage((), None, "Europe/London", "en-GB"),
        **{
            f"error-{kind}": ErrorPage(status, kind, "req_01k9x7", "en-GB")
            for kind, status in statuses.items()
        },
        "error-desk": ErrorPage(503, ErrorKind.OUT, "req_01k9x7", "en-GB", desk=True),
    }


ODDITIES: Final = (
    Oddity(
        "spike_of_declines",
        "Fade Street Barbers",
        date(2026, 11, 2),
        tuple(f"apt_{n:026}" for n in range(9)),
    ),
    Oddity("slow_day", "Bergen Street Cuts", date(2026, 11, 12), ()),
    Oddity("refund_sent_back", "Ginza Barber", date(2026, 11, 17), (f"apt_{5:026}",)),
)
# What goes on in a demo while some of the states are shown; nothing in the others.
LIVES: Final[Mapping[str, Life]] = {
    "waiting": Life(Stage.RACING, Progress(day=34, days=90, minutes_left=1)),
    "demo-racing": Life(Stage.RACING, Progress(day=1, days=90, minutes_left=None)),
    "demo-living": Life(Stage.LIVING, None),
    "demo-paused": Life(Stage.PAUSED, None),
}
STATES: Final[Mapping[str, View]] = {
    **_booking_states(),
    **_payment_states(),
    **_kept_states(),
    **_moving_states(),
    **_own_lists(),
    **_other_states(),
}
