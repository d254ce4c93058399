"""3-D Secure: when a card must be authenticated, and how the challenge is asked for and
answered.
"""

from enum import StrEnum

from bookedbarber.sandbox.cards import Card
from bookedbarber.sandbox.context import Context
from bookedbarber.sandbox.store import Object


class Need(StrEnum):
    """What the issuer wants before it answers."""

    NOTHING = "nothing"
    CHALLENGE = "challenge"
    FRICTIONLESS = "frictionless"
    REFUSED = "refused"
    """Authentication is needed and the customer is not there."""


def need(card: Card, *, off_session: bool, set_up: bool, wanted: str) -> Need:
    """Decide by the card, the session, whether it was set up before, and
    `request_three_d_secure`.
    """
    must = {
        "required": True,
        "unless_set_up": not (off_session and set_up),
        "off_session_ready": not off_session,
        "optional": wanted in ("any", "challenge") and not off_session,
        "unsupported": False,
    }[card.three_ds]
    if not must:
        return Need.NOTHING
    if card.three_ds_flow == "frictionless" and wanted != "challenge":
        return Need.FRICTIONLESS
    return Need.REFUSED if off_session else Need.CHALLENGE


def next_action(ctx: Context, intent: str, *, return_url: str | None, in_script: bool) -> Object:
    """Where the customer goes: by redirect when the page gave a `return_url`, else through the
    script.
    """
    url = f"{ctx.origin}/browser/3ds/{intent}"
    if return_url is not None and not in_script:
        return {
            "type": "redirect_to_url",
            "redirect_to_url": {"return_url": return_url, "url": url},
        }
    return {
        "type": "use_stripe_sdk",
        "use_stripe_sdk": {"type": "three_d_secure_redirect", "stripe_js": url},
    }


def requested(intent: Object) -> str:
    """`request_three_d_secure` of an intent."""
    card = (intent.get("payment_method_options") or {}).get("card", {})
    return str(card.get("request_three_d_secure") or "automatic")


def result(flow: Need, card: Card, *, wanted: str) -> Object | None:
    """What the charge records of the authentication."""
    if flow is Need.NOTHING:
        asked_in_vain = card.three_ds == "unsupported" and wanted != "automatic"
        return _record(None, "not_supported", "card_not_enrolled") if asked_in_vain else None
    return _record(flow.value, "authenticated", None)


def _record(flow: str | None, outcome: str, reason: str | None) -> Object:
    passed = outcome == "authenticated"
    return {
        "authentication_flow": flow,
        "electronic_commerce_indicator": "05" if passed else None,
        "exemption_indicator": None,
        "result": outcome,
        "result_reason": reason,
        "transaction_id": None,
        "version": "2.2.0" if passed else None,
    }
