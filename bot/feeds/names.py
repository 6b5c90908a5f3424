"""Names of shops as a file has them."""

from collections.abc import Mapping
from typing import Final

LONGEST_NAME: Final = 40


def as_name(written: str) -> str | None:
    """The name with single spaces; None unless it has 1 to 40 printable characters."""
    name = " ".join(written.split())
    return name if 0 < len(name) <= LONGEST_NAME and name.isprintable() else None


def good_names(written: Mapping[str, str]) -> dict[str, str]:
    """The names that may be kept, by shop."""
    return {ref: name for ref, text in written.items() if (name := as_name(text)) is not None}
