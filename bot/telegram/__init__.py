"""The Bot API: updates in, calls out, and the meaning of failed calls.

In: `polling` and `webhook` take updates, `arrival` makes each a row of the inbox, `updates` reads the row.
Out: `messages` makes rows of the outbox, `telegram_channel` the payload of a row's call, `api` calls over `session`.
Failed: `answers` says what an answer is, `errors` are raised by a call, `failures` gives the fate of the message by the
words in `refusals`, and `plainer` makes what is sent instead.
"""
