"""Who may call a sandbox: programs that mean the sandbox, and its own page; no page of another site.

A browser tells where a request comes from in `Origin` and in `Sec-Fetch-Site`; a program sends neither. The paths that
are passed on to the server behind are open to everybody, as they are at that server.
"""

from typing import Final

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from bot.sandbox.forward import Forward
from bot.sandbox.hosts import is_own_name

OF_THE_PAGE: Final = ("", "same-origin", "none")
"""Values of `Sec-Fetch-Site`: sent by no browser, by the page itself, by somebody who typed the address."""

NOT_THE_NAME: Final = "not the name of this sandbox: call it by its address, or as localhost"
OTHER_SITE: Final = "other sites may not call the sandbox"


def turned_away(listened: str, forward: Forward | None) -> Middleware:
    """The layer that answers strangers with 403, before a sandbox that listens on the host `listened`."""

    @web.middleware
    async def checked(request: web.Request, handler: Handler) -> web.StreamResponse:
        if forward is not None and forward.passes(request):
            return await handler(request)
        if reason := why_not(request, listened):
            return web.json_response({"error": reason}, status=403)
        return await handler(request)

    return checked


def why_not(request: web.Request, listened: str) -> str:
    """Why the request is a stranger's, "" for one that is not."""
    called = request.headers.get("Host", "")
    if not is_own_name(called, listened):
        return NOT_THE_NAME
    if request.method == "GET" and request.path == "/":
        return ""  # a link on another site may lead to the page; no other site can look into it or frame it
    origin = request.headers.get("Origin")
    is_own = origin is None or origin.lower() in (f"http://{called}".lower(), f"https://{called}".lower())
    return "" if is_own and request.headers.get("Sec-Fetch-Site", "") in OF_THE_PAGE else OTHER_SITE
