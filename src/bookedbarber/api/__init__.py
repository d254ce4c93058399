"""The JSON API: translates requests into calls of the stories below and their refusals into problem answers."""
