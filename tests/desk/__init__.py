"""The desk: who gets in, and what they see and do."""
