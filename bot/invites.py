"""The key that signs invite links, the same in every process that has the bot's token."""

import hashlib
import hmac


def invite_key(token: str) -> bytes:
    """The key for `bot.links`, derived from the token, which all replicas and the command line have anyway."""
    return hmac.new(token.encode(), b"invite links", hashlib.sha256).digest()
