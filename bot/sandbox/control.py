"""The control side, for the page and for tests: JSON over HTTP under `/sandbox/`.

Every path takes `?bot=<id or token>`; the first bot to come is meant without.
Errors: 400 or 404 with `{"error": "…"}`.

    GET  /sandbox/state                       bot, commands, seq, faults
    POST /sandbox/reset                       forgets chats, calls, faults; ids go on counting
    GET  /sandbox/chats                       ?limit=n → the chats, the liveliest first
    POST /sandbox/chats                       id?, type?, first_name?, title?, username?, language_code? → the chat
    GET  /sandbox/chats/{id}/messages         ?after=message_id → Messages in their present state
    POST /sandbox/chats/{id}/say              text, from? → update_id, message, seq
    POST /sandbox/chats/{id}/press            button (text or data), message_id?, from? → update_id, query_id, seq
    POST /sandbox/chats/{id}/edit             message_id, text → update_id, message, seq
    POST /sandbox/chats/{id}/send             ?kind=photo|voice|sticker|document&name=&caption=, the bytes as body
    POST /sandbox/chats/{id}/block            also unblock, join → update_id, seq
    POST /sandbox/chats/{id}/migrate          to? → chat_id of the supergroup
    POST /sandbox/updates                     an update's JSON, unchanged → update_id
    GET  /sandbox/events                      ?after=seq&chat=id&kinds=a,b&timeout=s → seq, events;
                                              with Accept: text/event-stream a stream
    GET  /sandbox/calls                       ?after=n&method=&chat=&status=&limit=&count=&timeout= → n, calls
    GET, POST, DELETE /sandbox/faults         see bot.sandbox.faults
    DELETE /sandbox/faults/{id}               turns a fault off
    GET  /sandbox/files/{file_id}             the bytes

Kinds of events: `message`, `edited`, `deleted`, `answered`, `action` (by the bot); `person`, `person_edited`,
`pressed` (by people); `chat`, `profile`, `bot` (the first poll), `faults`, `reset`.
`/sandbox/events` and `/sandbox/calls` answer at once with what there is, else after `timeout` seconds;
`/sandbox/calls` with `count` waits for so many answered calls.
"""

from collections.abc import Callable
from typing import Any

from aiohttp import web

from bot.sandbox import inspection, people
from bot.sandbox.controlled import REFUSE, SANDBOX, Refuse, chat_of, guarded, json_body, number, world_of
from bot.sandbox.media import mime_type
from bot.sandbox.state import Chat, Sandbox, World
from bot.sandbox.wire import Json, Upload

Act = Callable[[World, Chat, Json], Any]


def app(sandbox: Sandbox, refuse: Refuse) -> web.Application:
    """The part of the server under `/sandbox/`: all control calls."""
    built = web.Application(middlewares=[guarded])
    built[SANDBOX], built[REFUSE] = sandbox, refuse
    built.add_routes(
        [
            web.get("/state", inspection.state),
            web.post("/reset", _reset),
            web.get("/chats", _chats),
            web.post("/chats", _create),
            web.get("/chats/{id}/messages", _messages),
            web.post("/chats/{id}/send", _send),
            web.post(f"/chats/{{id}}/{{act:{'|'.join(ACTS)}}}", _act),
            web.post("/updates", _push),
            web.get("/events", inspection.events),
            web.get("/calls", inspection.calls),
            web.get("/faults", _faults),
            web.post("/faults", _fault_on),
            web.delete("/faults", _faults_off),
            web.delete(r"/faults/{fault:\d+}", _fault_off),
            web.get("/files/{file_id}", inspection.file),
        ]
    )
    return built


ACTS: dict[str, Act] = {
    "say": lambda world, chat, body: people.says(world, chat, str(body["text"]), body.get("from")),
    "press": lambda world, chat, body: people.presses(
        world, chat, str(body["button"]), body.get("message_id"), body.get("from")
    ),
    "edit": lambda world, chat, body: people.edits(world, chat, int(body["message_id"]), str(body["text"])),
    "block": lambda world, chat, _: people.blocks(world, chat, True),
    "unblock": lambda world, chat, _: people.blocks(world, chat, False),
    "join": lambda world, chat, _: people.joins(world, chat),
    "migrate": lambda world, chat, body: people.migrates(world, chat, body.get("to")),
}


async def _act(request: web.Request) -> web.Response:
    act = ACTS[request.match_info["act"]]
    return web.json_response(act(world_of(request), chat_of(request), await json_body(request)))


async def _create(request: web.Request) -> web.Response:
    return web.json_response(people.create_chat(world_of(request), await json_body(request)).summary())


async def _chats(request: web.Request) -> web.Response:
    newest = sorted(world_of(request).chats.values(), key=_activity, reverse=True)
    return web.json_response([chat.summary() for chat in newest[: number(request, "limit")]])


def _activity(chat: Chat) -> tuple[int, int]:
    last = next(reversed(chat.messages.values()), None)
    return (last["date"], last["message_id"]) if last else (0, 0)


async def _messages(request: web.Request) -> web.Response:
    chat = chat_of(request)
    after = number(request, "after") or 0
    return web.json_response([chat.messages[key] for key in sorted(chat.messages) if key > after])


async def _send(request: web.Request) -> web.Response:
    world, query = world_of(request), request.query
    chat = chat_of(request)
    kind = query.get("kind", "document")
    name = query.get("name", kind)
    file = Upload(name, await request.read(), mime_type(name))
    return web.json_response(people.sends(world, chat, kind, file, query.get("caption", "")))


async def _push(request: web.Request) -> web.Response:
    body = (await request.read()).decode("utf-8", "surrogateescape")
    return web.json_response({"update_id": world_of(request).updates.push_raw(body)})


async def _faults(request: web.Request) -> web.Response:
    return web.json_response(request.app[SANDBOX].faults.shown())


async def _fault_on(request: web.Request) -> web.Response:
    sandbox = request.app[SANDBOX]
    fault = sandbox.faults.add(await json_body(request))
    if fault.kind == "refuse" and fault.seconds:
        request.app[REFUSE](fault.seconds)
    if fault.method is None or fault.method.lower() == "getupdates":
        for world in sandbox.worlds():
            world.updates.interrupt()
    return _faults_changed(request, {"id": fault.id})


async def _faults_off(request: web.Request) -> web.Response:
    request.app[SANDBOX].faults.remove()
    return _faults_changed(request, {})


async def _fault_off(request: web.Request) -> web.Response:
    request.app[SANDBOX].faults.remove(int(request.match_info["fault"]))
    return _faults_changed(request, {})


def _faults_changed(request: web.Request, answer: Json) -> web.Response:
    sandbox = request.app[SANDBOX]
    for world in sandbox.worlds():
        world.feed.publish("faults", None, faults=sandbox.faults.shown())
    return web.json_response(answer)


async def _reset(request: web.Request) -> web.Response:
    request.app[SANDBOX].reset()
    return web.json_response({})
