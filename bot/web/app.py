"""All paths of the HTTP side."""

from collections import Counter
from pathlib import Path
from typing import Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.web import exchange, ingest
from bot.web.exchange import Plainly, answer
from bot.web.health import Health, healthz
from bot.web.ingest import Ingest
from bot.web.parts import Parts
from bot.web.webhook_endpoint import Updates

DESCRIPTION: Final = Path(__file__).with_name("openapi.json")


def app(parts: Parts) -> Starlette:
    """The application; it does nothing by itself."""
    health = Health(parts)
    routes = [
        Route("/healthz", healthz),
        Route("/readyz", health.readyz),
        Route("/metrics", health.metrics),
        Route("/openapi.json", _openapi),
        Route(ingest.PATH, Ingest(parts).take, methods=["POST"]),
    ]
    hook = [Route(parts.hook.path, Updates(parts.hook).take, methods=["POST"])] if parts.hook else []
    paths = [route.path for route in (*routes, *hook)]
    built = Starlette(
        routes=routes + hook,
        middleware=[Middleware(_Counted, parts.observer.requests, paths), Middleware(Plainly)],
        exception_handlers={HTTPException: exchange.on_http_error},
    )
    built.router.redirect_slashes = False
    return built


async def _openapi(_: Request) -> Response:
    return answer(200, DESCRIPTION.read_text("utf-8").strip())


class _Counted:
    """Counts answers by path and status; paths that there are not are one."""

    def __init__(self, app: ASGIApp, counts: Counter[tuple[str, int]], paths: list[str]) -> None:
        self._app = app
        self._counts = counts
        self._paths = frozenset(paths)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"] if scope["type"] == "http" and scope["path"] in self._paths else "other"

        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._counts[(path, message["status"])] += 1
            await send(message)

        await self._app(scope, receive, counted)
