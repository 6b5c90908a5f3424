"""The server as a process."""

import asyncio
import re
import signal
import sys

import aiohttp


async def test_the_process_says_where_it_listens_and_ends_when_told() -> None:
    command = (sys.executable, "-m", "bot.sandbox", "--port", "0")
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    line = (await asyncio.wait_for(process.stdout.readline(), 10)).decode()
    ready = re.fullmatch(r"sandbox ready: (http://127\.0\.0\.1:\d+/)\n", line)
    assert ready is not None
    async with aiohttp.ClientSession() as session, session.get(ready[1]) as reply:
        assert reply.status == 200
        policy = reply.headers["Content-Security-Policy"]
        page = await reply.text()
    process.send_signal(signal.SIGTERM)
    assert await asyncio.wait_for(process.wait(), 5) == 0
    assert "script-src 'sha256-" in policy
    assert not re.search(r"""(?:src|href)=["']?(?:https?:)?//|@import|url\(""", page)


async def test_a_port_that_is_taken_is_said_in_one_line() -> None:
    server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port = str(server.sockets[0].getsockname()[1])
    command = (sys.executable, "-m", "bot.sandbox", "--port", port)
    process = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.PIPE)
    _, said = await asyncio.wait_for(process.communicate(), 10)
    server.close()
    assert process.returncode == 2
    assert said.decode().startswith(f"cannot listen on 127.0.0.1:{port}: ")
    assert said.count(b"\n") == 1
