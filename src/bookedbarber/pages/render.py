"""Turns a view into an answer: template, language, policy, headers.

Every text of a template passes through gettext (`_()` and `{% trans %}`); `locale/` holds the
catalogues. A page that holds someone's data is never stored by a cache on its way.
"""

import secrets
from dataclasses import dataclass
from functools import cache
from gettext import NullTranslations
from pathlib import Path
from typing import Final

from babel import Locale, UnknownLocaleError
from babel.support import Translations
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from starlette.responses import HTMLResponse

from bookedbarber.pages import formats, security, static_files, texts
from bookedbarber.pages.views import (
    BookingPage,
    ErrorPage,
    ManagePage,
    OutboxPage,
    PaymentPage,
    PaymentState,
    ReceiptPage,
)

HERE: Final = Path(__file__).resolve().parent
LOCALES: Final = HERE / "locale"
FALLBACK: Final = "en"

_LIVE: Final = {PaymentState.READY, PaymentState.ACTION, PaymentState.PROCESSING}
# The tokens of app.css in the colours that Stripe's field understands.
APPEARANCE: Final = {
    "light": {
        "theme": "stripe",
        "variables": {
            "colorPrimary": "#1f4fc0",
            "colorBackground": "#ffffff",
            "colorText": "#161c29",
            "colorTextSecondary": "#4d5563",
            "colorDanger": "#b4141f",
            "borderRadius": "12px",
            "fontFamily": "Inter, system-ui, sans-serif",
            "spacingUnit": "4px",
        },
    },
    "dark": {
        "theme": "night",
        "variables": {
            "colorPrimary": "#86aefc",
            "colorBackground": "#171a21",
            "colorText": "#eef0f4",
            "colorTextSecondary": "#a9b0bc",
            "colorDanger": "#ff8f88",
            "borderRadius": "12px",
            "fontFamily": "Inter, system-ui, sans-serif",
            "spacingUnit": "4px",
        },
    },
}


@dataclass(frozen=True, slots=True)
class Site:
    """What every page of this process has in common."""

    stripe: security.Stripe
    test_mode: bool
    base: str = ""


@cache
def environment(locale: str) -> Environment:
    """The templates in one language; a locale without catalogue reads English."""
    return build(locale, translations(locale))


@cache
def translations(locale: str) -> NullTranslations:
    """The catalogue of one language; where there is none, every sentence stays English."""
    return Translations.load(LOCALES, [locale])


def build(locale: str, catalogue: NullTranslations) -> Environment:
    """Templates bound to a locale's formats and to a catalogue."""
    env = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.policies["ext.i18n.trimmed"] = True
    env.install_gettext_translations(catalogue, newstyle=True)  # type: ignore[attr-defined] # the i18n extension adds it
    env.filters.update(formats.filters(locale))
    parsed = Locale.parse(locale)
    env.globals.update(
        static=static_files.url,
        sri=static_files.integrity,
        texts=texts,
        clocks=lambda instants, zone: formats.clocks(instants, zone, locale),
        part_of_day=formats.part_of_day,
        language=str(parsed).replace("_", "-"),
        direction=parsed.text_direction,
    )
    return env


def known(locale: str) -> str:
    """`locale` when there is such a one (`en-GB` and `en_GB` alike), else English."""
    try:
        return str(Locale.parse(locale.replace("-", "_")))
    except (ValueError, UnknownLocaleError):
        return FALLBACK


def booking(view: BookingPage, site: Site, *, status: int = 200) -> HTMLResponse:
    """The booking page; 422 is its status when there is something to mend."""
    faults = {problem.field for problem in view.problems}
    locale = view.shop.locale
    return _ordinary("booking.html", view, site, locale, status=status, faults=faults)


def receipt(view: ReceiptPage, site: Site) -> HTMLResponse:
    """The receipt."""
    return _ordinary("receipt.html", view, site, view.shop.locale)


def manage(view: ManagePage, site: Site, *, status: int = 200) -> HTMLResponse:
    """The appointment and what can be done with it, or the question before cancelling."""
    name = "cancel.html" if view.asking and view.offer else "manage.html"
    return _ordinary(name, view, site, view.shop.locale, status=status)


def outbox(view: OutboxPage, site: Site) -> HTMLResponse:
    """The demo's outbox."""
    return _ordinary("outbox.html", view, site, view.locale)


def error(view: ErrorPage, site: Site) -> HTMLResponse:
    """A page that says plainly what went wrong and what to do."""
    return _ordinary("error.html", view, site, view.locale, status=view.status)


def payment(view: PaymentPage, site: Site) -> HTMLResponse:
    """The payment page, under a policy of its own; its script runs only while there is an intent
    to collect or to wait for.
    """
    nonce = secrets.token_urlsafe(16)
    live = view.state in _LIVE
    data = _collecting(view) if live and view.intent else {}
    body = _body("payment.html", view, site, view.shop.locale, nonce, live=live, data=data)
    answer = HTMLResponse(body)
    answer.headers["Content-Security-Policy"] = security.payment(nonce, site.stripe)
    answer.headers["Cache-Control"] = "no-store"
    # A bank's own page may open beside this one and must be able to report back.
    answer.headers["Cross-Origin-Opener-Policy"] = "same-origin-allow-popups"
    wallets = " ".join(f'"{origin}"' for origin in site.stripe.frames)
    answer.headers["Permissions-Policy"] = (
        f"camera=(), microphone=(), geolocation=(), payment=(self {wallets})"
    )
    return answer


def _collecting(view: PaymentPage) -> dict[str, object]:
    """What the payment page's script is told; see the typedef at its head."""
    intent = view.intent
    if intent is None:
        raise ValueError("There is nothing to collect without an intent.")
    locale = known(view.shop.locale)
    say = translations(locale).gettext
    return {
        "publishableKey": intent.publishable_key,
        "clientSecret": intent.client_secret,
        "statusUrl": f"/pay/{view.link}/status",
        "returnUrl": f"/pay/{view.link}/return",
        "receiptUrl": f"/receipt/{view.link}",
        "appearance": APPEARANCE,
        "locale": locale.replace("_", "-"),
        "reasons": {code: say(sentence) for code, sentence in texts.DECLINES.items()},
        "otherReason": say(texts.DECLINE_OTHER),
        "soon": say(texts.HOLD_SOON),
    }


def _ordinary(
    name: str, view: object, site: Site, locale: str, *, status: int = 200, **more: object
) -> HTMLResponse:
    nonce = secrets.token_urlsafe(16)
    answer = HTMLResponse(_body(name, view, site, locale, nonce, **more), status)
    answer.headers["Content-Security-Policy"] = security.ordinary(nonce)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _body(name: str, view: object, site: Site, locale: str, nonce: str, **more: object) -> str:
    template = environment(known(locale)).get_template(name)
    return template.render(page=view, site=site, nonce=nonce, **more)
