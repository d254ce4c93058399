"""Our books against Stripe's."""
