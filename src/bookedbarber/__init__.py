"""BookedBarber takes money for barbershop appointments and can prove where every cent went."""
