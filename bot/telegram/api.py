"""Calls of the Bot API: JSON in, the `result` out. The errors of a call are drawn in `bot.telegram.errors`."""

import asyncio
import json
import mimetypes
from base64 import b64decode
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from aiohttp import FormData
from yarl import URL

from bot.telegram import lenient
from bot.telegram.errors import TelegramError, failure
from bot.telegram.session import Session
from bot.views.drawing import drawn

ANSWER_S: Final = 20.0
"""How long a call may take, connecting included."""

_HTTP_OK: Final = 200
_FILE_PARTS: Final = {"sendPhoto": "photo", "sendDocument": "document"}
"""The part of a call's payload that may be made into a file."""


_PUBLIC: Final = "api.telegram.org"


class TooLarge(Exception):
    """The file is larger than wanted."""


class NotHere(TelegramError):
    """The Bot API server keeps the file in a folder that this machine can't read."""

    def __init__(self) -> None:
        super().__init__("the Bot API server runs with --local, and its folder of files can't be read here")


class Api:
    """Calls of a bot's methods, at the Bot API server of the address `root`, without a slash at the end.

    A photo that is a drawing is drawn, in a thread, and uploaded; a document `{name, text}`, or
    `{name, base64}`, is uploaded as a file.
    """

    def __init__(self, token: str, root: str, session: Session) -> None:
        self._root = f"{root}/bot{token}/"
        self._files = f"{root}/file/bot{token}/"
        self._session = session
        self._is_public = URL(root).host == _PUBLIC
        self._urls: dict[str, URL] = {}

    def __repr__(self) -> str:
        return "Api(…)"

    async def call(self, method: str, payload: Mapping[str, Any], answer_s: float = ANSWER_S) -> Any:
        """The `result` of a call, within `answer_s` seconds. Raises the errors of `bot.telegram.errors`."""
        part = _FILE_PARTS.get(method, "")
        made = payload.get(part)
        body = await _form(payload, part, made) if isinstance(made, Mapping) else json.dumps(payload).encode()
        status, text = await self._session.post(self._url(method), body, answer_s)
        answer = _parsed(text)
        if status == _HTTP_OK and answer.get("ok") is True:
            return answer.get("result")
        raise failure(status, answer)

    def _url(self, method: str) -> URL:
        url = self._urls.get(method)
        if url is None:
            url = self._urls[method] = URL(self._root + method, encoded=True)
        return url

    async def fetch(self, file_id: str, most_bytes: int) -> bytes:
        """The bytes of a file that somebody sent. Raises TooLarge, NotHere, and the errors of `call`.

        A server of one's own that runs with `--local` keeps the file on its disk and says where.
        """
        found: dict[str, Any] = await self.call("getFile", {"file_id": file_id})
        if int(found.get("file_size") or 0) > most_bytes:
            raise TooLarge
        path = str(found.get("file_path"))
        if path.startswith("/") and not self._is_public:
            return await asyncio.to_thread(_on_disk, path, most_bytes)
        status, body = await self._session.get(URL(f"{self._files}{path}"), ANSWER_S)
        if status != _HTTP_OK:
            raise failure(status, {})
        if len(body) > most_bytes:
            raise TooLarge
        return body


def _on_disk(path: str, most_bytes: int) -> bytes:
    """The bytes of a plain file. Raises TooLarge and NotHere."""
    try:
        if not Path(path).is_file():  # to open a pipe would wait for its writer
            raise NotHere
        with Path(path).open("rb") as file:
            body = file.read(most_bytes + 1)
    except (OSError, ValueError):
        raise NotHere from None
    if len(body) > most_bytes:
        raise TooLarge
    return body


def _parsed(body: bytes) -> dict[str, Any]:
    """The JSON object of an answer; empty when the body is anything else, like a proxy's HTML page."""
    try:
        answer = lenient.loads(body)
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}


async def _form(payload: Mapping[str, Any], part: str, made: Mapping[str, Any]) -> FormData:
    """The payload as a form, with the file described by `made`; the file's name in UTF-8, as Telegram reads names."""
    form = FormData(quote_fields=False)
    for name, value in payload.items():
        if name != part:
            form.add_field(name, value if isinstance(value, str) else json.dumps(value))
    filename, content = await _file(part, made)
    kind = mimetypes.guess_type(filename)[0] or "application/octet-stream"
    form.add_field(part, BytesIO(content), filename=filename, content_type=kind)
    return form


async def _file(part: str, made: Mapping[str, Any]) -> tuple[str, bytes]:
    """Name and bytes of the file."""
    if part == "photo":
        return "chart.png", await asyncio.to_thread(drawn, made)
    return made["name"], b64decode(made["base64"]) if "base64" in made else made["text"].encode()
