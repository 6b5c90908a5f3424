"""A Bot API server on loopback that behaves as Telegram does, and a page to chat on.

It imports nothing of the project: bots reach it over HTTP, people and tests through the page
or the control calls that `bot.sandbox.control` lists. `python -m bot.sandbox --port 8080` runs it.
"""
