"""`alliance-bot run` with a count of statements, printed at the end. LEASE_MS: the lease of messages.

On SIGUSR1 the number of tasks is printed.

python -m tests.faults.counted
"""

import asyncio
import json
import os
import signal
import sys
from collections import Counter
from typing import Any

from sqlalchemy import Engine, event

from bot import cli
from bot.delivery.sender import Sender

COUNTS: Counter[str] = Counter()


def _statement(*_: Any) -> None:
    COUNTS["statements"] += 1


def _commit(*_: Any) -> None:
    COUNTS["commits"] += 1


def _tasks(*_: Any) -> None:
    print(json.dumps({"tasks": len(asyncio.all_tasks())}), flush=True)


def main() -> None:
    """Run until told to end."""
    event.listen(Engine, "before_cursor_execute", _statement)
    event.listen(Engine, "commit", _commit)
    signal.signal(signal.SIGUSR1, _tasks)
    if lease_ms := os.environ.pop("LEASE_MS", ""):
        Sender.__init__.__kwdefaults__["lease_ms"] = int(lease_ms)
    sys.argv = ["alliance-bot", "run"]
    try:
        cli.main()
    finally:
        print(json.dumps(COUNTS), flush=True)


if __name__ == "__main__":
    main()
