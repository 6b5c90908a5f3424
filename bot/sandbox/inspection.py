"""Control calls that read: the state, events, the journal, files."""

import json
import time
from contextlib import suppress

from aiohttp import web

from bot.sandbox.controlled import SANDBOX, error, number, world_of
from bot.sandbox.state import World
from bot.sandbox.wire import Json

LISTENING_FOR_S = 5.0  # after the end of a poll
HEARTBEAT_S = 15.0


async def state(request: web.Request) -> web.Response:
    """GET /sandbox/state."""
    sandbox, world = request.app[SANDBOX], world_of(request)
    return web.json_response(
        {
            "boot_id": sandbox.boot_id,
            "seq": world.feed.seq,
            "bot": {**world.user, "description": world.profile.get("description", ""), **_presence(world)},
            "commands": world.commands,
            "faults": sandbox.faults.shown(),
            "pending": len(world.updates.pending),
            "calls": sandbox.journal.n,
        }
    )


def _presence(world: World) -> Json:
    polls = world.updates.waiting or (
        world.last_poll is not None and time.monotonic() - world.last_poll < LISTENING_FOR_S
    )
    return {"has_come": world.last_poll is not None, "is_listening": polls or bool(world.webhook.url)}


async def events(request: web.Request) -> web.StreamResponse:
    """GET /sandbox/events."""
    world, chat_id = world_of(request), number(request, "chat")
    kinds = frozenset(filter(None, request.query.get("kinds", "").split(",")))
    resumed = request.headers.get("last-event-id")
    after = int(resumed) if resumed else number(request, "after") or 0
    if "text/event-stream" in request.headers.get("accept", ""):
        return await _stream(request, world, after)
    timeout_s = float(request.query.get("timeout", 0))
    found = await world.feed.signal.until(lambda: world.feed.after(after, chat_id, kinds), timeout_s)
    return web.json_response({"seq": found[-1]["seq"] if found else max(after, 0), "events": found})


async def _stream(request: web.Request, world: World, after: int) -> web.StreamResponse:
    """A stream of events until the reader goes."""
    answer = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
    await answer.prepare(request)
    with suppress(ConnectionError):
        await _stream_to(answer, world, after)
    return answer


async def _stream_to(answer: web.StreamResponse, world: World, after: int) -> None:
    """Write each event as it comes. Raises ConnectionError when the reader goes."""
    await answer.write(b"retry: 500\n\n")
    while True:
        events = await world.feed.signal.until(lambda seq=after: world.feed.after(seq), HEARTBEAT_S)  # type: ignore[misc]
        for event in events:
            after = event["seq"]
            await answer.write(f"id: {after}\ndata: {json.dumps(event)}\n\n".encode())
        if not events:
            await answer.write(b": still here\n\n")


async def calls(request: web.Request) -> web.Response:
    """GET /sandbox/calls."""
    journal, query = request.app[SANDBOX].journal, request.query
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
    return web.json_response({"n": journal.n, "calls": journal.find(after, limit, **wanted)})


async def file(request: web.Request) -> web.Response:
    """GET /sandbox/files/{file_id}."""
    kept = world_of(request).files.get(request.match_info["file_id"])
    if kept is None:
        return error(404, "no such file")
    headers = {"Content-Security-Policy": "sandbox", "X-Content-Type-Options": "nosniff"}
    return web.Response(body=kept.content, content_type=kept.mime_type, headers=headers)
