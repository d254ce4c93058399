"""The three shops of the demo: what they sell, who works there, and when."""

from datetime import time
from typing import Final

from bookedbarber.money import Money, currency
from bookedbarber.shops.opening import BarberPlan, ServicePlan, ShopPlan, Week

TERMS: Final = (
    "You can cancel free of charge until 24 hours before your appointment. If you cancel later, "
    "the shop keeps the deposit; anything you paid beyond it goes back to your card. A tip always "
    "goes back when the visit does not take place. Please arrive five minutes early."
)
_LONG, _SHORT = [(time(9), time(19))], [(time(9), time(17))]
WEEK: Final[Week] = {0: _LONG, 1: _LONG, 2: _LONG, 3: _LONG, 4: _LONG, 5: _SHORT}
LUNCH: Final[Week] = {weekday: [(time(13), time(13, 45))] for weekday in range(6)}
EARLY: Final[Week] = {weekday: [(time(9), time(16))] for weekday in range(5)}
LATE: Final[Week] = {**{weekday: [(time(11), time(19))] for weekday in range(1, 5)}, 5: _SHORT}


def plans(account: str) -> tuple[ShopPlan, ...]:
    """All three, which take their money into one account of Stripe."""
    return _fade_street(account), _bergen_street(account), _ginza(account)


def _fade_street(account: str) -> ShopPlan:
    gbp = currency("gbp")
    return ShopPlan(
        slug="fade-street",
        name="Fade Street Barbers",
        address="12 Fade Street, London E1 6QL",
        phone="+44 20 7946 0012",
        time_zone="Europe/London",
        country="GB",
        currency="gbp",
        locale="en-GB",
        stripe_account=account,
        week=WEEK,
        tax_name="VAT",
        tax_basis_points=2000,
        tax_included=True,
        services=(
            ServicePlan("Skin fade", 45, Money(3200, gbp), deposit=2500),
            ServicePlan("Cut & beard", 60, Money(4500, gbp), deposit=2500),
            ServicePlan("Buzz cut", 20, Money(1800, gbp), deposit=Money(500, gbp)),
            ServicePlan("Hot towel shave", 30, Money(2800, gbp), buffer_minutes=10),
        ),
        barbers=(
            BarberPlan("Marco", WEEK, LUNCH),
            BarberPlan("Tunde", LATE, worker_type="contractor"),
            BarberPlan("Elif", EARLY, LUNCH, worker_type="renter"),
            BarberPlan("Priya", WEEK, LUNCH),
            BarberPlan("Callum", LATE),
        ),
        terms=TERMS,
    )


def _bergen_street(account: str) -> ShopPlan:
    usd = currency("usd")
    return ShopPlan(
        slug="bergen-street",
        name="Bergen Street Cuts",
        address="240 Bergen Street, Brooklyn, NY 11217",
        phone="+1 718 555 0117",
        time_zone="America/New_York",
        country="US",
        currency="usd",
        locale="en-US",
        stripe_account=account,
        week=WEEK,
        tax_name="Sales tax",
        tax_basis_points=450,
        tax_included=False,
        services=(
            ServicePlan("Classic cut", 30, Money(4000, usd), deposit=Money(1000, usd)),
            ServicePlan("Cut & hot towel", 45, Money(5500, usd), deposit=2000),
            ServicePlan("Beard trim", 20, Money(2500, usd)),
        ),
        barbers=(
            BarberPlan("Andre", WEEK, LUNCH),
            BarberPlan("Rosa", EARLY),
            BarberPlan("Malik", LATE, worker_type="contractor"),
            BarberPlan("Sofia", WEEK, LUNCH),
        ),
        terms=TERMS,
    )


def _ginza(account: str) -> ShopPlan:
    jpy = currency("jpy")
    return ShopPlan(
        slug="ginza",
        name="Ginza Barber",
        address="4-5-6 Ginza, Chuo City, Tokyo",
        time_zone="Asia/Tokyo",
        country="JP",
        currency="jpy",
        locale="en",
        stripe_account=account,
        week=WEEK,
        tax_name="Consumption tax",
        tax_basis_points=1000,
        tax_included=True,
        late_refund_basis_points=5000,
        services=(
            ServicePlan("Cut", 45, Money(5500, jpy), deposit=3000),
            ServicePlan("Shave", 30, Money(3300, jpy)),
        ),
        barbers=(
            BarberPlan("Kenji", WEEK, LUNCH),
            BarberPlan("Yuki", EARLY, LUNCH),
            BarberPlan("Haruto", LATE),
        ),
        terms=TERMS,
    )
