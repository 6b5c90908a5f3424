"""Where the shops of a chat stand by the newest scores: said of all, and drawn for a single shop."""

from collections.abc import Sequence

from bot.conversation.presses import Press
from bot.journeys.entries import press
from bot.journeys.shops import PAGE, ShopPress, example_score, has_told, judging, of_chat, standing
from bot.journeys.turn import Reply, Turn
from bot.views.drawing import photo
from bot.views.pages import paged
from bot.views.render import Rendered
from storage import scores, shops
from storage.outbox import Lane, Message
from storage.shops import Shop


class ShowStandings(Press, verb="score"):
    """Today's standing of each shop, in a new message; with a page, in its place."""

    page: int = 0


class DrawScores(ShopPress, verb="pic"):
    """The last 30 days of a shop as a picture. `fact`: None for the main score."""

    fact: str | None = None


@press(ShowStandings)
async def show(turn: Turn, pressed: ShowStandings | None = None) -> Reply:
    """Today's standing of each shop, the worst first."""
    if pressed and pressed.page:
        return turn.amend(await overview(turn, page=pressed.page))
    return turn.say(await overview(turn))


async def overview(turn: Turn, undo: Press | None = None, page: int = 0) -> Rendered:
    """Today's standing of each shop, the worst first; `undo`: takes back what was just told."""
    edition, known = turn.context.edition, await shops.of_chat(turn.conn, turn.chat_id)
    standings = sorted([await standing(turn, shop) for shop in known], key=lambda one: one.rank)
    values = {
        "fact": edition.main_score,
        "example": example_score(edition),
        "pages": paged(standings, page, PAGE, ShowStandings),
        "undo": undo,
        "has_told": await _has_told_any(turn, known),
    }
    return turn.render("scores/overview", standings=standings, **values)


async def _has_told_any(turn: Turn, known: Sequence[Shop]) -> bool:
    for shop in known:
        if await has_told(turn, shop):
            return True
    return False


@press(DrawScores)
async def draw(turn: Turn, pressed: DrawScores) -> Reply | None:
    """The last 30 days of the shop as a photo; None for an unknown shop or score."""
    shop = await of_chat(turn, pressed.shop)
    edition = await judging(turn, shop) if shop else None
    facts = edition.scores if edition else ()
    fact = next((fact for fact in facts if fact.id == (pressed.fact or facts[0].id)), None)
    if shop is None or edition is None or fact is None:
        return None
    points = await scores.series(turn.conn, shop.id, fact, turn.today)
    newest = (await scores.latest(turn.conn, shop.id)).get(fact.id)
    none_on = newest.day if newest and newest.points is None else None
    payload = photo(edition, shop, fact, points, turn.today, none_on=none_on)
    return turn.reply(Message(turn.chat_id, Lane.REPLY, "sendPhoto", payload))
