"""A process of several sending from a database, without intake.

python -m tests.faults.replica ROOT DATABASE_URL LEASE_MS
"""

import asyncio
import os
import sys

from tests.faults.echo import running


async def _main(root: str, url: str, lease_ms: int) -> None:
    async with running(root, url, polls=False, owner=f"replica:{os.getpid()}", lease_ms=lease_ms):
        print("ready", flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
