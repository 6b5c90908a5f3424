"""Passing a few paths on to the server behind the sandbox, unchanged."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from aiohttp import ClientError, ClientSession, ClientTimeout, web

ANSWER_WITHIN_S: Final = 60.0
OF_THE_CONNECTION: Final = frozenset({"connection", "keep-alive", "transfer-encoding", "expect"})


@dataclass(frozen=True)
class Forward:
    """Passes requests for `paths` on to the server at `url`; a path with "/" at the end stands for all paths below."""

    paths: tuple[str, ...]
    url: str

    def routes(self) -> list[web.RouteDef]:
        """The paths, whatever the method."""
        patterns = (f"{path}{{below:.*}}" if path.endswith("/") else path for path in self.paths)
        return [web.route("*", pattern, self._pass) for pattern in patterns]

    def passes(self, request: web.Request) -> bool:
        """Whether the request is for one of the paths."""
        return bool(request.match_info.handler == self._pass)

    async def _pass(self, request: web.Request) -> web.Response:
        """The answer of the other server; 502 when there is none."""
        timeout = ClientTimeout(ANSWER_WITHIN_S)
        try:
            async with ClientSession(self.url, timeout=timeout, auto_decompress=False) as client:
                return await self._passed(request, client)
        except (ClientError, OSError):
            return web.json_response({"error": "the server behind the sandbox does not answer"}, status=502)

    async def _passed(self, request: web.Request, client: ClientSession) -> web.Response:
        headers, body = _of_the_message(request.headers), request.content if request.can_read_body else None
        asked = client.request(request.method, request.rel_url, headers=headers, data=body, allow_redirects=False)
        async with asked as reply:
            return web.Response(body=await reply.read(), status=reply.status, headers=_of_the_message(reply.headers))


def _of_the_message(headers: Mapping[str, str]) -> list[tuple[str, str]]:
    """The headers of the message, without the headers of a connection."""
    return [(name, value) for name, value in headers.items() if name.lower() not in OF_THE_CONNECTION]
