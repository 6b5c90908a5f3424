"""Calls of the Bot API that carry files: charts, drawn when they are sent, and documents that people sent."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any, Final

from telegram import InputFile
from telegram.request import RequestData
from telegram.request._requestparameter import RequestParameter

from bot.telegram.api import ANSWER_S, AiohttpRequest, Api, failure
from bot.telegram.connections import Connections
from bot.views.drawing import drawn

HTTP_OK: Final = 200


class TooLarge(Exception):
    """The file is larger than wanted."""


class FilesApi(Api):
    """The calls of one bot's methods, and its files.

    A photo that is a drawing is drawn, in a thread, and uploaded, and so is a document that is text: `{name, text}`.
    """

    def __init__(self, token: str, root: str, connections: Connections) -> None:
        super().__init__(token, root, connections)
        self._methods = f"{root}/bot{token}/"
        self._files = f"{root}/file/bot{token}/"
        self._request = AiohttpRequest(connections)

    async def call(self, method: str, payload: Mapping[str, Any], answer_s: float = ANSWER_S) -> Any:
        """The `result` of one call; as `Api.call`."""
        part = {"sendPhoto": "photo", "sendDocument": "document"}.get(method, "")
        made = payload.get(part)
        if not isinstance(made, Mapping):
            return await super().call(method, payload, answer_s)
        form = {**payload, part: await _file(part, made)}
        data = RequestData([RequestParameter.from_input(name, value) for name, value in form.items()])
        return _result(*await self._request.do_request(self._methods + method, "POST", data))

    async def fetch(self, file_id: str, most_bytes: int) -> bytes:
        """The bytes of a file that somebody sent. Raises TooLarge, and the errors of `Api.call`."""
        found: dict[str, Any] = await self.call("getFile", {"file_id": file_id})
        if int(found.get("file_size") or 0) > most_bytes:
            raise TooLarge
        status, body = await self._request.do_request(f"{self._files}{found.get('file_path')}", "GET")
        if status != HTTP_OK:
            raise failure(status, {})
        if len(body) > most_bytes:
            raise TooLarge
        return body


async def _file(part: str, made: Mapping[str, Any]) -> InputFile:
    if part == "photo":
        return InputFile(await asyncio.to_thread(drawn, made), "chart.png")
    return InputFile(made["text"].encode(), made["name"])


def _result(status: int, body: bytes) -> Any:
    try:
        answer = json.loads(body)
    except ValueError:
        answer = None
    if status == HTTP_OK and isinstance(answer, dict) and answer.get("ok") is True:
        return answer.get("result")
    raise failure(status, answer if isinstance(answer, dict) else {})
