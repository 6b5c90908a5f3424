"""`POST /ingest/scores`: an operator's rows of scores, all stored or none, each call once.

Rows of shops that are not registered are left out and named in the answer, unless the call says to register them.
Nonce, rows, closings told and the kept answer are one transaction. Rows that would alarm many, or that look like
another scale, are not stored: the operators are asked, and the answer says so.
"""

import asyncio
import hashlib
import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import Response

from bot.clock import milliseconds
from bot.feeds.hold import Hold, Why
from bot.feeds.kept import Given, contents, written
from bot.feeds.store import Imported, reach_of, store_rows
from bot.telegram.messages import say
from bot.views.render import render
from bot.web.exchange import Refused, answer, json_body
from bot.web.parts import Parts
from bot.web.rows import read_rows
from bot.web.signing import WINDOW_S, Refusal, Verified, verify
from storage import nonces, outbox, uploads
from storage.instants import epoch_ms
from storage.score_files import Correction, Incoming

PATH: Final = "/ingest/scores"
HELD: Final = "held"
"""The field of an answer to rows that are held."""

UNKNOWN_NAMED: Final = 100

REMEMBERED_MS: Final = 24 * 3600 * 1000
"""So long the answer to an Idempotency-Key is repeated."""

_KEY: Final = re.compile(r"[!-~]{1,64}", re.ASCII)
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class _Call:
    """A call with right signature and form. `key`: the Idempotency-Key or None."""

    signed: Verified
    key: str | None
    body_hash: str
    given: Given


class Ingest:
    """The endpoint."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._edition = parts.watch.edition

    async def take(self, request: Request) -> Response:
        """The answer to a call. Raises Refused, and the database's errors."""
        if not self._parts.ingest_keys:
            raise Refused(404, "the ingest is off: INGEST_SECRET is empty")
        now = self._parts.clock.now()
        call = await self._read(request, now)
        text, is_again = await self._transact(call, now)
        self._parts.wake()
        status = 202 if HELD in json.loads(text) else 200
        return answer(status, text, {"Idempotent-Replayed": "true"} if is_again else None)

    async def _read(self, request: Request, now: datetime) -> _Call:
        body = await json_body(request)
        signed = self._verified(request, body, now)
        key = request.headers.get("idempotency-key")
        if key is not None and not _KEY.fullmatch(key):
            raise Refused(400, "Idempotency-Key wants 1 to 64 visible characters of ASCII")
        given = await asyncio.to_thread(read_rows, body, self._edition.scores, self._parts.watch.today(now))
        return _Call(signed, key, hashlib.sha256(body).hexdigest(), given)

    def _verified(self, request: Request, body: bytes, now: datetime) -> Verified:
        """Raises Refused when the signature fits none of the paths that the sender may have called."""
        refusal = Refusal.WRONG_SIGNATURE
        for path in paths_called(request):
            found = verify(self._parts.ingest_keys, request.headers, request.method, path, body, now=now)
            if isinstance(found, Verified):
                return found
            refusal = found
        raise Refused(401, refusal)

    async def _transact(self, call: _Call, now: datetime) -> tuple[str, bool]:
        """The answer as JSON, and whether the answer was given before."""
        async with self._parts.engine.begin() as conn:
            await nonces.one_at_a_time(conn)
            await self._use_nonce(conn, call)
            known = await self._claim(conn, call)
            if known is not None:
                return known, True
            text = json.dumps(await self._store(conn, call, now))
            if call.key is not None:
                await nonces.answer(conn, call.key, text)
        log.info("scores ingested", rows=call.given.told, key=call.signed.key)
        return text, False

    async def _use_nonce(self, conn: AsyncConnection, call: _Call) -> None:
        await nonces.forget(conn, milliseconds(self._parts.clock))
        until_ms = (call.signed.signed_at + 2 * WINDOW_S) * 1000
        if not await nonces.use(conn, call.signed.nonce, until_ms):
            raise Refused(409, "X-Alliance-Nonce was used before: sign every try anew")

    async def _claim(self, conn: AsyncConnection, call: _Call) -> str | None:
        if call.key is None:
            return None
        until_ms = milliseconds(self._parts.clock) + REMEMBERED_MS
        earlier = await nonces.claim(conn, call.key, call.body_hash, until_ms)
        if earlier is not None and earlier.body_hash != call.body_hash:
            raise Refused(409, "Idempotency-Key was used before with another body")
        return earlier.answer if earlier else None

    async def _store(self, conn: AsyncConnection, call: _Call, now: datetime) -> dict[str, Any]:
        given, incoming = call.given, Incoming.of(self._edition, epoch_ms(now))
        done = await store_rows(conn, given, incoming, self._parts.watch)
        if done.hold:
            return await self._hold(conn, given, incoming, done, done.hold)
        assert done.stored is not None  # noqa: S101  (rows that are not held are stored)
        if done.left_out:
            log.warning("rows of unknown shops left out", shops=len(done.left_out), rows=done.unknown.scores)
        stored = done.stored
        return {
            "rows": given.told,
            "left_alone": given.left_alone,
            "new": stored.new,
            "corrected": stored.corrected,
            "same": done.scores - stored.new - stored.corrected,
            "shops_registered": stored.registered,
            "closings_told": done.closings_told,
            "corrections": [_shown(one) for one in stored.corrections],
            **_unknown(done),
        }

    async def _hold(
        self, conn: AsyncConnection, given: Given, incoming: Incoming, done: Imported, hold: Hold
    ) -> dict[str, Any]:
        """Keep the rows and ask the operators, once. Raises Refused without operators to ask."""
        if not self._parts.admins:
            raise Refused(409, f"held, and ADMIN_CHAT_IDS names nobody to ask: {_why(hold)}")
        number, is_new = await uploads.hold(conn, written(given, incoming), incoming.now_ms)
        if is_new:
            reached = await reach_of(conn, given, incoming, self._parts.watch)
            values = {"hold": hold, "contents": contents(given, done.left_out), "unknown": done.left_out}
            asked = render("operators/call_held", upload=number, reach=reached, **values)
            messages = [one for chat_id in sorted(self._parts.admins) for one in say(chat_id, asked)]
            await outbox.enqueue(conn, messages, incoming.now_ms)
        log.warning("scores held", rows=given.told, why=hold.why.value, count=hold.count, of=hold.of)
        told = {"rows": given.told, "count": hold.count, "earlier": hold.earlier, "of": hold.of, "shops": hold.shops}
        return {HELD: True, "why": hold.why.value, **told, **_unknown(done)}


def _why(hold: Hold) -> str:
    if hold.why is Why.CLOSINGS:
        earlier = f" ({hold.earlier} more did so earlier today)" if hold.earlier else ""
        return f"{hold.count} of {hold.of} known shops would newly fall below a closing line{earlier}"
    return f"{hold.count} of {hold.of} scores look like another scale"


def _unknown(done: Imported) -> dict[str, Any]:
    """The shops whose rows are left out, the first ones by id, and how many."""
    return {"unknown_count": len(done.left_out), "unknown": done.left_out[:UNKNOWN_NAMED]}


def _shown(one: Correction) -> dict[str, str | None]:
    before, after = (None if score is None else str(score) for score in (one.before, one.after))
    return {"shop_id": one.ref, "day": one.day.isoformat(), "score": one.fact, "before": before, "after": after}


def paths_called(request: Request) -> list[str]:
    """The paths with query, as sent, by which the sender may have called: a proxy may take away what stands before.

    The path that came, the same from `/ingest` on, and that one below the path that the proxy says it took away. The
    sender signed one of them; whichever it is, the sender meant this endpoint.
    """
    query: bytes = request.scope["query_string"]
    came: str = request.scope["raw_path"].decode("latin-1")
    before = request.headers.get("x-forwarded-prefix", "").rstrip("/")
    found = dict.fromkeys((came, PATH, before + PATH))
    return [path + ("?" + query.decode("latin-1") if query else "") for path in found]
