"""The editions: which one answers, what differs in another, and any question or check seen by another one."""

from bot.conversation.reassess import CONCERNED
from bot.journeys import ask, check
from bot.journeys.acknowledge import done
from bot.journeys.amend import amended
from bot.journeys.turn import Reply, Turn
from bot.telegram.messages import say
from bot.views.edition_changes import compared
from bot.views.other_edition import difference_data
from bot.views.render import Rendered, render
from rules.catalogue.load import age
from rules.edition import Edition
from storage import edition_changes

LONGEST_NUMBER = 9


def rules(turn: Turn) -> Reply:
    """/rules: which edition answers and what is known of it; with the name of another: what differs in that."""
    name = turn.incoming.data.partition("|")[2]
    if not name:
        return _said(turn, _answering(turn))
    other = _known(turn, name)
    if other is None:
        return Reply.of(turn.dialogue, done(turn, "old"))
    answering = turn.context.edition
    old, new = sorted((answering, other), key=age)
    return _said(turn, render("editions/difference", changes=compared(old, new), other=other, answering=answering))


async def seen(turn: Turn) -> Reply:
    """A question or a finished check, seen by the edition that the button names."""
    _, name, kind, rest = (*turn.incoming.data.split("|", 3), "", "", "")[:4]
    edition = _known(turn, name)
    if edition is None or kind not in ("t", "c"):
        return Reply.of(turn.dialogue, done(turn, "old"))
    if kind == "c":
        return await check.seen_by(turn, edition, rest)
    return ask.previewed(turn, edition, rest)


async def confirmed(turn: Turn) -> Reply:
    """`an|3`: the operator wants the merchants told whom the third switch concerns."""
    number = turn.incoming.data.partition("|")[2]
    is_right = number.isdecimal() and len(number) < LONGEST_NUMBER and turn.chat_id in turn.context.admins
    if not is_right or not await edition_changes.confirm(turn.conn, int(number), turn.now_ms):
        return Reply.of(turn.dialogue, done(turn, "old"))
    switch = await edition_changes.last(turn.conn)
    concerned = switch.counts[CONCERNED] if switch else 0
    return Reply.of(turn.dialogue, amended(turn, render("editions/change_confirmed", concerned=concerned)))


def _known(turn: Turn, name: str) -> Edition | None:
    return turn.context.catalogue.edition(name) if turn.context.catalogue.has(name) else None


def _answering(turn: Turn) -> Rendered:
    edition, catalogue = turn.context.edition, turn.context.catalogue
    others = [other for other in catalogue.editions if other.name != edition.name]
    return render(
        "editions/rules",
        edition=edition,
        others=[(other, compared(edition, other), difference_data(other)) for other in others],
        history=catalogue.history,
        today=turn.today,
    )


def _said(turn: Turn, rendered: Rendered) -> Reply:
    return Reply.of(turn.dialogue, (*done(turn), *say(turn.chat_id, rendered)))
