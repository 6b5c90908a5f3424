"""A notice as the values for the template, made at sending: worst first, the deciding provision quoted.

`notices/notice.html.j2` gets a `NoticeView` as `notice`, and `edition`. Values without a meaning are None or empty.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from bot.conversation.presses import Press
from bot.views.advice import Advice, advice_on
from bot.views.entering import entry, mends
from bot.views.instead import Instead
from bot.views.render import LONGEST_MESSAGE, Rendered, render, shown_length
from rules.assessment import Assessment
from rules.edition import Clause, Edition, Fact
from rules.lines import Level, at_line, limits_of
from rules.other_text import OtherText
from rules.outlook import Forecast, Series, forecast
from rules.reasons import RANK, Reason
from rules.requirements import IN_ALLIANCE, Effect, Facts, Line, is_barred, next_chance
from storage.corrections import Said
from storage.notices import Item, Notice
from storage.shops import Shop

MOST_LINES: Final = 8
"""So many lines a notice of one shop has at most."""

ROOM: Final = ((3, 40, True), (3, 40, False), (1, 40, False), (1, 15, False), (1, 0, False))
"""How many shops are told in full and how many by name, and whether every provision is quoted or the deciding one
alone: the first that fits into one message."""

MOST_FULL: Final = ROOM[0][0]

MENDABLE: Final = frozenset({Reason.WARNING, Reason.CLOSING, Reason.REMINDER})
"""Reasons after which there are reminders."""

NO_SERIES: Final[Mapping[Item, Series]] = MappingProxyType({})

REOPEN: Final = "reopen"
"""The topic of every edition about opening again after a closing."""

MARK_LENGTH: Final = 120
"""What the number, and the word that this is a repeat, may add when it is sent."""


class Mended(Press, verb="mend"):
    """No reminder any more of the descent told on the day of the check, until it gets worse."""

    shop: int
    day: date


@dataclass(frozen=True)
class NextLine:
    """The line below the score's next fall, the shop's `limit` there, and the points down to that limit."""

    line: Line
    limit: Decimal
    gap: Decimal
    clause: Clause


@dataclass(frozen=True)
class ShopTold:
    """A shop's part of the notice, with the `item` to tell.

    `limits`: all limits possible for the shop at `line`, the highest first. `gap`: points from the score to the highest
    limit, never negative. `days`: days in a row below the line, up to the day of the score. `clause`: the platform's
    deed at the line. `chance`: the number of the next opening, of `chances`; `barred`: no opening is left. `entry`: the
    points needed to enter; None while an untold choice decides, or where they are not enough by themselves.
    `again_clause`: on opening again, where no chances are counted. `mends`: the edition's advice for what the score
    does not meet, or on what it depends. `forecast_days`: until the score is below the line, by forecast. `choice`: the
    untold choice that decides whether the score is below the line. `is_open`: something else may follow from untold
    facts. `replaced`: what was said before of the same day. `advice`: None without a text that has any. `mended`: ends
    the reminders, None where there are none. `fall`: when the trend reaches a line below, None without such a trend.
    """

    shop: Shop
    item: Item
    score_label: str
    line: Line | None
    limits: tuple[Decimal, ...]
    gap: Decimal | None
    days: int | None
    clause: Clause | None
    next: NextLine | None
    chances: int | None
    chance: int | None
    barred: bool
    chances_clause: Clause | None
    again_clause: Clause | None
    entry: Decimal | None
    mends: Sequence[str]
    forecast_days: int | None
    choice: Fact | None
    is_open: bool
    replaced: Said | None = None
    advice: Advice | None = None
    mended: Mended | None = None
    fall: Forecast | None = None


@dataclass(frozen=True)
class DayTold:
    """A day known from the chat's kept check, `days` ahead. `label`, `clause`: the criterion's; None for a verdict."""

    item: Item
    days: int | None
    label: str | None
    clause: Clause | None


@dataclass(frozen=True)
class NoticeView:
    """`shops`: in full, worst first; `named`: only name, reason, score; `unnamed`: the number of further shops.

    `clauses`: every provision cited by the parts in full, once, the deciding one first. `day`: of the check. `late`:
    the check ran late. `first`: the worst shop of all, None when there is none.
    """

    day: date
    late: bool
    shops: tuple[ShopTold, ...]
    named: tuple[ShopTold, ...]
    unnamed: int
    days: tuple[DayTold, ...]
    clauses: tuple[Clause, ...]

    @property
    def first(self) -> ShopTold | None:
        return self.shops[0] if self.shops else None

    @property
    def is_of_one(self) -> bool:
        """Whether there is a single piece of news."""
        return len(self.shops) + len(self.named) + len(self.days) == 1


def render_notice(
    edition: Edition,
    notice: Notice,
    shops: Mapping[int, Shop],
    today: date,
    *,
    replaced: Mapping[Item, Said] = MappingProxyType({}),
    instead: Instead | None = None,
    texts: Sequence[OtherText] = (),
    series: Mapping[Item, Series] = NO_SERIES,
) -> Rendered:
    """The message, a single one for any number of shops. `edition`: the notice's own. `replaced`: said before.

    `instead`: what the edition in force says of chances. `texts`: the platform's texts that may have advice.
    `series`: the recent scores behind the worst items.
    """
    values = {"edition": edition, "today": today, "instead": instead}
    for in_full, named, quotes_all in ROOM:
        view = notice_view(edition, notice, shops, today, texts, series=series, in_full=in_full, named=named)
        view = replace(view, shops=tuple(replace(one, replaced=replaced.get(one.item)) for one in view.shops))
        rendered = render("notices/notice", notice=view, quotes_all=quotes_all, **values)
        if _fits(rendered, view):
            break
    return rendered


def _fits(rendered: Rendered, view: NoticeView) -> bool:
    is_short = not view.is_of_one or len(rendered.plain.splitlines()) <= MOST_LINES
    return is_short and shown_length(rendered.html) <= LONGEST_MESSAGE - MARK_LENGTH


def notice_view(
    edition: Edition,
    notice: Notice,
    shops: Mapping[int, Shop],
    today: date,
    texts: Sequence[OtherText] = (),
    *,
    series: Mapping[Item, Series] = NO_SERIES,
    in_full: int = 3,
    named: int = 40,
) -> NoticeView:
    """The values for the template; a shop no longer known is left out."""
    on = _as_of(notice, today)
    known = [item for item in worst_first(notice.items) if item.shop_id in shops]
    told = [replace(_shop(edition, item, shops[item.shop_id], on), mended=_mended(item, notice)) for item in known]
    told = [replace(one, fall=_fall(edition, one, series.get(one.item, ()), on)) for one in told]
    days = tuple(_day(edition, item, on) for item in _ahead(notice.items))
    advice = advice_on((one.item for one in told), texts)
    full, rest = tuple(replace(one, advice=advice.get(one.item)) for one in told[:in_full]), told[in_full:]
    return NoticeView(
        day=notice.day,
        late=notice.is_late,
        shops=full,
        named=tuple(rest[:named]),
        unnamed=len(rest[named:]),
        days=days,
        clauses=tuple(dict.fromkeys(_clauses(full, days))),
    )


def _fall(edition: Edition, told: ShopTold, series: Series, today: date) -> Forecast | None:
    return forecast(edition, {told.item.fact: series}, _facts(told.item, told.shop), today) if series else None


def _mended(item: Item, notice: Notice) -> Mended | None:
    return Mended(item.shop_id, notice.day) if item.reason in MENDABLE else None


def _as_of(notice: Notice, today: date) -> date:
    """The day for counting days: the day of reading, or the check's day when the check was made up for later."""
    return today if today - notice.day <= timedelta(1) else notice.day


def worst_first(items: Sequence[Item]) -> list[Item]:
    """The items, worst first; milestones of equal gravity, the latest first."""
    highest = Decimal(1_000_000)
    ahead = date.max.toordinal()
    return sorted(
        items,
        key=lambda one: (
            RANK[one.reason],
            highest if one.points is None else one.points,
            ahead - one.happens_on.toordinal() if one.happens_on else 0,
            one.shop_id,
        ),
    )


def _clauses(shops: Sequence[ShopTold], days: Sequence[DayTold]) -> Iterator[Clause]:
    for shop in shops:
        ahead = shop.next.clause if shop.next and shop.clause else None
        cited = [shop.clause, ahead, shop.chances_clause, shop.again_clause]
        if shop.item.reason is Reason.CLOSED:
            cited.reverse()
        yield from (clause for clause in cited if clause)
    yield from (day.clause for day in days if day.clause)


def _shop(edition: Edition, item: Item, shop: Shop, today: date) -> ShopTold:
    fact = next((fact for fact in edition.facts if fact.id == item.fact), None)
    line = next((line for line in edition.lines if line.id == item.line), None)
    now = Assessment(edition, _facts(item, shop), today)
    limits = limits_of(line, now.facts) if line else ()
    chances = edition.chances if _counts(item, line) else None
    return ShopTold(
        shop=shop,
        item=item,
        score_label=fact.label if fact else "",
        line=line,
        limits=limits,
        gap=abs(item.points - limits[0]) if limits and item.points is not None else None,
        days=(item.score_day - item.since).days + 1 if item.since and item.score_day else None,
        clause=edition.clause(line.clause) if line and item.reason.row.quotes else None,
        next=_next(item, now),
        chances=edition.chances.limit if edition.chances else None,
        chance=next_chance(chances, item.closures),
        barred=is_barred(chances, item.closures),
        chances_clause=edition.clause(chances.clause) if chances else None,
        entry=entry(now, item.fact),
        again_clause=_again(edition) if item.reason is Reason.CLOSED and not chances else None,
        mends=tuple(mends(now, item)),
        forecast_days=_forecast_days(item, today),
        choice=at_line(edition, line, now.facts, today).choice if line and item.points is not None else None,
        is_open=now.level is Level.UNKNOWN,
    )


def _counts(item: Item, line: Line | None) -> bool:
    """Whether the item's count is of a closing that has been, or may be by now."""
    may_be_closed = item.reason is Reason.REMINDER and line is not None and line.effect is Effect.CLOSING
    return item.reason.row.chances or may_be_closed


def _facts(item: Item, shop: Shop) -> Facts:
    """The facts behind the item: the score told, the membership then, the choices known now."""
    scored = {} if item.points is None else {item.fact: item.points}
    inside = {} if item.in_alliance is None else {IN_ALLIANCE: item.in_alliance}
    return {**shop.choices, **scored, **inside}


def _next(item: Item, now: Assessment) -> NextLine | None:
    at = now.next_line if item.reason.row.next_line else None
    if at is None or at.line.id == item.line or at.own:
        return None
    return NextLine(at.line, at.limit, at.gap, now.edition.clause(at.line.clause))


def _again(edition: Edition) -> Clause | None:
    """What the edition says of opening again after a closing."""
    topic = next((one for one in edition.topics if one.id == REOPEN and one.clauses), None)
    return edition.clause(topic.clauses[0]) if topic else None


def _forecast_days(item: Item, today: date) -> int | None:
    if item.reason is not Reason.APPROACH or item.happens_on is None or item.span_days is None:
        return None
    return (item.happens_on - today).days


def _ahead(items: Sequence[Item]) -> Iterator[Item]:
    """The days, worst first; without the announcement of an end when the same notice tells of the end."""
    has_ended = any(item.reason is Reason.EXEMPTION_ENDED for item in items)
    for item in worst_first(items):
        if not item.shop_id and not (has_ended and item.reason is Reason.EXEMPTION_ENDS_SOON):
            yield item


def _day(edition: Edition, item: Item, today: date) -> DayTold:
    criterion = next((one for one in edition.criteria if one.id == item.criterion), None)
    cited = None
    if criterion:
        exempt = criterion.exempt if item.reason.row.exemption else None
        cited = exempt.clause if exempt else criterion.clause
    days = (item.happens_on - today).days if item.happens_on else None
    return DayTold(item, days, criterion.label if criterion else None, edition.clause(cited) if cited else None)
