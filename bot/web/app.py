"""The paths of the HTTP side, and the endpoint of the webhook."""

import hmac
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

from bot.settings import is_own
from bot.telegram.webhook import NotJsonError
from bot.web import exchange, ingest
from bot.web.exchange import RETRY_LATER, Plainly, Refused, answer, json_body
from bot.web.health import Health, healthz
from bot.web.ingest import Ingest
from bot.web.parts import Hook, Parts

DESCRIPTION: Final = Path(__file__).with_name("openapi.json").read_text("utf-8").strip()
WATCHED: Final = (200, 401, 500, 503)
"""What an alert or a panel looks at: Prometheus sees no rise in a series that begins with its first answer."""

SECRET_HEADER: Final = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105  (a header's name)


def app(parts: Parts) -> Starlette:
    """The ASGI application."""
    health = Health(parts)
    routes = [
        Route("/healthz", healthz),
        Route("/readyz", health.readyz),
        Route("/metrics", health.metrics),
        Route("/openapi.json", _openapi),
        Route(ingest.PATH, Ingest(parts).take, methods=["POST"]),
    ]
    hook = [Route(parts.hook.path, _Updates(parts.hook).take, methods=["POST"])] if parts.hook else []
    paths = [route.path for route in (*routes, *hook)]
    known = parts.hook.path if parts.hook else ""
    built = Starlette(
        routes=routes + hook,
        middleware=[
            Middleware(_BelowAPath, known),
            Middleware(_Counted, parts.observer.requests, paths),
            Middleware(Plainly),
        ],
        exception_handlers={HTTPException: exchange.on_http_error},
    )
    built.router.redirect_slashes = False
    return built


async def _openapi(_: Request) -> Response:
    return answer(200, DESCRIPTION)


class _Updates:
    """The endpoint of the webhook."""

    def __init__(self, hook: Hook) -> None:
        self._hook = hook

    async def take(self, request: Request) -> Response:
        """200 once the update is on disk. Raises Refused, with 503 when Telegram is to bring the update again."""
        said = request.headers.get(SECRET_HEADER, "").encode("latin-1")
        if not hmac.compare_digest(said, self._hook.secret):
            raise Refused(401, f"{SECRET_HEADER} is not the one that was agreed on")
        body = await json_body(request)
        try:
            await self._hook.keep(body)
        except NotJsonError:
            raise Refused(400, "the body is not JSON") from None
        except Exception:  # whatever it was, the update is not on disk
            raise Refused(503, "not kept: bring it again", headers=RETRY_LATER) from None
        return answer(200, {})


class _BelowAPath:
    """Webhook and ingest below a path of a proxy, which passes that path on or takes it away."""

    def __init__(self, app: ASGIApp, hook: str) -> None:
        self._app = app
        self._hook = hook

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            scope = {**scope, "path": self._own(scope["path"])}
        await self._app(scope, receive, send)

    def _own(self, path: str) -> str:
        """Our path for the path that came."""
        if path.endswith(ingest.PATH):
            return ingest.PATH
        is_rest = path != "/" and self._hook.endswith(path) and not is_own(path)
        return self._hook if is_rest else path


class _Counted:
    """Counts answers by path and status, those of `WATCHED` from 0 on; all unknown paths count as "other"."""

    def __init__(self, app: ASGIApp, counts: Counter[tuple[str, int]], paths: list[str]) -> None:
        self._app = app
        self._counts = counts
        counts.update({(path, status): 0 for path in paths for status in WATCHED})
        self._paths = frozenset(paths)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"] if scope["type"] == "http" and scope["path"] in self._paths else "other"

        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._counts[(path, message["status"])] += 1
            await send(message)

        await self._app(scope, receive, counted)
