"""R39b: presses that no button of the chat says: each is answered as an old button, and nothing happens."""

import random
import string
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.conversation.memory import CheckUnderway, Dialogue
from bot.conversation.presses import Press, every_kind
from bot.journeys import consent
from bot.journeys.entries import OperatorPress
from bot.telegram.messages import buttons
from storage import announcements, dialogues, follows, schema, shops
from storage.audiences import Audience
from storage.dialogues import Kept
from tests.faults.scene import FULL, report, times
from tests.journeys.hand import CONTEXT, Hand, by_hand
from tests.presses import examples

CHAT, OTHER, OPERATOR, GROUP = 9001, 9003, 9002, -1009
OF_A_SHOP, OF_A_CHECK = ("shop",), ("check",)
DONE = CheckUnderway(id="aa", edition="2022-10-10", key="check:aa", finished=True, answers={"store_opened": True})


@pytest.fixture
async def hand(embedded_url: str) -> AsyncIterator[Hand]:
    """A merchant with a shop and a finished check; another merchant and an operator have theirs."""
    async with by_hand(embedded_url, "2022-11-28 21:40", replace(CONTEXT, messages_per_minute=10**9)) as one:
        conn = one.conn
        for chat in (OTHER, OPERATOR):
            await one.of(chat).agrees()
        for chat in (OTHER, CHAT):
            await follows.start(conn, (await shops.own(conn, chat, 1, f"店{chat}")).id, chat, 1)
        await shops.add(conn, "4463798", "机构的店", 1)
        await announcements.begin(conn, OPERATOR, Audience.ALL, 1, "你好")
        await dialogues.save(conn, CHAT, Kept(), Dialogue(check=DONE).model_dump_json(), 1)
        await watch(conn)
        yield one


async def watch(conn: AsyncConnection) -> None:
    """Note each table in which a row comes, changes or goes, but for what is remembered of the talk itself."""
    await conn.exec_driver_sql("CREATE TEMP TABLE changed (name TEXT)")
    for name in schema.metadata.tables:
        for deed in ("INSERT", "UPDATE", "DELETE"):
            note = f"BEGIN INSERT INTO changed VALUES ('{name}'); END"
            await conn.exec_driver_sql(f"CREATE TEMP TRIGGER {name}_{deed} AFTER {deed} ON {name} {note}")


async def outcome(hand: Hand, data: str, chat: dict[str, Any] | None = None) -> tuple[str, set[str]]:
    """The toast, and the tables in which something happened; all of it is taken back."""
    async with hand.conn.begin_nested() as step:
        await hand.conn.exec_driver_sql("DELETE FROM changed")
        said = await hand.sends(data, chat)
        changed = set((await hand.conn.exec_driver_sql("SELECT name FROM changed")).scalars())
        await step.rollback()
    toasts = [one for one in hand.shown[-len(said) :] if one.method == "answerCallbackQuery"]
    assert len(toasts) == 1, f"{data} is answered {len(toasts)} times"
    return str(toasts[0].payload.get("text", "")), changed - {"dialogues"}


def is_old(toast: str) -> bool:
    return "过期" in toast


def of_others(kind: type[Press], shop: int) -> Iterator[Press]:
    """Presses about another merchant's shop, an operator's, or of a check or an announcement of somebody else."""
    for example in examples(kind):
        named = {part.name for part in kind.parts}
        if issubclass(kind, OperatorPress):
            yield example
        elif "shop" in named:
            yield kind(**{**vars(example), "shop": shop})
        elif "check" in named and getattr(example, "check") != DONE.id:  # noqa: B009  (not every kind has one)
            yield example


def noise(count: int) -> list[str]:
    """Texts that no button says: of unknown verbs, of known verbs with anything behind, of 64 bytes of anything."""
    chance = random.Random(7)
    verbs = sorted({kind.verb.replace("*", "1") for kind in every_kind()})
    signs = string.printable + "٣７三\u202e\u200b😀|||::"
    found = []
    for _ in range(count):
        rest = "".join(chance.choice(signs) for _ in range(chance.randrange(1, 30)))
        verb = chance.choice(("", "zz|", f"{chance.choice(verbs)}|\x00", f"{chance.choice(verbs)}|{2**64}|"))
        found.append((verb + rest).encode()[:64].decode("utf-8", "ignore"))
    return found


async def test_r39_forged_presses_are_old_and_do_nothing(hand: Hand) -> None:
    told: Counter[str] = Counter()
    known = await shops.of_chat(hand.conn, OTHER)
    operators = await shops.by_ref(hand.conn, "4463798")
    assert operators is not None
    forged = {
        "another's": [
            str(press)
            for kind in every_kind()
            if kind is not consent.Agree
            for shop in (known[0].id, operators.id, 10**18 - 1)
            for press in of_others(kind, shop)
        ],
        "noise": noise(times(5000, 300)),
    }
    for what, texts in forged.items():
        for data in dict.fromkeys(texts[:: times(1, 3)]):
            toast, changed = await outcome(hand, data)
            assert (is_old(toast), changed) == (True, set()), data
            told[what] += 1
    group = {"id": GROUP, "type": "supergroup", "title": "群"}
    for kind in every_kind():
        for press in examples(kind)[: times(99, 1)]:
            toast, changed = await outcome(hand, str(press), group)
            assert (is_old(toast), changed) == (True, set()), press
            told["in a group"] += 1
    said = ", ".join(f"{number} {what}" for what, number in told.items())
    report(
        "R39",
        f"{sum(told.values())} forged presses ({said}): all answered as old, 0 effects",
        f"0 effects of {sum(told.values())} forged presses",
    )


NEVER_OFFERED = {
    int: (10**18 - 1, 0),
    date: (date(1, 1, 1), date(9999, 12, 31)),
    Decimal: (Decimal("999999999.999999999"), Decimal(-1)),
    str: ("x", "9" * 20, "2022-10-10"),
}


def with_values_never_offered(press: Press) -> Iterator[Press]:
    for part in press.parts:
        for value in NEVER_OFFERED.get(type(getattr(press, part.name)), ()):
            yield type(press)(**{**vars(press), part.name: value})


async def test_r39_values_that_are_never_offered_make_no_error_and_touch_no_one_else(hand: Hand) -> None:
    count, operator = 0, hand.of(OPERATOR)
    for kind in every_kind():
        for example in examples(kind)[: times(20, 2)]:
            for press in with_values_never_offered(example):
                if len(str(press).encode()) > 64:
                    continue
                count += 1
                await outcome(operator if issubclass(kind, OperatorPress) else hand, str(press))
    report(
        "R39",
        f"{count} presses with values never offered: each answered once, 0 errors",
        f"0 effects of {count} forged presses",
    )


async def test_the_comparison_would_see_an_effect(hand: Hand) -> None:
    mine = (await shops.of_chat(hand.conn, CHAT))[0]
    toast, changed = await outcome(hand, f"s|{mine.id}|20221128|score|3.7")
    assert (is_old(toast), bool(changed)) == (False, True)
    assert FULL or buttons(hand.shown[-1])
