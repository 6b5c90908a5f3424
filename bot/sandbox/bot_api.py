"""The Bot API side: `/bot<token>/<method>` and `/file/bot<token>/<path>`."""

import asyncio
import json
import re
import time
from typing import Any

from aiohttp import web

from bot.sandbox.faults import STANDARD, Fault
from bot.sandbox.journal import DROPPED, Call
from bot.sandbox.keyboards import has_styles
from bot.sandbox.methods import NAMED, NAMES, Described, get_updates
from bot.sandbox.state import Sandbox, World
from bot.sandbox.update_queue import Verbatim
from bot.sandbox.wire import Params, Refusal, params, shown

_TOKEN = re.compile(r"\d{1,16}:[A-Za-z0-9_-]+")
_HTML_502 = b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"  # noqa: E501


class BotApi:
    """Answers to Bot API calls, out of a sandbox."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox

    def routes(self) -> list[web.RouteDef]:
        """The paths of the Bot API."""
        return [
            web.route("*", "/bot{token:[^/]*}/{method:.*}", self._call),
            web.get("/file/bot{token:[^/]*}/{path:.*}", self._download),
        ]

    async def _download(self, request: web.Request) -> web.Response:
        try:
            world = self._entered(request.match_info["token"])
            kept = next((kept for kept in world.files.values() if kept.path == request.match_info["path"]), None)
            if kept is None:
                raise Refusal(404, "Not Found: file not found")
        except Refusal as refusal:
            return _reply(refusal.status, refusal.envelope())
        return _reply(200, kept.content, "application/octet-stream")

    async def _call(self, request: web.Request) -> web.Response:
        """The answer to a call; the journal has both. A fault may come before or after the effect."""
        token, called = request.match_info["token"], request.match_info["method"]
        method = NAMES.get(called.lower(), called)
        refusal, given = None, Params()
        try:
            given = await params(request)
        except Refusal as unreadable:
            refusal = unreadable
        call = self.sandbox.journal.open(masked(token), method, shown(given))
        plan = self.sandbox.faults.plan(method, call.chat_id, token, styled=has_styles(given))
        if plan.before_s:
            await asyncio.sleep(plan.before_s)
        status, body, said = 0, b"", ""
        if plan.fault is None or plan.fault.effect:
            status, body, said = await self._effect(token, method, given, refusal)
        if plan.after_s:
            await asyncio.sleep(plan.after_s)
        if plan.fault is not None:
            return self._faulty(request, call, plan.fault)
        self.sandbox.journal.close(call, status, said)
        return _reply(status, body)

    async def _effect(self, token: str, method: str, given: Params, refusal: Refusal | None) -> tuple[int, bytes, str]:
        try:
            world = self._entered(token)
            if refusal is not None:
                raise refusal
            return 200, _ok(await _result(world, method, given)), ""
        except Refusal as refused:
            return refused.status, refused.envelope(), refused.description

    def _entered(self, token: str) -> World:
        if not _TOKEN.fullmatch(token):
            raise Refusal(401, "Unauthorized")
        return self.sandbox.enter(token)

    def _faulty(self, request: web.Request, call: Call, fault: Fault) -> web.Response:
        if fault.kind == "drop":
            self.sandbox.journal.close(call, DROPPED, "dropped")
            return _hung_up(request)
        status, body, content_type = _broken(fault)
        self.sandbox.journal.close(call, status, f"fault: {fault.kind}")
        return _reply(status, body, content_type)


async def _result(world: World, method: str, given: Params) -> Any:
    if method == "getUpdates":
        return await get_updates(world, given)
    handler = NAMED.get(method)
    if handler is None:
        raise Refusal(404, "Not Found: method not found")
    return handler(world, given)


def masked(token: str) -> str:
    """The token with the secret half masked."""
    return f"{token.partition(':')[0]}:***"


def _ok(result: Any) -> bytes:
    if isinstance(result, Verbatim):
        return f'{{"ok":true,"result":{result}}}'.encode("utf-8", "surrogatepass")
    if isinstance(result, Described):
        return json.dumps({"ok": True, "result": result.result, "description": result.description}).encode()
    return b'{"ok":true,"result":' + json.dumps(result).encode() + b"}"


def _broken(fault: Fault) -> tuple[int, bytes, str]:
    if fault.kind == "answer":
        return fault.status, fault.body.encode("utf-8", "surrogatepass"), fault.content_type
    if fault.kind == "html_502":
        return 502, _HTML_502, "text/html"
    if fault.kind == "malformed":
        return 200, b'{"ok":true,"result":{"message_id":', "application/json"
    if fault.kind == "429":
        wait_s = fault.wait_s(time.monotonic())
        refusal = Refusal(429, f"Too Many Requests: retry after {wait_s}", retry_after=wait_s)
    else:
        refusal = Refusal(fault.status, fault.description or STANDARD.get(fault.status, "Error"))
    return refusal.status, refusal.envelope(), "application/json"


def _hung_up(request: web.Request) -> web.Response:
    """An answer that never arrives: the connection is cut."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


def _reply(status: int, body: bytes, content_type: str = "application/json") -> web.Response:
    return web.Response(status=status, body=body, content_type=content_type)
