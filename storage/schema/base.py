"""The metadata of all tables; own column types and indexes."""

from datetime import date
from typing import Any

from sqlalchemy import BigInteger, Column, Index, Integer, MetaData, TypeDecorator

metadata = MetaData()


class Day(TypeDecorator[date]):
    """A day of the merchant's zone, kept as a number (`date.toordinal`): half as long as text, and SQL can add."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: date | None, dialect: Any) -> int | None:  # noqa: ARG002
        return None if value is None else value.toordinal()

    def process_result_value(self, value: int | None, dialect: Any) -> date | None:  # noqa: ARG002
        return None if value is None else date.fromordinal(value)


Id = BigInteger().with_variant(Integer, "sqlite")
"""SQLite numbers rows by itself only in a column declared INTEGER."""


def partial(name: str, *columns: Column[Any], where: str) -> None:
    """An index of the rows where `where` holds, for comparison with the migrations.

    SQLAlchemy's own arguments for partial indexes would load both engines' dialects: 2 MB and 60 ms of a start.
    """
    Index(name, *columns, info={"where": where})
