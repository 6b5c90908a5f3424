"""The server as one application: the Bot API, the control calls and the page."""

from base64 import b64encode
from hashlib import sha256
from pathlib import Path

from aiohttp import web

from bot.sandbox import bot_api, control
from bot.sandbox.controlled import Refuse
from bot.sandbox.forward import Forward
from bot.sandbox.state import Sandbox
from bot.sandbox.wire import LARGEST_BODY

PAGE = Path(__file__).with_name("chat.html")
_POLICY = (
    "default-src 'none'; img-src 'self' data:; connect-src 'self'; style-src 'unsafe-inline'; "
    "script-src 'sha256-{script}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def app(sandbox: Sandbox, refuse: Refuse, forward: Forward | None = None) -> web.Application:
    """A server over this sandbox. `refuse` stops listening for so many seconds; `forward` goes before its own paths."""
    built = web.Application(client_max_size=LARGEST_BODY)
    built.add_routes(forward.routes() if forward else [])
    built.add_routes([*bot_api.BotApi(sandbox).routes(), web.get("/", _page)])
    built.add_subapp("/sandbox/", control.app(sandbox, refuse))
    return built


async def _page(_: web.Request) -> web.Response:
    page = PAGE.read_text("utf-8")
    script = page.partition("<script>")[2].partition("</script>")[0]
    digest = b64encode(sha256(script.encode()).digest()).decode()
    policy = _POLICY.format(script=digest)
    headers = {"Content-Security-Policy": policy, "Cache-Control": "no-store"}
    return web.Response(text=page, content_type="text/html", headers=headers)
