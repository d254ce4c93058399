"""A Stripe of our own: speaks Stripe's wire protocol over HTTP, so that the official SDK works
unchanged.

It keeps true what Stripe keeps true: one effect per idempotency key, a balance that is the sum
of its balance transactions, events for every change, state that survives a kill once a request
is answered. It leans on nothing of the product and the product on nothing of it: they meet over
HTTP only. Browser pages (Stripe.js, card frame, challenge, hosted checkout) live in `browser/`,
over this API.

Times are Unix seconds of the sandbox's own clock; amounts are integer minor units.
"""
