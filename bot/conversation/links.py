"""Invites: the payload of `https://t.me/<bot>?start=<payload>`, to bind a shop to the first person who opens the link.

The signature proves the maker and the expiry. Storage sees to the single use: `invite_id` is marked as used in the
transaction that binds the shop.
"""

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

ID_LENGTH = 16
VALID = timedelta(days=7)
"""How long a link that an operator makes can be used."""
_PREFIX = "i1"
ID_BYTES = 12
"""Of the random part."""
_EXPIRY_BYTES, _MAC_BYTES = 5, 16
_ID = re.compile(r"[A-Za-z0-9_-]{16}", re.ASCII)
# 33 bytes are 44 characters without padding or spare bits: one payload has one spelling.
_PAYLOAD = re.compile(_PREFIX + r"[A-Za-z0-9_-]{44}", re.ASCII)


class Refusal(StrEnum):
    """Why a payload binds nothing."""

    MALFORMED = "malformed"
    FORGED = "forged"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Invite:
    """A genuine link before the expiry; used or not is for storage to say."""

    invite_id: str
    expires_at: datetime


def invite_key(token: str) -> bytes:
    """The key for invite links, derived from the token, so that all replicas and the command line have the same."""
    return hmac.new(token.encode(), b"invite links", hashlib.sha256).digest()


def make(secret: bytes, invite_id: str, expires_at: datetime) -> str:
    """The payload of an invite; `invite_id` is `secrets.token_urlsafe(12)`, `expires_at` is aware, whole seconds.

    Raises ValueError for an empty secret, another shape of id, or an instant without a zone.
    """
    if not secret or not _ID.fullmatch(invite_id) or expires_at.tzinfo is None:
        raise ValueError("an invite needs a secret, an id of 16 characters and an expiry with a zone")
    body = base64.urlsafe_b64decode(invite_id) + int(expires_at.timestamp()).to_bytes(_EXPIRY_BYTES, "big")
    return _PREFIX + base64.urlsafe_b64encode(body + _mac(secret, body)).decode()


def address(username: str, payload: str) -> str:
    """The link that opens the bot of this username with the payload."""
    return f"https://t.me/{username}?start={payload}"


def looks_like_invite(payload: str) -> bool:
    """Whether a start payload has the shape of an invite, genuine or not."""
    return bool(_PAYLOAD.fullmatch(payload))


def read(secret: bytes, payload: str, now: datetime) -> Invite | Refusal:
    """The invite in a payload, or the reason for none; a link holds until just before `expires_at`.

    A forged link is never called expired. The signature is compared in constant time.
    """
    if not looks_like_invite(payload):
        return Refusal.MALFORMED
    raw = base64.urlsafe_b64decode(payload.removeprefix(_PREFIX))
    body, mac = raw[:-_MAC_BYTES], raw[-_MAC_BYTES:]
    if not hmac.compare_digest(mac, _mac(secret, body)):
        return Refusal.FORGED
    expires_at = datetime.fromtimestamp(int.from_bytes(body[ID_BYTES:], "big"), UTC)
    invite_id = base64.urlsafe_b64encode(body[:ID_BYTES]).decode()
    return Invite(invite_id, expires_at) if now < expires_at else Refusal.EXPIRED


def _mac(secret: bytes, body: bytes) -> bytes:
    # The purpose is signed too: a signature made for anything else under the same secret is none for an invite.
    return hmac.new(secret, b"invite\0" + _PREFIX.encode() + body, hashlib.sha256).digest()[:_MAC_BYTES]
