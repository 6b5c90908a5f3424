"""Lists of rule notices, and an HTTP server that has one."""

import json
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from aiohttp import web

SAMPLE = Path(__file__).parent / "rules" / "notices.json"
RULE = "101665"
Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


def entry(name: str, effective_on: str | None = "2026-12-05", **more: Any) -> dict[str, Any]:
    """A notice of the packaged catalogue's rule."""
    told = {"id": name, "title": f"关于修订规则的公告 {name}", "rules": [RULE], "announced_on": "2026-11-28"}
    return told | {"effective_on": effective_on} | more


def as_list(*entries: Any) -> bytes:
    return json.dumps({"notices": list(entries)}).encode()


@asynccontextmanager
async def serving(
    answer: Answer, posted: Answer | None = None, tls: ssl.SSLContext | None = None
) -> AsyncIterator[str]:
    """The root of a server that answers every GET in this way, and every POST in that, until the block is left."""
    app = web.Application()
    if posted is not None:
        app.router.add_post("/{path:.*}", posted)
    app.router.add_get("/{path:.*}", answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls)
    await site.start()
    try:
        yield f"{'https' if tls else 'http'}://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()
