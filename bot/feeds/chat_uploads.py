"""Score files sent by operators: fetched, read and compared; then, once confirmed, imported.

The work is done beside the conversation, as a download may take long. Each step is a row in the database, so a restart
continues with the open step. Fetching and reading hold no transaction.
"""

import asyncio
import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.clock import Clock, milliseconds
from bot.feeds.file import BY_CHAT, ScoreFile
from bot.feeds.store import import_file
from bot.feeds.table import COLUMNS
from bot.loop import repeat
from bot.telegram.api import Api, TooLarge
from bot.telegram.errors import TelegramError
from bot.telegram.messages import say
from bot.views.render import Rendered, render
from bot.warnings.policy import WatchPolicy
from rules.facts import Scale
from rules.lines import points
from storage import outbox, uploads
from storage.score_files import Incoming, Row
from storage.uploads import LARGEST_BYTES, SENT, Upload

LEASE_MS: Final = 120_000
LOOK_S: Final = 1.0
SHOWN_PROBLEMS: Final = 10

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Contents:
    """Counts of a good file, and the first and last day."""

    rows: int
    shops: int
    first: date
    last: date


@dataclass(eq=False, repr=False)
class Uploads:
    """Works off the operators' files. `wake` starts the delivery."""

    engine: AsyncEngine
    api: Api
    policy: WatchPolicy
    daily_check_at: time
    clock: Clock
    wake: Callable[[], None]

    async def run(self, stop: asyncio.Event) -> None:
        """Work until told to stop."""
        await repeat(self._step_and_wait, stop, self.clock, failed="upload not handled", again_s=LOOK_S)

    async def _step_and_wait(self) -> float:
        return 0.0 if await self.step() else LOOK_S

    async def step(self) -> bool:
        """Work on the next file; False when no file waits."""
        async with self.engine.begin() as conn:
            upload = await uploads.take(conn, milliseconds(self.clock), LEASE_MS)
        if upload is None:
            return False
        if upload.state == SENT:
            await self._read(upload)
        else:
            await self._import(upload)
        self.wake()
        return True

    async def _read(self, upload: Upload) -> None:
        """Fetch the file; tell the operator the effect of importing the file, or the problems."""
        try:
            raw = await self.api.fetch(upload.file_id, LARGEST_BYTES)
        except TooLarge:
            return await self._ended(upload, render("operators/upload_refused", why="too_large"))
        except TelegramError as error:
            log.warning("upload not fetched", upload=upload.id, error=type(error).__name__)
            return await self._ended(upload, render("operators/upload_refused", why="not_fetched"))
        file = self._file(raw)
        rows = await asyncio.to_thread(lambda: [row for batch in file.batches() for row in batch])
        if file.problem_count:
            return await self._ended(upload, self._problems(file))
        content = _written(rows)
        would = await import_file(self.engine, self._file(content), self._incoming(), dry_run=True)
        shown = render("operators/upload_preview", upload=upload, contents=_contents(rows), would=would)
        async with self.engine.begin() as conn:
            await uploads.show(conn, upload.id, content)
            await outbox.enqueue(conn, list(say(upload.chat_id, shown)), milliseconds(self.clock))
        return None

    async def _import(self, upload: Upload) -> None:
        """Import the confirmed file; a second import changes nothing."""
        file = self._file(upload.content or b"")
        done = await import_file(self.engine, file, self._incoming(), watch=self.policy)
        if done.stored is None:
            return await self._ended(upload, self._problems(file))
        shown = render("operators/upload_done", done=done, rows=file.rows, check_at=self.daily_check_at)
        return await self._ended(upload, shown)

    async def _ended(self, upload: Upload, rendered: Rendered) -> None:
        """End the upload with a last message."""
        async with self.engine.begin() as conn:
            await uploads.end(conn, upload.id)
            await outbox.enqueue(conn, list(say(upload.chat_id, rendered)), milliseconds(self.clock))

    def _file(self, raw: bytes) -> ScoreFile:
        scale = Scale.of(self.policy.edition.main_score)
        return ScoreFile(raw, scale, self.policy.today(self.clock.now()), BY_CHAT)

    def _incoming(self) -> Incoming:
        fact = self.policy.edition.main_score
        return Incoming(fact.id, fact.scale, milliseconds(self.clock))

    def _problems(self, file: ScoreFile) -> Rendered:
        shown, fact = file.problems[:SHOWN_PROBLEMS], self.policy.edition.main_score
        return render("operators/upload_problems", problems=shown, count=file.problem_count, fact=fact)


def _contents(rows: Sequence[Row]) -> Contents:
    days = [row[1] for row in rows]
    return Contents(len(rows), len({row[0] for row in rows}), min(days), max(days))


def _written(rows: Sequence[Row]) -> bytes:
    """The rows as a CSV file."""
    text = io.StringIO()
    out = csv.writer(text)
    out.writerow(COLUMNS)
    out.writerows((shop, day, points(score), "" if count is None else count) for shop, day, score, count in rows)
    return text.getvalue().encode()
