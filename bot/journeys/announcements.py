"""An announcement: whom to, the text, a preview as merchants will see it, then buttons to let it go and to stop it."""

from collections.abc import Awaitable, Callable
from typing import Final

from bot.journeys.acknowledge import done
from bot.journeys.admin import for_operators, note, number_of
from bot.journeys.amend import amended
from bot.journeys.turn import Reply, Turn
from bot.telegram.messages import edit, say
from bot.views.announcement import key_of, progress_view, wording
from bot.views.render import Rendered, render
from storage import announcements
from storage.announcements import LONGEST, Announcement, Audience

MOST_RECENT: Final = 3


@for_operators
async def pressed(turn: Turn) -> Reply:
    """`ann` begins, `ann|to|all` asks for the text, `ann|go|7` lets it go, `ann|stop|7`, `ann|s|7` shows, `ann|x|7`."""
    _, name, value = [*turn.incoming.data.split("|"), "", ""][:3]
    outcome = await MOVES[name](turn, value) if name in MOVES else None
    return outcome or Reply.of(turn.dialogue, done(turn, "old"))


async def typed(turn: Turn) -> Reply | None:
    """The text of the announcement that this operator has begun; None when there is none, or for anybody else."""
    if turn.chat_id not in turn.context.admins:
        return None
    draft = await announcements.draft_of(turn.conn, turn.chat_id, turn.now_ms)
    if draft is None:
        return None
    if len(turn.incoming.text) > LONGEST:
        return Reply.of(turn.dialogue, say(turn.chat_id, _asked(draft.id, draft.audience, too_long=True)))
    await announcements.write(turn.conn, draft.id, turn.incoming.text)
    reach = await announcements.reach(turn.conn, turn.context.edition, draft.audience)
    control = render("operators/announce_preview", one=draft, reach=reach)
    seen = say(turn.chat_id, wording(turn.incoming.text), numbered=True)
    return Reply.of(turn.dialogue, (*seen, *say(turn.chat_id, control, key=key_of(draft.id))))


def _asked(number: int, audience: Audience, *, too_long: bool = False) -> Rendered:
    return render("operators/announce_text", number=number, audience=audience.value, longest=LONGEST, too_long=too_long)


async def _begin(turn: Turn, _: str) -> Reply:
    reached = await announcements.reaches(turn.conn, turn.context.edition)
    recent = await announcements.listed(turn.conn, MOST_RECENT)
    return Reply.of(
        turn.dialogue, amended(turn, render("operators/announce", audiences=list(reached.items()), recent=recent))
    )


async def _audience(turn: Turn, value: str) -> Reply | None:
    if value not in set(Audience):
        return None
    number = await announcements.begin(turn.conn, turn.chat_id, Audience(value), turn.now_ms)
    return Reply.of(turn.dialogue, amended(turn, _asked(number, Audience(value))))


async def _go(turn: Turn, value: str) -> Reply | None:
    one = await _own(turn, value)
    if one is None or await announcements.confirm(turn.conn, one.id, turn.context.edition, turn.now_ms) is None:
        return None
    await note(turn, "announcement.send", f"{one.id} {one.audience}")
    return await _shown(turn, one.id)


async def _stop(turn: Turn, value: str) -> Reply | None:
    number = number_of(value)
    if not number or not await announcements.stop(turn.conn, number):
        return None
    await note(turn, "announcement.stop", number)
    return await _shown(turn, number)


async def _drop(turn: Turn, value: str) -> Reply | None:
    one = await _own(turn, value)
    if one is None or not await announcements.drop(turn.conn, one.id):
        return None
    return Reply.of(turn.dialogue, amended(turn, render("operators/announce_dropped")))


async def _own(turn: Turn, value: str) -> Announcement | None:
    """The announcement of this number, if this operator wrote it."""
    number = number_of(value)
    one = await announcements.by_id(turn.conn, number) if number else None
    return one if one and one.operator == turn.chat_id else None


async def _shown(turn: Turn, value: int | str) -> Reply | None:
    """How far it is, in the message that its buttons are under."""
    number = number_of(str(value))
    one = await announcements.by_id(turn.conn, number) if number else None
    if one is None:
        return None
    view = progress_view(one, await announcements.progress(turn.conn, one.id), one.state)
    if one.operator == turn.chat_id:
        return Reply.of(turn.dialogue, (*done(turn), *edit(turn.chat_id, view, key_of(one.id))))
    return Reply.of(turn.dialogue, amended(turn, view))


MOVES: Final[dict[str, Callable[[Turn, str], Awaitable[Reply | None]]]] = {
    "": _begin,
    "to": _audience,
    "go": _go,
    "stop": _stop,
    "s": _shown,
    "x": _drop,
}
