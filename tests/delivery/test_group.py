"""Updates that are handled in one transaction: at the worker's instant, and without falling back to one by one."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection
from structlog.testing import capture_logs

from bot.delivery.inbox_worker import FEW
from storage.outbox import Message
from tests.delivery.test_inbox_worker import ROOT, arrival, left
from tests.faults.echo import UNLIMITED, core, echo, sqlite


async def test_a_group_that_goes_well_is_handled_once_and_says_nothing(tmp_path: Path) -> None:
    handled: list[tuple[int, datetime]] = []

    async def noting(raw: dict[str, Any], conn: AsyncConnection, now: datetime) -> Sequence[Message]:
        handled.append((raw["update_id"], now))
        return await echo(raw, conn, now)

    numbers = list(range(1, FEW + 3))
    async with core(ROOT, sqlite(tmp_path), handle=noting, limits=UNLIMITED) as parts:
        await parts.worker.receive([arrival(number, number) for number in numbers])
        with capture_logs() as logged:
            assert await parts.worker.step() == len(numbers)
        assert await left(parts) == ([], numbers, ["done"] * len(numbers))
    assert [number for number, _ in handled] == numbers
    assert all(abs(datetime.now(UTC) - at) < timedelta(minutes=5) for _, at in handled)
    assert logged == []
