"""Parts of statements written with an engine in mind."""

from importlib import import_module
from typing import Any

from sqlalchemy import Table, literal_column


def upsert(dialect: str, table: Table) -> Any:
    """The engine's INSERT with `on_conflict_do_nothing` and `on_conflict_do_update`."""
    return import_module(f"sqlalchemy.dialects.{dialect}").insert(table)  # the other one would take 2 MB


def constant(word: str) -> Any:
    """A word written into the statement itself: a bound parameter keeps SQLite from using a partial index."""
    return literal_column(f"'{word}'")
