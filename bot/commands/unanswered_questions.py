"""`alliance-bot questions`: what merchants asked that was not understood."""

from collections.abc import Iterator
from datetime import UTC, datetime

from bot.commands.catalogue import settings
from bot.commands.open_database import in_transaction
from storage.instants import epoch_ms
from storage.unanswered import listed

MOST_SHOWN = 200


def not_understood() -> Iterator[str]:
    """A line a question: how often, when last, its masked text, the nearest topics. Raises Refusal."""
    chosen = settings()
    now_ms = epoch_ms(datetime.now(UTC))
    found = in_transaction(chosen, lambda conn: listed(conn, now_ms, MOST_SHOWN), upgrades=False)
    for one in found:
        last = datetime.fromtimestamp(one.last_at / 1000, chosen.zone)
        yield f"{one.times:4}  {last:%Y-%m-%d %H:%M}  {one.text}  [{', '.join(one.nearest) or 'no topic near'}]"
