"""The side of a number that is meant."""

from enum import StrEnum


class Side(StrEnum):
    """The side of a number: 3.8, below 3.8 (低于3.8), from 3.8 up (3.8以上)."""

    AT = "at"
    BELOW = "below"
    ABOVE = "above"
