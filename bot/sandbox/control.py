"""The control side: what the page and tests do. JSON over HTTP under `/sandbox/`.

Every path takes `?bot=<id or token>`; without it the first bot that came is meant.
Errors: 400 or 404 with `{"error": "…"}`.

    GET  /sandbox/state                       bot, commands, seq, faults, settings
    POST /sandbox/reset                       forgets chats, calls, faults; ids go on counting
    POST /sandbox/settings                    real_limits?, callback_ttl_s?, journal_cap?
    GET  /sandbox/chats                       ?limit=n → the chats, the liveliest first
    POST /sandbox/chats                       id?, type?, first_name?, title?, username?, language_code? → the chat
    GET  /sandbox/chats/{id}/messages         ?after=message_id → Messages as they stand now
    POST /sandbox/chats/{id}/say              text, from?, reply_to? → update_id, message, seq
    POST /sandbox/chats/{id}/press            button (text or data), message_id?, from? → update_id, query_id, seq
    POST /sandbox/chats/{id}/edit             message_id, text → update_id, message, seq
    POST /sandbox/chats/{id}/send             ?kind=photo|voice|sticker|document&name=&caption=, the bytes as body
    POST /sandbox/chats/{id}/forward          from_chat_id, message_id → update_id, message, seq
    POST /sandbox/chats/{id}/block            also unblock, join, leave → update_id, seq
    POST /sandbox/chats/{id}/deactivate       deactivated? (true)
    POST /sandbox/chats/{id}/migrate          to? → chat_id of the supergroup
    POST /sandbox/updates                     an update's JSON, taken as it is → update_id
    GET  /sandbox/events                      ?after=seq&chat=id&kinds=a,b&timeout=s → seq, events;
                                              with Accept: text/event-stream a stream
    GET  /sandbox/calls                       ?after=n&method=&chat=&status=&limit=&count=&timeout= → n, calls
    GET, POST, DELETE /sandbox/faults         see bot.sandbox.faults
    DELETE /sandbox/faults/{id}               turns one off
    GET  /sandbox/files/{file_id}             the bytes

Kinds of events: `message`, `edited`, `deleted`, `answered`, `action` (by the bot); `person`, `person_edited`,
`pressed` (by people); `chat`, `profile`, `bot` (it polled for the first time), `faults`, `reset`.
`/sandbox/events` and `/sandbox/calls` answer at once when there is something, else after `timeout` seconds;
`/sandbox/calls` with `count` waits until that many answered calls match.
"""

import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from bot.sandbox import people
from bot.sandbox.errors import Json, Refusal
from bot.sandbox.media import mime_type
from bot.sandbox.people import Impossible
from bot.sandbox.profile import commands_for
from bot.sandbox.state import Chat, Sandbox, World
from bot.sandbox.wire import Upload

Handler = Callable[[Request], Awaitable[Response]]
Act = Callable[[World, Chat, Json], Any]
LISTENING_FOR_S = 5.0
HEARTBEAT_S = 15.0


def routes() -> list[Route]:
    """All control calls."""
    acts = [Route(f"/sandbox/chats/{{id:int}}/{name}", _acting(act), methods=["POST"]) for name, act in ACTS.items()]
    return [
        Route("/sandbox/state", _guarded(_state)),
        Route("/sandbox/reset", _guarded(_reset), methods=["POST"]),
        Route("/sandbox/settings", _guarded(_settings), methods=["POST"]),
        Route("/sandbox/chats", _guarded(_chats), methods=["GET", "POST"]),
        Route("/sandbox/chats/{id:int}/messages", _guarded(_messages)),
        Route("/sandbox/chats/{id:int}/send", _guarded(_send), methods=["POST"]),
        Route("/sandbox/updates", _guarded(_push), methods=["POST"]),
        Route("/sandbox/events", _guarded(_events)),
        Route("/sandbox/calls", _guarded(_calls)),
        Route("/sandbox/faults", _guarded(_faults), methods=["GET", "POST", "DELETE"]),
        Route("/sandbox/faults/{fault:int}", _guarded(_fault_off), methods=["DELETE"]),
        Route("/sandbox/files/{file_id}", _guarded(_file)),
        *acts,
    ]


def _deactivate(world: World, chat: Chat, body: Json) -> Json:
    chat.deactivated = bool(body.get("deactivated", True))
    return {"seq": world.feed.publish("chat", chat.id, chat=chat.summary())}


ACTS: dict[str, Act] = {
    "say": lambda world, chat, body: people.says(
        world, chat, str(body["text"]), body.get("from"), body.get("reply_to")
    ),
    "press": lambda world, chat, body: people.presses(
        world, chat, str(body["button"]), body.get("message_id"), body.get("from")
    ),
    "edit": lambda world, chat, body: people.edits(world, chat, int(body["message_id"]), str(body["text"])),
    "forward": lambda world, chat, body: people.forwards(
        world, chat, world.chat(body["from_chat_id"]), int(body["message_id"])
    ),
    "block": lambda world, chat, _: people.blocks(world, chat, True),
    "unblock": lambda world, chat, _: people.blocks(world, chat, False),
    "join": lambda world, chat, _: people.joins(world, chat),
    "leave": lambda world, chat, _: people.joins(world, chat, False),
    "deactivate": _deactivate,
    "migrate": lambda world, chat, body: people.migrates(world, chat, body.get("to")),
}


def _guarded(handler: Handler) -> Handler:
    async def guarded(request: Request) -> Response:
        try:
            return await handler(request)
        except Refusal as refusal:
            return _error(404, refusal.description)
        except StopIteration:
            return _error(404, "no such bot")
        except KeyError as missing:
            return _error(400, f"missing {missing}")
        except (Impossible, ValueError, TypeError) as wrong:
            return _error(400, str(wrong))

    return guarded


def _acting(act: Act) -> Handler:
    async def acting(request: Request) -> Response:
        world = _world(request)
        return JSONResponse(act(world, world.chat(request.path_params["id"]), await _body(request)))

    return _guarded(acting)


async def _state(request: Request) -> Response:
    sandbox, world = _sandbox(request), _world(request)
    chat_id = _number(request, "chat")
    return JSONResponse(
        {
            "boot_id": sandbox.boot_id,
            "seq": world.feed.seq,
            "bot": {**world.user, "description": world.profile.get("description", ""), **_presence(world)},
            "commands": commands_for(world, chat_id),
            "faults": _faults_on(sandbox),
            "settings": _settings_of(sandbox),
            "pending": len(world.updates.pending),
            "calls": sandbox.journal.n,
        }
    )


def _presence(world: World) -> Json:
    polls = world.updates.waiting or (
        world.last_poll is not None and time.monotonic() - world.last_poll < LISTENING_FOR_S
    )
    return {"has_come": world.last_poll is not None, "is_listening": polls or bool(world.webhook.url)}


async def _reset(request: Request) -> Response:
    _sandbox(request).reset()
    return JSONResponse({})


async def _settings(request: Request) -> Response:
    sandbox, body = _sandbox(request), await _body(request)
    if unknown := set(body) - {"real_limits", "callback_ttl_s", "journal_cap"}:
        raise Impossible(f"unknown setting {', '.join(sorted(unknown))}")
    sandbox.real_limits = bool(body.get("real_limits", sandbox.real_limits))
    sandbox.callback_ttl_s = float(body.get("callback_ttl_s", sandbox.callback_ttl_s))
    if "journal_cap" in body:
        sandbox.journal.resize(int(body["journal_cap"]))
    return JSONResponse(_settings_of(sandbox))


def _settings_of(sandbox: Sandbox) -> Json:
    return {"real_limits": sandbox.real_limits, "callback_ttl_s": sandbox.callback_ttl_s}


async def _chats(request: Request) -> Response:
    world = _world(request)
    if request.method == "POST":
        return JSONResponse(people.create_chat(world, await _body(request)).summary())
    newest = sorted(world.chats.values(), key=_activity, reverse=True)
    return JSONResponse([chat.summary() for chat in newest[: _number(request, "limit")]])


def _activity(chat: Chat) -> tuple[int, int]:
    last = next(reversed(chat.messages.values()), None)
    return (last["date"], last["message_id"]) if last else (0, 0)


async def _messages(request: Request) -> Response:
    chat = _world(request).chat(request.path_params["id"])
    after = _number(request, "after") or 0
    return JSONResponse([chat.messages[key] for key in sorted(chat.messages) if key > after])


async def _send(request: Request) -> Response:
    world, query = _world(request), request.query_params
    chat = world.chat(request.path_params["id"])
    kind = query.get("kind", "document")
    name = query.get("name", kind)
    file = Upload(name, await request.body(), mime_type(name))
    return JSONResponse(people.sends(world, chat, kind, file, query.get("caption", "")))


async def _push(request: Request) -> Response:
    body = (await request.body()).decode("utf-8", "surrogateescape")
    return JSONResponse({"update_id": _world(request).updates.push_raw(body)})


async def _events(request: Request) -> Response:
    world, chat_id = _world(request), _number(request, "chat")
    kinds = frozenset(filter(None, request.query_params.get("kinds", "").split(",")))
    resumed = request.headers.get("last-event-id")
    after = int(resumed) if resumed else _number(request, "after") or 0
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


async def _calls(request: Request) -> Response:
    journal, query = _sandbox(request).journal, request.query_params
    bot = query.get("bot")
    wanted = {
        "method": query.get("method"),
        "chat_id": _number(request, "chat"),
        "status": _number(request, "status"),
        "bot": bot and f"{bot.partition(':')[0]}:***",
    }
    after, limit, count = _number(request, "after") or 0, _number(request, "limit") or 1000, _number(request, "count")

    def answered() -> bool:
        rows = journal.find(after, limit, **wanted)
        return sum(row["status"] is not None for row in rows) >= (count or 0)

    if count:
        await journal.signal.until(answered, float(query.get("timeout", 0)))
    return JSONResponse({"n": journal.n, "calls": journal.find(after, limit, **wanted)})


async def _faults(request: Request) -> Response:
    sandbox = _sandbox(request)
    if request.method == "GET":
        return JSONResponse(_faults_on(sandbox))
    if request.method == "DELETE":
        sandbox.faults.remove()
        return _faults_changed(request, {})
    wanted = await _body(request)
    fault = sandbox.faults.add(wanted)
    if fault.kind == "refuse":
        request.scope["extensions"]["sandbox"]["refuse"](fault.seconds)
    if fault.method is None or fault.method.lower() == "getupdates":
        for world in sandbox.worlds():
            world.updates.interrupt()
    return _faults_changed(request, {"id": fault.id})


async def _fault_off(request: Request) -> Response:
    _sandbox(request).faults.remove(request.path_params["fault"])
    return _faults_changed(request, {})


def _faults_changed(request: Request, answer: Json) -> Response:
    sandbox = _sandbox(request)
    for world in sandbox.worlds():
        world.feed.publish("faults", None, faults=_faults_on(sandbox))
    return JSONResponse(answer)


def _faults_on(sandbox: Sandbox) -> list[Json]:
    rows = [{name: getattr(fault, name) for name in fault.__slots__} for fault in sandbox.faults.live()]
    return [{**row, "until": None if row["until"] == float("inf") else row["until"]} for row in rows]


async def _file(request: Request) -> Response:
    kept = _world(request).files.get(request.path_params["file_id"])
    if kept is None:
        return _error(404, "no such file")
    headers = {"Content-Security-Policy": "sandbox", "X-Content-Type-Options": "nosniff"}
    return Response(kept.content, media_type=kept.mime_type, headers=headers)


def _error(status: int, reason: str) -> Response:
    return JSONResponse({"error": reason}, status)


def _sandbox(request: Request) -> Sandbox:
    sandbox: Sandbox = request.app.state.sandbox
    return sandbox


def _world(request: Request) -> World:
    return _sandbox(request).world(request.query_params.get("bot"))


def _number(request: Request, key: str) -> int | None:
    value = request.query_params.get(key)
    return int(value) if value else None


async def _body(request: Request) -> Json:
    raw = await request.body()
    body = json.loads(raw) if raw else {}
    if not isinstance(body, dict):
        raise Impossible("the body is not a JSON object")
    return body
