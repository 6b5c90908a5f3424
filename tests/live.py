"""Driving the sandbox over HTTP: deeds of a person, the person's screen, calls of the bot.

    async with sandbox_client() as sandbox:              # a new server on a free port
        shop = await sandbox.person("小店")               # a private chat with a new person
        await shop.says("怎么开通精选联盟")
        answer = await shop.hears()                      # the next new or edited message of the bot
        await shop.presses("开始检查")                    # by text or callback data, newest first
        await shop.hears()                               # the message after
        await sandbox.fault("429", chat_id=shop.id, retry_after=3, count=1)
        rows = await sandbox.calls("sendMessage", chat_id=shop.id, count=2)   # waits for two

`sandbox.url` is the Bot API's root (`TELEGRAM_API_BASE_URL`). A chat remembers the last message heard,
so two `hears()` in a row give two messages; `hears(after=seq)` looks from an earlier point.
Nothing here sleeps: waiting is the server's long poll, and running out of time raises `NothingHeard`
with the texts in the chat. `SandboxClient(url)` drives a server elsewhere; with `bot=` (an id or
a token) the world of a certain bot, else of the first bot to come.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp

from bot.sandbox.listening import serving

HEARD = "message,edited"
PATIENCE_S = 30.0


class NothingHeard(AssertionError):
    """The bot said nothing in time."""


class Refused(Exception):
    """The sandbox refused a control call (no such button, unknown fault, …)."""


@dataclass(frozen=True)
class Message:
    """A message on the person's screen."""

    raw: Mapping[str, Any]
    seq: int = 0

    @property
    def id(self) -> int:
        return int(self.raw["message_id"])

    @property
    def text(self) -> str:
        """The text, or a file's caption."""
        return str(self.raw.get("text", self.raw.get("caption", "")))

    @property
    def entities(self) -> list[dict[str, Any]]:
        return list(self.raw.get("entities", self.raw.get("caption_entities", [])))

    @property
    def rows(self) -> list[list[str]]:
        """The buttons' texts, row by row."""
        keyboard = self.raw.get("reply_markup", {}).get("inline_keyboard", [])
        return [[button["text"] for button in row] for row in keyboard]

    @property
    def buttons(self) -> list[str]:
        """The buttons' texts in a flat list."""
        return [text for row in self.rows for text in row]

    @property
    def data(self) -> dict[str, str]:
        """Callback data by button text."""
        keyboard = self.raw.get("reply_markup", {}).get("inline_keyboard", [])
        return {button["text"]: button.get("callback_data", "") for row in keyboard for button in row}

    @property
    def quotes(self) -> list[str]:
        """Texts of the block quotes."""
        return [self.part(entity) for entity in self.entities if entity["type"].endswith("blockquote")]

    @property
    def is_edited(self) -> bool:
        return "edit_date" in self.raw

    @property
    def is_from_bot(self) -> bool:
        return bool(self.raw.get("from", {}).get("is_bot"))

    def part(self, entity: Mapping[str, Any]) -> str:
        """The text covered by an entity."""
        units = self.text.encode("utf-16-le")
        start, length = entity["offset"] * 2, entity["length"] * 2
        return units[start : start + length].decode("utf-16-le")


class Person:
    """A chat: a person in private, or a group. `heard` is the seq of the last message heard."""

    def __init__(self, sandbox: "SandboxClient", chat: Mapping[str, Any]) -> None:
        self.sandbox = sandbox
        self.id = int(chat["id"])
        self.user: Mapping[str, Any] = chat["person"]
        self.heard = 0

    async def says(self, text: str, **more: Any) -> dict[str, Any]:
        """Write `text`; update_id, message and seq."""
        return await self._does("say", text=text, **more)

    async def presses(self, button: str, message_id: int | None = None, **more: Any) -> dict[str, Any]:
        """Press the newest button with a text or data; with `message_id`, any data on the message."""
        where = {} if message_id is None else {"message_id": message_id}
        return await self._does("press", button=button, **where, **more)

    async def edits(self, message_id: int, text: str) -> dict[str, Any]:
        """Edit one's own message."""
        return await self._does("edit", message_id=message_id, text=text)

    async def sends(self, kind: str, content: bytes, name: str, caption: str = "") -> dict[str, Any]:
        """Send a photo, voice, sticker or document."""
        query = {"kind": kind, "name": name, "caption": caption}
        return dict(await self.sandbox.ask("POST", f"chats/{self.id}/send", query, content))

    async def blocks(self) -> dict[str, Any]:
        """Stop the bot."""
        return await self._does("block")

    async def unblocks(self) -> dict[str, Any]:
        """Let the bot in again."""
        return await self._does("unblock")

    async def joins(self) -> dict[str, Any]:
        """Add the bot to the group."""
        return await self._does("join")

    async def migrates(self, to: int | None = None) -> int:
        """Make the group a supergroup; the new id."""
        return int((await self._does("migrate", **({"to": to} if to else {})))["chat_id"])

    async def hears(self, after: int | None = None, within_s: float = PATIENCE_S) -> Message:
        """The first new or edited message of the bot after the last heard (or seq `after`). Raises NothingHeard."""
        start = self.heard if after is None else after
        events = await self.sandbox.events(start, chat_id=self.id, kinds=HEARD, within_s=within_s)
        if not events:
            shown = [message.text[:80] for message in await self.sees()]
            raise NothingHeard(f"nothing new in chat {self.id} within {within_s} s; it shows {shown}")
        message = Message(events[0]["message"], events[0]["seq"])
        self.heard = message.seq if after is None else max(self.heard, message.seq)
        return message

    async def hears_all(self, count: int, within_s: float = PATIENCE_S) -> list[Message]:
        """The next `count` new or edited messages."""
        return [await self.hears(within_s=within_s) for _ in range(count)]

    async def hears_toast(self, query_id: str, within_s: float = PATIENCE_S) -> dict[str, Any]:
        """How the bot answered a pressed button: text and show_alert."""
        seq = 0
        while events := await self.sandbox.events(seq, chat_id=self.id, kinds="answered", within_s=within_s):
            for event in events:
                if event["query_id"] == query_id:
                    return event
            seq = events[-1]["seq"]
        raise NothingHeard(f"button press {query_id} was not answered within {within_s} s")

    async def sees(self) -> list[Message]:
        """All messages in the present state, oldest first."""
        found = await self.sandbox.ask("GET", f"chats/{self.id}/messages")
        return [Message(raw) for raw in found]

    async def _does(self, act: str, **what: Any) -> dict[str, Any]:
        return dict(await self.sandbox.ask("POST", f"chats/{self.id}/{act}", body=what))


class SandboxClient:
    """The control side of a server. Use as an async context manager."""

    def __init__(self, url: str, bot: str | None = None) -> None:
        self.url = url.rstrip("/")
        self.bot = bot
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> "SandboxClient":
        self._session = aiohttp.ClientSession()
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._session is not None:
            await self._session.close()

    async def person(self, first_name: str = "小店", **more: Any) -> Person:
        """A private chat with a new person (or the person with `id`)."""
        return await self.chat(type="private", first_name=first_name, **more)

    async def chat(self, **wanted: Any) -> Person:
        """A chat of any type: `type`, `id`, `title`, `first_name`, `username`, `language_code`."""
        return Person(self, await self.ask("POST", "chats", body=wanted))

    async def push(self, update: str) -> int:
        """Queue the JSON of an update unchanged, malformed or not; the id to confirm the update."""
        return int((await self.ask("POST", "updates", body=update))["update_id"])

    async def events(
        self, after: int = 0, chat_id: int | None = None, kinds: str = "", within_s: float = 0.0
    ) -> list[dict[str, Any]]:
        """Events after seq `after`; waits up to `within_s` for the first."""
        query = {"after": after, "chat": chat_id, "kinds": kinds, "timeout": within_s}
        return list((await self.ask("GET", "events", query))["events"])

    async def calls(
        self,
        method: str | None = None,
        chat_id: int | None = None,
        *,
        status: int | None = None,
        after: int = 0,
        count: int | None = None,
        within_s: float = PATIENCE_S,
        limit: int = 100_000,
    ) -> list[dict[str, Any]]:
        """Bot API calls, oldest first; with `count`, once so many were answered (or time is up).

        Each has n, bot, method, chat_id, params, at (wall), mono (s), status (0: no reply), took_s.
        """
        query = {"method": method, "chat": chat_id, "status": status, "after": after, "limit": limit}
        waits = {"count": count, "timeout": within_s} if count else {}
        return list((await self.ask("GET", "calls", query | waits))["calls"])

    async def fault(self, kind: str, **options: Any) -> int:
        """Turn a fault on (see `bot.sandbox.faults`); the id."""
        return int((await self.ask("POST", "faults", body={"kind": kind, **options}))["id"])

    async def heal(self, fault_id: int | None = None) -> None:
        """Turn a fault off, or all."""
        await self.ask("DELETE", "faults" if fault_id is None else f"faults/{fault_id}")

    async def state(self) -> dict[str, Any]:
        """The bot, the commands, the newest seq, the faults, the number of waiting updates."""
        return dict(await self.ask("GET", "state"))

    async def reset(self) -> None:
        """Forget chats, calls and faults; ids go on counting."""
        await self.ask("POST", "reset")

    async def bot_has_come(self, within_s: float = PATIENCE_S) -> None:
        """Return once the bot has polled or set a webhook for the first time."""
        if (await self.state())["bot"]["has_come"]:
            return
        if not await self.events(0, kinds="bot", within_s=within_s):
            raise NothingHeard(f"no bot came within {within_s} s")

    async def ask(self, method: str, path: str, query: Mapping[str, Any] | None = None, body: Any = None) -> Any:
        """The answer to a control call. Raises Refused with the reason."""
        assert self._session is not None, "use SandboxClient in an async with"
        known = {key: str(value) for key, value in {**(query or {}), "bot": self.bot}.items() if value is not None}
        sent: dict[str, Any] = {"data": body} if isinstance(body, bytes | str) else {"json": body or {}}
        if method == "GET":
            sent = {}
        async with self._session.request(method, f"{self.url}/sandbox/{path}", params=known, **sent) as reply:
            answer = await reply.json(content_type=None)
            if reply.status != 200:
                raise Refused(f"{path}: {answer.get('error', answer)}")
            return answer


@asynccontextmanager
async def sandbox_client(bot: str | None = None) -> AsyncIterator[SandboxClient]:
    """A client to a new server, on a free port in the running event loop."""
    async with serving() as listener, SandboxClient(listener.url, bot) as client:
        yield client
