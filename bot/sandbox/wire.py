"""The parameters of a call, however they were sent: query, urlencoded, JSON or multipart."""

import json
from dataclasses import dataclass
from typing import Any, Final

from aiohttp import web
from aiohttp.http import HttpProcessingError

from bot.sandbox.refusals import Json, Refusal, bad

Params = dict[str, Any]
LARGEST_BODY: Final = 60 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with the call."""

    name: str
    content: bytes
    mime_type: str


async def params(request: web.Request) -> Params:
    """All parameters of one call; files as `Upload`. Raises Refusal when the body is not what its type says."""
    found: Params = dict(request.query)
    try:
        if request.content_type == "application/json":
            found |= _json_object(await request.read())
        else:
            found |= {name: _field(value) for name, value in (await request.post()).items()}
    except web.HTTPRequestEntityTooLarge:
        raise Refusal(413, "Request Entity Too Large") from None
    except (ValueError, LookupError, RuntimeError, HttpProcessingError):  # all that aiohttp raises of a broken form
        raise bad("can't parse the form") from None
    return found


def integer(given: Params, key: str) -> int | None:
    """The parameter as a whole number; None when absent or not a number."""
    value = given.get(key)
    try:
        return None if value is None else int(value)
    except (TypeError, ValueError):
        return None


def flag(given: Params, key: str) -> bool:
    """Whether the parameter is on, as Telegram reads booleans of forms."""
    return str(given.get(key, "")).lower() in ("true", "1", "yes", "t", "y")


def structure(given: Params, key: str, kind: type) -> Any:
    """A nested parameter, sent as JSON or as text that holds JSON; None when absent or empty.

    Raises Refusal when it is not a `kind`.
    """
    value = given.get(key)
    if value is None or value == "":
        return None
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            raise bad(f"can't parse {key.replace('_', ' ')} JSON object") from None
    if not isinstance(value, kind):
        raise bad(f"object expected as {key.replace('_', ' ')}")
    return value


def shown(given: Params) -> Json:
    """The parameters as the journal keeps them: files by name and size only."""
    return {
        key: {"file": value.name, "size": len(value.content)} if isinstance(value, Upload) else value
        for key, value in given.items()
    }


def _json_object(body: bytes) -> Params:
    try:
        found = json.loads(body or b"{}")
    except ValueError:
        raise bad("can't parse JSON object") from None
    if not isinstance(found, dict):
        raise bad("object expected")
    return found


def _field(value: str | bytes | bytearray | web.FileField) -> str | Upload:
    """A file has a name; a field without one is text whatever type it says."""
    if isinstance(value, web.FileField):
        return Upload(value.filename, value.file.read(), value.content_type)
    return value if isinstance(value, str) else value.decode()
