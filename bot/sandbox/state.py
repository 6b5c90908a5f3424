"""State of the server: bots, each with chats, messages and files. Bots share nothing."""

import time
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from bot.sandbox.faults import Faults
from bot.sandbox.journal import Feed, Journal, as_number
from bot.sandbox.push import Webhook
from bot.sandbox.update_queue import UpdateQueue
from bot.sandbox.wire import Json, Refusal, bad

KEPT_MESSAGES = 2_000  # per chat; older ones can no longer be edited or seen
FIRST_PERSON = 5_000_000_000  # past 32 bits, as new Telegram accounts are


@dataclass(slots=True)
class Chat:
    """A chat; `public` is the Chat object of the Bot API."""

    id: int
    public: Json
    person: Json
    blocked: bool = False
    migrated_to: int | None = None
    last_message_id: int = 0
    messages: dict[int, Json] = field(default_factory=dict)
    commands: list[Json] = field(default_factory=list)

    def next_id(self) -> int:
        """The id of the message to come."""
        self.last_message_id += 1
        return self.last_message_id

    def keep(self, message: Json) -> None:
        """Store or replace a message."""
        self.messages[message["message_id"]] = message
        if len(self.messages) > KEPT_MESSAGES:
            del self.messages[next(iter(self.messages))]

    def summary(self) -> Json:
        """The chat in the form of the control calls; `commands`: its own, instead of those of all chats."""
        return {
            **self.public,
            "person": self.person,
            "blocked": self.blocked,
            "commands": self.commands,
            "last_message": next(reversed(self.messages.values()), None),
        }


@dataclass(slots=True)
class StoredFile:
    """A file, fetched by `file_id`."""

    file_id: str
    name: str
    content: bytes
    mime_type: str
    path: str

    def described(self) -> Json:
        """The fields of every file object of the Bot API."""
        return {"file_id": self.file_id, "file_unique_id": f"U{self.file_id}", "file_size": len(self.content)}


class World:
    """All of Telegram within sight of a bot."""

    def __init__(self, token: str) -> None:
        self.token = token
        self.feed = Feed()
        self.updates = UpdateQueue(int(time.time()))  # ids of a later run lie above those of an earlier one
        self.webhook = Webhook(self.updates)
        self.chats: dict[int, Chat] = {}
        self.queries: dict[str, int] = {}  # the chat of each pressed button that waits for its answer
        self.files: dict[str, StoredFile] = {}
        self.profile: dict[str, Any] = {}
        self.commands: list[Json] = []
        self.last_poll: float | None = None
        self.person_ids = count(FIRST_PERSON + int(time.time()) % 1_000_000_000)
        self.group_ids = count(-1_000_000_000_001, -1)
        self._query_ids = count(int(time.time()) << 20)

    @property
    def bot_id(self) -> int:
        return int(self.token.partition(":")[0] or 0)

    @property
    def user(self) -> Json:
        """The bot as a User object."""
        return {"id": self.bot_id, "is_bot": True, "first_name": "Sandbox Bot", "username": "sandbox_bot"}

    def chat(self, chat_id: Any) -> Chat:
        """The chat with an id or @username. Raises Refusal: chat not found."""
        if chat_id in (None, ""):
            raise bad("chat_id is empty")
        wanted = as_number(chat_id)
        if isinstance(wanted, int):
            found = self.chats.get(wanted)
        else:
            found = next((c for c in self.chats.values() if f"@{c.public.get('username')}" == wanted), None)
        if found is None:
            raise bad("chat not found")
        return found

    def open_chat(self, chat_id: Any) -> Chat:
        """The chat, if open to the bot. Raises Refusal in Telegram's words."""
        chat = self.chat(chat_id)
        if chat.blocked:
            raise Refusal(403, "Forbidden: bot was blocked by the user")
        if chat.migrated_to is not None:
            reason = "Bad Request: group chat was upgraded to a supergroup chat"
            raise Refusal(400, reason, migrate_to_chat_id=chat.migrated_to)
        return chat

    def store(self, folder: str, name: str, content: bytes, mime_type: str) -> StoredFile:
        """The file, kept under a path without the sender's name for the file."""
        number = len(self.files)
        suffix = name.rpartition(".")[2] if "." in name else "bin"
        suffix = suffix if suffix.isalnum() and suffix.isascii() else "bin"
        file_id = f"SANDBOX_{self.bot_id}_{folder}_{number}"
        kept = StoredFile(file_id, name, content, mime_type, f"{folder}/file_{number}.{suffix}")
        self.files[file_id] = kept
        return kept

    def new_query(self, chat_id: int) -> str:
        """The id of a button press, to be answered once."""
        query_id = str(next(self._query_ids))
        self.queries[query_id] = chat_id
        return query_id

    def reset(self) -> None:
        """Forget chats, files and waiting updates; ids go on counting, the bot's profile stays."""
        self.chats.clear()
        self.queries.clear()
        self.files.clear()
        self.updates.pending.clear()
        self.feed.publish("reset", None)


class Sandbox:
    """All bots, the journal and the switches of a server."""

    def __init__(self) -> None:
        self.journal = Journal()
        self.faults = Faults()
        self.boot_id = str(time.time_ns())
        self._first = World("")
        self._worlds: dict[str, World] = {}

    def enter(self, token: str) -> World:
        """The world of the bot with `token`; the first bot to come takes the world on the page."""
        world = self._worlds.get(token)
        if world is None:
            world = World(token) if self._worlds else self._first
            world.token = token
            self._worlds[token] = world
        return world

    def world(self, bot: str | None = None) -> World | None:
        """The world of the bot with a token or id, of the first bot when None; None for an unknown id.

        A bot with an unknown token enters.
        """
        if not bot:
            return self._first
        if ":" in bot:
            return self.enter(bot)
        return next((world for token, world in self._worlds.items() if token.partition(":")[0] == bot), None)

    def worlds(self) -> list[World]:
        """Every bot's world."""
        return list(self._worlds.values()) or [self._first]

    def reset(self) -> None:
        """As after a start, but for the bots' profiles, webhooks and all counters."""
        self.faults.remove()
        self.journal.clear()
        for world in self.worlds():
            world.reset()
