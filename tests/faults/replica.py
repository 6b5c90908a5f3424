"""One of several processes that send from one database; nothing arrives at it.

python -m tests.faults.replica ROOT DATABASE_URL LEASE_MS
"""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

from tests.faults.echo import running


@asynccontextmanager
async def replicas(
    root: str, url: str, count: int, lease_ms: int
) -> AsyncIterator[Sequence[asyncio.subprocess.Process]]:
    """So many of them; killed at the end."""
    async with AsyncExitStack() as stack:
        started = [await _start(root, url, lease_ms) for _ in range(count)]
        for one in started:
            stack.push_async_callback(_end, one)
        for one in started:
            assert one.stdout is not None
            assert await one.stdout.readline() == b"ready\n"
        yield started


async def _start(root: str, url: str, lease_ms: int) -> asyncio.subprocess.Process:
    command = ("-m", "tests.faults.replica", root, url, str(lease_ms))
    return await asyncio.create_subprocess_exec(sys.executable, *command, stdout=asyncio.subprocess.PIPE)


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.kill()
    await process.wait()


async def _main(root: str, url: str, lease_ms: int) -> None:
    async with running(root, url, polls=False, owner=f"replica:{os.getpid()}", lease_ms=lease_ms):
        print("ready", flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
