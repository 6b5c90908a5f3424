"""The signature of a score ingest: an HMAC over the request, made with a key of the operator.

A sender adds three headers to `POST /ingest/scores`:

    X-Alliance-Timestamp   seconds since 1970 (UTC), digits only; at most 300 s from the server's clock, either way
    X-Alliance-Nonce       16 to 64 of A-Z a-z 0-9 _ - , new each time
    X-Alliance-Signature   hex HMAC-SHA256, under the shared key, of five lines joined by "\\n":
                           timestamp, nonce, METHOD, path (with its query), hex SHA-256 of the body

The receiver stores the nonce of a `Verified` in the transaction of the scores, under a unique key, and refuses a known
nonce; nonces older than twice `WINDOW_S` may be forgotten.
Two keys ("new,old") let the key change without a gap: senders move to the new key, then the old key is taken out.
"""

import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

TIMESTAMP_HEADER = "X-Alliance-Timestamp"
NONCE_HEADER = "X-Alliance-Nonce"
SIGNATURE_HEADER = "X-Alliance-Signature"
WINDOW_S = 300

_TIMESTAMP = re.compile(r"[0-9]{1,12}", re.ASCII)
_NONCE = re.compile(r"[A-Za-z0-9_-]{16,64}", re.ASCII)
_SIGNATURE = re.compile(r"[0-9a-f]{64}", re.ASCII)


class Refusal(StrEnum):
    """Why a request is not taken, in words for the sender; only the last reason depends on the key."""

    HEADER_MISSING = f"not signed: a call wants {TIMESTAMP_HEADER}, {NONCE_HEADER} and {SIGNATURE_HEADER}"
    TIMESTAMP_MALFORMED = f"{TIMESTAMP_HEADER} wants seconds since 1970, digits only"
    OUTSIDE_WINDOW = f"{TIMESTAMP_HEADER} is more than {WINDOW_S} s away from the clock here"
    NONCE_MALFORMED = f"{NONCE_HEADER} wants 16 to 64 of A-Z a-z 0-9 _ -"
    WRONG_SIGNATURE = f"{SIGNATURE_HEADER} does not fit this request and any key"


@dataclass(frozen=True, slots=True)
class Verified:
    """A request with a right signature. `key`: the place of the signing key, 0 the new key, 1 the old key."""

    nonce: str
    signed_at: int
    key: int


def sign(key: bytes, timestamp: int, nonce: str, *, method: str, path: str, body: bytes) -> dict[str, str]:
    """The three headers for a request."""
    signature = _signature(key, _signed(str(timestamp), nonce, method, path, body))
    return {TIMESTAMP_HEADER: str(timestamp), NONCE_HEADER: nonce, SIGNATURE_HEADER: signature}


def verify(
    keys: Sequence[bytes], headers: Mapping[str, str], method: str, path: str, body: bytes, *, now: datetime
) -> Verified | Refusal:
    """`Verified` when a holder of any of `keys` sent exactly this request within 300 s of `now` (aware), else why not.

    Header names count in any case. The comparison takes equally long for every signature, and every key is tried.
    """
    given = {name.lower(): value for name, value in headers.items()}
    try:
        timestamp, nonce, signature = (
            given[name.lower()] for name in (TIMESTAMP_HEADER, NONCE_HEADER, SIGNATURE_HEADER)
        )
    except KeyError:
        return Refusal.HEADER_MISSING
    if refusal := _refusal(timestamp, nonce, now):
        return refusal
    signed = _signed(timestamp, nonce, method, path, body)
    matches = [_is_signature(signature, _signature(key, signed)) for key in keys]
    return Verified(nonce, int(timestamp), matches.index(True)) if any(matches) else Refusal.WRONG_SIGNATURE


def _refusal(timestamp: str, nonce: str, now: datetime) -> Refusal | None:
    if not _TIMESTAMP.fullmatch(timestamp):
        return Refusal.TIMESTAMP_MALFORMED
    if abs(now.timestamp() - int(timestamp)) > WINDOW_S:
        return Refusal.OUTSIDE_WINDOW
    return None if _NONCE.fullmatch(nonce) else Refusal.NONCE_MALFORMED


def _signed(timestamp: str, nonce: str, method: str, path: str, body: bytes) -> bytes:
    return "\n".join((timestamp, nonce, method.upper(), path, hashlib.sha256(body).hexdigest())).encode()


def _signature(key: bytes, signed: bytes) -> str:
    return hmac.new(key, signed, hashlib.sha256).hexdigest()


def _is_signature(given: str, expected: str) -> bool:
    # compare_digest refuses text outside ASCII with an error, so the shape is tested first.
    return bool(_SIGNATURE.fullmatch(given)) and hmac.compare_digest(given, expected)
