"""A function asked for in words: the command, or the button with what the chat has, is done as if sent or pressed."""

from dataclasses import replace

from bot.conversation.functions import Function, button_in
from bot.conversation.presses import parse
from bot.journeys import check, consent
from bot.journeys.notice_buttons import ALL
from bot.journeys.shop_changes import KeepName
from bot.journeys.turn import Reply, Turn
from bot.views.check_question import address
from storage import shops


async def done(turn: Turn, function: Function) -> Reply:
    """The reply of the command or button; `instead` of it where the chat has nothing of that kind."""
    for wished in (function.does, function.instead):
        meant = await _meant(turn, wished)
        if meant and (reply := await consent.respond(meant)).messages:
            return reply
    return turn.reply()


async def pressed(turn: Turn) -> Reply | None:
    """The reply of the button of the last message whose label was typed; None for any other text, and an old button."""
    typed = parse(button_in(turn.incoming.text, turn.dialogue.buttons_at(turn.now)))
    reply = await consent.respond(turn.meaning(typed)) if typed else None
    return reply if reply and reply.messages else None


async def stopped(turn: Turn, function: Function) -> Reply:
    """The same, and no question of the bot stays open: no shop waits for a name, and a check under way is given up."""
    dialogue = turn.dialogue.model_copy(update={"naming": None})
    reply = await done(replace(turn, dialogue=dialogue), function)
    if not reply.dialogue.open_check:
        return reply
    given_up = await check.cancel(replace(turn, dialogue=reply.dialogue))
    return reply.then(given_up.messages).remembering(given_up.dialogue)


async def _meant(turn: Turn, wished: str) -> Turn | None:
    """The turn with the command or the button; None for a button on something that the chat does not have."""
    if wished.startswith("/"):
        return turn.meaning(wished.removeprefix("/"))
    try:
        pressed = parse(wished.format(**await _places(turn)))
    except KeyError:
        return None
    return turn.meaning(pressed) if pressed else None


async def _places(turn: Turn) -> dict[str, object]:
    """What stands in the places of `functions.toml`, without those that the chat has nothing for."""
    known = await shops.of_chat(turn.conn, turn.chat_id)
    places: dict[str, object] = {"all": ALL} if known else {}
    if len(known) == 1:
        places["shop"] = known[0].id
    if underway := turn.dialogue.open_check:
        places["again"] = underway.shop
    if shown := underway or turn.dialogue.check:
        places |= {"at": address(shown), "of": shown.shop}
    if turn.dialogue.naming_at(turn.now):
        places["name"] = KeepName()
    for data in turn.dialogue.buttons_at(turn.now).values():
        if isinstance(parse(data), consent.Agree):
            places["agree"] = data
    return places
