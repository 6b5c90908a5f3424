"""Calls of the Bot API: JSON in, the `result` out. The errors of a call are drawn in `bot.telegram.errors`.

Answers that are not the Bot API's own are counted by their status and the kind of their body.
"""

import asyncio
import json
import mimetypes
from base64 import b64decode
from collections import Counter
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import structlog
from aiohttp import FormData
from yarl import URL

from bot.telegram import answers
from bot.telegram.errors import InvalidToken, NotMadeError, RefusedError, StrangerError, TelegramError
from bot.telegram.session import Session
from bot.views.drawing import drawn

ANSWER_S: Final = 20.0
"""How long a call may take, connecting included."""

_HTTP_OK: Final = 200
_FILE_PARTS: Final = {"sendPhoto": "photo", "sendDocument": "document"}
"""The part of a call's payload that may be made into a file."""

_PUBLIC: Final = "api.telegram.org"

log = structlog.get_logger(__name__)


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

    `strangers`: counts of the answers that came from something other than the Bot API, by status and kind of body.
    """

    def __init__(self, token: str, root: str, session: Session) -> None:
        self._root = f"{root}/bot{token}/"
        self._files = f"{root}/file/bot{token}/"
        self._session = session
        self._is_public = URL(root).host == _PUBLIC
        self._urls: dict[str, URL] = {}
        self.strangers: Counter[tuple[int, str]] = Counter()

    def __repr__(self) -> str:
        return "Api(…)"

    async def call(self, method: str, payload: Mapping[str, Any], answer_s: float = ANSWER_S) -> Any:
        """The `result` of a call, within `answer_s` seconds. Raises the errors of `bot.telegram.errors`."""
        status, body = await self._session.post(self._url(method), await _made(method, payload), answer_s)
        try:
            return answers.result_of(status, body)
        except StrangerError as error:
            self._count(error)
            raise

    async def me(self, answer_s: float = ANSWER_S) -> answers.Me:
        """The bot itself. Raises the errors of `call`; RefusedError when the result is about no bot."""
        found = answers.me(await self.call("getMe", {}, answer_s))
        if found is None:
            raise RefusedError("getMe tells of no bot")
        return found

    def _url(self, method: str) -> URL:
        url = self._urls.get(method)
        if url is None:
            url = self._urls[method] = URL(self._root + method, encoded=True)
        return url

    async def fetch(self, file_id: str, most_bytes: int) -> bytes:
        """The bytes of a file that somebody sent. Raises TooLarge, NotHere, and the errors of `call`.

        A server of one's own that runs with `--local` keeps the file on its disk and says where.
        """
        found = answers.file(await self.call("getFile", {"file_id": file_id}))
        if (found.size or 0) > most_bytes:
            raise TooLarge
        if not found.path:
            raise RefusedError("the Bot API server names no place of the file")
        if found.path.startswith("/") and not self._is_public:
            return await asyncio.to_thread(_on_disk, found.path, most_bytes)
        return await self._downloaded(found, most_bytes)

    async def _downloaded(self, found: answers.File, most_bytes: int) -> bytes:
        """The file over HTTP: as many bytes as the server told before, or it is not the file."""
        url = URL(self._files + quote(found.path), encoded=True)
        status, body = await self._session.get(url, ANSWER_S, most_bytes)
        if status != _HTTP_OK:
            raise self._not_the_file(answers.refusal_of(status, body))
        if len(body) > most_bytes:
            raise TooLarge
        if found.size not in (None, len(body)):
            raise self._not_the_file(StrangerError(status, "not the file"))
        return body

    def _not_the_file(self, error: TelegramError) -> TelegramError:
        """The error of a download."""
        if isinstance(error, InvalidToken):
            return RefusedError("the file is not there any more")
        if isinstance(error, StrangerError):
            self._count(error)
        return error

    def _count(self, error: StrangerError) -> None:
        self.strangers[error.status, error.kind] += 1


async def _made(method: str, payload: Mapping[str, Any]) -> bytes | FormData:
    """The body of the call. Raises NotMadeError."""
    part = _FILE_PARTS.get(method, "")
    made = payload.get(part)
    try:
        return await _form(payload, part, made) if isinstance(made, Mapping) else json.dumps(payload).encode()
    except Exception as error:
        log.error("call not made", method=method, error=type(error).__name__)
        raise NotMadeError(error) from None


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
