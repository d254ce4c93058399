"""What we write to people: an outbox of sealed messages, and the way from there to a mailbox.

Kept true here: one occasion makes one message, however often it is asked for; what a message says
and to whom is readable with the person's key only; a message leaves at least once and carries the
same Message-ID each time, so that a repetition can be told from a second message. Leans on the
vault for keys. Leaves to others what there is to say: this folder knows no barbers.
"""
