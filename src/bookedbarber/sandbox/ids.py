"""Ids in Stripe's forms, every one drawn from the seed and a counter kept in the store.

The same seed and the same order of requests give the same ids; a restart goes on where it stopped.
"""

import hashlib

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

_FORMS = {
    "account": ("acct_1", 16),
    "balance_transaction": ("txn_3", 23),
    "bank_account": ("ba_1", 23),
    "charge": ("ch_3", 23),
    "checkout.session": ("cs_test_a1", 56),
    "customer": ("cus_", 14),
    "dispute": ("du_1", 23),
    "event": ("evt_3", 23),
    "item": ("li_1", 23),
    "mandate": ("mandate_1", 23),
    "payment_intent": ("pi_3", 23),
    "payment_method": ("pm_1", 23),
    "payout": ("po_1", 23),
    "price": ("price_1", 23),
    "product": ("prod_", 14),
    "refund": ("re_3", 23),
    "request": ("req_", 14),
    "setup_attempt": ("setatt_1", 23),
    "setup_intent": ("seti_1", 23),
    "transfer": ("tr_3", 23),
    "webhook_endpoint": ("we_1", 23),
}


def make(kind: str, *, seed: int, number: int) -> str:
    """The id of the number-th object of a kind."""
    prefix, length = _FORMS[kind]
    return prefix + token(f"{kind}:{number}", seed=seed, length=length)


def token(name: str, *, seed: int, length: int) -> str:
    """Letters and digits that follow from the seed and a name, and tell nothing of either."""
    digits = int.from_bytes(hashlib.sha512(f"{seed}:{name}".encode()).digest(), "big")
    letters = []
    for _ in range(length):
        digits, rest = divmod(digits, len(_ALPHABET))
        letters.append(_ALPHABET[rest])
    return "".join(letters)


def fraction(name: str, *, seed: int) -> float:
    """A number in [0, 1) that follows from the seed and a name: the sandbox's only chance."""
    return int.from_bytes(hashlib.sha256(f"{seed}:{name}".encode()).digest()[:8], "big") / 2**64
