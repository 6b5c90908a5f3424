"""One request in, one answer out: bodies within limits, answers as JSON, every failure as one plain line."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any, Final

import structlog
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.web.refused import Refused

MOST_BYTES: Final = 1024 * 1024
BODY_WITHIN_S: Final = 30.0
RETRY_AFTER_S: Final = 5

log = structlog.get_logger(__name__)


async def json_body(request: Request, most: int = MOST_BYTES) -> bytes:
    """The whole body. Raises Refused: 415 when it is not said to be JSON, 413 as soon as it is too long, 408."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise Refused(415, "the body wants Content-Type: application/json")
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length) > most:
        raise _too_long(most)
    try:
        async with asyncio.timeout(BODY_WITHIN_S):
            return await _read(request, most)
    except TimeoutError:
        raise Refused(408, f"the body did not come within {BODY_WITHIN_S:.0f} s") from None


async def _read(request: Request, most: int) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most:
            raise _too_long(most)
    return bytes(body)


def _too_long(most: int) -> Refused:
    return Refused(413, f"the body is longer than {most} bytes")


def answer(status: int, body: Mapping[str, Any] | str, headers: Mapping[str, str] | None = None) -> Response:
    """A JSON answer; text is JSON already. Only ASCII is sent, so that nothing in it can be misread."""
    text = body if isinstance(body, str) else json.dumps(body)
    return Response(text + "\n", status, headers, "application/json")


class Plainly:
    """The outermost layer: whatever goes wrong below is one line of JSON, and a line in the log without its words."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._app(scope, receive, send)
        except ClientDisconnect:
            return  # nobody is there to be answered
        except Exception as error:
            await _response(error)(scope, receive, send)


def _response(error: Exception) -> Response:
    if isinstance(error, Refused):
        return answer(error.status, error.body(), error.headers)
    log.error("request failed", error=type(error).__name__)
    if isinstance(error, SQLAlchemyError | OSError):
        return answer(503, {"error": "not stored: the database can't be used just now; try again"}, _RETRY)
    return answer(500, {"error": "not done: something is wrong with the bot, its log has a line on it"})


_RETRY: Final = {"Retry-After": str(RETRY_AFTER_S)}


async def on_http_error(_: Request, error: Exception) -> Response:
    """No such path (404) or a method that the path does not have (405)."""
    assert isinstance(error, HTTPException)  # noqa: S101  (what Starlette hands in)
    line = {404: "there is nothing at this path", 405: "the path does not have this method"}
    return answer(error.status_code, {"error": line.get(error.status_code, error.detail)}, error.headers)
