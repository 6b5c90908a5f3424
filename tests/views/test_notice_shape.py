"""A notice of one shop has eight lines at most, says nothing twice and no number that comes from nowhere."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.views.instead import Instead, on_chances
from bot.views.notice import MOST_LINES, render_notice
from bot.views.render import Rendered, apart, points
from rules.edition import Edition
from rules.lines import limits
from rules.other_text import OtherText
from rules.reasons import Reason
from rules.requirements import Effect, Line
from rules.sources import Source
from storage.notices import Item, Notice
from storage.shops import Shop
from tests.packaged import CATALOGUE
from tests.shape import faults

DAY = date(2026, 11, 29)
NUMBER = re.compile(r"\d+(?:\.\d+)?")
OF_CHECKS = (
    Reason.EXEMPTION_ENDED,
    Reason.EXEMPTION_ENDS_SOON,
    Reason.NOW_ELIGIBLE,
    Reason.PENALTY_AGED_OUT,
    Reason.WAIT_OVER,
)
OF_SHOPS = [one for one in Reason if one.is_told and one not in (Reason.CORRECTED, *OF_CHECKS)]
EFFECTS = {
    Reason.CLOSING: (Effect.CLOSING,),
    Reason.WARNING: (Effect.WARNING,),
    Reason.EARLY: (Effect.EARLY,),
    Reason.REMINDER: (Effect.WARNING, Effect.CLOSING),
    Reason.APPROACH: (Effect.WARNING, Effect.CLOSING),
    Reason.RECOVERED: (Effect.WARNING, Effect.CLOSING, Effect.EARLY),
}
ENTRY = (Reason.CANNOT_ENTER, Reason.MAY_ENTER, Reason.MAY_ENTER_AGAIN)
BELOW = (Reason.CLOSING, Reason.WARNING, Reason.EARLY, Reason.REMINDER, Reason.CANNOT_ENTER)


@dataclass(frozen=True)
class Told:
    """A notice of one shop. `today`: of reading."""

    edition: Edition = field(repr=False)
    item: Item
    shop: Shop
    today: date
    is_late: bool
    texts: tuple[OtherText, ...] = field(repr=False)

    @property
    def instead(self) -> Instead | None:
        return on_chances(CATALOGUE, self.today, self.edition)

    @property
    def message(self) -> Rendered:
        notice = Notice(1, DAY, self.edition.name, (self.item,), 0, is_late=self.is_late)
        values = {"instead": self.instead, "texts": self.texts}
        return render_notice(self.edition, notice, {1: self.shop}, self.today, **values)  # type: ignore[arg-type]


def lines_for(edition: Edition, reason: Reason) -> list[Line]:
    effects = (Effect.NO_ENTRY,) if reason in ENTRY else EFFECTS.get(reason, ())
    return [line for line in edition.lines if line.effect in effects]


@st.composite
def notices(draw: st.DrawFn) -> Told:
    """Any single piece of news of a shop that an edition may give."""
    edition = CATALOGUE.edition(draw(st.sampled_from([one.name for one in CATALOGUE.editions])))
    reason = draw(st.sampled_from([one for one in OF_SHOPS if one not in EFFECTS or lines_for(edition, one)]))
    lines = lines_for(edition, reason)
    line = lines[draw(st.integers(0, len(lines) - 1))] if lines else None
    low, high = (0, 350 if edition.main_score.scale == "0-5" else 7000)
    score = draw(st.none() | st.integers(low, high).map(lambda value: Decimal(value).scaleb(-2)))
    if line and score is not None and reason not in BELOW:
        score += max(limits(line, {}))
    if reason in (Reason.APPROACH, Reason.RECOVERED, Reason.WARNING, Reason.EARLY, *ENTRY) and score is None:
        score = Decimal("3.00") if line is None else max(limits(line, {}))
    scored_on = DAY - timedelta(draw(st.integers(0, 3)))
    since = draw(st.none() | st.integers(0, 40).map(lambda back: scored_on - timedelta(back)))
    ahead = DAY + timedelta(draw(st.integers(1, 30))) if reason is Reason.APPROACH else None
    item = Item(
        reason,
        1,
        line=line.id if line else "",
        fact=line.fact if line else edition.main_score.id,
        points=score,
        score_day=scored_on,
        since=since if reason in BELOW else None,
        closures=draw(st.none() | st.integers(1, 3)),
        in_alliance=draw(st.sampled_from([None, True])) if reason not in ENTRY else False,
        happens_on=ahead,
        span_days=draw(st.integers(3, 14)) if ahead else None,
    )
    shop = Shop(1, draw(st.none() | st.just("S")), None, "花店", Source.FEED)
    shop = replace(shop, closures=draw(st.none() | st.integers(0, 3)))
    texts = CATALOGUE.texts if draw(st.booleans()) else ()
    return Told(edition, item, shop, DAY + timedelta(draw(st.integers(0, 2))), draw(st.booleans()), texts)


@given(notices())
@settings(max_examples=400, deadline=None)
def test_a_notice_of_one_shop_has_eight_lines_at_most_and_no_empty_ones(told: Told) -> None:
    lines = told.message.plain.splitlines()
    assert len(lines) <= MOST_LINES
    assert all(line.strip() and line[0] not in "。，；" for line in lines)


@given(notices())
@settings(max_examples=400, deadline=None)
def test_a_notice_says_nothing_twice_and_leaves_no_place_empty(told: Told) -> None:
    assert faults(told.message.plain) == []
    assert told.message.plain.count("后台为准") == 1
    assert told.message.plain.count("来源：") == 1


@given(notices())
@settings(max_examples=400, deadline=None)
def test_every_number_of_a_notice_comes_from_the_edition_the_news_or_a_day(told: Told) -> None:
    plain = told.message.plain
    for known in sorted(texts_of(told), key=len, reverse=True):
        plain = plain.replace(known, "")
    assert [number for number in NUMBER.findall(plain) if number not in set(numbers_of(told))] == []


def texts_of(told: Told) -> Iterator[str]:
    """The days, and what is said in the words of the edition or of another text."""
    edition, instead = told.edition, told.instead
    yield from map(str, days_of(told))
    yield from (clause.text for clause in edition.clauses)
    yield from (edition.filled(one.mend) for one in edition.criteria)
    yield from (edition.name, edition.source_name)
    yield from (part for text in told.texts for words in text.advice.values() for part in re.split("[：\n]", words))
    yield from (instead.edition.name, instead.edition.scale_name, instead.text) if instead else ()


def days_of(told: Told) -> list[date]:
    item = told.item
    days = (DAY, item.score_day, item.since, item.happens_on)
    return [day for day in days if day]


def numbers_of(told: Told) -> Iterator[str]:
    """Limits and counts of the edition, scores and counts of the news, and what is between the two."""
    item, edition = told.item, told.edition
    of_lines = {limit for line in edition.lines for limit in limits(line, {})}
    of_entry = {limit for one in edition.criteria for limit in limits(one, {}) if one.limit or one.limit_by}
    yield from (points(limit) for limit in (*of_lines, *of_entry))
    yield from (str(count) for count in (item.closures, told.shop.closures, (item.closures or 0) + 1) if count)
    yield from [str(edition.chances.limit)] if edition.chances else []
    yield from [str(item.span_days)] if item.span_days else []
    yield from (str((item.score_day - item.since).days + 1) for _ in [0] if item.score_day and item.since)
    yield from (str((item.happens_on - day).days) for day in (told.today, DAY) if item.happens_on)
    if item.points is not None:
        yield from (points(item.points), *(apart(abs(item.points - limit)) for limit in of_lines))


@pytest.mark.parametrize("edition", CATALOGUE.editions, ids=lambda edition: edition.name)
@pytest.mark.parametrize("reason", OF_CHECKS)
@pytest.mark.parametrize("ahead", [7, 0, -2])
def test_a_day_ahead_is_told_in_eight_lines(edition: Edition, reason: Reason, ahead: int) -> None:
    exempt = [one.id for one in edition.criteria if one.exempt]
    criterion = (exempt or [edition.criteria[0].id])[0] if reason is not Reason.NOW_ELIGIBLE else ""
    item = Item(reason, criterion=criterion, happens_on=DAY + timedelta(ahead))
    said = render_notice(edition, Notice(1, DAY, edition.name, (item,), 0), {}, DAY).plain
    assert len(said.splitlines()) <= MOST_LINES
    assert said.count("来源：") == said.count("以抖店后台为准") == 1


@pytest.mark.parametrize("reason", [Reason.RECOVERED, Reason.MAY_ENTER, Reason.MAY_ENTER_AGAIN])
def test_good_news_has_no_sign_of_alarm(reason: Reason) -> None:
    for edition in CATALOGUE.editions:
        lines = lines_for(edition, reason)
        item = Item(reason, 1, line=lines[0].id, fact=lines[0].fact, points=Decimal("4.5"), score_day=DAY)
        said = Told(edition, item, Shop(1, None, None, "花店", Source.FEED), DAY, False, CATALOGUE.texts).message.plain
        assert not re.search("[⛔⚠🔔🚫👉]", said)
