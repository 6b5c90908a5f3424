"""`/healthz`: the process is alive. `/readyz`: the bot can serve. `/metrics`: figures for Prometheus."""

import asyncio
from typing import Final

from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import Response

from bot import VERSION
from bot.telegram.polling import Poller
from bot.telegram.webhook import Webhook
from bot.web.exchange import answer
from bot.web.feed_figures import FeedFigures
from bot.web.parts import Parts
from storage.database import engine as database
from storage.database import writing
from storage.database.failures import told

INTAKE_WITHIN_S: Final = 60.0
DATABASE_WITHIN_S: Final = 2.0
WELL: Final = "ok"


async def healthz(_: Request) -> Response:
    """200 always, with the version of the code that runs."""
    return answer(200, {"status": WELL, "version": VERSION})


class Health:
    """The endpoints `/readyz` and `/metrics`."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._feeds = FeedFigures()
        self._looking: asyncio.Task[str] | None = None

    async def readyz(self, _: Request) -> Response:
        """200 when database, schema and intake are well, else 503; the body has a word on each.

        When updates wait at Telegram, because it can't reach the webhook, the body says so with the status "warning",
        and the answer is 200: a proxy that takes a process out for a 503 would make that worse.
        """
        checks = {"database": await self._database(), "intake": self._intake()}
        is_ready = all(found == WELL for found in checks.values())
        status = WELL if is_ready else "not ready"
        if is_ready and (waits := self._waits()):
            status, checks["intake"] = "warning", waits
        return answer(200 if is_ready else 503, {"status": status, "checks": checks})

    async def metrics(self, _: Request) -> Response:
        """200 with the figures of this process and of the database."""
        from bot.web.metrics import CONTENT_TYPE, exposition  # noqa: PLC0415  (its library takes 50 ms to load)

        return Response(await exposition(self._parts, self._feeds), headers={"Content-Type": CONTENT_TYPE})

    def _intake(self) -> str:
        age_s, intake = self._parts.observer.intake_age_s(), self._parts.intake
        why = f": {intake.conflicts.why}" if isinstance(intake, Poller) and intake.conflicts.why else ""
        if self._parts.observer.intake_at is None:
            return f"Telegram was not reached yet{why}"
        return WELL if age_s <= INTAKE_WITHIN_S else f"Telegram was not reached for {age_s:.0f} s{why}"

    def _waits(self) -> str:
        """Why updates wait at Telegram, though Telegram is reached; "" if none do."""
        intake = self._parts.intake
        if isinstance(intake, Webhook):
            return intake.trouble
        return intake.conflicts.why if intake else ""

    async def _database(self) -> str:
        """`WELL` or what is wrong. All requests share a single query; a query that hangs goes on in the background."""
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look())
        done, _ = await asyncio.wait({self._looking}, timeout=DATABASE_WITHIN_S)
        return self._looking.result() if done else f"no answer within {DATABASE_WITHIN_S:.0f} s"

    async def _look(self) -> str:
        try:
            async with self._parts.engine.begin() as conn:
                version = await conn.run_sync(database.version)
                if version != database.HEAD:
                    return f"schema at {version}, wants {database.HEAD}"
                await writing.attempt(conn)
        except (SQLAlchemyError, OSError) as error:
            return told(error)
        return WELL
