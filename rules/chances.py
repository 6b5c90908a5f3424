"""How many openings an edition grants, and which one is next."""

from rules.edition import Edition


def is_barred(edition: Edition, closings: int | None) -> bool:
    """Whether the system has closed the access so often that it never comes back."""
    return edition.chances is not None and closings is not None and closings >= edition.chances.limit


def next_chance(edition: Edition, closings: int | None) -> int | None:
    """Which chance the next opening is: 2 after one closing. None when unknown, not limited, or used up."""
    if edition.chances is None or closings is None or is_barred(edition, closings):
        return None
    return closings + 1
