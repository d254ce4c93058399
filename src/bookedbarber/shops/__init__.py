"""Shops, their people, services, hours, terms and clients."""
