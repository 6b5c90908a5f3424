"""Updates of the shapes of Telegram, and mutations: real shapes with a part that is wrong, or just odd."""

import copy
import json
from collections.abc import Iterator
from random import Random
from typing import Any

from tests.presses import every_example
from tests.views.test_hostile_text import HOSTILE

Json = Any
CHATS = tuple(range(9001, 9041))
ADMIN = CHATS[0]

TEXTS = [
    "怎么开通精选联盟",
    "3.7会怎样",
    "体验分 3.7",
    "昨天体验分4.2",
    "二店 今天掉到3.4了",
    "被关闭了",
    "又开通了",
    "如果降到 3.4",
    "不清楚",
    "四点二",
    "没有",
    "2022年9月",
    "两次",
    "85",
    "4.25 分",
    "谢谢",
    "拼多多保证金",
    "那3.6呢",
    "清退后还能再开通吗",
    "13912345678",
    "关了两次还能开吗",
    "1e9",
    "-3",
    "٣.٧",
    "３.７",
    "〇",
    "99999999999999999999",
    "0.0000001",
    "2月30日体验分3.9",
    "NaN",
    "inf",
]
COMMANDS = [
    "/start",
    "/help",
    "/rules",
    "/check",
    "/cancel",
    "/score",
    "/score 3.9",
    "/score 如果3.6",
    "/shops",
    "/shops 二店",
    "/settings",
    "/privacy",
    "/export",
    "/forget",
    "/admin",
    "/start i" + "A" * 60,
    "/start@bot x",
    "/nothing",
    "/",
    "//",
    "/shops " + "长" * 90,
    "/score 3.999999999",
]
PRESSES = [
    *map(str, every_example()),
    "t|none",
    "v|2026-07-29",
    "s|0||score|3.7",
    "",
    "|",
    "||||",
    "s|" * 30,
]
"""Of all kinds of buttons that the bot knows, and some that are none."""

ODD: list[Json] = [
    None,
    True,
    0,
    -1,
    1.5,
    2**31,
    2**63,
    2**64,
    -(2**63),
    "",
    "x",
    "0",
    [],
    {},
    [[]],
    {"id": 1},
    "\u0000",
    "\ud800",
    "9" * 400,
    float("inf"),
    *HOSTILE,
]
EXTRAS: list[Json] = [
    {
        "photo": [{"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1, "file_size": 5}],
        "caption": "体验分 3.7",
    },
    {"document": {"file_id": "f", "file_unique_id": "u", "file_name": "分数.csv", "file_size": 900}},
    {"voice": {"file_id": "f", "file_unique_id": "u", "duration": 3}},
    {
        "sticker": {
            "file_id": "f",
            "file_unique_id": "u",
            "type": "regular",
            "width": 1,
            "height": 1,
            "is_animated": False,
            "is_video": False,
        }
    },
    {"contact": {"phone_number": "13912345678", "first_name": "张三"}},
    {"location": {"latitude": 1.5, "longitude": 2.5}},
    {
        "poll": {
            "id": "1",
            "question": "?",
            "options": [],
            "total_voter_count": 0,
            "is_closed": False,
            "is_anonymous": True,
            "type": "regular",
            "allows_multiple_answers": False,
        }
    },
    {"new_chat_title": "新群"},
    {"pinned_message": {"message_id": 1, "date": 0, "chat": {"id": 1, "type": "private"}}},
    {"dice": {"emoji": "🎲", "value": 3}},
    {"migrate_to_chat_id": -1001},
    {"left_chat_member": {"id": 5, "is_bot": True}},
]


class Updates:
    """A stream of updates; `heard`: buttons shown by the bot, pressed later to get conversations ahead."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.heard: list[str] = []

    def stream(self, count: int) -> Iterator[Json]:
        for number in range(1, count + 1):
            update = self._update(number)
            for _ in range(self.random.choice((0, 0, 0, 1, 1, 2, 5))):
                update = mutated(update, self.random)
            yield update

    def hear(self, data: str) -> None:
        """Note the data of a button shown by the bot."""
        self.heard.append(data)
        del self.heard[:-200]

    def _update(self, number: int) -> Json:
        kind = self.random.choices(("text", "press", "extra", "other"), (50, 35, 10, 5))[0]
        return {"update_id": number, **getattr(self, f"_{kind}")()}

    def _head(self) -> dict[str, Json]:
        chat_id, pick = self.random.choice(CHATS), self.random.random()
        kind = "private" if pick < 0.9 else self.random.choice(("group", "supergroup", "channel"))
        who = {
            "id": chat_id,
            "is_bot": False,
            "first_name": self.random.choice(HOSTILE),
            "language_code": "zh-hans",
        }
        return {"message_id": 7, "date": 1666000000, "chat": {"id": chat_id, "type": kind}, "from": who}

    def _text(self) -> Json:
        random = self.random
        text = random.choice(
            (random.choice(TEXTS), random.choice(TEXTS), random.choice(COMMANDS), random.choice(HOSTILE))
        )
        if random.random() < 0.2:
            text = spoiled(text + random.choice(TEXTS), random)
        key = random.choices(("message", "edited_message", "channel_post"), (95, 3, 2))[0]
        return {key: {**self._head(), "text": text}}

    def _press(self) -> Json:
        random = self.random
        data = random.choice(self.heard) if self.heard and random.random() < 0.7 else random.choice(PRESSES)
        if random.random() < 0.2:
            data = spoiled(data, random)[:64]
        head = self._head()
        message = {**head, "from": {"id": 1, "is_bot": True, "first_name": "b"}, "text": "?"}
        return {
            "callback_query": {
                "id": "1",
                "from": head["from"],
                "message": message,
                "chat_instance": "1",
                "data": data,
            }
        }

    def _extra(self) -> Json:
        return {"message": {**self._head(), **copy.deepcopy(self.random.choice(EXTRAS))}}

    def _other(self) -> Json:
        head = self._head()
        member = {
            "user": {"id": 1, "is_bot": True, "first_name": "b"},
            "status": self.random.choice(("left", "member")),
        }
        change = {
            "chat": head["chat"],
            "from": head["from"],
            "date": 1,
            "old_chat_member": member,
            "new_chat_member": member,
        }
        return {"my_chat_member": change}


def mutated(value: Json, random: Random) -> Json:
    """A copy with a single part replaced, removed, doubled or moved."""
    value = copy.deepcopy(value)
    places = [(holder, key) for holder in _holders(value) for key in _keys(holder) if key != "update_id"]
    if not places:
        return value
    holder, key = random.choice(places)
    pick = random.random()
    if pick < 0.6:
        holder[key] = copy.deepcopy(random.choice(ODD))
    elif pick < 0.8:
        del holder[key]
    elif isinstance(holder[key], str):
        holder[key] = spoiled(holder[key], random)
    else:
        holder[key] = copy.deepcopy(random.choice(places)[0])
    return value


def _holders(value: Json) -> Iterator[Json]:
    if isinstance(value, dict | list):
        yield value
        for part in value.values() if isinstance(value, dict) else value:
            yield from _holders(part)


def _keys(holder: Json) -> list[Json]:
    return list(holder) if isinstance(holder, dict) else list(range(len(holder)))


def spoiled(text: str, random: Random) -> str:
    """The text with something cut, doubled or put in."""
    at, end = sorted((random.randrange(len(text) + 1), random.randrange(len(text) + 1)))
    pieces = (text[:at] + text[end:], text[:end] + text[at:], text[:at] + random.choice(HOSTILE) + text[at:])
    return random.choice(pieces)[:3000]


def as_json(update: Json) -> str:
    """The update as JSON; Python's JSON writes inf and lone surrogates too, like a hostile sender."""
    return json.dumps(update)
