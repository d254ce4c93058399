"""Turns a view into an answer: template, language, policy, headers.

Every text of a template passes through gettext (`_()` and `{% trans %}`); `locale/` holds the
catalogues. A page that holds someone's data is never stored by a cache on its way.
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, Protocol, cast

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from starlette.responses import HTMLResponse

from bookedbarber.history import Life
from bookedbarber.messages import language
from bookedbarber.messages.language import Language
from bookedbarber.pages import formats, security, static_files, texts
from bookedbarber.pages.views import (
    Accent,
    BookingPage,
    ErrorPage,
    PaymentPage,
    PaymentState,
    Shop,
)


class View(Protocol):
    """What a page shows; `template` draws it."""

    @property
    def template(self) -> str:
        """The file under `templates/`."""


HERE: Final = Path(__file__).resolve().parent
LOCALES: Final = HERE / "locale"

LIVE: Final = {PaymentState.READY, PaymentState.ACTION, PaymentState.PROCESSING}
WAITING: Final = {PaymentState.PROCESSING, PaymentState.CHECKING}
# The tokens of base.css in the colours that Stripe's field understands.
APPEARANCE: Final[dict[str, dict[str, Any]]] = {
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
    life: Callable[[], Life | None] = lambda: None


@cache
def environment(locale: str, country: str) -> Environment:
    """The templates in a language, with the formats of a country."""
    return build(language.choose(locale, country=country, catalogues=LOCALES))


def build(spoken: Language) -> Environment:
    """Templates bound to a language's sentences and formats."""
    env = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.policies["ext.i18n.trimmed"] = True
    env.install_gettext_translations(  # type: ignore[attr-defined] # the i18n extension adds it
        spoken.translations, newstyle=True
    )
    env.filters.update(formats.filters(spoken))
    env.globals.update(
        static=static_files.url,
        sri=static_files.integrity,
        texts=texts,
        live_states=LIVE,
        language=spoken,
        clocks=lambda instants, zone: formats.clocks(instants, zone, str(spoken.locale)),
        part_of_day=formats.part_of_day,
        translated_pairs=lambda items: [(code, spoken.say(word)) for code, word in items],
    )
    return env


def page(view: View, site: Site, *, status: int = 200) -> HTMLResponse:
    """The answer that shows `view`; an error page brings its own status."""
    nonce = secrets.token_urlsafe(16)
    env = environment(*_place(view))
    answer = HTMLResponse(
        html(env, view, site, nonce), view.status if isinstance(view, ErrorPage) else status
    )
    answer.headers["Cache-Control"] = "no-store"
    if isinstance(view, PaymentPage):
        answer.headers.update(_payment_headers(site, nonce))
    else:
        # Some shops have their clients pay at Stripe: booking there redirects on to its page.
        leads_to = site.stripe.checkout if isinstance(view, BookingPage) else ()
        answer.headers["Content-Security-Policy"] = security.ordinary(nonce, leads_to=leads_to)
    return answer


def staff(
    view: View, site: Site, layout: Mapping[str, object], *, whole: bool = True, status: int = 200
) -> HTMLResponse:
    """A page of the staff, within their layout; or only its body, for a page that looks again."""
    nonce = secrets.token_urlsafe(16)
    env = environment(str(layout["shop_locale"]), str(layout["shop_country"]))
    frame = "staff/layout.html" if whole else "staff/bare.html"
    answer = HTMLResponse(html(env, view, site, nonce, frame=frame, **layout), status)
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Content-Security-Policy"] = security.ordinary(nonce)
    return answer


def html(
    env: Environment, view: View, site: Site, nonce: str, *, frame: str = "", **more: object
) -> str:
    """The page itself, within a frame where there is one."""
    more["life"] = site.life()
    if isinstance(view, BookingPage):
        more["faults"] = {problem.field for problem in view.problems}
    if isinstance(view, PaymentPage):
        more["data"] = _collecting(env, view)
    return env.get_template(frame or view.template).render(
        page=view, site=site, nonce=nonce, **more
    )


def _appearance(accent: Accent | None) -> dict[str, object]:
    """How Stripe's field looks: as our pages do, in the shop's own colour where it has one."""
    if accent is None:
        return dict(APPEARANCE)
    own = {"light": accent.light, "dark": accent.dark}
    return {
        theme: {**look, "variables": {**look["variables"], "colorPrimary": own[theme]}}
        for theme, look in APPEARANCE.items()
    }


def _place(view: View) -> tuple[str, str]:
    """The language and the country a page speaks: its shop's, or its own."""
    shop = getattr(view, "shop", None)
    if isinstance(shop, Shop):
        return shop.locale, shop.country
    return str(getattr(view, "locale", "en")), ""


def _payment_headers(site: Site, nonce: str) -> dict[str, str]:
    wallets = " ".join(f'"{origin}"' for origin in site.stripe.frames)
    return {
        "Content-Security-Policy": security.payment(nonce, site.stripe),
        # A bank's own page may open beside this one and must be able to report back.
        "Cross-Origin-Opener-Policy": "same-origin-allow-popups",
        "Permissions-Policy": (
            f"camera=(), microphone=(), geolocation=(), payment=(self {wallets})"
        ),
    }


def _collecting(env: Environment, view: PaymentPage) -> dict[str, object] | None:
    """What the payment page's script is told (see the typedef at its head); None without one.

    It runs only while there is an intent to collect, or a payment to wait for.
    """
    if view.state not in WAITING and not (view.state in LIVE and view.intent):
        return None
    spoken = cast("Language", env.globals["language"])
    return {
        "publishableKey": view.intent.publishable_key if view.intent else "",
        "clientSecret": view.intent.client_secret if view.intent else "",
        "statusUrl": f"/pay/{view.links.pay}/status",
        "returnUrl": f"/pay/{view.links.pay}/return",
        "receiptUrl": f"/receipt/{view.links.receipt}",
        "appearance": _appearance(view.shop.accent),
        "locale": spoken.tag,
        "reasons": {code: spoken.say(sentence) for code, sentence in texts.DECLINES.items()},
        "otherReason": spoken.say(texts.DECLINE_OTHER),
        "soon": spoken.say(texts.HOLD_SOON),
    }
