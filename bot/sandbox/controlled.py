"""What every control call needs: whose world, which body, and how an error is told."""

import json
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.sandbox.errors import Json, Refusal
from bot.sandbox.people import Impossible
from bot.sandbox.state import Chat, Sandbox, World

Handler = Callable[[Request], Awaitable[Response]]


def guarded(handler: Handler) -> Handler:
    """The handler with its errors told as `{"error": …}`; pages of other sites are turned away."""

    async def answer(request: Request) -> Response:
        if request.headers.get("sec-fetch-site") == "cross-site":
            return error(403, "other sites may not call the sandbox")
        try:
            return await handler(request)
        except Refusal as refusal:
            return error(404, refusal.description)
        except KeyError as missing:
            return error(400, f"missing {missing}")
        except (Impossible, ValueError, TypeError) as wrong:
            return error(400, str(wrong))

    return answer


def error(status: int, reason: str) -> Response:
    """An error of the control side."""
    return JSONResponse({"error": reason}, status)


def sandbox_of(request: Request) -> Sandbox:
    """The sandbox that this server runs."""
    sandbox: Sandbox = request.app.state.sandbox
    return sandbox


def world_of(request: Request) -> World:
    """The world of the bot that the call names. Raises Impossible when no such bot came yet."""
    found = sandbox_of(request).world(request.query_params.get("bot"))
    if found is None:
        raise Impossible("no such bot has come yet")
    return found


def chat_of(request: Request) -> Chat:
    """The chat in the path. Raises Refusal: chat not found."""
    return world_of(request).chat(request.path_params["id"])


def number(request: Request, key: str) -> int | None:
    """A whole number of the query, None when absent. Raises ValueError."""
    value = request.query_params.get(key)
    return int(value) if value else None


async def json_body(request: Request) -> Json:
    """The body's object, empty when there is no body. Raises ValueError, Impossible."""
    raw = await request.body()
    body = json.loads(raw) if raw else {}
    if not isinstance(body, dict):
        raise Impossible("the body is not a JSON object")
    return body
