"""The only importer of `stripe`: calls, error mapping, and snapshots of what Stripe says."""
