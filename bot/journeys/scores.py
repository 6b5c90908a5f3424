"""A shop's score: told and confirmed, asked for, made up, and drawn."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

from bot.conversation.statement import Kind, Said, said
from bot.journeys.acknowledge import done
from bot.journeys.amend import amended
from bot.journeys.pictures import picture_of
from bot.journeys.turn import Reply, Turn
from bot.telegram.messages import say
from bot.views.notice import notice_view
from bot.views.render import Rendered, render
from bot.views.standing import StandingView, standing_at, standing_of
from bot.warnings.followers import decide_now
from rules.answers import Doubt
from rules.edition import Edition, Effect, Fact
from rules.facts import is_score
from rules.sources import SOURCES, Source
from storage import follows, scores, shops
from storage.outbox import Lane, Message
from storage.scores import Score, scale_of
from storage.shops import Shop

MOST_SHOWN = 8
"""Shops that one message tells of, and that get a button each."""

OLDEST_DAYS = 365
"""How far back a score may be told."""


async def command(turn: Turn) -> Reply:
    """/score: today's standing of each shop; /score 3.9: this score, to be confirmed; /score 如果3.6: what if."""
    text = turn.incoming.text
    if not text:
        return await overview(turn)
    fact = turn.context.edition.main_score
    claim = said(turn.context.edition, f"{fact.label} {text}", turn.today) or said(
        turn.context.edition, text, turn.today
    )
    if claim is None or claim.kind not in (Kind.SCORE, Kind.WHAT_IF):
        return _again(turn, fact, None)
    return await told(turn, claim)


async def told(turn: Turn, claim: Said, named: Shop | None = None) -> Reply:
    """A score as it was typed: asked back, confirmed with shop and day, or only answered when it is made up."""
    edition = turn.context.edition
    fact = edition.fact(claim.fact)
    doubt = claim.doubt or (None if _is_recent(turn, claim.day) else Doubt.TOO_LONG_AGO)
    if doubt or claim.points is None:
        return _again(turn, fact, doubt)
    possible = [named] if named else await shops.of_chat(turn.conn, turn.chat_id)
    if claim.kind is Kind.WHAT_IF:
        only = possible[0] if len(possible) == 1 else None
        standing = standing_at(edition, fact.id, claim.points, only, turn.today)
        return _said(turn, render("scores/what_if", edition=edition, standing=standing))
    return _said(turn, _confirming(turn, fact, claim.points, claim.day, possible))


async def offered(turn: Turn) -> Reply:
    """The button under an answer about a score: the same question as for a score that was told."""
    claim = _claim(turn.context.edition, turn.incoming.data.split("|")[1:], turn.today)
    if claim is None:
        return Reply.of(turn.dialogue, done(turn, "old"))
    fact, value, day = claim
    possible = await shops.of_chat(turn.conn, turn.chat_id)
    rendered = _confirming(turn, fact, value, day, possible)
    asks_anew = turn.incoming.data.startswith("sq|")
    messages = (*done(turn), *say(turn.chat_id, rendered)) if asks_anew else amended(turn, rendered)
    return Reply.of(turn.dialogue, messages)


async def kept(turn: Turn) -> Reply:
    """The score is confirmed: kept, and what it means today."""
    _, number, *rest = [*turn.incoming.data.split("|"), ""]
    claim = _claim(turn.context.edition, rest[:3], turn.today)
    shop = await own_shop(turn, number) if claim else None
    if claim is None or shop is None:
        return Reply.of(turn.dialogue, done(turn, "old"))
    fact, value, day = claim
    before = (await scores.latest(turn.conn, shop.id)).get(fact.id)
    if before and SOURCES[before.source].is_official and day <= before.day:
        rendered = render("scores/from_feed", shop=shop, day=before.day, points=before.points)
        return Reply.of(turn.dialogue, amended(turn, rendered))
    row = Score(shop.id, fact.id, day, value, scale_of(fact), Source.MERCHANT)
    recorded = await scores.record(turn.conn, row, turn.now_ms)
    if await follows.of(turn.conn, shop.id, turn.chat_id) is None:
        await follows.start(turn.conn, shop.id, turn.chat_id, turn.now_ms)
    return Reply.of(turn.dialogue, amended(turn, await _meaning(turn, shop, row, recorded)))


async def dismissed(turn: Turn) -> Reply:
    """Not to be kept."""
    return Reply.of(turn.dialogue, amended(turn, render("scores/dropped")))


async def overview(turn: Turn) -> Reply:
    """Today's standing of each shop, the worst first."""
    edition = turn.context.edition
    standings = sorted(
        [await _standing(turn, shop) for shop in await shops.of_chat(turn.conn, turn.chat_id)],
        key=lambda standing: (not standing.scores, standing.rank),
    )
    return _said(
        turn,
        render(
            "scores/overview",
            edition=edition,
            fact=edition.main_score,
            example=_example(edition),
            standings=standings[:MOST_SHOWN],
            unnamed=max(0, len(standings) - MOST_SHOWN),
            today=turn.today,
        ),
    )


async def picture(turn: Turn) -> Reply:
    """The last 30 days of the shop whose button was pressed."""
    number, _, name = turn.incoming.data.partition("|")[2].partition("|")
    shop = await of_chat(turn, number)
    facts = {fact.id: fact for fact in turn.context.edition.scores}
    if shop is None or (name and name not in facts):
        return Reply.of(turn.dialogue, done(turn, "old"))
    fact = facts[name] if name else turn.context.edition.main_score
    points = await scores.series(turn.conn, shop.id, fact, turn.today)
    payload = picture_of(turn.context.edition, shop, fact, points, turn.today)
    return Reply.of(turn.dialogue, (*done(turn), Message(turn.chat_id, Lane.REPLY, "sendPhoto", payload)))


async def of_chat(turn: Turn, number: str) -> Shop | None:
    """The shop of this number, if it is one of the chat's."""
    known = await shops.of_chat(turn.conn, turn.chat_id)
    return next((shop for shop in known if str(shop.id) == number), None)


async def own_shop(turn: Turn, number: str) -> Shop | None:
    """The same; 0 is the chat's own shop, made now if there is none yet."""
    return await shops.own(turn.conn, turn.chat_id, turn.now_ms) if number == "0" else await of_chat(turn, number)


def _confirming(turn: Turn, fact: Fact, value: Decimal, day: date, possible: Sequence[Shop]) -> Rendered:
    edition, yesterday = turn.context.edition, turn.today - timedelta(1)
    only = possible[0] if len(possible) == 1 else None
    return render(
        "scores/confirm",
        edition=edition,
        standing=standing_at(edition, fact.id, value, only, turn.today),
        shops=possible[:MOST_SHOWN] or [None],
        day=day,
        today=turn.today,
        yesterday=yesterday,
        at=_data(fact, value, day),
        of_yesterday=f"sy|{_data(fact, value, yesterday)}",
    )


async def _meaning(turn: Turn, shop: Shop, row: Score, recorded: scores.Recorded) -> Rendered:
    """What holds for the shop now that this row is known; by a newer one, if there is one. It counts as told."""
    edition = turn.context.edition
    notice = await decide_now(turn.conn, turn.context.policy, shop.id, turn.now, answering=turn.chat_id)
    news = notice_view(edition, notice, {shop.id: shop}, turn.today) if notice else None
    latest = await scores.latest(turn.conn, shop.id)
    newest, standing = latest.get(row.fact), standing_of(edition, shop, latest, turn.today)
    return render(
        "scores/kept",
        edition=edition,
        standing=standing,
        news=news.first if news else None,
        today=turn.today,
        clauses=tuple(dict.fromkeys((*(news.clauses if news else ()), *standing.clauses))),
        recorded=recorded.value,
        fact=edition.fact(row.fact),
        value=row.points,
        day=row.day,
        newer=newest if newest and newest.day > row.day else None,
    )


async def _standing(turn: Turn, shop: Shop) -> StandingView:
    return standing_of(turn.context.edition, shop, await scores.latest(turn.conn, shop.id), turn.today)


def _data(fact: Fact, value: Decimal, day: date) -> str:
    """A score with its day, as the end of a button's data."""
    return f"{day:%Y%m%d}|{fact.id}|{value}"


def _claim(edition: Edition, parts: Sequence[str], today: date) -> tuple[Fact, Decimal, date] | None:
    """The score that a button's data names; None when it is none of this edition's, or of no day that may be told."""
    try:
        written, name, points = parts
        day = date.fromisoformat(written) if written else today
        value = Decimal(points)
        fact = next(fact for fact in edition.scores if fact.id == name)
    except (ValueError, InvalidOperation, StopIteration):
        return None
    return (
        (fact, value, day) if is_score(fact, value) and timedelta(0) <= today - day <= timedelta(OLDEST_DAYS) else None
    )


def _is_recent(turn: Turn, day: date) -> bool:
    """Whether a score of this day may still be told."""
    return turn.today - day <= timedelta(OLDEST_DAYS)


def _again(turn: Turn, fact: Fact, doubt: Doubt | None) -> Reply:
    edition = turn.context.edition
    values = {"edition": edition, "fact": fact, "doubt": doubt, "today": turn.today, "example": _example(edition)}
    return _said(turn, render("scores/again", oldest_days=OLDEST_DAYS, **values))


def _example(edition: Edition) -> Decimal:
    """A score for examples: the points at which the first line is met."""
    entry = edition.line(Effect.NO_ENTRY) or edition.lines[0]
    return entry.limit


def _said(turn: Turn, rendered: Rendered) -> Reply:
    return Reply.of(turn.dialogue, (*done(turn), *say(turn.chat_id, rendered)))
