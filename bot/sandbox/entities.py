"""HTML of a message → plain text and entities, with Telegram's own error texts.

Follows TDLib's HTML parser (td/telegram/MessageEntity.cpp): the plain tags, the same attribute
syntax, the same four named character references, offsets in UTF-16 code units, and error
positions in bytes of UTF-8.
"""

import re
from dataclasses import dataclass

from bot.sandbox.wire import Json, Refusal, bad

_KINDS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "code": "code",
    "pre": "pre",
    "a": "text_link",
    "tg-spoiler": "spoiler",
    "blockquote": "blockquote",
}
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_REFERENCE = re.compile(r"&(?:#x([0-9a-fA-F]{1,8})|#([0-9]{1,8})|(lt|gt|amp|quot)(?![A-Za-z]));?")
_START = re.compile(r"[^\s\0>]*")
_END_TAG = re.compile(r"([^\s\0>]*)[\s\0]*")
_NAME = re.compile(r"""[^\s\0=>/"']*""")
_TOKEN = re.compile(r"[A-Za-z0-9.\-]*")
_SPACE = re.compile(r"\s*")


@dataclass(slots=True)
class _Open:
    tag: str
    argument: str
    offset: int


def utf16_length(text: str) -> int:
    """Length in UTF-16 code units, the unit of every offset of the Bot API."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def parse_html(source: str) -> tuple[str, list[Json]]:
    """Plain text and entities of `source`. Raises Refusal with Telegram's description."""
    return _Parser(source).parsed()


class _Parser:
    def __init__(self, source: str) -> None:
        self.source = source.replace("\0", "")
        self.at = 0
        self.out: list[str] = []
        self.length = 0
        self.open: list[_Open] = []
        self.found: list[Json] = []

    def parsed(self) -> tuple[str, list[Json]]:
        while self.at < len(self.source):
            tag = self.source.find("<", self.at)
            self._text(self.source[self.at : tag if tag >= 0 else len(self.source)])
            if tag < 0:
                break
            self.at = self._end_tag(tag) if self.source.startswith("</", tag) else self._start_tag(tag)
        if self.open:
            raise _unparsable(f'Can\'t find end tag corresponding to start tag "{self.open[-1].tag}"')
        order = sorted(self.found, key=lambda entity: (entity["offset"], -entity["length"]))
        return "".join(self.out), order

    def _text(self, run: str) -> None:
        plain = _decoded(run) if "&" in run else run
        self.out.append(plain)
        self.length += utf16_length(plain)

    def _start_tag(self, begin: int) -> int:
        end = _matched(_START, self.source, begin + 1)
        if end == len(self.source):
            raise self._error("Unclosed start tag", begin)
        tag = self.source[begin + 1 : end].lower()
        if tag not in _KINDS:
            raise self._error(f'Unsupported start tag "{tag}"', begin)
        argument, end = self._attributes(tag, begin, end)
        self.open.append(_Open(tag, argument, self.length))
        return end + 1

    def _attributes(self, tag: str, begin: int, at: int) -> tuple[str, int]:
        argument = ""
        while True:
            at = _matched(_SPACE, self.source, at)
            if self.source.startswith(">", at):
                return argument, at
            name_end = _matched(_NAME, self.source, at)
            if name_end == at and at < len(self.source):
                raise self._error(f'Empty attribute name in the tag "{tag}"', begin)
            name = self.source[at:name_end]
            value, at = self._value(tag, begin, _matched(_SPACE, self.source, name_end))
            argument = _argument(tag, name, value, argument)

    def _value(self, tag: str, begin: int, at: int) -> tuple[str, int]:
        if at == len(self.source):
            raise self._error(f'Unclosed start tag "{tag}"', begin)
        if self.source[at] != "=":
            return "", at
        at = _matched(_SPACE, self.source, at + 1)
        if self.source[at : at + 1] in ("'", '"'):
            end = self.source.find(self.source[at], at + 1)
            value, after = _decoded(self.source[at + 1 : end]), end + 1
            closed = end >= 0 and after < len(self.source)
        else:
            after = _matched(_TOKEN, self.source, at)
            value, closed = self.source[at:after].lower(), after < len(self.source)
            if closed and not (self.source[after].isspace() or self.source[after] == ">"):
                raise self._error("Unexpected end of name token", at)
        if not closed:
            raise self._error("Unclosed start tag", begin)
        return value, after

    def _end_tag(self, begin: int) -> int:
        if not self.open:
            raise self._error("Unexpected end tag", begin)
        match = _END_TAG.match(self.source, begin + 2)
        assert match is not None  # noqa: S101  (the pattern matches the empty string)
        if not self.source.startswith(">", match.end()):
            raise self._error("Unclosed end tag", begin)
        opened = self.open.pop()
        if match[1] not in ("", opened.tag):
            raise self._error("Unmatched end tag", begin, f', expected "</{opened.tag}>", found "</{match[1]}>"')
        if self.length > opened.offset:
            self._close(opened)
        return match.end() + 1

    def _close(self, opened: _Open) -> None:
        entity: Json = {"type": _KINDS[opened.tag], "offset": opened.offset, "length": self.length - opened.offset}
        if opened.tag == "a":
            text = "".join(self.out).encode("utf-16-le")[opened.offset * 2 :].decode("utf-16-le")
            entity["url"] = opened.argument or text
            if "." not in entity["url"] and ":" not in entity["url"]:
                return
        elif opened.tag == "blockquote" and opened.argument:
            entity["type"] = "expandable_blockquote"
        self.found.append(entity)

    def _error(self, what: str, position: int, more: str = "") -> Refusal:
        return _unparsable(f"{what} at byte offset {len(self.source[:position].encode())}{more}")


def _argument(tag: str, name: str, value: str, before: str) -> str:
    if tag == "a" and name == "href":
        return value
    return "1" if tag == "blockquote" and name == "expandable" else before


def _matched(pattern: re.Pattern[str], source: str, at: int) -> int:
    match = pattern.match(source, at)
    return match.end() if match else at


def _decoded(text: str) -> str:
    return _REFERENCE.sub(_character, text)


def _character(match: re.Match[str]) -> str:
    if match[3]:
        return _NAMED[match[3]]
    code = int(match[1], 16) if match[1] else int(match[2])
    is_character = 0 < code < 0x10FFFF and not 0xD800 <= code < 0xE000
    return chr(code) if is_character else match[0]


def _unparsable(why: str) -> Refusal:
    return bad(f"can't parse entities: {why}")
