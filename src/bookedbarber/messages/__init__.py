"""What is told to clients: texts, outbox, delivery."""
