"""Shops as their owners describe them: services, people, hours and terms; and their clients.

Keeps true that everything belongs to one shop (row-level security says so), that terms once agreed
to can be read again by their version, that no price is sold that Stripe could not collect, and that
a client is one person for each shop and address, readable with their own key only. Leans on `vault`
for names and addresses. Leaves to `booking` which times that makes.
"""
