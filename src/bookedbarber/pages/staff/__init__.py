"""The staff's pages. A room is a module with `ROUTES`, whose handlers pass the same door: `@room`.

Kept true here: nobody sees a room without a session, a place in that shop and the permission that
the room names; a barber's rooms show their own column; what a form does is said before it is done.
"""
