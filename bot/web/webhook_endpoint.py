"""The webhook's endpoint: an update with the right secret is answered 200 when it is on disk, never before."""

import hmac
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from bot.telegram.webhook import NotJsonError
from bot.web.exchange import RETRY_AFTER_S, answer, json_body
from bot.web.parts import Hook
from bot.web.refused import Refused

SECRET_HEADER: Final = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105  (a header's name)


class Updates:
    """Takes updates."""

    def __init__(self, hook: Hook) -> None:
        self._hook = hook

    async def take(self, request: Request) -> Response:
        """200 when the update is on disk. Raises Refused, 503 when it can't be kept: Telegram will bring it again."""
        said = request.headers.get(SECRET_HEADER, "").encode("latin-1")
        if not hmac.compare_digest(said, self._hook.secret):
            raise Refused(401, f"{SECRET_HEADER} is not the one that was agreed on")
        body = await json_body(request)
        try:
            await self._hook.keep(body)
        except NotJsonError:
            raise Refused(400, "the body is not JSON") from None
        except Exception:  # whatever it was, the update is not on disk
            raise Refused(503, "not kept: bring it again", headers={"Retry-After": str(RETRY_AFTER_S)}) from None
        return answer(200, {})
