"""What the page and tests read: the state, the events as they come, and the journal."""

import json
import time
from collections.abc import AsyncIterator

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from bot.sandbox.controlled import error, number, sandbox_of, world_of
from bot.sandbox.errors import Json
from bot.sandbox.profile import commands_for
from bot.sandbox.state import World
from bot.sandbox.switches import faults_on, settings_of

LISTENING_FOR_S = 5.0  # after the end of a poll
HEARTBEAT_S = 15.0


async def state(request: Request) -> Response:
    """GET /sandbox/state."""
    sandbox, world = sandbox_of(request), world_of(request)
    chat_id = number(request, "chat")
    return JSONResponse(
        {
            "boot_id": sandbox.boot_id,
            "seq": world.feed.seq,
            "bot": {**world.user, "description": world.profile.get("description", ""), **_presence(world)},
            "commands": commands_for(world, chat_id),
            "faults": faults_on(sandbox),
            "settings": settings_of(sandbox),
            "pending": len(world.updates.pending),
            "calls": sandbox.journal.n,
        }
    )


def _presence(world: World) -> Json:
    polls = world.updates.waiting or (
        world.last_poll is not None and time.monotonic() - world.last_poll < LISTENING_FOR_S
    )
    return {"has_come": world.last_poll is not None, "is_listening": polls or bool(world.webhook.url)}


async def events(request: Request) -> Response:
    """GET /sandbox/events."""
    world, chat_id = world_of(request), number(request, "chat")
    kinds = frozenset(filter(None, request.query_params.get("kinds", "").split(",")))
    resumed = request.headers.get("last-event-id")
    after = int(resumed) if resumed else number(request, "after") or 0
    if "text/event-stream" in request.headers.get("accept", ""):
        headers = {"Cache-Control": "no-store"}
        return StreamingResponse(_stream(world, after), media_type="text/event-stream", headers=headers)
    timeout_s = float(request.query_params.get("timeout", 0))
    found = await world.feed.signal.until(lambda: world.feed.after(after, chat_id, kinds), timeout_s)
    return JSONResponse({"seq": found[-1]["seq"] if found else max(after, 0), "events": found})


async def _stream(world: World, after: int) -> AsyncIterator[str]:
    yield "retry: 500\n\n"
    while True:
        events = await world.feed.signal.until(lambda seq=after: world.feed.after(seq), HEARTBEAT_S)  # type: ignore[misc]
        for event in events:
            after = event["seq"]
            yield f"id: {after}\ndata: {json.dumps(event)}\n\n"
        if not events:
            yield ": still here\n\n"


async def calls(request: Request) -> Response:
    """GET /sandbox/calls."""
    journal, query = sandbox_of(request).journal, request.query_params
    bot = query.get("bot")
    wanted = {
        "method": query.get("method"),
        "chat_id": number(request, "chat"),
        "status": number(request, "status"),
        "bot": bot and f"{bot.partition(':')[0]}:***",
    }
    after, limit, count = number(request, "after") or 0, number(request, "limit") or 1000, number(request, "count")

    def answered() -> bool:
        rows = journal.find(after, limit, **wanted)
        return sum(row["status"] is not None for row in rows) >= (count or 0)

    if count:
        await journal.signal.until(answered, float(query.get("timeout", 0)))
    return JSONResponse({"n": journal.n, "calls": journal.find(after, limit, **wanted)})


async def file(request: Request) -> Response:
    """GET /sandbox/files/{file_id}."""
    kept = world_of(request).files.get(request.path_params["file_id"])
    if kept is None:
        return error(404, "no such file")
    headers = {"Content-Security-Policy": "sandbox", "X-Content-Type-Options": "nosniff"}
    return Response(kept.content, media_type=kept.mime_type, headers=headers)
