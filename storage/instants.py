"""Instants as kept in the database."""

from datetime import datetime


def epoch_ms(instant: datetime) -> int:
    """Epoch milliseconds of an aware instant."""
    return int(instant.timestamp() * 1000)
