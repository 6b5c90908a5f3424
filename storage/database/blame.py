"""Whether a failed transaction is the fault of a row in it, or of the database."""

from typing import Final

from sqlalchemy.exc import (
    DataError,
    DBAPIError,
    IntegrityError,
    InterfaceError,
    MultipleResultsFound,
    NoResultFound,
    ProgrammingError,
    SQLAlchemyError,
    StatementError,
)

_OF_A_VALUE: Final = ("22", "23")
"""Classes of SQLSTATE: a value that the type does not take, and one that a constraint does not."""

_BY_ENGINE: Final = (DataError, IntegrityError, InterfaceError, ProgrammingError)


def is_of_a_row(error: Exception) -> bool:
    """Whether a value is to blame: the same row alone will fail again, and the others will not.

    False for a database that is away, busy, full or read-only: then all wait.
    """
    if isinstance(error, DBAPIError):
        return not error.connection_invalidated and _is_of_a_value(error)
    if isinstance(error, SQLAlchemyError):
        return isinstance(error, StatementError | NoResultFound | MultipleResultsFound)
    return not isinstance(error, OSError | TimeoutError)


def _is_of_a_value(error: DBAPIError) -> bool:
    """By SQLSTATE where the engine tells one, else by the class."""
    state = getattr(error.orig, "sqlstate", "")
    return isinstance(error, _BY_ENGINE) if state == "" else str(state)[:2] in _OF_A_VALUE
