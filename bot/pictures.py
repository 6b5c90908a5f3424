"""Photos that are drawn when they are sent: the outbox keeps what to draw, in JSON; `DrawingApi` draws and uploads it.

So a queue of charts is small, nothing is drawn for a chat that has gone, and a repeat after a crash draws the same.
"""

import asyncio
import json
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

from telegram import InputFile
from telegram.request import RequestData
from telegram.request._requestparameter import RequestParameter

from bot.botapi import ANSWER_S, AiohttpRequest, Api, failure
from bot.chart import ChartLine, ChartWords, chart
from bot.connections import Connections
from bot.scorecells import Scale
from rules.model import Effect, Fact
from rules.outlook import Point

FILE_NAME: Final = "chart.png"

Line = tuple[str, Decimal, Effect]


def drawing(
    points: Sequence[Point], lines: Sequence[Line], titles: Sequence[str], fact: Fact, today: date
) -> dict[str, Any]:
    """A chart as JSON holds it. `titles`: the shop, what is shown, and what is said when there is no score."""
    scale = Scale.of(fact)
    return {
        "points": [[day.isoformat(), str(score)] for day, score in points],
        "lines": [[label, str(limit), effect.value] for label, limit, effect in lines],
        "titles": list(titles),
        "scale": [str(scale.lowest), str(scale.highest), scale.decimals],
        "today": today.isoformat(),
    }


def drawn(given: Mapping[str, Any]) -> bytes:
    """The PNG of a `drawing`. Takes about 0.2 s."""
    lowest, highest, decimals = given["scale"]
    return chart(
        [(date.fromisoformat(day), Decimal(score)) for day, score in given["points"]],
        [ChartLine(label, Decimal(limit), Effect(effect)) for label, limit, effect in given["lines"]],
        ChartWords(*given["titles"]),
        Scale(Decimal(lowest), Decimal(highest), decimals),
        date.fromisoformat(given["today"]),
    )


class DrawingApi(Api):
    """The calls of one bot's methods; a photo that is a drawing is drawn, in a thread, and uploaded."""

    def __init__(self, token: str, root: str, connections: Connections) -> None:
        super().__init__(token, root, connections)
        self._photos = f"{root}/bot{token}/sendPhoto"
        self._request = AiohttpRequest(connections)

    async def call(self, method: str, payload: Mapping[str, Any], answer_s: float = ANSWER_S) -> Any:
        """The `result` of one call; as `Api.call`."""
        if method != "sendPhoto" or not isinstance(payload.get("photo"), Mapping):
            return await super().call(method, payload, answer_s)
        picture = InputFile(await asyncio.to_thread(drawn, payload["photo"]), FILE_NAME)
        form = {**payload, "photo": picture}
        data = RequestData([RequestParameter.from_input(name, value) for name, value in form.items()])
        status, body = await self._request.do_request(self._photos, "POST", data)
        return _result(status, body)


def _result(status: int, body: bytes) -> Any:
    try:
        answer = json.loads(body)
    except ValueError:
        answer = None
    if status == 200 and isinstance(answer, dict) and answer.get("ok") is True:
        return answer.get("result")
    raise failure(status, answer if isinstance(answer, dict) else {})
