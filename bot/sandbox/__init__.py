"""A Bot API server on loopback with Telegram's behaviour, and a page to chat on.

The sandbox imports nothing of the project: bots reach the server over HTTP, people and tests through the page
or the control calls listed in `bot.sandbox.control`. To run the server: `python -m bot.sandbox --port 8080`.
"""
