"""The Bot API: updates in, calls out, and what a failed call means.

In: `polling` and `webhook` take updates, `arrival` makes each a row of the inbox, `updates` reads the row.
Out: `messages` makes rows of the outbox, `telegram_channel` the payload of a row's call, `api` calls over `session`.
Failed: `errors` is what a call raises, `failures` what becomes of the message.
"""
