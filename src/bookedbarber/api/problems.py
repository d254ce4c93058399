"""The catalogue of errors, and RFC 9457 answers made from it.

Every `Refused` and `Unavailable` below the doors has an entry here by its code, and every entry is
raised somewhere; a test holds both. `docs/errors.md` is made from it, and so is the page that the
`type` of an answer leads to.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from starlette.responses import JSONResponse

from bookedbarber.errors import BookedBarberError

MEDIA_TYPE: Final = "application/problem+json"
PAGE: Final = "/docs/errors"
"""Where the catalogue is shown, each code at its own anchor."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What an error means to a caller, and what to do next."""

    code: str
    status: int
    title: str
    next_step: str
    retryable: bool = False


_ALL: Final = (
    # what was sent
    Problem("request_invalid", 422, "The request has missing or wrong fields.",
            "Correct the fields listed in `errors`."),
    Problem("not_found", 404, "There is nothing at this address.", "Check the address."),
    Problem("method_not_allowed", 405, "This address does not take that method.",
            "See the API reference for the methods it takes."),
    Problem("id_invalid", 400, "That is not an identifier of the right kind.",
            "Send the identifier as it was given to you."),
    Problem("body_too_large", 413, "The request is larger than anything we take.",
            "Send less."),
    # people
    Problem("not_allowed", 403, "Your role does not allow this.",
            "Ask somebody who may: the owner of the shop decides who may do what."),
    Problem("sign_in_refused", 401, "Address and password do not belong together.",
            "Check both and try again."),
    Problem("factor_refused", 401, "That code, or passkey, is not right.",
            "Wait for the next code of your authenticator and enter it as shown."),
    Problem("step_up_needed", 403, "This needs your second factor once more.",
            "Confirm it on the page that asks, within five minutes."),
    Problem("email_in_use", 409, "There is an account with this address.",
            "Sign in with it, or use another address."),
    Problem("password_weak", 400, "That password is too weak.",
            "See `reason`: at least 15 characters with a letter and a digit."),
    Problem("person_name_missing", 400, "An account needs a name.",
            "Send a name of at most 100 characters."),
    # money
    Problem("amount_invalid", 400, "That is not an amount.",
            "Send whole minor units as a JSON integer, or a plain decimal string."),
    Problem("amount_not_exact", 400, "The amount has more precision than its currency.",
            "Send whole minor units as a JSON integer; nothing is rounded here."),
    Problem("amount_too_large", 400, "The amount is larger than one payment may be.",
            "Send a smaller amount."),
    Problem("amount_too_small", 400, "The amount is smaller than can be charged.",
            "Send a larger amount, or none."),
    Problem("currency_unknown", 400, "That is not a currency code.",
            "Send a lower-case three-letter code such as `usd`."),
    Problem("currency_mismatch", 400, "The amount is not in the shop's currency.",
            "Send it in the currency of the shop."),
    Problem("tip_too_large", 400, "The tip is far above the price.",
            "Check the tip; it may be at most twice the price."),
    # booking
    Problem("shop_not_open", 409, "The shop takes no bookings yet.",
            "Come back when it is open."),
    Problem("shop_unknown", 404, "There is no such shop.", "Check the shop's name."),
    Problem("service_unknown", 404, "The shop does not sell this service.",
            "Choose one of the services it lists."),
    Problem("price_not_collectable", 400, "Stripe cannot collect this price.",
            "See `reason`: raise the price, or keep to the steps of the shop's currency."),
    Problem("barber_unknown", 404, "The shop has no such barber for this service.",
            "Choose one of the barbers it lists, or none."),
    Problem("slot_not_offered", 409, "This time is not offered.",
            "Choose one of the times that are."),
    Problem("slot_taken", 409, "That time was just taken.", "Choose another time."),
    Problem("too_many_holds", 409, "You hold other times that are not paid yet.",
            "Pay for them, or wait until they lapse."),
    Problem("deposit_not_offered", 400, "This service is paid in full.",
            "Ask for `full` instead of `deposit`."),
    Problem("terms_changed", 409, "The shop's terms have changed.",
            "Read the new terms and agree to them."),
    Problem("price_changed", 409, "The amount due is not what was shown.",
            "Look at the new amount before paying."),
    Problem("name_missing", 400, "A booking needs a name.", "Send the name of who is coming."),
    Problem("email_invalid", 400, "That is not an e-mail address.", "Check the address."),
    Problem("phone_invalid", 400, "That is not a phone number.",
            "Write it with digits, or leave it out."),
    Problem("appointment_unknown", 404, "There is no such appointment.",
            "Check the identifier or the link."),
    Problem("appointment_not_open", 409, "The appointment is over or was cancelled.",
            "Look at its present state."),
    Problem("appointment_not_begun", 409, "The appointment is still to come.",
            "Complete it, or note a no-show, from `starts_at` on."),
    Problem("check_in_too_early", 409, "The appointment is on another day.",
            "Check the client in on the day of `starts_at`."),
    Problem("client_arrived", 409, "The client was checked in.",
            "If they are not here, undo the check-in first."),
    Problem("walk_in_not_today", 409, "Who walks in is served today.",
            "Book another day on the shop's booking page."),
    Problem("too_late_to_cancel", 409, "The appointment has begun.",
            "Ask the shop: it can cancel until the appointment is completed."),
    Problem("too_late_to_move", 409, "Cancelling is not free any more, so it cannot be moved.",
            "Ask the shop: it can move the appointment until it is completed."),
    Problem("move_changes_nothing", 409, "The appointment is there already.",
            "Choose another time or another barber."),
    Problem("moved_meanwhile", 409, "The appointment was moved meanwhile.",
            "Look at its present time before deciding."),
    Problem("refund_changed", 409, "What goes back has changed meanwhile.",
            "Look at the new amount before deciding."),
    Problem("link_invalid", 404, "This link does not open anything.",
            "Use the whole link from your e-mail."),
    Problem("link_ended", 410, "This link has ended.",
            "Ask for a new one where the shop takes bookings."),
    Problem("person_forgotten", 410, "This person's data was erased.",
            "Nothing more can be shown."),
    # payments and refunds
    Problem("payment_unknown", 404, "There is no such payment.", "Check the identifier."),
    Problem("payment_closed", 409, "This payment is finished.", "Look at its present state."),
    Problem("payment_not_captured", 409, "Nothing was collected, so nothing can go back.",
            "Look at the payment's state."),
    Problem(
        "refund_not_failed",
        409,
        "Only a refund that came back can be sent again.",
        "Look at its present state.",
    ),
    Problem("refund_unknown", 404, "There is no such refund.", "Check the identifier."),
    Problem("refund_exceeds_payment", 409, "That is more than is left of the payment.",
            "Refund at most `left`."),
    Problem("refund_is_nothing", 409, "There is nothing to refund.",
            "Look at what was refunded before."),
    Problem("processor_refused", 502, "Stripe refused the request.",
            "See `reason`; an operator finds more in the log."),
    # lists and search
    Problem("filter_invalid", 400, "A filter cannot be taken.",
            "Correct the filters listed in `errors`; none was left out in silence."),
    Problem("column_unknown", 400, "The list has no such column.",
            "Choose from `columns`, or send none for the usual ones."),
    Problem("search_term_unreadable", 400, "Nothing can be looked up by this.",
            "Send an id, a whole e-mail address, four digits of a card or an exact amount."),
    # settings
    Problem("settings_invalid", 422, "Some settings cannot stay as they are.",
            "Mend the fields in `errors`; each has its `reason`, and bounds where there are any."),
    Problem("settings_changed", 409, "Somebody changed these settings meanwhile.",
            "Read them again, and send your change with the new `version`."),
    Problem("service_setting_unknown", 404, "The shop never sold such a service.",
            "Choose one of those that the settings list."),
    Problem("barber_setting_unknown", 404, "No such barber ever worked in the shop.",
            "Choose one of those that the settings list."),
    Problem("time_off_unknown", 404, "There is no such absence.",
            "It may have been taken back before."),
    Problem("colour_invalid", 422, "That is not a colour.",
            "Send # and six hexadecimal digits, such as #1f4fc0."),
    Problem("logo_too_large", 413, "The picture is too large for a logo.",
            "Send at most 256 kB and 4 million pixels."),
    Problem("logo_unreadable", 422, "That is not a picture that can be shown.",
            "Send a PNG, JPEG or WebP file."),
    Problem("shop_not_ready", 409, "Something is missing before clients can book.",
            "Add what `missing` names: services, hours, or barbers who give and work them."),
    # callers
    Problem("key_missing", 401, "This needs an API key.",
            "Send `Authorization: Bearer` with a key of the shop."),
    Problem("key_invalid", 401, "That API key is not in force.", "Ask the shop for a new one."),
    Problem("idempotency_key_missing", 400, "This needs an `Idempotency-Key`.",
            "Send a new random one for each refund you mean, and the same when you repeat it."),
    Problem("idempotency_key_invalid", 400, "The idempotency key cannot be used.",
            "Send 1 to 255 visible ASCII characters."),
    Problem("idempotency_key_reused", 422, "This key was used for another request.",
            "Use a new key for each thing you mean."),
    Problem("idempotency_key_in_use", 409, "The same request is being worked on.",
            "Send it again in a moment.", retryable=True),
    Problem("too_many_streams", 429, "Too many live pages are open.",
            "Close some; a page that is not live shows the newest when it is loaded again.",
            retryable=True),
    Problem("rate_limited", 429, "Too many requests.", "Wait for `Retry-After` seconds.",
            retryable=True),
    # webhooks
    Problem("webhook_signature_invalid", 400, "The signature is not by Stripe, or not fresh.",
            "Check the endpoint's secret and this machine's clock."),
    Problem("webhook_event_unreadable", 400, "The body is not an event.",
            "Send events as Stripe sends them."),
    # outside parts
    Problem("database_unavailable", 503, "We cannot store anything just now.",
            "Nothing was done. Try again shortly.", retryable=True),
    Problem("processor_unavailable", 503, "Stripe does not answer just now.",
            "What was booked is kept. Try again shortly.", retryable=True),
    Problem("processor_outcome_unknown", 503, "Stripe's answer was lost.",
            "What was booked is kept and being looked up. Look again shortly.", retryable=True),
    Problem("processor_busy", 503, "Stripe asks us to wait.",
            "What was booked is kept. Try again shortly.", retryable=True),
    Problem("processor_earlier_request", 503, "Stripe is not done with an earlier request.",
            "What was booked is kept and being looked up. Look again shortly.", retryable=True),
    Problem("processor_rejects_us", 503, "Stripe does not accept this system's key.",
            "An operator must set it right.", retryable=True),
    Problem("breaker_open", 503, "A part outside has failed too often just now.",
            "What was booked is kept. Try again shortly.", retryable=True),
    Problem("payment_still_moving", 503, "The payment is changing just now.",
            "Look again shortly.", retryable=True),
    Problem("balance_keeps_moving", 503, "Stripe's balance is changing just now.",
            "Ask again in a moment.", retryable=True),
    Problem("passwords_busy", 503, "Too many sign in just now.",
            "Try again in a moment.", retryable=True),
    Problem("limiter_unavailable", 503, "We cannot count requests just now.",
            "Try again shortly.", retryable=True),
    Problem("clock_unreadable", 503, "The time cannot be told.",
            "An operator must mend the shared clock.", retryable=True),
    Problem("history_unreadable", 503, "The demo's history cannot be told.",
            "An operator must start the demo over.", retryable=True),
    Problem("vault_master_key_missing", 503, "A key of the vault is missing.",
            "An operator must set it.", retryable=True),
    Problem("mail_unavailable", 503, "The mail server does not take letters just now.",
            "They are kept and sent as soon as it does.", retryable=True),
    # ours
    Problem("failpoints_forbidden", 500, "Failpoints are for tests.",
            "Start without them."),
    Problem("internal", 500, "Something broke on our side.",
            "It was noted under `request_id`. Try again shortly."),
)  # fmt: skip
CATALOGUE: Final[Mapping[str, Problem]] = {problem.code: problem for problem in _ALL}


def in_order() -> list[Problem]:
    """Every entry, by its code."""
    return sorted(CATALOGUE.values(), key=lambda problem: problem.code)


def of(error: BookedBarberError) -> Problem:
    """The entry for one of our errors."""
    return CATALOGUE[error.code]


def members(problem: Problem) -> dict[str, Any]:
    """What every answer with this problem says, by RFC 9457 and beside it."""
    return {
        "type": f"{PAGE}#{problem.code}",
        "title": problem.title,
        "status": problem.status,
        "code": problem.code,
        "next_step": problem.next_step,
        "retryable": problem.retryable,
    }


def answer(
    problem: Problem,
    *,
    detail: str = "",
    facts: Mapping[str, Any] | None = None,
    request_id: str = "",
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """An RFC 9457 answer; `facts` are what the caller may act on."""
    body = members(problem)
    if detail and detail != problem.code:
        body["detail"] = detail
    if request_id:
        body["request_id"] = request_id
    shown = {name: value for name, value in (facts or {}).items() if _plain(value)}
    return JSONResponse({**shown, **body}, problem.status, media_type=MEDIA_TYPE, headers=headers)


def _plain(value: Any) -> bool:
    """Whether a fact can be shown: what a caller sent is not echoed unless it is plain."""
    if isinstance(value, dict | list):
        return all(_plain(v) for v in (value.values() if isinstance(value, dict) else value))
    if isinstance(value, str):
        return value.isascii() and value.isprintable()
    return isinstance(value, bool | int) or (isinstance(value, float) and math.isfinite(value))
