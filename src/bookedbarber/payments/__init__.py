"""What is to be collected and given back, and how far it has come. Knows nothing of bookings."""
