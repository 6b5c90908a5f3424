"""Fault switches: kind of the fault, calls hit, how often and for how long.

| kind               | does                                                              | options            |
|--------------------|-------------------------------------------------------------------|--------------------|
| `status`           | an error reply                                                    | status, description|
| `429`              | Too Many Requests                                                 | retry_after        |
| `401` `404` `409`  | the error reply of Telegram with this status                      |                    |
| `drop`             | the connection is closed without a reply                          |                    |
| `effect_then_drop` | the call takes effect, then the connection is closed              |                    |
| `answer`           | any answer at all, in place of the Bot API's                      | status, body, content_type |
| `html_502`         | a proxy's page instead of JSON                                    |                    |
| `malformed`        | a broken-off piece of JSON                                        |                    |
| `slow`             | a delay before the effect                                         | ms                 |
| `round_trip`       | half the delay before the effect, half after it                   | ms                 |
| `styles`           | styled buttons are refused, as by a server that knows no styles   |                    |
| `refuse`           | nobody listens: connections refused; needs `seconds`              |                    |

Every kind takes `method`, `chat_id`, `bot` (the calls hit), `count` (how many), `seconds` (how long); error replies
take `effect: true` (the call takes effect all the same).
A `429` with `seconds` and no `retry_after` names the seconds left.
"""

import time
from dataclasses import dataclass
from math import ceil
from typing import Any

from bot.sandbox.keyboards import BAD_STYLE
from bot.sandbox.wire import POLLED_TWICE, Json, bad

STANDARD = {
    400: "Bad Request: rejected",
    401: "Unauthorized",
    403: "Forbidden: bot was blocked by the user",
    404: "Not Found",
    409: POLLED_TWICE,
    429: "Too Many Requests",
    500: "Internal Server Error",
    502: "Bad Gateway",
}
DELAYS = ("slow", "round_trip")
KINDS = ("status", "429", "drop", "answer", "html_502", "malformed", "refuse", *DELAYS)
_SHORT = {"401": 401, "404": 404, "409": 409}


@dataclass(slots=True)
class Fault:
    """A switch turned on; `until` is monotonic seconds."""

    id: int
    kind: str
    method: str | None = None
    chat_id: int | None = None
    bot: str | None = None
    count: int | None = None
    seconds: float | None = None
    effect: bool = False
    status: int = 500
    description: str = ""
    body: str = ""
    content_type: str = "text/html"
    styled: bool = False
    retry_after: int | None = None
    ms: float = 0.0
    until: float = float("inf")
    hits: int = 0

    def fits(self, method: str, chat_id: Any, bot: str, now: float, *, styled: bool) -> bool:
        """Whether the switch hits a call at `now` (monotonic seconds); `styled`: a button of the call has a style."""
        return (
            self.kind != "refuse"
            and styled >= self.styled
            and now < self.until
            and (self.count is None or self.hits < self.count)
            and (self.method is None or self.method.lower() == method.lower())
            and (self.chat_id is None or self.chat_id == chat_id)
            and (self.bot is None or bot.partition(":")[0] == self.bot.partition(":")[0])
        )

    def wait_s(self, now: float) -> int:
        """The seconds to wait, as a 429 names them."""
        if self.retry_after is not None:
            return self.retry_after
        return max(1, ceil(self.until - now)) if self.seconds else 1

    def delays(self) -> tuple[float, float]:
        """Seconds before and after the effect."""
        whole = self.ms / 1000
        return (whole / 2, whole / 2) if self.kind == "round_trip" else (whole, 0.0)


@dataclass(frozen=True, slots=True)
class Plan:
    """The faults of a call: seconds before and after the effect, and the fault of the answer, if any."""

    before_s: float = 0.0
    after_s: float = 0.0
    fault: Fault | None = None


class Faults:
    """The switches turned on, oldest first; the first fitting switch decides about the answer."""

    def __init__(self) -> None:
        self.on: list[Fault] = []
        self._last_id = 0

    def add(self, wanted: Json) -> Fault:
        """The switch, turned on. Raises ValueError with the fault in `wanted`."""
        kind = str(wanted.get("kind", ""))
        options = {key: value for key, value in wanted.items() if key != "kind"}
        if kind == "effect_then_drop":
            kind, options = "drop", {**options, "effect": True}
        elif kind == "styles":
            kind, options = (
                "status",
                {**options, "status": 400, "description": bad(BAD_STYLE).description, "styled": True},
            )
        elif kind in _SHORT:
            kind, options = "status", {**options, "status": _SHORT[kind]}
        if kind not in KINDS:
            raise ValueError(
                f"unknown fault {kind!r}: one of {', '.join((*KINDS, *_SHORT, 'effect_then_drop', 'styles'))}"
            )
        if unknown := set(options) - set(Fault.__slots__) | set(options) & {"id", "until", "hits"}:
            raise ValueError(f"fault {kind!r} has no option {', '.join(sorted(unknown))}")
        if kind == "refuse" and not options.get("seconds"):
            raise ValueError("fault 'refuse' needs seconds: no control call can end it")
        self._last_id += 1
        fault = Fault(self._last_id, kind, **options)
        fault.until = time.monotonic() + fault.seconds if fault.seconds else float("inf")
        self.on.append(fault)
        return fault

    def remove(self, fault_id: int | None = None) -> None:
        """Turn a switch off, or all."""
        self.on = [fault for fault in self.on if fault_id is not None and fault.id != fault_id]

    def shown(self) -> list[Json]:
        """Fields of each switch with time and count left."""
        now = time.monotonic()
        live = [fault for fault in self.on if now < fault.until and fault.hits < (fault.count or fault.hits + 1)]
        rows = [{name: getattr(fault, name) for name in fault.__slots__} for fault in live]
        return [{**row, "until": None if row["until"] == float("inf") else row["until"]} for row in rows]

    def plan(self, method: str, chat_id: Any, bot: str, *, styled: bool = False) -> Plan:
        """The faults of a call, counted at each fitting switch."""
        now = time.monotonic()
        before = after = 0.0
        decisive = None
        for fault in self.on:
            is_delay = fault.kind in DELAYS
            if (decisive and not is_delay) or not fault.fits(method, chat_id, bot, now, styled=styled):
                continue
            fault.hits += 1
            if is_delay:
                before, after = before + fault.delays()[0], after + fault.delays()[1]
            else:
                decisive = fault
        return Plan(before, after, decisive)
