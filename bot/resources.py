"""What the system lets the process have: files and connections, threads, memory; and how much of that is for what.

A process without a free descriptor can open neither its database nor a connection, so what strangers can use up is
bounded far below.
"""

import errno
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


def lacking(error: BaseException) -> str:
    """What the system did not give, when the error says so, and where an operator gives more; else "".

    Without threads not even SQLite can be opened.
    """
    if isinstance(error, OSError) and error.errno in (errno.EMFILE, errno.ENFILE):
        return "too many open files: raise the limit to 256 or more (ulimit -n, LimitNOFILE=, --ulimit nofile=)"
    if isinstance(error, RuntimeError) and "can't start new thread" in str(error):
        return "no more threads: raise the limit of processes to 64 or more (ulimit -u, TasksMax=, --pids-limit)"
    if isinstance(error, MemoryError):
        return "not enough memory: raise the limit to 512 MB or more (ulimit -v, MemoryMax=, --memory)"
    return ""
