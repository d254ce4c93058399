"""What Stripe serves to a browser: Stripe.js, the card frame, 3-D Secure, and hosted checkout.

It keeps one promise above all: card digits are typed into a frame of the sandbox's own origin and
sent from there to the API of the same origin, so the merchant's page and server never see them.
`merchant/` runs in the merchant's page as `/v3/`; `static/` runs in the sandbox's own pages.
It leans on the API for every effect and decides nothing about money itself.
"""

from bookedbarber.sandbox.browser.routes import routes

__all__ = ["routes"]
