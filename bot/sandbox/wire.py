"""The parameters of a call, however they were sent: query, urlencoded, JSON or multipart."""

import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote

from bot.sandbox.errors import Json, bad

Params = dict[str, Any]
_DISPOSITION = re.compile(r'(?<!file)name="((?:[^"\\]|\\.)*)"')
_FILENAME = re.compile(r'filename="((?:[^"\\]|\\.)*)"')
_FILENAME_STAR = re.compile(r"filename\*=utf-8''([^;\r\n]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with the call."""

    name: str
    content: bytes
    mime_type: str


def params(query: bytes, content_type: str, body: bytes) -> Params:
    """All parameters of one request; files as `Upload`. Raises Refusal when the body is not what it says."""
    found: Params = dict(parse_qsl(query.decode("latin-1"), keep_blank_values=True)) if query else {}
    if not body:
        return found
    if content_type.startswith("application/json"):
        found.update(_json_object(body))
    elif content_type.startswith("multipart/form-data"):
        found.update(_multipart(content_type, body))
    else:
        found.update(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
    return found


def integer(given: Params, key: str, default: int | None = None) -> int | None:
    """The parameter as a whole number; `default` when absent or not a number."""
    value = given.get(key)
    try:
        return default if value is None or value == "" else int(value)
    except (TypeError, ValueError):
        return default


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
    if not any(isinstance(value, Upload) for value in given.values()):
        return given
    return {
        key: {"file": value.name, "size": len(value.content)} if isinstance(value, Upload) else value
        for key, value in given.items()
    }


def _json_object(body: bytes) -> Params:
    try:
        found = json.loads(body)
    except ValueError:
        raise bad("can't parse JSON object") from None
    if not isinstance(found, dict):
        raise bad("object expected")
    return found


def _multipart(content_type: str, body: bytes) -> Params:
    boundary = re.search(r'boundary="?([^";]+)"?', content_type)
    if not boundary:
        raise bad("can't find multipart boundary")
    chunks = (b"\r\n" + body).split(b"\r\n--" + boundary[1].encode("latin-1"))
    return dict(_part(chunk[2:]) for chunk in chunks[1:-1])


def _part(chunk: bytes) -> tuple[str, str | Upload]:
    raw_head, _, content = chunk.partition(b"\r\n\r\n")
    head = raw_head.decode("utf-8", "replace")
    name = _DISPOSITION.search(head)
    if not name:
        raise bad("can't parse multipart part")
    star, plain = _FILENAME_STAR.search(head), _FILENAME.search(head)
    if not star and not plain:
        return name[1], content.decode("utf-8", "replace")
    filename = unquote(star[1]) if star else plain[1] if plain else ""
    mime = re.search(r"content-type:\s*([^;\r\n]+)", head, re.IGNORECASE)
    return name[1], Upload(filename, content, mime[1] if mime else "application/octet-stream")
