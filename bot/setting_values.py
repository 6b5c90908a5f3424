"""Values of settings as people write them: times, hours, chat ids, certificates, the address of a database.

Each function raises ValueError with what is wanted, never with what was given.
"""

import re
from datetime import time
from pathlib import Path
from typing import Final
from unicodedata import normalize

from bot.proxies import ENCODE
from storage.database import address

_TIME: Final = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?")
_BETWEEN_TIMES: Final = re.compile("[-~\u301c\u2013\u2014\u2212\u81f3\u5230]")
"""A dash or a tilde of any making, or one of the two Chinese words for "until"."""

_BETWEEN_IDS: Final = re.compile(r"[,、\s]+")
_ID: Final = re.compile(r"-?[0-9]+")


class QuietHours(tuple[time, time]):
    """From and until, local time of the merchant's zone; may pass midnight."""

    __slots__ = ()


def hour(text: str) -> time:
    """A local time like 09:30 or 9:30, in digits of any width."""
    found = _TIME.fullmatch(_narrow(text))
    if found is None:
        raise ValueError("a time like 09:30")
    try:
        return time(int(found[1]), int(found[2]), int(found[3] or 0))
    except ValueError:
        raise ValueError("a time from 00:00 to 23:59, like 09:30") from None


def quiet_hours(text: str) -> QuietHours | None:
    """Two times like 22:00-08:00; None for nothing."""
    if not text.strip():
        return None
    try:
        start, until = (hour(part) for part in _BETWEEN_TIMES.split(_narrow(text)))
    except ValueError:
        raise ValueError("two times like 22:00-08:00, or nothing") from None
    return QuietHours((start, until))


def chat_ids(text: str) -> frozenset[int]:
    """Numbers with commas or spaces between; a group's is negative."""
    parts = [part for part in _BETWEEN_IDS.split(_narrow(text)) if part]
    if not all(map(_ID.fullmatch, parts)):
        raise ValueError("chat ids separated by commas, like 1234,5678")
    return frozenset(map(int, parts))


def certificates(file: Path) -> Path:
    """A file that can be read and looks like certificates; OpenSSL says nothing of one that does not."""
    try:
        is_pem = re.search(rb"-----BEGIN (X509 |TRUSTED )?CERTIFICATE-----", file.read_bytes()) is not None
    except OSError:
        is_pem = False
    if not is_pem:
        raise ValueError("a readable file of certificates in PEM form")
    return file


def database_address(url: str) -> str:
    """The address of a SQLite file or a PostgreSQL database, whatever its usual scheme."""
    if url.startswith("postgres"):
        _has_one_password(url.partition("://")[2])
    taken = address.normal(url)
    for name, value in address.options_in(taken).items():
        if name in address.FILES:
            _is_readable(name, Path(value))
    return taken


def _is_readable(name: str, file: Path) -> None:
    """Raises ValueError for a file of the address that can't be read; the driver would not name the file."""
    try:
        certificates(file) if name == "sslrootcert" else file.open("rb").close()
    except (OSError, ValueError):
        raise ValueError(f"{name}: a readable file{' of certificates' * (name == 'sslrootcert')}") from None


def _has_one_password(rest: str) -> None:
    """Raises ValueError when the password cuts the address: the first @ is taken for its end."""
    before_query = rest.partition("?")[0]
    if (before_query if "/" in before_query else rest).count("@") > 1:
        raise ValueError(ENCODE)
    places = re.split(r"[/?]", rest.partition("@")[2] if "@" in rest else rest)[0]
    if not all(re.fullmatch(r"[^:]*(:[0-9]*)?", place.rpartition("]")[2]) for place in places.split(",")):
        raise ValueError(f"a port that is a number; if that is a part of the password, {ENCODE}")


def _narrow(text: str) -> str:
    """The text without spaces around it, its full-width digits and marks as narrow ones."""
    return normalize("NFKC", text).strip()
