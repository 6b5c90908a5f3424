"""An answer of a check: taken, or asked back because it cannot be, is unlikely, or is not what a feed says of today."""

from decimal import Decimal

from bot.conversation import check_moves
from bot.conversation.check_moves import open_question
from bot.conversation.memory import CheckUnderway
from bot.journeys.check_message import after_move, asked, shown
from bot.journeys.shops import of_chat
from bot.journeys.turn import Reply, Turn
from bot.views.check_question import AskedBack, CheckByScale, TakeScore
from rules.answers import Doubt, Parsed, parse
from rules.case import Known, fits
from rules.edition import Edition, is_share
from rules.requirements import FactValue
from rules.sources import SOURCES
from storage import cases


async def answer_with(turn: Turn, check: CheckUnderway, edition: Edition, value: FactValue) -> Reply:
    """The check with the question answered; asked back when a feed says otherwise of today."""
    fed = await fed_of_today(turn, check, edition)
    if fed is not None and fed.value != value and not check.is_preview:
        return shown(turn, check, await asked(turn, check, AskedBack(fed=fed)))
    return await after_move(turn, check_moves.answered(check, edition, value, turn.given))


async def fed_of_today(turn: Turn, check: CheckUnderway, edition: Edition) -> Known | None:
    """The official figure of today, or of a later day, for the fact asked for; None without one."""
    fact, shop = open_question(check, edition), await of_chat(turn, check.shop)
    known = (await cases.of_shop(turn.conn, shop)).known.get(fact.id) if fact and shop else None
    if fact is None or known is None or not fits(fact, known):
        return None
    return known if SOURCES[known.source].is_official and known.on >= turn.today else None


def asked_back(turn: Turn, check: CheckUnderway, edition: Edition, parsed: Parsed) -> AskedBack | None:
    """Why the typed answer is not taken, with the buttons that help; None for an answer to take."""
    back, fact = AskedBack(parsed.doubt, turn.incoming.text) if parsed.doubt else None, open_question(check, edition)
    if fact in edition.scores and isinstance(parsed.value, Decimal) and is_share(parsed.value):
        return _as_points(turn, check, edition, parsed.value * 100)
    if fact != edition.main_score:
        return back
    return _on_another_scale(turn, check, edition, parsed) or back


def _as_points(turn: Turn, check: CheckUnderway, edition: Edition, points: Decimal) -> AskedBack:
    """For a share: whether these points are meant, by this edition or, for the main score, by another."""
    fact, takes, other = open_question(check, edition), None, None
    if fact and edition.is_likely_score(points, fact.id):
        takes = TakeScore(check.id, check.step, points)
    elif fact == edition.main_score:
        other = turn.context.catalogue.of_score(points, edition)
    by_scale = CheckByScale(check.id, check.step, other.name, points) if other else None
    said = turn.incoming.text
    return AskedBack(Doubt.SHARE, said, other=other, points=points, by_scale=by_scale, takes=takes)


def _on_another_scale(turn: Turn, check: CheckUnderway, edition: Edition, parsed: Parsed) -> AskedBack | None:
    """For a score that is off the scale, or unlikely on it: the edition on whose scale it is likely; else None."""
    if parsed.doubt not in (None, Doubt.OFF_SCALE):
        return None
    told = _number(turn, parsed)
    other = turn.context.catalogue.of_score(told, edition) if told is not None else None
    if told is None or other is None or other is edition:
        return None
    by_scale = CheckByScale(check.id, check.step, other.name, told)
    takes = TakeScore(check.id, check.step, told) if parsed.doubt is None else None
    return AskedBack(Doubt.OTHER_SCALE, turn.incoming.text, other=other, points=told, by_scale=by_scale, takes=takes)


def _number(turn: Turn, parsed: Parsed) -> Decimal | None:
    """The score as typed, on the scale of any edition; None for no number."""
    scores = (edition.main_score for edition in turn.context.catalogue.editions)
    read = (parsed.value, *(parse(score, turn.incoming.text, turn.written_on).value for score in scores))
    return next((value for value in read if isinstance(value, Decimal)), None)
