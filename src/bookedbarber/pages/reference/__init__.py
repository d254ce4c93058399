"""`/api/v2`: the API as a person reads it, drawn from the OpenAPI document that it serves.

Keeps true that the page says what the document says and nothing of its own: what is missing here
is missing in the routes and shapes of `api`, and is mended there. `document` reads it, `examples`
makes requests that would be understood, `page` answers.
"""
