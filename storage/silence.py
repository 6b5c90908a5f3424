"""Whether scores of a shop have stopped coming: `rules.sources.SOURCES` written as SQL."""

from datetime import date, timedelta

from sqlalchemy import ColumnElement, FromClause, and_, or_

from rules.sources import SOURCES, Source


def is_stale(seen: FromClause, today: date, now_ms: int) -> ColumnElement[bool]:
    """Whether this newest row of a shop (as in `newest`) is about too old a day, or came too long ago."""
    return or_(
        *(
            and_(
                seen.c.source == source.value,
                or_(
                    seen.c.seen_at < silent_before(source, now_ms),
                    seen.c.day < today - timedelta(traits.lagging_days),
                ),
            )
            for source, traits in SOURCES.items()
        )
    )


def silent_before(source: Source, now_ms: int) -> int:
    """The instant (epoch ms) before which the last sign of life of this source is too long ago."""
    return now_ms - SOURCES[source].stale_after // timedelta(milliseconds=1)
