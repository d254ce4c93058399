"""What must never be logged is masked on the way out, wherever it hides."""

import base64
import json
import subprocess
import sys
from typing import Any
from uuid import UUID

import pytest
from pydantic import SecretStr

from bookedbarber import links
from bookedbarber.log import MASK, mask
from tests.house.processes import QUIET

SHOP = UUID("01900000-0000-7000-8000-000000000001")
KEY = "bbk_" + base64.urlsafe_b64encode(bytes(range(200, 248))).decode()
LINK = links.sign(bytes(32), "manage", SHOP, SHOP)
SECRETS = {
    "a key of Stripe": ("used sk_live_51Habc", "51Habc"),
    "a restricted key": ("rk_test_abc123", "abc123"),
    "a webhook secret": ("whsec_a/b+c=", "b+c"),
    "a client secret": ("pi_3abc_secret_xyz", "xyz"),
    "a key of a shop": (f"Bearer {KEY} refused", KEY[8:]),
    "a signed link": (f"GET /manage/{LINK}/cancel", LINK[:20]),
    "a signed link alone": (LINK, LINK[:20]),
    "an address of a person": ("no such mailbox: <amara.okafor+x@mail.example.com>", "amara"),
    "an address in another script": ("to=zoë@bücher.example", "zoë"),
    "a password": ("postgres://app:hunter2@db.internal/x", "hunter2"),
    "a password with an @": ("postgres://app:p@ss:w/rd@db.internal/x", "rd@"),
    "a password without a user": ("redis://:hunter2@cache:6379/0", "hunter2"),
    "a token in an address": ("https://a1b2c3d4@errors.example/7", "a1b2c3d4"),
    "a card number": ("card 4242 4242 4242 4242 declined", "4242 4242"),
}


@pytest.mark.proves("R7.1")
@pytest.mark.parametrize(("said", "secret"), SECRETS.values(), ids=SECRETS)
@pytest.mark.parametrize(
    "wrap",
    [
        lambda text: text,
        lambda text: {"deep": [text]},
        lambda text: (text,),
        lambda text: {text},
        ValueError,
    ],
    ids=["plain", "deep", "tuple", "set", "error"],
)
def test_a_secret_is_masked_wherever_it_hides(said: str, secret: str, wrap: Any) -> None:
    assert secret in said
    shown = json.dumps(mask(None, "info", {"event": wrap(said)}), ensure_ascii=False)
    assert secret not in shown
    assert MASK in shown


@pytest.mark.parametrize(
    "said",
    [
        "evt_1Nabc", "/b/fade-street", "settle.before_commit=exit@3", "2035-03-05T08:00:00Z",
        "http://127.0.0.1:8000/api/v2/shops", "01900000-0000-7000-8000-000000000001",
        "1234567890123", "asyncpg@0.3",
    ],
)  # fmt: skip
def test_what_helps_to_find_a_fault_stays_readable(said: str) -> None:
    assert mask(None, "info", {"event": said}) == {"event": said}


def test_numbers_stay_numbers_and_secrets_stay_secret() -> None:
    event: dict[str, object] = {
        "n": 1,
        "x": 1.5,
        "no": None,
        "yes": True,
        "key": SecretStr("x"),
        "id": SHOP,
    }
    assert mask(None, "info", event) == {
        "n": 1, "x": 1.5, "no": None, "yes": True, "key": MASK, "id": str(SHOP),
    }  # fmt: skip


def test_lines_of_libraries_and_tracebacks_are_masked_too() -> None:
    code = (
        "import logging; from bookedbarber import log; log.configure(plain=False)\n"
        "try: raise ValueError('amara@example.com')\n"
        "except ValueError: logging.getLogger('x').exception('at %s', 'redis://:hunter2@h')"
    )
    done = subprocess.run(  # noqa: S603 # our own interpreter
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=QUIET
    )
    assert "ValueError" in done.stderr
    assert "hunter2" not in done.stderr
    assert "amara" not in done.stderr
