"""Calls of the Bot API: JSON in, the `result` out. What a call raises is drawn in `bot.telegram.errors`."""

import json
from collections.abc import Mapping
from typing import Any, Final

from aiohttp import FormData
from yarl import URL

from bot.telegram.errors import failure
from bot.telegram.session import Session

ANSWER_S: Final = 20.0
"""How long a call may take, connecting included."""

HTTP_OK: Final = 200


class Api:
    """Calls of one bot's methods, at the Bot API server of this `root`, an address without a slash at its end."""

    def __init__(self, token: str, root: str, session: Session) -> None:
        self._root = f"{root}/bot{token}/"
        self._session = session
        self._urls: dict[str, URL] = {}

    def __repr__(self) -> str:
        return "Api(…)"

    async def call(self, method: str, payload: Mapping[str, Any], answer_s: float = ANSWER_S) -> Any:
        """The `result` of one call, within `answer_s` seconds. Raises the errors of `bot.telegram.errors`."""
        return await self._post(method, json.dumps(payload).encode(), answer_s)

    async def _post(self, method: str, body: bytes | FormData, answer_s: float) -> Any:
        url = self._urls.get(method)
        if url is None:
            url = self._urls[method] = URL(self._root + method, encoded=True)
        status, text = await self._session.post(url, body, answer_s)
        answer = _parsed(text)
        if status == HTTP_OK and answer.get("ok") is True:
            return answer.get("result")
        raise failure(status, answer)


def _parsed(body: bytes) -> dict[str, Any]:
    """The JSON object of an answer; empty when the body is anything else, like a proxy's HTML page."""
    try:
        answer = json.loads(body)
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}
