"""The Bot API side: `/bot<token>/<method>` and `/file/bot<token>/<path>`.

A plain ASGI route, ahead of the others, so that a call costs little more than its own work.
"""

import asyncio
import json
import re
from typing import Any

from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send

from bot.sandbox.errors import Refusal
from bot.sandbox.faults import STANDARD, Fault, Plan
from bot.sandbox.journal import DROPPED, Call
from bot.sandbox.methods import NAMED, NAMES, Told, get_updates
from bot.sandbox.state import Sandbox, World
from bot.sandbox.updates import Verbatim
from bot.sandbox.wire import Params, params, shown

_PATH = re.compile(r"/(file/)?bot([^/]*)/(?:test/)?(.*)", re.DOTALL)
_TOKEN = re.compile(r"\d{1,16}:[A-Za-z0-9_-]+")
_JSON = [(b"content-type", b"application/json"), (b"server", b"sandbox")]
_HTML_502 = b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"  # noqa: E501
LARGEST_BODY = 60 * 1024 * 1024


class BotApi(BaseRoute):
    """Answers Bot API calls out of one sandbox."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Full for paths of the Bot API."""
        if scope["type"] == "http" and scope["path"].startswith(("/bot", "/file/bot")):
            return Match.FULL, {}
        return Match.NONE, {}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one call."""
        path = _PATH.fullmatch(scope["path"])
        if path is None:
            await _reply(send, 404, _envelope(Refusal(404, "Not Found")))
        elif path[1]:
            await self._download(send, path[2], path[3])
        else:
            await _Exchange(self.sandbox, scope, receive, send).run(path[2], path[3])

    async def _download(self, send: Send, token: str, path: str) -> None:
        try:
            world = _entered(self.sandbox, token)
            kept = next((kept for kept in world.files.values() if kept.path == path), None)
            if kept is None:
                raise Refusal(404, "Not Found: file not found")
        except Refusal as refusal:
            await _reply(send, refusal.status, _envelope(refusal))
        else:
            await _reply(send, 200, kept.content, b"application/octet-stream")


class _Exchange:
    def __init__(self, sandbox: Sandbox, scope: Scope, receive: Receive, send: Send) -> None:
        self.sandbox, self.scope, self.receive, self.send = sandbox, scope, receive, send

    async def run(self, token: str, called: str) -> None:
        """Read the call, let the faults at it, take effect, answer; all of it in the journal."""
        method = NAMES.get(called.lower(), called)
        refusal, given = None, Params()
        try:
            given = params(self.scope["query_string"], self._content_type(), await self._body())
        except Refusal as unreadable:
            refusal = unreadable
        call = self.sandbox.journal.open(masked(token), method, shown(given))
        plan = self.sandbox.faults.plan(method, call.chat_id, token)
        if plan.before_s:
            await asyncio.sleep(plan.before_s)
        spoiled = plan.fault is not None and not plan.fault.effect
        status, body = 0, b""
        if not spoiled:
            status, body = await self._effect(token, method, given, refusal)
        if plan.after_s:
            await asyncio.sleep(plan.after_s)
        await self._answer(call, plan, status, body)

    async def _effect(self, token: str, method: str, given: Params, refusal: Refusal | None) -> tuple[int, bytes]:
        try:
            world = _entered(self.sandbox, token)
            if refusal is not None:
                raise refusal
            return 200, _ok(await _result(world, method, given))
        except Refusal as refused:
            return refused.status, _envelope(refused)

    async def _answer(self, call: Call, plan: Plan, status: int, body: bytes) -> None:
        fault = plan.fault
        if fault is None:
            said = "" if status == 200 else json.loads(body)["description"]
            self.sandbox.journal.close(call, status, said)
            await _reply(self.send, status, body)
        elif fault.kind == "drop":
            self.sandbox.journal.close(call, DROPPED, "dropped")
            await self._hang_up()
        else:
            status, body, content_type = _spoiled(fault)
            self.sandbox.journal.close(call, status, f"fault: {fault.kind}")
            await _reply(self.send, status, body, content_type)

    async def _hang_up(self) -> None:
        self.scope["extensions"]["sandbox"]["hang_up"]()
        while (await self.receive())["type"] != "http.disconnect":
            pass

    def _content_type(self) -> str:
        return next((value.decode("latin-1") for name, value in self.scope["headers"] if name == b"content-type"), "")

    async def _body(self) -> bytes:
        message = await self.receive()
        body: bytes = message.get("body", b"")
        if message.get("more_body"):
            chunks, size = [body], len(body)
            while message.get("more_body"):
                message = await self.receive()
                chunks.append(message.get("body", b""))
                size += len(chunks[-1])
                if size > LARGEST_BODY:
                    raise Refusal(413, "Request Entity Too Large")
            body = b"".join(chunks)
        return body


async def _result(world: World, method: str, given: Params) -> Any:
    if method == "getUpdates":
        return await get_updates(world, given)
    handler = NAMED.get(method)
    if handler is None:
        raise Refusal(404, "Not Found: method not found")
    return handler(world, given)


def masked(token: str) -> str:
    """The token without its secret half."""
    return f"{token.partition(':')[0]}:***"


def _entered(sandbox: Sandbox, token: str) -> World:
    if not _TOKEN.fullmatch(token):
        raise Refusal(401, "Unauthorized")
    return sandbox.enter(token)


def _ok(result: Any) -> bytes:
    if isinstance(result, Verbatim):
        return f'{{"ok":true,"result":{result}}}'.encode("utf-8", "surrogatepass")
    if isinstance(result, Told):
        return json.dumps({"ok": True, "result": result.result, "description": result.description}).encode()
    return b'{"ok":true,"result":' + json.dumps(result).encode() + b"}"


def _envelope(refusal: Refusal) -> bytes:
    return json.dumps(refusal.envelope()).encode()


def _spoiled(fault: Fault) -> tuple[int, bytes, bytes]:
    if fault.kind == "html_502":
        return 502, _HTML_502, b"text/html"
    if fault.kind == "malformed":
        return 200, b'{"ok":true,"result":{"message_id":', b"application/json"
    if fault.kind == "429":
        wait = fault.wait_s(asyncio.get_running_loop().time())
        refusal = Refusal(429, f"Too Many Requests: retry after {wait}", retry_after=wait)
    else:
        refusal = Refusal(fault.status, fault.description or STANDARD.get(fault.status, "Error"))
    return refusal.status, _envelope(refusal), b"application/json"


async def _reply(send: Send, status: int, body: bytes, content_type: bytes = b"application/json") -> None:
    headers = [*_JSON] if content_type == b"application/json" else [(b"content-type", content_type)]
    headers.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
