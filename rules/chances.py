"""How many openings an edition grants, and which one is next."""

from rules.edition import Edition


def is_barred(edition: Edition, closures: int | None) -> bool:
    """Whether the system has closed the access so often that it never comes back."""
    return edition.chances is not None and closures is not None and closures >= edition.chances.limit


def next_chance(edition: Edition, closures: int | None) -> int | None:
    """Which chance the next opening is: 2 after one closing. None when unknown, not limited, or used up."""
    if edition.chances is None or closures is None or is_barred(edition, closures):
        return None
    return closures + 1
