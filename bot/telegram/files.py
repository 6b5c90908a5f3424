"""Calls of the Bot API that carry files: charts, drawn when they are sent, and documents that people sent."""

import asyncio
import json
import mimetypes
from collections.abc import Mapping
from io import BytesIO
from typing import Any, Final

from aiohttp import FormData
from yarl import URL

from bot.telegram.api import ANSWER_S, HTTP_OK, Api
from bot.telegram.errors import failure
from bot.telegram.session import Session
from bot.views.drawing import drawn

_FILE_PARTS: Final = {"sendPhoto": "photo", "sendDocument": "document"}
"""The part of a call's payload that may be made into a file."""


class TooLarge(Exception):
    """The file is larger than wanted."""


class FilesApi(Api):
    """The calls of one bot's methods, and the files that people sent to the bot.

    A photo that is a drawing is drawn, in a thread, and uploaded, and so is a document that is text: `{name, text}`.
    """

    def __init__(self, token: str, root: str, session: Session) -> None:
        super().__init__(token, root, session)
        self._files = f"{root}/file/bot{token}/"

    async def call(self, method: str, payload: Mapping[str, Any], answer_s: float = ANSWER_S) -> Any:
        """The `result` of one call; as `Api.call`."""
        part = _FILE_PARTS.get(method, "")
        made = payload.get(part)
        if not isinstance(made, Mapping):
            return await super().call(method, payload, answer_s)
        return await self._post(method, await _form(payload, part, made), answer_s)

    async def fetch(self, file_id: str, most_bytes: int) -> bytes:
        """The bytes of a file that somebody sent. Raises TooLarge, and the errors of `Api.call`."""
        found: dict[str, Any] = await self.call("getFile", {"file_id": file_id})
        if int(found.get("file_size") or 0) > most_bytes:
            raise TooLarge
        status, body = await self._session.get(URL(f"{self._files}{found.get('file_path')}"), ANSWER_S)
        if status != HTTP_OK:
            raise failure(status, {})
        if len(body) > most_bytes:
            raise TooLarge
        return body


async def _form(payload: Mapping[str, Any], part: str, made: Mapping[str, Any]) -> FormData:
    """The payload as a form, with the file that `made` describes; its name stays UTF-8, as Telegram reads names."""
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
    return made["name"], made["text"].encode()
