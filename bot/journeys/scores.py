"""A score told by a merchant: confirmed by a button, kept, with the consequences of today."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from bot.conversation.presses import Press
from bot.conversation.statement import Kind, Statement, statement_in
from bot.journeys.entries import command, press
from bot.journeys.score_overview import MOST_SHOWN, example_score, show
from bot.journeys.shops import ShopPress, follow, own_shop
from bot.journeys.turn import Reply, Turn
from bot.views.notice import notice_view
from bot.views.render import Rendered, render
from bot.views.standing import StandingView, standing_at, standing_of
from bot.warnings.followers import decide_now
from rules.answers import Doubt
from rules.case import Case
from rules.edition import Fact
from rules.sources import SOURCES, Source
from storage import cases, scores, shops
from storage.scores import Score
from storage.shops import Shop

OLDEST_DAYS = 365
"""How far back a score may be told."""


class _Score(Press):
    """`day`: None for today. `points`: None for "the shop has no score"."""

    day: date | None
    fact: str
    points: Decimal | None


class ConfirmScore(_Score, verb="sq"):
    """A score out of an answer or a result: shall the bot keep the score? The message above stays."""


class ConfirmOtherDay(_Score, verb="sy"):
    """The score in question is of `day`."""


class KeepScore(ShopPress, verb="s", keeps=True):
    """Keep the score. `shop` 0: the chat's own. `points`: None for "the shop has no score"."""

    day: date | None
    fact: str
    points: Decimal | None


@command("score")
async def show_or_confirm(turn: Turn) -> Reply:
    """/score: today's standing of each shop; /score 3.9: the score, to be confirmed; /score 如果3.6: a supposed one."""
    text = turn.incoming.text
    if not text:
        return await show(turn)
    edition = turn.context.edition
    fact = edition.main_score
    statement = statement_in(edition, f"{fact.label} {text}", turn.today) or statement_in(edition, text, turn.today)
    if statement is None or statement.kind not in (Kind.SCORE, Kind.WHAT_IF):
        return _again(turn, fact, None)
    return await confirm(turn, statement)


async def confirm(turn: Turn, statement: Statement, named: Shop | None = None) -> Reply:
    """The reply to a typed score: asked back, to be confirmed with shop and day, or only judged when supposed."""
    edition = turn.context.edition
    fact = edition.fact(statement.fact)
    doubt = statement.doubt or (None if _is_recent(turn, statement.day) else Doubt.TOO_LONG_AGO)
    if doubt:
        return _again(turn, fact, doubt)
    possible = [named] if named else await shops.of_chat(turn.conn, turn.chat_id)
    if statement.kind is Kind.WHAT_IF:
        only = possible[0] if len(possible) == 1 else None
        standing = await _supposed(turn, fact, statement.points, only)
        return turn.say(turn.render("scores/what_if", standing=standing))
    return turn.say(await _confirming(turn, fact, statement.points, statement.day, possible))


@press(ConfirmScore, ConfirmOtherDay)
async def confirm_pressed(turn: Turn, pressed: ConfirmScore | ConfirmOtherDay) -> Reply | None:
    """The same question as after a typed score; None for a score no shop can have."""
    fact, day = _fact(turn, pressed), pressed.day or turn.today
    if fact is None:
        return None
    rendered = await _confirming(turn, fact, pressed.points, day, await shops.of_chat(turn.conn, turn.chat_id))
    return turn.say(rendered) if isinstance(pressed, ConfirmScore) else turn.amend(rendered)


@press(KeepScore)
async def keep(turn: Turn, pressed: KeepScore) -> Reply | None:
    """The score kept, with the consequences of today; a score of the platform, as new or newer, stays."""
    fact, day = _fact(turn, pressed), pressed.day or turn.today
    shop = await own_shop(turn, pressed.shop) if fact else None
    if fact is None or shop is None:
        return None
    before = (await scores.latest(turn.conn, shop.id)).get(fact.id)
    if before and SOURCES[before.source].is_official and day <= before.day:
        return turn.amend(render("scores/from_feed", shop=shop, fact=fact, day=before.day, value=before.points))
    row = Score(shop.id, fact.id, day, pressed.points, fact.scale, Source.MERCHANT)
    recorded = await scores.record(turn.conn, row, turn.now_ms)
    await follow(turn, shop)
    return turn.amend(await _meaning(turn, shop, row, recorded))


def _fact(turn: Turn, pressed: _Score | KeepScore) -> Fact | None:
    """The fact of a button's score; None for an unknown fact, points off the scale, a day ahead or too long ago."""
    fact = next((fact for fact in turn.context.edition.scores if fact.id == pressed.fact), None)
    day = pressed.day or turn.today
    if fact is None or day > turn.today or not _is_recent(turn, day):
        return None
    can_be = fact.nullable if pressed.points is None else fact.can_be(pressed.points)
    return fact if can_be else None


def _is_recent(turn: Turn, day: date) -> bool:
    """Whether a score of the day may still be told."""
    return turn.today - day <= timedelta(OLDEST_DAYS)


async def _supposed(turn: Turn, fact: Fact, value: Decimal | None, shop: Shop | None) -> StandingView:
    """The standing at a score that is not kept."""
    case = await cases.of_shop(turn.conn, shop) if shop else Case()
    return standing_at(turn.context.edition, shop, case, {fact.id: value}, turn.today)


async def _confirming(turn: Turn, fact: Fact, value: Decimal | None, day: date, possible: Sequence[Shop]) -> Rendered:
    yesterday = turn.today - timedelta(1)
    only = possible[0] if len(possible) == 1 else None
    asked: Sequence[Shop | None] = possible[:MOST_SHOWN] or [None]
    return turn.render(
        "scores/confirm",
        standing=await _supposed(turn, fact, value, only),
        shops=[(shop, KeepScore(shop.id if shop else 0, day, fact.id, value)) for shop in asked],
        day=day,
        yesterday=yesterday,
        of_yesterday=ConfirmOtherDay(yesterday, fact.id, value),
    )


async def _meaning(turn: Turn, shop: Shop, row: Score, recorded: scores.Recorded) -> Rendered:
    """The shop's standing after the score, by the newest score of the fact; a warning in the reply counts as told."""
    edition = turn.context.edition
    notice = await decide_now(turn.conn, turn.context.policy, shop.id, turn.now, answering=turn.chat_id)
    news = notice_view(edition, notice, {shop.id: shop}, turn.today) if notice else None
    latest = await scores.latest(turn.conn, shop.id)
    newest = latest.get(row.fact)
    standing = standing_of(edition, shop, await cases.of_shop(turn.conn, shop), turn.today)
    return turn.render(
        "scores/kept",
        standing=standing,
        news=news.first if news else None,
        clauses=tuple(dict.fromkeys((*(news.clauses if news else ()), *standing.clauses))),
        recorded=recorded.value,
        fact=edition.fact(row.fact),
        value=row.points,
        day=row.day,
        newer=newest if newest and newest.day > row.day else None,
    )


def _again(turn: Turn, fact: Fact, doubt: Doubt | None) -> Reply:
    example = example_score(turn.context.edition)
    return turn.say(turn.render("scores/again", fact=fact, doubt=doubt, example=example, oldest_days=OLDEST_DAYS))
