"""The words in which the Bot API refuses a call, each with the message's fate and the reason for that fate.

The first row whose words are in the description (small letters) counts. The Bot API server makes most of the words
itself; those in capitals with underscores come from Telegram's servers behind it and are passed on as they are. The
fates are described in `bot.delivery.channel`; how a message is made plainer, in `bot.telegram.plainer`.
"""

from typing import Final, NamedTuple

from bot.delivery.channel import Fate
from bot.telegram.plainer import Part


class Refusal(NamedTuple):
    """Words, fate and reason. `of`: beginnings of the methods that the row is about; `part`: what is to be left out."""

    words: str
    fate: Fate
    why: str
    of: tuple[str, ...] = ("",)
    part: Part | None = None


EDITS: Final = ("edit",)
TEXT: Final = ("editMessageText",)
DELETES: Final = ("delete",)
PRESSES: Final = ("answerCallbackQuery",)

_TOO_LATE = "the button has stopped waiting; what the press asked for is answered by a message of its own"
_NO_EDIT = "the message is not there, or not ours, any more: its words are said anew"
_NO_EDIT_OF_BUTTONS = "the message with the buttons is not there any more, and the buttons alone say nothing"
_DELETED = "nothing is left to delete, or Telegram lets nobody delete it any more"
_OUT = "the chat takes nothing from the bot until a person changes that, and then the person writes"
_STRANGE = "the server knows no such chat: the person has never written to this bot, or this is another bot's database"
_BUTTONS = "the words are worth more than the buttons under them"
_MARKUP = "the words are worth more than what is bold in them"
_FILE = "the caption says what the picture or file shows"
_THREAD = "the topic is closed or gone, the group is not"
_REPLY = "what was replied to is gone, the reply is not"
_TAKEN_AWAY = "a bot or a rule of the group took the message away; maybe not once more, maybe not a plainer one"
_EMPTY = "there is nothing to read in the message in any form"
_WAIT = "the wait is over by itself"
_MOVING = "the bot is moving between servers, or its token is changed: the same call will do when that is over"
_UNSURE = "servers behind the Bot API are in trouble; the message may have been put into the chat"

REFUSALS: Final = (
    # nothing to do
    Refusal("message is not modified", Fate.DONE, "the message shows just that"),
    Refusal("message_not_modified", Fate.DONE, "the message shows just that"),
    Refusal("random_id_duplicate", Fate.DONE, "the message has been put into the chat already"),
    # of use for a moment only
    Refusal("query is too old", Fate.DROPPED, _TOO_LATE, PRESSES),
    Refusal("query id is invalid", Fate.DROPPED, _TOO_LATE, PRESSES),
    Refusal("query_id_invalid", Fate.DROPPED, _TOO_LATE, PRESSES),
    Refusal("bot_response_timeout", Fate.DROPPED, _TOO_LATE, PRESSES),
    # deletions
    Refusal("message to delete not found", Fate.DONE, _DELETED, DELETES),
    Refusal("message can't be deleted", Fate.DONE, _DELETED, DELETES),
    Refusal("message_delete_forbidden", Fate.DONE, _DELETED, DELETES),
    Refusal("message_id_invalid", Fate.DONE, _DELETED, DELETES),
    # edits
    Refusal("message to edit not found", Fate.AS_NEW, _NO_EDIT, TEXT),
    Refusal("message can't be edited", Fate.AS_NEW, _NO_EDIT, TEXT),
    Refusal("message_id_invalid", Fate.AS_NEW, _NO_EDIT, TEXT),
    Refusal("message_edit_time_expired", Fate.AS_NEW, _NO_EDIT, TEXT),
    Refusal("message_author_required", Fate.AS_NEW, _NO_EDIT, TEXT),
    Refusal("there is no text in the message to edit", Fate.AS_NEW, _NO_EDIT, TEXT),
    Refusal("there is no caption in the message to edit", Fate.AS_NEW, _NO_EDIT, TEXT),
    Refusal("message to edit not found", Fate.DROPPED, _NO_EDIT_OF_BUTTONS, EDITS),
    Refusal("message can't be edited", Fate.DROPPED, _NO_EDIT_OF_BUTTONS, EDITS),
    Refusal("message_id_invalid", Fate.DROPPED, _NO_EDIT_OF_BUTTONS, EDITS),
    # the chat takes nothing
    Refusal("bot was blocked by the user", Fate.GONE, _OUT),
    Refusal("user_is_blocked", Fate.GONE, _OUT),
    Refusal("you_blocked_user", Fate.GONE, _OUT),
    Refusal("user is deactivated", Fate.GONE, _OUT),
    Refusal("user_deactivated", Fate.GONE, _OUT),
    Refusal("bot was kicked", Fate.GONE, _OUT),
    Refusal("group chat was deactivated", Fate.GONE, _OUT),
    Refusal("group chat was deleted", Fate.GONE, _OUT),
    Refusal("chat was deleted", Fate.GONE, _OUT),
    Refusal("can't send messages to", Fate.GONE, "no bot can write to a bot"),
    Refusal("user_is_bot", Fate.GONE, "no bot can write to a bot"),
    Refusal("user_privacy_restricted", Fate.GONE, _OUT),
    Refusal("privacy_premium_required", Fate.GONE, _OUT),
    Refusal("allow_payment_required", Fate.GONE, _OUT),
    Refusal("user_banned_in_channel", Fate.GONE, _OUT),
    Refusal("channel_private", Fate.GONE, _OUT),
    Refusal("chat_write_forbidden", Fate.GONE, _OUT),
    Refusal("chat_guest_send_forbidden", Fate.GONE, _OUT),
    Refusal("chat_send_plain_forbidden", Fate.GONE, _OUT),
    Refusal("chat_restricted", Fate.GONE, _OUT),
    Refusal("chat_forbidden", Fate.GONE, _OUT),
    Refusal("chat_admin_required", Fate.GONE, _OUT),
    Refusal("need administrator rights", Fate.GONE, _OUT),
    Refusal("have no rights to send", Fate.GONE, _OUT),
    Refusal("have no write access", Fate.GONE, _OUT),
    Refusal("not enough rights to send text messages", Fate.GONE, _OUT),
    # the chat takes text alone
    Refusal("not enough rights to send", Fate.PLAINER, _FILE, part=Part.FILE),
    Refusal("chat_send_", Fate.PLAINER, _FILE, part=Part.FILE),
    Refusal("not enough rights", Fate.GONE, _OUT),
    # no such chat
    Refusal("chat not found", Fate.UNFOUND, _STRANGE),
    Refusal("user not found", Fate.UNFOUND, _STRANGE),
    Refusal("peer_id_invalid", Fate.UNFOUND, _STRANGE),
    Refusal("chat_id_invalid", Fate.UNFOUND, _STRANGE),
    Refusal("user_id_invalid", Fate.UNFOUND, _STRANGE),
    Refusal("channel_invalid", Fate.UNFOUND, _STRANGE),
    Refusal("can't initiate conversation", Fate.UNFOUND, _STRANGE),
    Refusal("bot is not a member", Fate.UNFOUND, _STRANGE),
    Refusal("group chat was upgraded", Fate.AGAIN, "the new id is told by the next answer, or by an update"),
    # a wait
    Refusal("peer_flood", Fate.PAUSED, _WAIT),
    Refusal("worker_busy", Fate.PAUSED, _WAIT),
    Refusal("flood", Fate.PAUSED, _WAIT),
    Refusal("logged out", Fate.UNREACHED, _MOVING),
    Refusal("auth_key_", Fate.UNREACHED, _MOVING),
    Refusal("session_revoked", Fate.UNREACHED, _MOVING),
    Refusal("access_token_", Fate.UNREACHED, _MOVING),
    Refusal("rpc_call_fail", Fate.UNKNOWN, _UNSURE),
    Refusal("rpc_mcget_fail", Fate.UNKNOWN, _UNSURE),
    Refusal("interdc_", Fate.UNKNOWN, _UNSURE),
    Refusal("msg_wait_failed", Fate.UNKNOWN, _UNSURE),
    # put into the chat, and taken away there
    Refusal("immediately deleted", Fate.AGAIN, _TAKEN_AWAY),
    # a part of the message
    Refusal("topic_closed", Fate.PLAINER, _THREAD, part=Part.THREAD),
    Refusal("topic_deleted", Fate.PLAINER, _THREAD, part=Part.THREAD),
    Refusal("topic_id_invalid", Fate.PLAINER, _THREAD, part=Part.THREAD),
    Refusal("message thread not found", Fate.PLAINER, _THREAD, part=Part.THREAD),
    Refusal("topic not found", Fate.PLAINER, _THREAD, part=Part.THREAD),
    Refusal("message to be replied not found", Fate.PLAINER, _REPLY, part=Part.REPLY),
    Refusal("replied message not found", Fate.PLAINER, _REPLY, part=Part.REPLY),
    Refusal("reply message not found", Fate.PLAINER, _REPLY, part=Part.REPLY),
    Refusal("message to reply not found", Fate.PLAINER, _REPLY, part=Part.REPLY),
    Refusal("reply_message_id_invalid", Fate.PLAINER, _REPLY, part=Part.REPLY),
    Refusal("quote_text_invalid", Fate.PLAINER, _REPLY, part=Part.REPLY),
    Refusal("can't parse entities", Fate.PLAINER, _MARKUP, part=Part.MARKUP),
    Refusal("can't parse message text", Fate.PLAINER, _MARKUP, part=Part.MARKUP),
    Refusal("entity_", Fate.PLAINER, _MARKUP, part=Part.MARKUP),
    Refusal("entities", Fate.PLAINER, _MARKUP, part=Part.MARKUP),
    Refusal("parse_mode", Fate.PLAINER, _MARKUP, part=Part.MARKUP),
    Refusal("button", Fate.PLAINER, _BUTTONS, part=Part.BUTTONS),
    Refusal("inline keyboard", Fate.PLAINER, _BUTTONS, part=Part.BUTTONS),
    Refusal("reply markup", Fate.PLAINER, _BUTTONS, part=Part.BUTTONS),
    Refusal("reply_markup", Fate.PLAINER, _BUTTONS, part=Part.BUTTONS),
    Refusal("keyboard", Fate.PLAINER, _BUTTONS, part=Part.BUTTONS),
    Refusal("wrong http url", Fate.PLAINER, _BUTTONS, part=Part.BUTTONS),
    Refusal("voice_messages_forbidden", Fate.PLAINER, _FILE, part=Part.FILE),
    Refusal("photo_", Fate.PLAINER, _FILE, part=Part.FILE),
    Refusal("image_process_failed", Fate.PLAINER, _FILE, part=Part.FILE),
    Refusal("media_", Fate.PLAINER, _FILE, part=Part.FILE),
    Refusal("document_invalid", Fate.PLAINER, _FILE, part=Part.FILE),
    Refusal("file_", Fate.PLAINER, _FILE, part=Part.FILE),
    Refusal("can't use file of type", Fate.PLAINER, _FILE, part=Part.FILE),
    Refusal("can't upload file", Fate.PLAINER, _FILE, part=Part.FILE),
    Refusal("file is too big", Fate.PLAINER, _FILE, part=Part.FILE),
    Refusal("no photo in the request", Fate.PLAINER, _FILE, part=Part.FILE),
    Refusal("file must be non-empty", Fate.PLAINER, _FILE, part=Part.FILE),
    Refusal("file identifier", Fate.PLAINER, _FILE, part=Part.FILE),
    Refusal("request entity too large", Fate.PLAINER, _FILE, part=Part.FILE),
    Refusal("web page content", Fate.PLAINER, _FILE, part=Part.FILE),
    Refusal("failed to get http url", Fate.PLAINER, _FILE, part=Part.FILE),
    Refusal("caption is too long", Fate.PLAINER, _FILE, part=Part.FILE),
    Refusal("message is too long", Fate.PLAINER, "the beginning says the most", part=Part.LENGTH),
    Refusal("message_too_long", Fate.PLAINER, "the beginning says the most", part=Part.LENGTH),
    # nothing helps
    Refusal("text is empty", Fate.REJECTED, _EMPTY),
    Refusal("text must be non-empty", Fate.REJECTED, _EMPTY),
    Refusal("message_empty", Fate.REJECTED, _EMPTY),
)


def refusal(words: str, method: str) -> Refusal | None:
    """The row for the words of an error that `method` got; None for words that are not known."""
    found = words.lower()
    return next((row for row in REFUSALS if row.words in found and method.startswith(row.of)), None)
