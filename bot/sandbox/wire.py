"""Parameters of a call, sent as query, urlencoded, JSON or multipart; and `Refusal`, the Bot API's only error."""

import json
from dataclasses import dataclass
from typing import Any, Final

from aiohttp import web
from aiohttp.http import HttpProcessingError

Json = dict[str, Any]
Params = dict[str, Any]
LARGEST_BODY: Final = 60 * 1024 * 1024

POLLED_TWICE = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"


class Refusal(Exception):
    """A Bot API error: HTTP status, description and, for some errors of Telegram, parameters."""

    def __init__(self, status: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.status = status
        self.description = description
        self.parameters = parameters

    def envelope(self) -> bytes:
        """The reply's body as JSON."""
        body: Json = {"ok": False, "error_code": self.status, "description": self.description}
        return json.dumps({**body, "parameters": self.parameters} if self.parameters else body).encode()


def bad(reason: str) -> Refusal:
    """A 400 for `reason`, with Telegram's prefix."""
    return Refusal(400, f"Bad Request: {reason}")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file in a call."""

    name: str
    content: bytes
    mime_type: str


async def params(request: web.Request) -> Params:
    """All parameters of a call, files as `Upload`. Raises Refusal when body and content type contradict."""
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
    """A nested parameter, sent as JSON or as JSON in a text; None when absent or empty.

    Raises Refusal for a value other than a `kind`.
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
    """The parameters for the journal: of files only name and size."""
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
    """A field with a file name as `Upload`; any other field as text, whatever the content type."""
    if isinstance(value, web.FileField):
        return Upload(value.filename, value.file.read(), value.content_type)
    return value if isinstance(value, str) else value.decode()
