"""The pages a client sees, rendered on the server; they hold no rules."""
