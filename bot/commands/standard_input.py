"""Standard input as lines of text, whatever bytes come."""

import sys
from collections.abc import Iterator


def standard_input() -> Iterator[str]:
    """Each line without its end; bytes that are not UTF-8 show as U+FFFD, they don't stop the rest."""
    for raw in sys.stdin.buffer:
        yield raw.decode("utf-8-sig", errors="replace").rstrip("\r\n")
