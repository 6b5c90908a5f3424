"""Passing a few paths on to another server: whoever the sandbox stands in front of keeps its own address there."""

import asyncio
from typing import Final
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send

LARGEST_BODY: Final = 4 * 1024 * 1024
ANSWER_WITHIN_S: Final = 60.0
OF_THE_CONNECTION: Final = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length", "expect"})


class Forward(BaseRoute):
    """Passes on requests for these paths to the server at `url`; a path that ends with "/" stands for all below it."""

    def __init__(self, paths: tuple[str, ...], url: str) -> None:
        parts = urlsplit(url)
        self._exact = frozenset(paths)
        self._below = tuple(path for path in paths if path.endswith("/"))
        self._host, self._port = parts.hostname or "127.0.0.1", parts.port or 80

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Full for the paths to be passed on."""
        path: str = scope.get("path", "")
        is_ours = scope["type"] == "http" and (
            path in self._exact or bool(self._below and path.startswith(self._below))
        )
        return (Match.FULL if is_ours else Match.NONE), {}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on one request; 502 when nobody answers it."""
        request = Request(scope, receive)
        try:
            async with asyncio.timeout(ANSWER_WITHIN_S):
                response = await self._passed_on(request)
        except (OSError, EOFError, ValueError):
            response = JSONResponse({"error": "the server behind the sandbox does not answer"}, 502)
        await response(scope, receive, send)

    async def _passed_on(self, request: Request) -> Response:
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > LARGEST_BODY:
                return JSONResponse({"error": f"the body is longer than {LARGEST_BODY} bytes"}, 413)
        reader, writer = await asyncio.open_connection(self._host, self._port)
        try:
            writer.write(_head(request, len(body)) + body)
            return await _response(reader)
        finally:
            writer.close()


def _head(request: Request, length: int) -> bytes:
    query: bytes = request.scope["query_string"]
    path: bytes = request.scope["raw_path"]
    target = path + (b"?" + query if query else b"")
    kept = [(name, value) for name, value in request.headers.raw if name.decode("latin-1") not in OF_THE_CONNECTION]
    fields = [*kept, (b"connection", b"close"), (b"content-length", str(length).encode())]
    lines = b"".join(name + b": " + value + b"\r\n" for name, value in fields)
    return request.method.encode() + b" " + target + b" HTTP/1.1\r\n" + lines + b"\r\n"


async def _response(reader: asyncio.StreamReader) -> Response:
    """The whole answer, which ends with the connection."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.rstrip().split("\r\n")
    fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    headers = {name: value for name, value in fields.items() if name not in OF_THE_CONNECTION}
    return Response(await reader.read(), int(first.split(" ")[1]), headers)
