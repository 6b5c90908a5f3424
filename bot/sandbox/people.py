"""Deeds of people: write, press, edit, send files, block, join. Each becomes an update."""

import time
from collections.abc import Callable
from typing import Any

from bot.sandbox.formatting import with_marks
from bot.sandbox.keyboards import find_button
from bot.sandbox.media import document, photo_sizes
from bot.sandbox.state import Chat, StoredFile, World
from bot.sandbox.wire import Json, Upload


class Impossible(Exception):
    """A control call without sense; the message has the reason."""


def create_chat(world: World, wanted: Json) -> Chat:
    """A new chat, or the known chat with the id in `wanted`, which holds Chat and User fields."""
    kind = wanted.get("type", "private")
    if kind not in ("private", "group", "supergroup"):
        raise Impossible(f"unknown chat type {kind!r}")
    is_private = kind == "private"
    chat_id = wanted.get("id") or (next(world.person_ids) if is_private else next(world.group_ids))
    if chat_id in world.chats:
        return world.chats[chat_id]
    person = _person(wanted, chat_id if is_private else next(world.person_ids))
    public: Json = {"id": chat_id, "type": kind}
    if is_private:
        public |= {key: person[key] for key in ("first_name", "last_name", "username") if key in person}
    else:
        public["title"] = wanted.get("title", f"Group {-chat_id}")
    chat = Chat(chat_id, public, person)
    world.chats[chat_id] = chat
    world.feed.publish("chat", chat_id, chat=chat.summary())
    return chat


def says(world: World, chat: Chat, text: str, sender: Json | None = None) -> Json:
    """The person writes `text`."""
    content: Json = {"text": text}
    if entities := with_marks(text, []):
        content["entities"] = entities
    return _post(world, chat, content, sender)


def presses(world: World, chat: Chat, button: str, message_id: int | None, sender: Json | None = None) -> Json:
    """The person presses the newest button with this text or data.

    With `message_id` any data goes: an old button may still be on a screen.
    """
    message, data = _button(chat, button, message_id)
    query_id = world.new_query(chat.id)
    query = {
        "id": query_id,
        "from": sender or chat.person,
        "message": message,
        "chat_instance": str(chat.id * 7919),
        "data": data,
    }
    update_id = world.updates.push("callback_query", query, chat.id)
    seq = world.feed.publish("pressed", chat.id, query_id=query_id, message_id=message["message_id"], data=data)
    return {"update_id": update_id, "query_id": query_id, "seq": seq}


def edits(world: World, chat: Chat, message_id: int, text: str) -> Json:
    """The person edits a message of theirs."""
    old = chat.messages.get(message_id)
    if old is None:
        raise Impossible(f"no message {message_id} in chat {chat.id}")
    message = {key: value for key, value in old.items() if key != "entities"}
    message |= {"text": text, "edit_date": int(time.time())}
    if entities := with_marks(text, []):
        message["entities"] = entities
    chat.keep(message)
    update_id = world.updates.push("edited_message", message, chat.id)
    return _noted(world, chat, "person_edited", message, update_id)


def sends(world: World, chat: Chat, kind: str, file: Upload, caption: str = "") -> Json:
    """The person sends a photo, voice message, sticker or document."""
    if kind not in _MEDIA:
        raise Impossible(f"unknown kind {kind!r}: one of {', '.join(_MEDIA)}")
    kept = world.store(f"{kind}s", file.name, file.content, file.mime_type)
    content = {kind: _MEDIA[kind](kept), "caption": caption}
    return _post(world, chat, {key: value for key, value in content.items() if value})


def blocks(world: World, chat: Chat, is_blocked: bool) -> Json:
    """The person stops the bot, or lets the bot in again."""
    if chat.blocked == is_blocked:
        return {"update_id": None}
    chat.blocked = is_blocked
    old, new = ("member", "kicked") if is_blocked else ("kicked", "member")
    return _membership(world, chat, old, new)


def joins(world: World, chat: Chat) -> Json:
    """The bot is added to a group."""
    return _membership(world, chat, "left", "member")


def migrates(world: World, chat: Chat, new_id: int | None = None) -> Json:
    """A group becomes a supergroup with another id; both chats say so."""
    title = chat.public.get("title", "")
    new = create_chat(world, {"type": "supergroup", "id": new_id or next(world.group_ids), "title": title})
    _post(world, chat, {"migrate_to_chat_id": new.id})
    chat.migrated_to = new.id
    return {**_post(world, new, {"migrate_from_chat_id": chat.id}), "chat_id": new.id}


_MEDIA: dict[str, Callable[[StoredFile], Any]] = {
    "photo": photo_sizes,
    "document": document,
    "voice": lambda kept: {**kept.described(), "duration": 3},
    "sticker": lambda kept: {**kept.described(), "type": "regular", "width": 512, "height": 512},
}


def _person(wanted: Json, person_id: int) -> Json:
    person = {"id": person_id, "is_bot": False, "first_name": wanted.get("first_name", "Person")}
    person |= {key: wanted[key] for key in ("last_name", "username") if wanted.get(key)}
    return {**person, "language_code": wanted.get("language_code", "zh-hans")}


def _post(world: World, chat: Chat, content: Json, sender: Json | None = None) -> Json:
    message: Json = {"message_id": chat.next_id(), "from": sender or chat.person, "chat": chat.public}
    message |= {"date": int(time.time()), **content}
    chat.keep(message)
    update_id = world.updates.push("message", message, chat.id)
    return _noted(world, chat, "person", message, update_id)


def _noted(world: World, chat: Chat, kind: str, message: Json, update_id: int | None) -> Json:
    seq = world.feed.publish(kind, chat.id, message=message)
    return {"update_id": update_id, "message": message, "seq": seq}


def _membership(world: World, chat: Chat, old: str, new: str) -> Json:
    content = {
        "chat": chat.public,
        "from": chat.person,
        "date": int(time.time()),
        "old_chat_member": _member(world, old),
        "new_chat_member": _member(world, new),
    }
    update_id = world.updates.push("my_chat_member", content, chat.id)
    return {"update_id": update_id, "seq": world.feed.publish("chat", chat.id, chat=chat.summary())}


def _member(world: World, status: str) -> Json:
    return {"user": world.user, "status": status, **({"until_date": 0} if status == "kicked" else {})}


def _button(chat: Chat, wanted: str, message_id: int | None) -> tuple[Json, str]:
    newest_first = [chat.messages[key] for key in sorted(chat.messages, reverse=True)]
    if message_id is not None:
        newest_first = [message for message in newest_first if message["message_id"] == message_id]
    for message in newest_first:
        button = find_button(message.get("reply_markup"), wanted)
        if button and "callback_data" in button:
            return message, button["callback_data"]
    if message_id is not None and newest_first:
        return newest_first[0], wanted
    raise Impossible(f"no button {wanted!r} in chat {chat.id}; on screen: {_buttons(newest_first)}")


def _buttons(messages: list[Json]) -> list[str]:
    keyboards = [message["reply_markup"]["inline_keyboard"] for message in messages if "reply_markup" in message]
    return [button["text"] for keyboard in keyboards for row in keyboard for button in row]
