"""R42: a merchant with 57 shops of hostile names presses every button: each message is one that Telegram takes."""

import re
from collections import Counter, deque
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from bot.conversation.presses import parse
from bot.journeys import notice_buttons, operator_deeds, privacy, shop_changes
from bot.journeys.entries import COMMANDS
from bot.sandbox.formatting import message_text
from bot.sandbox.keyboards import inline_keyboard
from rules.sources import Source
from storage import follows, scores, shops
from storage.outbox import Message
from storage.scores import Score
from tests.faults.scene import FULL, report, times
from tests.journeys.hand import CONTEXT, Hand, by_hand, keyboard

COUNT = times(57, 25)
COMMON = ("/shops", "/score", "/check", "/settings", "/export")
CHAT, OPERATOR = 9001, 9002
NAMES = (
    "😀" * 60,
    "🇨🇳" * 60,
    "👍🏽" * 40,
    "👨‍👩‍👧‍👦" * 12,
    "\u202e店\u2066铺\u202c",
    "&lt;b&gt;",
    "<b>女装</b>",
    "a | b => shops",
    "%% buttons",
    "e\u0301" * 40,
    "z\u0300\u0301\u0302\u0303" * 30,
    "店\n二\r\n三",
    "W" * 80,
    "女装旗舰店" * 8,
    "\u200b\u200d",
    "{{ 7 * 7 }}",
)
GIVES_UP = (
    privacy.Forget,
    shop_changes.Remove,
    notice_buttons.StopAll,
    operator_deeds.RemoveShop,
    operator_deeds.HandOver,
)
ASKS = ("体验分3.7", "被清退了", "又开通了", "我的店能开通吗")
SAYS = (*ASKS, "我的店铺", "我的店会被清退吗", "改名", "撤销", "停", "我还剩几次机会")
BIDI = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069\u061c]")
FLAGS = re.compile("[\U0001f1e6-\U0001f1ff]+")


@pytest.fixture
async def hand(embedded_url: str) -> AsyncIterator[Hand]:
    async with by_hand(embedded_url, "2022-11-28 12:00", replace(CONTEXT, messages_per_minute=10**9)) as one:
        await one.of(OPERATOR).agrees()
        await has_shops(one)
        yield one


async def has_shops(hand: Hand) -> None:
    """The merchant follows the operators' shops, each with a few days of scores, and names three shops of its own."""
    today = date(2022, 11, 28)
    for number in range(COUNT):
        name = NAMES[number % len(NAMES)]
        shop = (await shops.add(hand.conn, f"44637{number:04}", name, 1))[1]
        await follows.start(hand.conn, shop.id, CHAT, 1)
        for back in range(3):
            value = Decimal(330 + (number * 7 + back * 3) % 120) / 100
            row = Score(shop.id, "score", today - timedelta(back), value, "0-5", Source.FEED)
            await scores.record(hand.conn, row, 1)
    for name in NAMES[:3]:
        await hand.says(f"/shops {name}")


def wrong(message: Message) -> str:
    """Why Telegram would refuse the message, or a person would be led astray; "" for nothing."""
    if message.method not in ("sendMessage", "editMessageText"):
        return ""
    params: dict[str, Any] = dict(message.payload)
    try:
        words, _ = message_text(params)
        inline_keyboard(params)
    except Exception as error:
        return f"{type(error).__name__}: {vars(error)}"
    labels = [str(button["text"]) for row in keyboard(message) for button in row]
    shown = "\n".join((words, *labels))
    if BIDI.search(shown) or any(len(found) % 2 for found in FLAGS.findall(shown)):
        return f"a mark of direction, or half a flag: {shown[:200]!r}"
    return f"{len(labels)} buttons" if len(labels) > 30 else ""


def kind_of(data: str) -> str:
    """What tells a button from those that do the same to another shop."""
    pressed = parse(data)
    return f"{type(pressed).__name__} {getattr(pressed, 'page', '')}"


async def crawled(hand: Hand, starts: tuple[str, ...], most: int) -> Counter[str]:
    """Every button of every screen from these texts on, a few of each kind; screens by kind of button."""
    seen: Counter[str] = Counter()
    waiting: deque[str] = deque()
    for start in starts:
        await hand.says(start)
        waiting.extend(taken(hand, start))
    while waiting:
        data = waiting.popleft()
        if not data or seen[kind_of(data)] >= most:
            continue
        seen[kind_of(data)] += 1
        async with hand.conn.begin_nested() as step:
            await hand.sends(data)
            if isinstance(parse(data), GIVES_UP):
                await step.rollback()
        waiting.extend(taken(hand, data))
    return seen


def taken(hand: Hand, what: str) -> list[str]:
    """The buttons of what was shown just now; each message is looked at."""
    found = [button.get("callback_data", "") for one in hand.shown for row in keyboard(one) for button in row]
    faults = [why for one in hand.shown if (why := wrong(one))]
    assert faults == [], what
    hand.shown.clear()
    return list(dict.fromkeys(found))


async def test_r42_every_screen_of_57_shops_is_one_that_telegram_takes(hand: Hand) -> None:
    commands = tuple(f"/{name}" for name in sorted(COMMANDS) if name != "forget")
    seen = await crawled(hand, (*times(commands, COMMON), *SAYS), times(3, 1))
    if FULL:
        finds = ("/find 店", "/find 4463", "/find 女装")
        seen += await crawled(hand.of(OPERATOR), (*commands, *finds), 3)
    pressed = f"{len(seen)} kinds of buttons, {sum(seen.values())} presses"
    report("R42", f"{COUNT} shops of hostile names: {pressed}, 0 messages that Telegram refuses", "0 messages refused")
    assert len(seen) > 40


@pytest.mark.parametrize("start", ["/shops", "/score", "/check", "/settings", *ASKS])
async def test_every_shop_is_reached_by_turning_the_pages(hand: Hand, start: str) -> None:
    known = {shop.id for shop in await shops.of_chat(hand.conn, CHAT)}
    await hand.says(start)
    reached: set[int] = set()
    for _ in range(12):
        rows = [row for one in hand.shown for row in keyboard(one)]
        reached |= {shop for row in rows for button in row if (shop := shop_of(button.get("callback_data", "")))}
        texts = {button["text"]: button.get("callback_data", "") for row in rows for button in row}
        following = texts.get("下一页 ›")
        hand.shown.clear()
        if following is None:
            break
        await hand.sends(following)
    assert known - reached == set()


def shop_of(data: str) -> int | None:
    return getattr(parse(data), "shop", None)


async def test_a_page_is_turned_by_typing_what_its_button_says(hand: Hand) -> None:
    await hand.says("/shops")
    await hand.says("下一页")
    labels = [button["text"] for row in keyboard(hand.shown[-1]) for button in row]
    assert any(label.startswith("2/") for label in labels)


async def test_a_page_that_is_no_more_shows_the_last_one(hand: Hand) -> None:
    for data in ("shops|99", "score|999999999999999999", "check|at|77", "set||50", "cw|70|20221128", "ow|70|20221128"):
        shown = await hand.sends(data)
        assert len(shown) == 2
        labels = [button["text"] for row in keyboard(hand.shown[-1]) for button in row]
        assert any(re.fullmatch(r"(\d+)/\1", label) for label in labels), data


async def test_texts_of_a_thousand_characters_about_many_shops_fit(hand: Hand) -> None:
    many = " ".join(f"店{number}3.{number % 10}" for number in range(150))
    await hand.says(many[:1000])
    taken(hand, "many")
