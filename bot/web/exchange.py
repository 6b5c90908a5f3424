"""Request bodies within limits, answers as JSON, and every failure as one plain line of JSON."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

import structlog
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

MOST_BYTES: Final = 1024 * 1024
BODY_WITHIN_S: Final = 30.0
RETRY_LATER: Final = {"Retry-After": "5"}

log = structlog.get_logger(__name__)


class Refused(Exception):
    """A request is refused with `status`. `line` is told to the sender, so it holds no secret.

    `problems`: the first of `problem_count` problems, row by row.
    """

    def __init__(
        self,
        status: int,
        line: str,
        *,
        headers: Mapping[str, str] | None = None,
        problems: Sequence[Mapping[str, Any]] = (),
        problem_count: int = 0,
    ) -> None:
        super().__init__(line)
        self.status = status
        self.line = line
        self.headers = headers
        self._more = {"problems": list(problems), "problem_count": problem_count} if problems else {}

    def body(self) -> dict[str, Any]:
        """The JSON object of the answer."""
        return {"error": self.line, **self._more}


async def json_body(request: Request) -> bytes:
    """The whole body. Raises Refused: 415 when not labelled as JSON, 413 when over `MOST_BYTES`, 408 when late."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise Refused(415, "the body wants Content-Type: application/json")
    length = request.headers.get("content-length", "")
    if length.isdecimal():
        _check_length(int(length))
    try:
        async with asyncio.timeout(BODY_WITHIN_S):
            return await _read(request)
    except TimeoutError:
        raise Refused(408, f"the body did not come within {BODY_WITHIN_S:.0f} s") from None


async def _read(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        _check_length(len(body))
    return bytes(body)


def _check_length(length: int) -> None:
    if length > MOST_BYTES:
        raise Refused(413, f"the body is longer than {MOST_BYTES} bytes")


def answer(status: int, body: Mapping[str, Any] | str, headers: Mapping[str, str] | None = None) -> Response:
    """A response of JSON in ASCII; a `body` that is text is JSON already."""
    text = body if isinstance(body, str) else json.dumps(body)
    return Response(text + "\n", status, headers, "application/json")


class Plainly:
    """The outermost layer: an exception becomes one line of JSON, and its type one line of the log."""

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
        return answer(503, {"error": "not stored: the database can't be used just now; try again"}, RETRY_LATER)
    return answer(500, {"error": "not done: something is wrong with the bot, its log has a line on it"})


async def on_http_error(_: Request, error: Exception) -> Response:
    """The answer to a path that does not exist (404) or to a wrong method (405)."""
    assert isinstance(error, HTTPException)  # noqa: S101  (what Starlette hands in)
    line = {404: "there is nothing at this path", 405: "the path does not have this method"}
    return answer(error.status_code, {"error": line.get(error.status_code, error.detail)}, error.headers)
