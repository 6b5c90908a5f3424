"""Score files sent by operators: fetched, read and compared; then, once confirmed, imported.

The work is done beside the conversation, as a download may take long. Each step is a row in the database, so a restart
continues with the open step. Fetching and reading hold no transaction.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import time
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.clock import Clock, milliseconds
from bot.feeds import shop_list_uploads
from bot.feeds.file import BY_CHAT, ScoreFile
from bot.feeds.kept import Contents, OutdatedError, contents, read, taken, written
from bot.feeds.store import Imported, Terms, import_rows
from bot.loop import repeat
from bot.telegram.api import Api, NotHere, TooLarge
from bot.telegram.errors import NetworkError, TelegramError, TooManyRequestsError
from bot.telegram.messages import say
from bot.views.render import Rendered, render
from bot.warnings.policy import WatchPolicy
from storage import outbox, shop_names, uploads
from storage.database.blame import is_of_a_row
from storage.score_files import Incoming, Stored
from storage.uploads import LARGEST_BYTES, SENT, Upload

LEASE_MS: Final = 120_000
LOOK_S: Final = 1.0
AGAIN_MS: Final = 10_000
PATIENCE_MS: Final = 10 * 60_000
"""For so long a file is asked for again while Telegram is not reached or in trouble; then its sender is told."""

PASSES: Final = (NetworkError, TooManyRequestsError)
"""Errors after which the same file may well be had."""

SHOWN_PROBLEMS: Final = 10
SHOWN_CHANGES: Final = 5

log = structlog.get_logger(__name__)


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
        """Work on the next file; False when no file waits. One that can't be handled is ended, and its sender told."""
        async with self.engine.begin() as conn:
            upload = await uploads.take(conn, milliseconds(self.clock), LEASE_MS)
        if upload is None:
            return False
        try:
            await (self._read if upload.state == SENT else self._import)(upload)
        except Exception as error:
            if not is_of_a_row(error):
                raise  # the lease ends, and the file is tried again
            log.error("set aside", place="upload", one=upload.id, error=type(error).__name__)
            await self._ended(upload, render("operators/upload_refused", why="failed"))
        self.wake()
        return True

    async def _read(self, upload: Upload) -> None:
        """Fetch the file; tell the operator the effect of importing the file, or the problems."""
        try:
            raw = await self.api.fetch(upload.file_id, LARGEST_BYTES)
        except (TooLarge, NotHere) as error:
            why = "too_large" if isinstance(error, TooLarge) else "not_here"
            return await self._refused(upload, render("operators/upload_refused", why=why))
        except TelegramError as error:
            log.warning("upload not fetched", upload=upload.id, error=type(error).__name__, why=error.message)
            if await self._is_left(upload, error):
                return None
            return await self._refused(upload, render("operators/upload_refused", why="not_fetched"))
        file = ScoreFile(raw, self.policy.edition.scores, self.policy.today(self.clock.now()), BY_CHAT)
        given = await asyncio.to_thread(taken, file)
        if file.refusal or not given.rows:
            if await shop_list_uploads.offered(self.engine, upload, raw, self.policy, milliseconds(self.clock)):
                return None
            return await self._refused(upload, self._nothing_taken(file))
        incoming = self._incoming()
        would = await import_rows(self.engine, given, incoming, Terms(self.policy, dry_run=True))
        async with self.engine.begin() as conn:
            await uploads.show(conn, upload.id, written(given, incoming))
            names = {**given.names, **await shop_names.known(conn, _shown_shops(would))}
            shown = self._preview(upload.id, file, contents(given, would.left_out), would, names)
            await outbox.enqueue(conn, list(say(upload.chat_id, shown)), milliseconds(self.clock))
        return None

    async def _is_left(self, upload: Upload, error: TelegramError) -> bool:
        """Whether the file is asked for again: Telegram gives none now, and has given none for a short time only."""
        now_ms = milliseconds(self.clock)
        if not isinstance(error, PASSES) or now_ms - upload.created_at >= PATIENCE_MS:
            return False
        asked_ms = int(error.seconds * 1000) if isinstance(error, TooManyRequestsError) else 0
        async with self.engine.begin() as conn:
            await uploads.leave(conn, upload.id, now_ms + max(AGAIN_MS, asked_ms))
        return True

    async def _import(self, upload: Upload) -> None:
        """Import the confirmed rows; a second import changes nothing."""
        incoming = self._incoming()
        try:
            given = read(upload.content or b"", incoming)
        except OutdatedError:
            return await self._ended(upload, render("operators/upload_refused", why="outdated"))
        registers = upload.registers or given.registers
        done = await import_rows(self.engine, given, incoming, Terms(self.policy, is_sure=True, registers=registers))
        shown = contents(given, done.left_out)
        values = {"contents": shown, "names": given.names, "check_at": self.daily_check_at}
        return await self._ended(upload, render("operators/upload_done", done=done, **values))

    async def _ended(self, upload: Upload, rendered: Rendered) -> None:
        """End the upload with a last message."""
        async with self.engine.begin() as conn:
            await uploads.end(conn, upload.id)
            await outbox.enqueue(conn, list(say(upload.chat_id, rendered)), milliseconds(self.clock))

    async def _refused(self, upload: Upload, rendered: Rendered) -> None:
        """Say why nothing of the file can be taken, and forget the file."""
        async with self.engine.begin() as conn:
            await uploads.refuse(conn, upload.id)
            await outbox.enqueue(conn, list(say(upload.chat_id, rendered)), milliseconds(self.clock))

    def _preview(
        self, number: int, file: ScoreFile, shown: Contents, would: Imported, names: Mapping[str, str]
    ) -> Rendered:
        problems = file.set_aside[:SHOWN_PROBLEMS]
        values = {"contents": shown, "names": names, "scores": self.policy.edition.scores, "shown": SHOWN_CHANGES}
        return render("operators/upload_preview", upload=number, would=would, problems=problems, **values)

    def _incoming(self) -> Incoming:
        return Incoming.of(self.policy.edition, milliseconds(self.clock))

    def _nothing_taken(self, file: ScoreFile) -> Rendered:
        shown = [file.refusal] if file.refusal else file.set_aside[:SHOWN_PROBLEMS]
        values = {"count": max(file.set_aside_count, len(shown)), "scores": self.policy.edition.scores}
        is_refused = file.refusal is not None
        return render("operators/upload_problems", problems=shown, limits=BY_CHAT, is_refused=is_refused, **values)


def _shown_shops(would: Imported) -> set[str]:
    """The ids of the shops that the preview names."""
    stored, held = would.stored or Stored(), would.hold or would.odd
    corrected = {one.ref for one in stored.corrections[:SHOWN_CHANGES]}
    counted = {one.ref for one in stored.counts[:SHOWN_CHANGES]}
    return corrected | counted | set(held.shops if held else ())
