"""Scores told by a merchant: confirmed by a button, kept, with the consequences of today."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import partial

from bot.conversation.presses import Press
from bot.conversation.statement import Kind, Statement, bare_number, is_of_scores, is_with_unit, statement_in
from bot.journeys import several_shops
from bot.journeys.asked_shop import named_in
from bot.journeys.consequences import consequences
from bot.journeys.entries import command, press
from bot.journeys.kept_scores import Kept, keep_scores
from bot.journeys.score_overview import show
from bot.journeys.shops import PAGE, example_score, is_turned_off, of_chat, own_shop, page
from bot.journeys.told_scores import (
    OLDEST_DAYS,
    AskScale,
    Confirming,
    ConfirmOtherDay,
    ConfirmScore,
    ConfirmScoresOfDay,
    KeepScore,
    KeepScores,
    Told,
    at_odds,
    can_have,
    fitting,
    is_recent,
    judging,
    keep_press,
    of_shop,
    points_meant,
    question,
    scale_press,
    told_by,
)
from bot.journeys.turn import Reply, Turn
from bot.journeys.undo import remembering
from bot.views.pages import paged
from bot.views.render import Rendered
from bot.views.standing import StandingView, standing_at
from rules.answers import Doubt
from rules.case import Case, Known
from rules.edition import Edition, Fact, Scores, is_share
from storage import cases, score_undo, scores, shops
from storage.scores import Recorded, Score
from storage.shops import Shop


class HowToTell(Press, verb="tell"):
    """How a score is told."""


@press(HowToTell)
async def how_to_tell(turn: Turn, _: HowToTell) -> Reply:
    """How a score is told, with an example."""
    edition = turn.context.edition
    return turn.say(turn.render("scores/how_to_tell", fact=edition.main_score, example=example_score(edition)))


@command("score")
async def show_or_confirm(turn: Turn) -> Reply:
    """/score: today's standing of each shop; /score 女装: of one.

    /score 3.9, /score 女装 3.9, /score 女装 3.9 童装 4.2: to be confirmed; /score 如果3.6: a supposed score.
    """
    text = turn.incoming.text
    if not text:
        return await show(turn)
    known = await shops.of_chat(turn.conn, turn.chat_id)
    statement, named = _commanded(turn, known, text)
    if statement is None and (together := await several_shops.confirm(turn, known, text)):
        return together
    if statement is None and named:
        return turn.say(await page(turn, named))
    if statement is None or statement.kind not in (Kind.SCORE, Kind.WHAT_IF):
        return _again(turn, {}, None)
    return await confirm(turn, statement, named)


def _commanded(turn: Turn, known: Sequence[Shop], text: str) -> tuple[Statement | None, Shop | None]:
    """What the text after the command tells, without a name or of the shop named; a name alone tells nothing."""
    label = turn.context.edition.main_score.label
    for told in (f"{label} {text}", text):
        if statement := statement_in(turn.context.editions, told, turn.written_on):
            return statement, None
    return told_of_named(turn, known, text)


def told_of_named(turn: Turn, known: Sequence[Shop], text: str) -> tuple[Statement | None, Shop | None]:
    """What the text tells of a shop of the chat that it names; the shop also where nothing else is in the text."""
    editions = turn.context.editions
    shop, rest = named_in([one for one in known if not is_of_scores(editions, one.name or "")], text)
    if shop is None:
        return None, None
    statement = statement_in(editions, rest, turn.written_on) or alone(turn, rest)
    return statement, shop if statement or not rest.strip() else None


async def confirm(turn: Turn, statement: Statement, named: Shop | None = None) -> Reply:
    """The reply to typed scores: asked back, to be confirmed with shop and day, or only judged when supposed."""
    edition = judging(turn, statement.scores)
    doubt = statement.doubt or (None if is_recent(turn, statement.day) else Doubt.TOO_LONG_AGO)
    if doubt in (None, Doubt.SHARE) and (meant := points_meant(turn, statement)):
        press = question(meant) if statement.kind is Kind.SCORE else None
        return turn.say(turn.render("scores/share", told=meant, press=press))
    if doubt or edition is None:
        return _again(turn, statement.scores, Doubt.OFF_SCALE if doubt in (None, Doubt.SHARE) else doubt)
    possible = [named] if named else await shops.of_chat(turn.conn, turn.chat_id)
    told = await of_shop(turn, Told(edition, statement.scores, statement.day), possible)
    if statement.kind is Kind.WHAT_IF:
        return turn.say(turn.render("scores/what_if", standing=await _supposed(turn, told, possible)))
    odd = await at_odds(turn, possible[0], told) if len(possible) == 1 else {}
    if odd or _may_be_slip(turn, told):
        press = keep_press(named, told) if named else question(told)
        return turn.say(_scale_asked(turn, told, press, odd, possible[0] if odd else None))
    first, *more = [await _confirming(turn, each, possible) for each in fitting(told)]
    return turn.say(first).then(message for one in more for message in turn.say(one).messages)


def _may_be_slip(turn: Turn, told: Told) -> bool:
    """Whether the numbers are possible by the chat's edition too, but likely only by another."""
    edition, points = turn.context.edition, [value for value in told.scores.values() if value is not None]
    return bool(points) and edition != told.edition and can_have(edition, told.scores)


def _scale_asked(turn: Turn, told: Told, press: Press, odd: Mapping[str, Known], shop: Shop | None) -> Rendered:
    """Whether the scores are of their scale, or a slip; `odd`: the shop's fresh numbers of another scale."""
    return turn.render("scores/other_scale", told=told, judging=told.edition, press=press, odd=odd, shop=shop)


@press(AskScale)
async def ask_scale(turn: Turn, pressed: AskScale) -> Reply | None:
    """Whether the scores are of their scale, before they are kept; None for what no shop of the chat can have."""
    told, shop = told_by(turn, pressed), await of_chat(turn, pressed.shop)
    if told is None or shop is None:
        return None
    odd = await at_odds(turn, shop, told)
    return turn.amend(_scale_asked(turn, told, keep_press(shop, told), odd, shop))


def alone(turn: Turn, text: str) -> Statement | None:
    """The score of today told by a text that is a number and nothing else; None for no number, and for no score."""
    value, main = bare_number(text.strip(" :：,，")), turn.context.edition.main_score.id
    told = {} if value is None else {main: value}
    return Statement(Kind.SCORE, turn.written_on, told) if judging(turn, told) else None


async def confirm_number(turn: Turn) -> Reply | None:
    """The reply to a text that is nothing but a number likely only on another scale, or a share; None for other texts.

    After a question of days or of a count, a number without 分 belongs to the question.
    """
    value, edition = bare_number(turn.incoming.text), turn.context.edition
    before = turn.dialogue.memory_at(turn.now).reading
    is_follow_up = before is not None and before.awaits_a_count and not is_with_unit(turn.incoming.text)
    if value is None or is_follow_up or edition.is_likely_score(value):
        return None
    told = {edition.main_score.id: value}
    is_told = is_share(value) or judging(turn, told)
    return await confirm(turn, Statement(Kind.SCORE, turn.written_on, told)) if is_told else None


@press(ConfirmScore, ConfirmOtherDay, ConfirmScoresOfDay)
async def confirm_pressed(turn: Turn, pressed: Confirming) -> Reply | None:
    """The same question as after typed scores; None for scores no shop can have."""
    told = told_by(turn, pressed)
    if told is None:
        return None
    possible = await shops.of_chat(turn.conn, turn.chat_id)
    rendered = await _confirming(turn, await of_shop(turn, told, possible), possible, pressed.page)
    return turn.say(rendered) if isinstance(pressed, ConfirmScore) else turn.amend(rendered)


@press(KeepScore, KeepScores)
async def keep(turn: Turn, pressed: KeepScore | KeepScores) -> Reply | None:
    """The scores kept, with the consequences of today; a score of the platform, as new or newer, stays."""
    told = told_by(turn, pressed)
    shop = await own_shop(turn, pressed.shop) if told else None
    if told is None or shop is None:
        return None
    kept = await keep_scores(turn, shop, await of_shop(turn, told, [shop]))
    if isinstance(kept, Score):
        values = {"shop": shop, "fact": told.edition.fact(kept.fact), "day": kept.day, "value": kept.points}
        return turn.amend(turn.render("scores/from_feed", **values), toast="not_saved")
    said = turn.amend(await _meaning(turn, shop, kept), toast="saved" if kept.changed else "same")
    return said.remembering(remembering(turn, kept.changed, kept.undo))


async def _supposed(turn: Turn, told: Told, possible: Sequence[Shop]) -> StandingView:
    """The standing at scores that are not kept: of the only shop, or of none in particular."""
    only = possible[0] if len(possible) == 1 else None
    case = await cases.of_shop(turn.conn, only) if only else Case()
    return standing_at(told.edition, only, case, told.scores, turn.today)


async def _confirming(turn: Turn, told: Told, possible: Sequence[Shop], page: int = 0) -> Rendered:
    yesterday = turn.today - timedelta(1)
    pages = paged(possible, page, PAGE, partial(question, told, told.day))
    asked: Sequence[Shop | None] = pages.shown or [None]
    return turn.render(
        "scores/confirm",
        standing=await _supposed(turn, told, possible),
        told=told,
        before=await _told_before(turn, told, possible),
        shops=[(shop, await _keeping(turn, shop, told, is_only=len(possible) < 2)) for shop in asked],
        pages=pages,
        is_one=len(possible) < 2,
        is_off=await is_turned_off(turn, asked[0]),
        yesterday=yesterday,
        of_yesterday=question(told, yesterday),
    )


async def _told_before(turn: Turn, told: Told, possible: Sequence[Shop]) -> list[tuple[Fact, Score]]:
    """Other scores of the day that the only possible shop has, which the told ones would replace."""
    if len(possible) != 1:
        return []
    known = {fact: await score_undo.of_day(turn.conn, possible[0].id, fact, told.day) for fact in told.scores}
    rows = [row for row in known.values() if row and row.points != told.scores[row.fact]]
    return [(told.edition.fact(row.fact), row) for row in rows]


async def _keeping(turn: Turn, shop: Shop | None, told: Told, *, is_only: bool) -> Press:
    """The button that keeps the scores; of one of several shops, with the question of the scale before where needed.

    Of the only shop that was asked already.
    """
    if shop is None or is_only or not await at_odds(turn, shop, told):
        return keep_press(shop, told)
    return scale_press(shop, told)


async def _meaning(turn: Turn, shop: Shop, kept: Kept) -> Rendered:
    """The shop's standing after the scores, by the newest of each; a warning in the reply counts as told."""
    told, again = kept.told, kept.told.day if kept.what is Recorded.CORRECTED else None
    after = await consequences(turn, shop, corrected=again)
    latest = await scores.latest(turn.conn, shop.id)
    newer = [row for fact, row in latest.items() if fact in told.scores and row.day > told.day]
    return turn.render(
        "scores/kept",
        standing=after.standing,
        news=after.news,
        clauses=after.clauses,
        recorded=kept.what.value,
        before={row.fact: row.points for row in kept.before if row},
        told=told,
        newer=[(told.edition.fact(row.fact), row) for row in newer],
        undo=kept.undo,
        is_off=await is_turned_off(turn, shop),
    )


def _again(turn: Turn, told: Scores, doubt: Doubt | None) -> Reply:
    """What scores there are, for a score that was not understood or that no shop can have."""
    edition = turn.context.edition
    scales = _scales(turn, next(iter(told), edition.main_score.id))
    values = {"scales": scales, "example": example_score(edition), "oldest_days": OLDEST_DAYS}
    return turn.say(turn.render("scores/again", fact=scales[0][1], doubt=doubt, **values))


def _scales(turn: Turn, fact: str) -> list[tuple[Edition, Fact]]:
    """The editions that know the score, the first of each scale, with the score as the edition has it."""
    scales: dict[str, tuple[Edition, Fact]] = {}
    for edition in turn.context.editions:
        for score in edition.scores:
            if score.id == fact:
                scales.setdefault(score.scale, (edition, score))
    return list(scales.values())
