"""What was told by mistake, taken back: a score, a closing, an opening, a choice of the settings."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

from bot.conversation.memory import Dialogue
from bot.conversation.presses import Press
from bot.journeys.consequences import Consequences, consequences
from bot.journeys.entries import press
from bot.journeys.shops import ShopPress, judging, of_chat
from bot.journeys.turn import Reply, Turn
from bot.views.render import Rendered
from rules.edition import Fact
from rules.facts import PLAIN_NUMBER, from_json
from rules.requirements import IN_ALLIANCE, FactValue
from rules.sources import Source
from rules.watch_state import after_taking_back
from storage import cases, facts, follows, score_undo, shops
from storage.facts import Told
from storage.scores import Score
from storage.shops import Shop

NO_SCORE = "-"
"""In a button: the shop had no score."""


class TakeBackScore(ShopPress, verb="us"):
    """Take back the score told of `day`; `before`: the score before, to come back, on `scale`; None: there was none.

    `scale` None: on a button of an earlier version.
    """

    day: date
    fact: str
    points: Decimal | None
    before: str | None = None
    scale: str | None = None

    @classmethod
    def of(cls, row: Score, before: Score | None = None) -> "TakeBackScore":
        """The button for a row put in place of `before`."""
        old = None if before is None else NO_SCORE if before.points is None else str(before.points)
        return cls(row.shop_id, row.day, row.fact, row.points, old, before.scale if before else None)


class TakeBackTold(ShopPress, verb="uf"):
    """Take back what was told of the shop at this instant (epoch ms), other than scores."""

    at: int


class TakeBackLast(Press, verb="ul"):
    """Ask whether to take back what was told last: of the shop, or of any shop of the chat."""

    shop: int | None = None


class TakeBackAll(Press, verb="ua"):
    """Take back all scores told of `day` at this instant (epoch ms)."""

    day: date
    at: int


MOST_REMEMBERED = 30
"""Buttons that give back a replaced score."""


def remembering(turn: Turn, rows: Sequence[Score], undo: Sequence[TakeBackScore]) -> Dialogue:
    """The chat's memory with the buttons of what was kept now, in place of those of the same scores and days."""
    kept = {(row.shop_id, row.fact, row.day) for row in rows}
    others = [text for text, one in _remembered(turn) if (one.shop, one.fact, one.day) not in kept]
    now = [str(one) for one in undo if one.before is not None]
    return turn.dialogue.model_copy(update={"replaced": tuple([*others, *now][-MOST_REMEMBERED:])})


def _remembered(turn: Turn) -> Iterator[tuple[str, TakeBackScore]]:
    """The buttons in the chat's memory, as written and read."""
    for text in turn.dialogue.replaced:
        one = TakeBackScore.read(text)
        if one is not None:
            yield text, one


def _taking_back(turn: Turn, row: Score) -> TakeBackScore:
    """The button that takes the row back, and gives back the one that it replaced, as far as known."""
    bare = TakeBackScore.of(row)
    same = (bare.shop, bare.fact, bare.day, bare.points)
    known = (one for _, one in _remembered(turn) if (one.shop, one.fact, one.day, one.points) == same)
    return next(known, bare)


@press(TakeBackScore)
async def take_back_score(turn: Turn, pressed: TakeBackScore) -> Reply | None:
    """What holds without the score; a kind line when the score is another by now; None for another chat's shop."""
    shop = await of_chat(turn, pressed.shop)
    if shop is None or not (pressed.before in (None, NO_SCORE) or PLAIN_NUMBER.fullmatch(pressed.before)):
        return None
    told = await score_undo.of_day(turn.conn, shop.id, pressed.fact, pressed.day)
    before = _before(turn, pressed)
    is_gone = (
        told is not None
        and (told.points, told.source) == (pressed.points, Source.MERCHANT)
        and await score_undo.take_back(turn.conn, told, before, turn.now_ms)
    )
    after = await consequences(turn, shop, is_changed=is_gone, corrected=pressed.day)
    values = {"score": pressed, "fact": _names(turn).get(pressed.fact), "before": before} if is_gone else {}
    return turn.amend(_taken_back(turn, after, **values), toast="undone" if is_gone else "same")


@press(TakeBackAll)
async def take_back_all(turn: Turn, pressed: TakeBackAll) -> Reply:
    """Where the shops stand without the scores; a kind line when none of them is there any more."""
    known = {shop.id: shop for shop in await shops.of_chat(turn.conn, turn.chat_id)}
    facts = {fact.id for edition in turn.context.editions for fact in edition.scores}
    gone: list[tuple[Score, Score | None, Consequences]] = []
    for row in await score_undo.told_together(turn.conn, known, facts, pressed.day, pressed.at):
        before = _before(turn, _taking_back(turn, row))
        if await score_undo.take_back(turn.conn, row, before, turn.now_ms):
            gone.append((row, before, await consequences(turn, known[row.shop_id], corrected=pressed.day)))
    rendered = turn.render("scores/all_taken_back", gone=gone, day=pressed.day)
    return turn.amend(rendered, toast="undone" if gone else "same")


@press(TakeBackTold)
async def take_back_told(turn: Turn, pressed: TakeBackTold) -> Reply | None:
    """What holds without what was told; a kind line when that is gone already; None for another chat's shop."""
    shop = await of_chat(turn, pressed.shop)
    if shop is None:
        return None
    gone = await cases.take_back(turn.conn, await judging(turn, shop), shop, pressed.at)
    shop = await shops.by_id(turn.conn, shop.id) or shop
    if {one.fact for one in gone} & {IN_ALLIANCE, cases.CLOSURES}:
        await _watch_as_before(turn, shop)
    after = await consequences(turn, shop, is_changed=bool(gone))
    return turn.amend(_taken_back(turn, after, told=_shown(turn, gone)), toast="undone" if gone else "same")


@press(TakeBackLast)
async def ask_for_last(turn: Turn, pressed: TakeBackLast) -> Reply | None:
    """Whether to take back what was told last, a button for yes; None for another chat's shop."""
    known = await shops.of_chat(turn.conn, turn.chat_id)
    asked = [shop for shop in known if pressed.shop in (None, shop.id)]
    if not asked and pressed.shop is not None:
        return None
    last = [found for shop in asked if (found := await _last_of(turn, shop))]
    if not last:
        return turn.say(turn.render("scores/nothing_told"))
    _, shop, values = max(last, key=lambda each: each[0])
    return turn.say(turn.render("scores/take_back", shop=shop, **values))


async def _last_of(turn: Turn, shop: Shop) -> tuple[int, Shop, dict[str, object]] | None:
    """What was told of the shop last: the instant (epoch ms), the shop and the values for the question; else None."""
    score = await score_undo.last_told(turn.conn, shop.id, turn.today)
    at = await facts.last_told_at(turn.conn, shop.id)
    if score and score[1] >= (at or 0):
        row, stored_at = score
        return (
            stored_at,
            shop,
            {"score": row, "fact": _names(turn).get(row.fact), "told": (), "press": _taking_back(turn, row)},
        )
    if at is None:
        return None
    told = _shown(turn, await facts.told_at(turn.conn, shop.id, at))
    return at, shop, {"score": None, "fact": None, "told": told, "press": TakeBackTold(shop.id, at)}


async def _watch_as_before(turn: Turn, shop: Shop) -> None:
    """Let the followers' states know what is known now of closings."""
    for each in await follows.of_shop(turn.conn, shop.id):
        if each.state:
            state = after_taking_back(each.state, shop.closures, is_out=shop.in_alliance is False)
            await follows.keep_state(turn.conn, shop.id, each.chat_id, state)


def _taken_back(turn: Turn, after: Consequences, **gone: object) -> Rendered:
    values = {"score": None, "fact": None, "before": None, "told": (), **gone}
    return turn.render("scores/taken_back", standing=after.standing, news=after.news, **values)


def _names(turn: Turn) -> dict[str, Fact]:
    """The facts of all editions by id, as the chat's edition names them where it does."""
    return {fact.id: fact for edition in reversed(turn.context.editions) for fact in edition.facts}


def _shown(turn: Turn, told: list[Told]) -> list[tuple[Fact, FactValue]]:
    """The facts told with their values, for a template."""
    names = _names(turn)
    return [(names[one.fact], from_json(one.value)) for one in told if one.fact in names]


def _before(turn: Turn, pressed: TakeBackScore) -> Score | None:
    """The score to come back, on its scale; None for none."""
    points = None if pressed.before in (None, NO_SCORE) else Decimal(pressed.before)
    scale = _scale(turn, pressed, points)
    if pressed.before is None or scale is None:
        return None
    return Score(pressed.shop, pressed.fact, pressed.day, points, scale, Source.MERCHANT)


def _scale(turn: Turn, pressed: TakeBackScore, points: Decimal | None) -> str | None:
    """The scale of the button if an edition has the score on it, else one on which the score is likely, if any."""
    scales = {score.scale for edition in turn.context.editions for score in edition.scores if score.id == pressed.fact}
    if pressed.scale in scales:
        return pressed.scale
    edition = turn.context.catalogue.of_scores({pressed.fact: points}, turn.context.edition)
    return edition.fact(pressed.fact).scale if edition else None
