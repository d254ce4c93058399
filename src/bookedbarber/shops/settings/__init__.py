"""Settings: what a shop's owner changes by themselves, part by part.

Keeps true that everything wrong with a form is said at once, that nobody overwrites what they did
not see (each part carries a mark of what was shown), that what somebody agreed to stays (prices are
copied into appointments, policies belong to versions of the terms), and that every change is in
the trail with what was before and after, in the transaction of the change. Leaves to `booking` what
a change means for the visits that are booked: none is ever moved by it.
"""
