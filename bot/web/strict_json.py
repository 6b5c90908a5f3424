"""JSON as it was written: numbers keep their text, nothing is guessed, nothing that is sent makes a reader stumble."""

import json
from typing import Any

from bot.web.refused import Refused


class Number(str):
    """A number's own text, so that 4.10 stays 4.10."""

    __slots__ = ()


def read(body: bytes) -> Any:
    """The value, numbers as `Number`. Raises Refused (400) for what is no JSON or has two meanings."""
    try:
        return json.loads(
            body.decode("utf-8"),
            parse_float=Number,
            parse_int=Number,
            parse_constant=_no_number,
            object_pairs_hook=_object,
        )
    except RecursionError:
        raise Refused(400, "the body is nested too deeply") from None
    except ValueError as error:
        raise Refused(400, f"the body is not JSON in UTF-8: {_where(error)}") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name stands twice in one object")
    return found


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no number")


def _where(error: ValueError) -> str:
    """What is wrong and where, without the text itself."""
    if isinstance(error, UnicodeDecodeError):
        return f"byte {error.start} is not UTF-8"
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg.lower()} at character {error.pos}"
    return str(error)
