"""The buttons under a warning: hear again later, or not any more."""

from datetime import timedelta

from bot.journeys.acknowledge import done
from bot.journeys.amend import amended
from bot.journeys.scores import of_chat
from bot.journeys.turn import Reply, Turn
from bot.telegram.messages import say
from bot.views.render import render
from storage import follows, milestones, shops
from storage.shops import Shop

SNOOZES = (1, 3, 7)
ALL = "all"
DAYS = "days"


async def later(turn: Turn) -> Reply:
    """`z|5`: for how long? `z|5|3`: nothing but a closing for three days. `all`: of every shop."""
    _, number, days = [*turn.incoming.data.split("|"), "", ""][:3]
    meant = await _meant(turn, number)
    if not meant or days not in ("", *map(str, SNOOZES)):
        return Reply.of(turn.dialogue, done(turn, "old"))
    values = {"shop": meant[0] if number != ALL else None, "of": number, "snoozes": SNOOZES}
    if not days:
        asked = render("notices/later", **values)
        return Reply.of(turn.dialogue, (*done(turn), *say(turn.chat_id, asked)))
    until = turn.today + timedelta(int(days))
    for shop in meant:
        await follows.snooze(turn.conn, shop.id, turn.chat_id, until)
    return Reply.of(turn.dialogue, amended(turn, render("notices/snoozed", until=until, **values)))


async def never(turn: Turn) -> Reply:
    """`off|5`: really not any more? `off|5|1`: the shop is off until it is turned on again. `off|days`: no days."""
    _, number, sure = [*turn.incoming.data.split("|"), "", ""][:3]
    if number == DAYS:
        await milestones.forget(turn.conn, turn.chat_id)
        return Reply.of(turn.dialogue, (*done(turn), *say(turn.chat_id, render("check/milestones_off"))))
    shop = await of_chat(turn, number)
    if shop is None:
        return Reply.of(turn.dialogue, done(turn, "old"))
    if sure != "1":
        return Reply.of(turn.dialogue, (*done(turn), *say(turn.chat_id, render("notices/off", shop=shop))))
    await follows.turn(turn.conn, shop.id, turn.chat_id, is_on=False)
    return Reply.of(turn.dialogue, amended(turn, render("notices/is_off", shop=shop)))


async def _meant(turn: Turn, number: str) -> list[Shop]:
    if number == ALL:
        return await shops.of_chat(turn.conn, turn.chat_id)
    shop = await of_chat(turn, number)
    return [shop] if shop else []
