"""The few places where SQLite and PostgreSQL want different words for the same thing."""

from importlib import import_module
from typing import Any

from sqlalchemy import Table, literal_column


def upsert(dialect: str, table: Table) -> Any:
    """An INSERT on this engine that has `on_conflict_do_nothing` and `on_conflict_do_update`."""
    return import_module(f"sqlalchemy.dialects.{dialect}").insert(table)  # the other one would take 2 MB


def constant(word: str) -> Any:
    """A word written into the statement itself: a bound one keeps SQLite from using a partial index."""
    return literal_column(f"'{word}'")
