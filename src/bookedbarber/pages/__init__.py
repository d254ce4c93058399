"""The pages a client sees, rendered on the server and whole without scripts up to the card field.

Keeps true that a page says nothing that only Stripe can know before Stripe was asked, that what a
client agreed to comes back with the form and is charged as shown or not at all, that names and
addresses travel in no address line, and that each page may do in the browser what it needs and no
more. Leans on the stories in `checkout` for every sum, rule and deadline: a view in `views.py` is
already decided. Leaves the API's JSON to `api`, letters to `messages`, and card fields to Stripe.
"""
