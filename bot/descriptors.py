"""How many files and connections the process may have open, and how many of them are for what.

A process without a free descriptor can open neither its database nor a connection, so what strangers can use up is
bounded far below.
"""

import resource
from contextlib import suppress
from typing import Final

ENOUGH: Final = 65_536


def raise_limit() -> None:
    """Let the process have as many as it may: what it is given is often less than what it is allowed."""
    given, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = ENOUGH if most == resource.RLIM_INFINITY else min(most, ENOUGH)
    with suppress(OSError, ValueError):
        if given != resource.RLIM_INFINITY and given < wanted:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


def at_most(wanted: int, *, one_of: int) -> int:
    """`wanted`, or fewer where that is more than one of `one_of` descriptors of the process."""
    given, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return wanted if given == resource.RLIM_INFINITY else max(1, min(wanted, given // one_of))
