"""The server as one Starlette application: the Bot API, the control calls and the page."""

from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from bot.sandbox.api import BotApi
from bot.sandbox.control import routes
from bot.sandbox.state import Sandbox

PAGE = Path(__file__).with_name("chat.html")
_POLICY = (
    "default-src 'none'; img-src 'self' blob:; connect-src 'self'; "
    "style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
)


def app() -> Starlette:
    """A new server with nobody in it; its `Sandbox` is `app.state.sandbox`."""
    sandbox = Sandbox()
    built = Starlette(routes=[BotApi(sandbox), Route("/", _page), *routes()])
    built.state.sandbox = sandbox
    return built


async def _page(_: Request) -> Response:
    headers = {"Content-Security-Policy": _POLICY, "Cache-Control": "no-store"}
    return HTMLResponse(PAGE.read_text("utf-8"), headers=headers)
