"""Where in the books the money of one visit stands, and so out of what a refund of it is paid."""

from dataclasses import dataclass
from uuid import UUID

from bookedbarber import ids
from bookedbarber.booking.queries import Appointment
from bookedbarber.booking.states import AppointmentState
from bookedbarber.checkout import shares
from bookedbarber.database import Connection
from bookedbarber.ledger import queries as ledger
from bookedbarber.ledger.chart import Account
from bookedbarber.ledger.rules import Parts, Sources
from bookedbarber.money import Money, currency

_ACCOUNTS = (
    Account.CLIENT_DEPOSITS,
    Account.RECEIVABLE_FROM_CLIENT,
    Account.LATE_CANCELLATION_INCOME,
    Account.TAX_PAYABLE,
)


@dataclass(frozen=True, slots=True)
class Standing:
    """What is open on a visit: paid and not used, owed for it by the client, kept of it as a fee.

    `kept` is of a visit that was cancelled late or missed; that of a completed one is not looked
    at.
    """

    deposit: Money
    receivable: Money
    kept: Parts


async def of(db: Connection, *, shop_id: UUID, visit: Appointment) -> Standing:
    """Read what is open on a visit. Lock it first."""
    code = currency(visit.currency)
    found = await ledger.item_balances(
        db,
        shop_id=shop_id,
        accounts=_ACCOUNTS,
        item=ids.show("apt", visit.appointment_id),
    )
    open_in = {line.account: line.open for line in found}

    def credit_of(account: Account) -> Money:
        return Money(open_in.get(account, 0), code)

    return Standing(
        deposit=credit_of(Account.CLIENT_DEPOSITS),
        receivable=-credit_of(Account.RECEIVABLE_FROM_CLIENT),
        kept=Parts(
            credit_of(Account.LATE_CANCELLATION_INCOME),
            credit_of(Account.TAX_PAYABLE),
            Money.zero(code),
        ),
    )


def sources(parts: Parts, standing: Standing, state: AppointmentState) -> Sources:
    """Out of what `parts` are refunded: the deposit as far as it goes, then income or the fee."""
    deposit = min(standing.deposit, parts.total)
    rest = parts.total - deposit
    if state is AppointmentState.COMPLETED:
        return Sources(deposit, shares.portion(parts, rest), Account.SERVICE_INCOME)
    return Sources(deposit, shares.portion(standing.kept, rest), Account.LATE_CANCELLATION_INCOME)


def missing(standing: Standing, state: AppointmentState, due: Money) -> Money:
    """How much of a refund that is not sent after all the visit itself has a use for.

    `due` is its whole price. What is more than that stays owed to the client.
    """
    nothing = Money.zero(due.currency)
    match state:
        case AppointmentState.HELD | AppointmentState.CONFIRMED | AppointmentState.ARRIVED:
            return max(due - standing.deposit, nothing)
        case AppointmentState.COMPLETED:
            return standing.receivable
        case AppointmentState.CANCELLED | AppointmentState.NO_SHOW | AppointmentState.EXPIRED:
            return nothing
