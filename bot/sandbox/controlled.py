"""Parts of every control call: the world and chat meant, the body, errors."""

import json
from collections.abc import Callable

from aiohttp import web
from aiohttp.typedefs import Handler

from bot.sandbox.people import Impossible
from bot.sandbox.state import Chat, Sandbox, World
from bot.sandbox.wire import Json, Refusal

Refuse = Callable[[float], None]

SANDBOX = web.AppKey("sandbox", Sandbox)
REFUSE: web.AppKey[Refuse] = web.AppKey("refuse")


@web.middleware
async def guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
    """The answer, errors as `{"error": …}`."""
    try:
        return await handler(request)
    except Refusal as refusal:
        return error(404, refusal.description)
    except KeyError as missing:
        return error(400, f"missing {missing}")
    except (Impossible, ValueError, TypeError) as wrong:
        return error(400, str(wrong))


def error(status: int, reason: str) -> web.Response:
    """An error of the control side."""
    return web.json_response({"error": reason}, status=status)


def world_of(request: web.Request) -> World:
    """The world of the bot named by the call. Raises Impossible when no such bot came yet."""
    found = request.app[SANDBOX].world(request.query.get("bot"))
    if found is None:
        raise Impossible("no such bot has come yet")
    return found


def chat_of(request: web.Request) -> Chat:
    """The chat in the path. Raises Refusal: chat not found."""
    return world_of(request).chat(request.match_info["id"])


def number(request: web.Request, key: str) -> int | None:
    """A whole number of the query, None when absent. Raises ValueError."""
    value = request.query.get(key)
    return int(value) if value else None


async def json_body(request: web.Request) -> Json:
    """The body's object, empty when there is no body. Raises ValueError, Impossible."""
    raw = await request.read()
    body = json.loads(raw) if raw else {}
    if not isinstance(body, dict):
        raise Impossible("the body is not a JSON object")
    return body
