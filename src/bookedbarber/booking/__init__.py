"""Availability, holds and the life of an appointment. Knows nothing of payments."""
