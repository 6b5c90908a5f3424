"""Scores of several shops told in a message: one question, one button that keeps them all, one that takes them back."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from bot.conversation.memory import PendingScores
from bot.conversation.presses import Press
from bot.conversation.shop_scores import ToldShop, shop_scores_in
from bot.conversation.statement import is_of_scores
from bot.journeys.consequences import Consequences, consequences
from bot.journeys.entries import press
from bot.journeys.kept_scores import Kept, keep_scores
from bot.journeys.told_scores import Told, at_odds, can_have, is_recent, judging
from bot.journeys.turn import Reply, Turn
from bot.journeys.undo import TakeBackAll, remembering
from bot.views.standing import StandingView, standing_at
from rules.edition import is_share
from storage import cases, shops
from storage.scores import Recorded, Score
from storage.shops import Shop


class KeepAllScores(Press, verb="sa", keeps=True):
    """Keep the scores of several shops, which the chat remembers under the question's instant `at` (epoch ms)."""

    at: int


class AllOfYesterday(Press, verb="sb"):
    """The same scores are of yesterday."""

    at: int


@dataclass(frozen=True)
class Asked:
    """A shop's part of the question. `standing`: at the score; None for one that can't be kept, `why` says why not."""

    name: str
    points: tuple[Decimal, ...]
    shop: Shop | None
    why: str = ""
    standing: StandingView | None = None


@dataclass(frozen=True)
class KeptOfShop:
    """What follows of a kept score; `official`: the platform's row that stays instead, and nothing is kept."""

    shop: Shop
    kept: Kept | None = None
    after: Consequences | None = None
    official: Score | None = None


async def confirm(turn: Turn, known: Sequence[Shop], text: str) -> Reply | None:
    """The question whether to keep the scores of several shops; None for a text that does not tell of several."""
    editions = turn.context.editions
    names = {name: shop.id for shop in known if (name := shop.name or shop.ref) and not is_of_scores(editions, name)}
    found = shop_scores_in(editions, names, text, turn.written_on)
    return await _question(turn, known, found.told, found.day) if found else None


async def _question(turn: Turn, known: Sequence[Shop], told: Sequence[ToldShop], day: date) -> Reply:
    """The question, with what it asks of in the chat's memory. `known`: the shops that are told of may be these."""
    by_id, named = {shop.id: shop for shop in known}, Counter(map(_name, known))
    shared = {shop.id for shop in known if named[_name(shop)] > 1}
    asked = [await _asked(turn, one, by_id.get(one.shop or 0), day, shared) for one in told]
    values = {"day": day, "yesterday": turn.today - timedelta(1), "at": turn.now_ms}
    standings = sorted((one.standing for one in asked if one.standing), key=lambda one: one.rank)
    rendered = turn.render("scores/confirm_all", standings=standings, left=[one for one in asked if one.why], **values)
    scores = tuple((one.shop.id, one.points[0]) for one in asked if one.shop and one.standing)
    pending = PendingScores(at=turn.now_ms, day=day, scores=scores)
    said = turn.amend(rendered) if turn.press else turn.say(rendered)
    return said.remembering(turn.dialogue.model_copy(update={"pending": pending}))


def _name(shop: Shop) -> str:
    return (shop.name or shop.ref or "").casefold()


async def _asked(turn: Turn, one: ToldShop, shop: Shop | None, day: date, shared: Collection[int]) -> Asked:
    """The shop's part: where it would stand, or what keeps it out. `shared`: shops that have a name together."""
    told = _told(turn, one.points[0], day)
    why = "same_name" if shop and shop.id in shared else await _why_not(turn, one, shop, told)
    if shop is None or told is None or why:
        return Asked(one.name, one.points, shop, why)
    case = await cases.of_shop(turn.conn, shop)
    return Asked(one.name, one.points, shop, "", standing_at(told.edition, shop, case, told.scores, turn.today))


async def _why_not(turn: Turn, one: ToldShop, shop: Shop | None, told: Told | None) -> str:
    """What keeps the score from being kept with the others, "" for nothing."""
    if shop is None:
        return "unknown"
    if len(one.points) > 1:
        return "twice"
    if told is None:
        return "off_scale"
    if not is_recent(turn, told.day):
        return "too_old"
    is_slip = told.edition != turn.context.edition and can_have(turn.context.edition, told.scores)
    return "scale" if is_slip or await at_odds(turn, shop, told) else ""


def _told(turn: Turn, points: Decimal, day: date) -> Told | None:
    """The main score with the edition that judges it; None for a share, and for a number that no shop can have."""
    scores = {turn.context.edition.main_score.id: points}
    edition = None if is_share(points) else judging(turn, scores)
    return Told(edition, scores, day) if edition else None


@press(AllOfYesterday)
async def of_yesterday(turn: Turn, pressed: AllOfYesterday) -> Reply | None:
    """The same question about yesterday; None when the chat was asked something newer."""
    pending, asked = await _pending(turn, pressed.at)
    told = [ToldShop(shop.name or shop.ref or "", shop.id, (points,)) for shop, points in asked]
    known = [shop for shop, _ in asked]
    return await _question(turn, known, told, pending.day - timedelta(1)) if pending and told else None


@press(KeepAllScores)
async def keep_all(turn: Turn, pressed: KeepAllScores) -> Reply | None:
    """All scores kept, with what follows of each, the worst first; None when the chat was asked something newer."""
    pending, asked = await _pending(turn, pressed.at)
    if pending is None:
        return None
    told = [(shop, score) for shop, points in asked if (score := _told(turn, points, pending.day))]
    if not told:
        return None
    done = [await _kept(turn, shop, score) for shop, score in told]
    kept = [one.kept for one in done if one.kept]
    changed, undo = [row for one in kept for row in one.changed], [each for one in kept for each in one.undo]
    take_back = TakeBackAll(pending.day, turn.now_ms) if changed else None
    said = turn.amend(
        turn.render("scores/kept_all", done=_worst_first(done), day=pending.day, take_back=take_back),
        toast="saved" if changed else "same",
    )
    return said.remembering(remembering(turn, changed, undo).model_copy(update={"pending": None}))


async def _kept(turn: Turn, shop: Shop, told: Told) -> KeptOfShop:
    kept = await keep_scores(turn, shop, told)
    if isinstance(kept, Score):
        return KeptOfShop(shop, official=kept)
    again = told.day if Recorded.CORRECTED in kept.recorded else None
    return KeptOfShop(shop, kept, await consequences(turn, shop, corrected=again))


def _worst_first(done: Sequence[KeptOfShop]) -> Mapping[str, list[KeptOfShop]]:
    """The shops by whether something was kept."""
    kept = sorted((one.after.standing.rank, place) for place, one in enumerate(done) if one.after)
    return {"kept": [done[place] for _, place in kept], "left": [one for one in done if one.official]}


async def _pending(turn: Turn, at: int) -> tuple[PendingScores | None, list[tuple[Shop, Decimal]]]:
    """What the button asks of, and the scores of the shops that the chat still has.

    None when the chat was asked something newer, or all is kept already.
    """
    pending = turn.dialogue.pending
    if pending is None or pending.at != at:
        return None, []
    known = {shop.id: shop for shop in await shops.of_chat(turn.conn, turn.chat_id)}
    return pending, [(known[shop], points) for shop, points in pending.scores if shop in known]
