"""Merchants who follow scripts, what each chat shows after each step, and what the database holds of all chats.

Numbers, times and marked repeats are left out, so that two runs of the same scripts can be compared.
"""

import asyncio
import re
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Table, func, select, true
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from storage import schema
from tests.live import HEARD, Message, Person

SCRIPTS = (
    """/check !开了 !能 !正常营业 !0_次 4.2 !没开通 !没有 !没有 !齐了 !逐条看
    怎么开通精选联盟 /score 体验分是什么 /check""",
    """体验分_3.9 !记下 /score 体验分_3.7 !记下 !走势图 /score 如果掉到3.4
    昨天体验分4.2 !记下 /score 我会被清退吗 /rules""",
    """体验分_3.9 !记下 /settings !🔔_我的店铺 !只在变化时 !返回 !免打扰时间 !23:00_到_07:00
    !每天提醒时间 !12:00 /score /help""",
    """怎么开通精选联盟 3.7会怎样 被清退了怎么申诉 明天天气怎么样 佣金率最高多少
    体验分_3.4 !不记 体验分_3.4 !记下 停 打开提醒 /privacy""",
    """/check !开了 !不能 !上一题 !能 !正常营业 3_次
    体验分_3.6 !记下 /shops_二号店 二号店_4.2 !记下 /score /settings /export""",
)
"""A word a step: `!` presses the button, anything else is typed; `_` is a blank."""

_MARK = re.compile(r"^重发 №\d+：.*\n\n")
_VARIES = re.compile(r"\n*№ ?\d+|\b\d{1,2}:\d\d\b")
"""The number below a message, which a repeat has above, and a time of day."""
_VARIES_IN_ROWS = re.compile(
    r'\b[0-9a-f]{8,16}\b|T\d\d:\d\d:[\d.]+Z|(?<="shop":)\d+|(?<="count":)\d+|(?<="named":)\d+|(?<="message":)\d+|(?<=\|)\d+|\d{6,}'
)
"""An instant, the number of a shop, what came within a minute, names made from numbers, numbers of messages."""

COMPARED = [
    table
    for table in schema.metadata.sorted_tables
    if table.name not in ("inbox", "outbox", "paces", "jobs", "bots", "copies", "swept", "switches", "audit")
]
"""Without the queues, and what has to do with the process rather than the merchants."""


def steps(number: int) -> list[str]:
    """The steps of a merchant."""
    return [step.replace("_", " ") for step in SCRIPTS[number % len(SCRIPTS)].split()]


async def takes(person: Person, step: str) -> int:
    """Take the step; the number of the update."""
    told = await (person.presses(step[1:]) if step.startswith("!") else person.says(step))
    return int(told["update_id"])


Screen = tuple[str, ...]
"""The messages of the bot in a chat as they stand, each with its buttons."""


async def screen(person: Person) -> Screen:
    """What the chat shows, without the copies that say that they are repeats: of one of the last two messages as it is.

    A message that was edited since is none that a repeat is of: the messages of a chat go out in order.
    """
    events = await person.sandbox.events(0, chat_id=person.id, kinds=HEARD)
    shown: list[list[str]] = []
    places: dict[int, list[str]] = {}
    for message in (Message(event["message"]) for event in events):
        text = plain(message)
        if message.id in places:
            places[message.id][0] = text
            continue
        said = [one for one in shown[-2:] if one[0] == text and _MARK.match(message.text)]
        if not said:
            said = [[text]]
            shown.append(said[-1])
        places[message.id] = said[-1]
    return tuple(now for (now,) in shown)


def plain(message: Message) -> str:
    """Text and buttons, without what differs between runs."""
    return "\n".join([_VARIES.sub("", _MARK.sub("", message.text)).strip(), *message.buttons])


async def shows(person: Person, wanted: Screen, over: asyncio.Event) -> bool:
    """Whether the chat comes to show this before all is over."""
    while (found := await screen(person)) != wanted:
        if over.is_set():
            return False
        newest = (await person.sandbox.events(0, chat_id=person.id))[-1]["seq"]
        if found == await screen(person):
            await person.sandbox.events(newest, chat_id=person.id, kinds=HEARD, within_s=1.0)
    return True


async def is_at_rest(conn: AsyncConnection, chats: Sequence[int], update_id: int | None = None) -> bool:
    """Whether nothing waits for these chats, or any where none is named, and this update has been handled."""
    if update_id is not None:
        handled = select(func.count()).where(schema.inbox.c.key == update_id, schema.inbox.c.state == "done")
        if not (await conn.execute(handled)).scalar():
            return False
    for table, states in ((schema.inbox, ("waiting",)), (schema.outbox, ("waiting", "sending"))):
        query = select(func.count()).where(table.c.chat_id.in_(chats) if chats else true(), table.c.state.in_(states))
        if (await conn.execute(query)).scalar():
            return False
    return True


async def rest(engine: AsyncEngine, chats: Sequence[int], update_id: int | None = None, within_s: float = 120) -> None:
    """Return once nothing waits. Raises TimeoutError."""
    async with asyncio.timeout(within_s):
        while True:
            async with engine.begin() as conn:
                if await is_at_rest(conn, chats, update_id):
                    return
            await asyncio.sleep(0.1)


async def rows(engine: AsyncEngine) -> dict[str, list[str]]:
    """All rows of each table that is compared, sorted."""
    async with engine.begin() as conn:
        return {table.name: sorted(await _rows(conn, table)) for table in COMPARED}


async def _rows(conn: AsyncConnection, table: Table) -> list[str]:
    found = [_without_numbers(row._mapping) for row in await conn.execute(select(table))]
    is_paused = table is schema.chats  # one that had to wait has a row, and may be written to again
    return [str(row) for row in found if not (is_paused and row["state"] == "active")]


def _without_numbers(row: Mapping[str, Any]) -> dict[str, Any]:
    """The row without its number, those of other rows and of messages, and instants."""
    return {
        name: _VARIES_IN_ROWS.sub("·", value) if isinstance(value, str) else value
        for name, value in row.items()
        if name == "chat_id" or not (name in ("id", "version") or name.endswith(("_id", "_at", "_ms", "_until")))
    }
