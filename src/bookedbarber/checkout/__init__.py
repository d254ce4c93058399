"""Where booking, payments and the books meet: book and pay, settle, complete, cancel, refund.

Kept true here: what is decided together commits together; Stripe is called outside transactions,
after the intent is committed and before its answer is recorded.
"""
