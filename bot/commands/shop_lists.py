"""`alliance-bot shops import`: a file of shops with names, registered and renamed together."""

import json
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.commands import Refusal
from bot.commands.catalogue import settings
from bot.commands.import_report import place, what
from bot.commands.open_database import in_transaction
from bot.feeds.cells import Trouble
from bot.feeds.file import BY_OPERATOR
from bot.feeds.header import NAME, SHOP, USUAL_NAMES
from bot.feeds.shop_list_file import ShopList, read
from storage import audit, shop_names
from storage.instants import epoch_ms
from storage.shop_names import Listed

STDIN: Final = "-"
WANTS: Final = f"wants a column of ids ({SHOP}, {USUAL_NAMES[SHOP]}) and one of names ({NAME}, {USUAL_NAMES[NAME]})"


def imported(file: str, *, dry_run: bool, as_json: bool) -> tuple[list[str], bool]:
    """The lines to print, and whether all lines of the file were taken. Raises Refusal."""
    found = _read(file)
    if found.refusal:
        is_missing = found.refusal.trouble is Trouble.MISSING_COLUMN
        why = WANTS if is_missing else what(found.refusal)
        raise Refusal(f"{file}: {why}; nothing was stored")

    async def work(conn: AsyncConnection) -> Listed:
        if dry_run:
            return await shop_names.compare(conn, found.names)
        now_ms = epoch_ms(datetime.now(UTC))
        done = await shop_names.store(conn, found.names, now_ms)
        await audit.record(conn, None, "shops.import", f"new={len(done.new)} renamed={len(done.renamed)}", now_ms)
        return done

    done = in_transaction(settings(), work)
    lines = [_as_json(found, done)] if as_json else _as_text(found, done, dry_run=dry_run)
    return lines, not found.aside_count


def _read(file: str) -> ShopList:
    try:
        return read(sys.stdin.buffer.read() if file == STDIN else Path(file), BY_OPERATOR)
    except OSError as error:
        raise Refusal(f"{file}: {error.strerror or error}") from None


def _as_json(found: ShopList, done: Listed) -> str:
    listed = {
        "new": [{"shop_id": ref, "name": name} for ref, name in done.new],
        "renamed": [{"shop_id": one.ref, "before": one.before, "after": one.after} for one in done.renamed],
        "same": done.same,
        "set_aside": [
            {"line": one.line, "column": one.column, "value": one.got, "why": what(replace(one, got=""))}
            for one in found.aside
        ],
    }
    return json.dumps(listed, ensure_ascii=False)


def _as_text(found: ShopList, done: Listed, *, dry_run: bool) -> list[str]:
    lines = [f"new: {ref}  {name}" for ref, name in done.new]
    lines += [f"renamed: {one.ref}  {one.before or '(no name)'} becomes {one.after}" for one in done.renamed]
    lines += [f"{place(one)}: {what(one)}" for one in found.aside]
    if found.aside_count > len(found.aside):
        lines.append(f"… and {found.aside_count - len(found.aside)} more lines set aside")
    counts = f"{len(done.new)} new, {len(done.renamed)} renamed, {done.same} the same, {found.aside_count} set aside"
    return [*lines, f"{counts} (dry run: nothing was stored)" if dry_run else counts]
