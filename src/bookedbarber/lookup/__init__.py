"""What people look up: payments by filter, one payment with all that belongs to it, and one box
that finds everything by what somebody has in hand.

Keeps true that a page, the API and a CSV file show the same for the same filter, that no filter is
left out in silence, and that whoever may see one barber's alone sees nothing else. Leans on the
indexes of migration 0004. Changes nothing, save that an export leaves its event in the trail.
"""
