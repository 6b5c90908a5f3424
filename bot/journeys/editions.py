"""The editions: the answering edition, the chat's choice of another, the order to tell merchants of a change."""

from dataclasses import replace

from bot.conversation.edition_choice import edition_choice_in
from bot.conversation.presses import Press
from bot.conversation.reassess import CONCERNED
from bot.journeys import consent
from bot.journeys.entries import OperatorPress, command, press
from bot.journeys.turn import Reply, Turn
from bot.views.edition_difference import compared
from bot.views.other_edition import ShowRules, ShowSources, difference
from bot.views.render import Rendered, render
from rules.edition import Edition
from storage import edition_changes, preferences


class TellConcerned(OperatorPress, verb="an"):
    """Tell the merchants concerned by the change with this number."""

    number: int


class ChooseEdition(Press, verb="ed", keeps=True):
    """Answer this chat by the edition from now on; None: by the operator's setting."""

    edition: str | None


@command("rules")
async def show(turn: Turn) -> Reply:
    """The answering edition and the known revisions, on one screen."""
    return turn.say(_answering(turn))


@press(ShowRules)
async def show_or_compare(turn: Turn, pressed: ShowRules) -> Reply | None:
    """The answering edition, or the differences of the edition in the press; None for an unknown edition."""
    if pressed.edition is None:
        return await show(turn)
    answering, other = turn.context.edition, turn.context.edition_named(pressed.edition)
    if other is None:
        return None
    old, new = sorted((answering, other), key=lambda edition: edition.age)
    choose = ChooseEdition(other.name).fitting() if other.name != answering.name else None
    values = {"changes": compared(old, new), "other": other, "answering": answering, "choose": choose}
    return turn.say(render("editions/difference", **values))


@press(ShowSources)
async def sources(turn: Turn, _: ShowSources) -> Reply:
    """How sure the answering edition is, and each known revision with its source."""
    return turn.say(turn.render("editions/sources", history=turn.context.catalogue.history))


@press(ChooseEdition)
async def choose(turn: Turn, pressed: ChooseEdition) -> Reply | None:
    """The edition that answers from now on, with a button back; None for an unknown edition."""
    if pressed.edition and turn.context.edition_named(pressed.edition) is None:
        return None
    await preferences.choose_edition(turn.conn, turn.chat_id, pressed.edition, turn.now_ms)
    before, chosen = turn.context.edition, replace(turn, context=turn.context.of_edition(pressed.edition))
    return chosen.amend(chosen.render("editions/chosen", before=before, offered=_offered(chosen), **_choice(chosen)))


async def choose_typed(turn: Turn) -> Reply | None:
    """The same for a typed choice; None for any other text."""
    choice = edition_choice_in(turn.context.catalogue, turn.incoming.text)
    if choice is None:
        return None
    return await consent.respond(turn.meaning(ChooseEdition(choice.edition)))


async def forget_gone(turn: Turn, name: str) -> Reply:
    """One line: the chosen edition is in no catalogue any more, and the choice is over."""
    await preferences.choose_edition(turn.conn, turn.chat_id, None, turn.now_ms)
    return turn.say(turn.render("editions/gone", gone=name))


def _choice(turn: Turn) -> dict[str, object]:
    """The values about the chat's choice, as templates take them."""
    context = turn.context
    return {"setting": context.setting, "is_chosen": context.chosen is not None, "by_setting": ChooseEdition(None)}


def _offered(turn: Turn) -> list[tuple[Edition, Press]]:
    """The other editions with the button to choose each, the newest first."""
    others = sorted(turn.context.catalogue.editions, key=lambda edition: edition.age, reverse=True)
    offered = ((other, ChooseEdition(other.name).fitting()) for other in others if other != turn.context.edition)
    return [(other, choose) for other, choose in offered if choose]


@press(TellConcerned)
async def tell_concerned(turn: Turn, pressed: TellConcerned) -> Reply | None:
    """How many merchants will be told of the newest change; None for an older change, and for a change told before."""
    change = await edition_changes.last(turn.conn)
    if change is None or change.number != pressed.number:
        return None
    if not await edition_changes.confirm(turn.conn, change.number, turn.now_ms):
        return None
    return turn.amend(render("editions/change_confirmed", concerned=change.counts[CONCERNED]))


def _answering(turn: Turn) -> Rendered:
    edition, catalogue = turn.context.edition, turn.context.catalogue
    return turn.render(
        "editions/rules",
        others=[(other, difference(other)) for other in catalogue.editions if other.name != edition.name],
        history=catalogue.history,
        read_until=catalogue.read_until,
        offered=_offered(turn),
        **_choice(turn),
    )
