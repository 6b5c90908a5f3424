"""Text of a message in Telegram's form: parsed, trimmed, measured, commands and links marked."""

import re

from bot.sandbox.entities import parse_html, utf16_length
from bot.sandbox.wire import Json, Params, bad

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
_AUTO = re.compile(
    r"(?P<bot_command>(?<![\w/<>@.])/[A-Za-z0-9_]{1,64}(?:@\w{3,32})?(?![\w/]))|(?P<url>\bhttps?://[^\s<>\"'，。）]+)"
)
_CONTROL = re.compile(r"[\x01-\x09\x0b-\x1f\u2028-\u202e]")


def message_text(params: Params) -> tuple[str, list[Json]]:
    """`text` of the call, formatted. Raises Refusal: empty, too long, not parsable."""
    text, entities = _formatted(params, "text")
    if not text:
        raise bad("message text is empty")
    if utf16_length(text) > TEXT_LIMIT:
        raise bad("message is too long")
    return text, entities


def caption(params: Params) -> tuple[str, list[Json]]:
    """`caption` of the call, formatted; may be empty. Raises Refusal: too long, not parsable."""
    text, entities = _formatted(params, "caption")
    if utf16_length(text) > CAPTION_LIMIT:
        raise bad("message caption is too long")
    return text, entities


def with_marks(text: str, entities: list[Json]) -> list[Json]:
    """`entities`, and Telegram's own marks beside: commands and web addresses."""
    if "/" not in text:
        return entities
    taken = [(entity["offset"], entity["offset"] + entity["length"]) for entity in entities if _closed(entity)]
    marks = [mark for mark in map(_mark, _AUTO.finditer(text)) if not _overlaps(mark, taken)]
    return sorted(entities + marks, key=lambda entity: (entity["offset"], -entity["length"]))


def _formatted(params: Params, key: str) -> tuple[str, list[Json]]:
    source = params.get(key)
    source = source if isinstance(source, str) else "" if source is None else str(source)
    mode = str(params.get("parse_mode") or "").lower()
    if mode not in ("", "html"):
        raise bad("unsupported parse_mode")
    text, entities = parse_html(source) if mode == "html" else (source, [])
    text, entities = _trimmed(_CONTROL.sub(" ", text.replace("\r", "")), entities)
    return text, with_marks(text, entities)


def _trimmed(text: str, entities: list[Json]) -> tuple[str, list[Json]]:
    body = text.strip()
    if len(body) == len(text) or not entities:
        return body, entities if body else []
    start = utf16_length(text[: len(text) - len(text.lstrip())])
    end = start + utf16_length(body)
    clipped = (_clipped(entity, start, end) for entity in entities)
    return body, [entity for entity in clipped if entity["length"] > 0]


def _clipped(entity: Json, start: int, end: int) -> Json:
    first = max(entity["offset"], start)
    last = min(entity["offset"] + entity["length"], end)
    return {**entity, "offset": first - start, "length": last - first}


def _mark(match: re.Match[str]) -> Json:
    start = utf16_length(match.string[: match.start()])
    return {"type": str(match.lastgroup), "offset": start, "length": utf16_length(match[0])}


def _closed(entity: Json) -> bool:
    return entity["type"] in ("code", "pre", "text_link")


def _overlaps(mark: Json, taken: list[tuple[int, int]]) -> bool:
    return any(mark["offset"] < end and start < mark["offset"] + mark["length"] for start, end in taken)
