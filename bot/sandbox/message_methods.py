"""Methods for messages (send, edit, delete) and for pressed buttons."""

import time

from bot.sandbox.formatting import message_text
from bot.sandbox.keyboards import inline_keyboard
from bot.sandbox.state import Chat, World
from bot.sandbox.wire import Json, Params, bad, flag, integer

NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
QUERY_TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
CAN_DELETE_FOR_S = 48 * 3600
_MEDIA = ("photo", "video", "voice", "document", "video_note")
ACTIONS = frozenset(("typing", "choose_sticker", "find_location", *(f"upload_{media}" for media in _MEDIA))) | {
    "record_video",
    "record_voice",
    "record_video_note",
}


def send_message(world: World, params: Params) -> Json:
    """sendMessage."""
    chat = world.open_chat(params.get("chat_id"))
    text, entities = message_text(params)
    content: Json = {"text": text}
    if entities:
        content["entities"] = entities
    return sent(world, chat, params, content)


def sent(world: World, chat: Chat, params: Params, content: Json) -> Json:
    """The Message of the bot with `content`, stored and published."""
    keyboard = inline_keyboard(params)
    message: Json = {"message_id": chat.next_id(), "from": world.user, "chat": chat.public}
    message |= {"date": int(time.time()), **content}
    if keyboard:
        message["reply_markup"] = keyboard
    chat.keep(message)
    world.feed.publish("message", chat.id, message=message)
    return message


def edit_text(world: World, params: Params) -> Json:
    """editMessageText."""
    chat, old = _editable(world, params)
    text, entities = message_text(params)
    if "text" not in old:
        raise bad("there is no text in the message to edit")
    changed: Json = {**old, "text": text, "entities": entities, "reply_markup": inline_keyboard(params)}
    new = {key: value for key, value in changed.items() if value not in (None, [], "")}
    if new == old:
        raise bad(NOT_MODIFIED)
    new["edit_date"] = int(time.time())
    chat.keep(new)
    world.feed.publish("edited", chat.id, message=new)
    return new


def delete_message(world: World, params: Params) -> bool:
    """deleteMessage."""
    chat = world.open_chat(params.get("chat_id"))
    message_id = integer(params, "message_id")
    message = chat.messages.get(message_id or 0)
    if message is None:
        raise bad("message to delete not found")
    if time.time() - message["date"] > CAN_DELETE_FOR_S:
        raise bad("message can't be deleted for everyone")
    del chat.messages[message["message_id"]]
    world.feed.publish("deleted", chat.id, message_id=message_id)
    return True


def answer_query(world: World, params: Params) -> bool:
    """answerCallbackQuery: once."""
    query_id = str(params.get("callback_query_id", ""))
    chat_id = world.queries.pop(query_id, None)
    if chat_id is None:
        raise bad(QUERY_TOO_OLD)
    text = str(params.get("text") or "")
    if len(text) > 200:
        raise bad("MESSAGE_TOO_LONG")
    alert = flag(params, "show_alert")
    world.feed.publish("answered", chat_id, query_id=query_id, text=text, show_alert=alert)
    return True


def chat_action(world: World, params: Params) -> bool:
    """sendChatAction."""
    chat = world.open_chat(params.get("chat_id"))
    if params.get("action") not in ACTIONS:
        raise bad("wrong parameter action in request")
    world.feed.publish("action", chat.id, action=params["action"])
    return True


def _editable(world: World, params: Params) -> tuple[Chat, Json]:
    chat = world.open_chat(params.get("chat_id"))
    message_id = integer(params, "message_id")
    if message_id is None:
        raise bad("message identifier is not specified")
    message = chat.messages.get(message_id)
    if message is None:
        raise bad("message to edit not found")
    if message.get("from", {}).get("id") != world.bot_id:
        raise bad("message can't be edited")
    return chat, message
