"""The server as one Starlette application: the Bot API, the control calls and the page."""

from base64 import b64encode
from hashlib import sha256
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from bot.sandbox.api import BotApi
from bot.sandbox.control import routes
from bot.sandbox.forward import Forward
from bot.sandbox.state import Sandbox

PAGE = Path(__file__).with_name("chat.html")
_POLICY = (
    "default-src 'none'; img-src 'self' data:; connect-src 'self'; style-src 'unsafe-inline'; "
    "script-src 'sha256-{script}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def app(forward: Forward | None = None) -> Starlette:
    """A new server with nobody in it; its `Sandbox` is `app.state.sandbox`. `forward` goes before its own paths."""
    sandbox = Sandbox()
    before = [forward] if forward else []
    built = Starlette(routes=[BotApi(sandbox), *before, Route("/", _page), *routes()])
    built.state.sandbox = sandbox
    return built


async def _page(_: Request) -> Response:
    page = PAGE.read_text("utf-8")
    script = page.partition("<script>")[2].partition("</script>")[0]
    digest = b64encode(sha256(script.encode()).digest()).decode()
    policy = _POLICY.format(script=digest)
    return HTMLResponse(page, headers={"Content-Security-Policy": policy, "Cache-Control": "no-store"})
