"""What every message of scores keeps to, whatever is known of the shops, under both editions."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.journeys.score_overview import ShowStandings
from bot.journeys.told_scores import Told
from bot.views.instead import instead_of
from bot.views.pages import paged
from bot.views.render import Rendered, render
from bot.views.standing import StandingView, standing_at, standing_of
from rules.case import Case, Known
from rules.edition import Edition
from rules.kinds import FactType
from rules.sources import Source
from storage.shops import Shop
from tests.packaged import CATALOGUE, FIVE_POINTS, HUNDRED_POINTS
from tests.shape import EMPTY, faults

DAY = date(2026, 11, 29)
EDITIONS = pytest.mark.parametrize("edition", [FIVE_POINTS, HUNDRED_POINTS], ids=["5 points", "100 points"])
INSTEAD = partial(instead_of, CATALOGUE, DAY)
OTHER = {"0-5": "0-100", "0-100": "0-5"}
NEAR = (-8, -1, 0, 1, 8)
SIGNS = "⛔⚠️🔔🔸✅❓🚫"
NAMES = ("女装", "童装", "零食", "花店", "鞋店", "帽店", "茶店", "书店", "包店", "玩具")


def values(edition: Edition) -> Mapping[str, Sequence[object]]:
    """What may be known of a shop: scores around the lines and none, openings, closings, choices."""
    step, main = edition.main_score.step, edition.main_score
    near = [limit + delta * step for limit in sorted({line.limit for line in edition.lines}) for delta in NEAR]
    told: dict[str, Sequence[object]] = {fact.id: [*filter(main.can_be, near), None] for fact in edition.scores}
    options = {fact.id: [one.value for one in fact.options] for fact in edition.facts if fact.type is FactType.CHOICE}
    return told | options | {"in_alliance": (True, False), "closures": (0, 1, 2, 3)}


VALUES = {edition.name: values(edition) for edition in (FIVE_POINTS, HUNDRED_POINTS)}


@st.composite
def cases(draw: st.DrawFn, edition: Edition) -> Case:
    """What is known of a shop."""
    scales = {score.id: score.scale for score in edition.scores}
    known = {}
    for name, possible in VALUES[edition.name].items():
        if draw(st.booleans()):
            day = DAY - timedelta(draw(st.integers(0, 3)))
            scale = draw(st.sampled_from([scales[name]] * 9 + [OTHER[scales[name]]])) if name in scales else ""
            known[name] = Known(draw(st.sampled_from(possible)), day, Source.MERCHANT, scale=scale)
    return Case(known)


def shop(number: int) -> Shop:
    return Shop(number + 1, None, 9, NAMES[number], Source.MERCHANT)


def shown(name: str, edition: Edition, **values: object) -> Rendered:
    return render(name, **{"edition": edition, "today": DAY, "instead": INSTEAD, **values})


def overview(edition: Edition, standings: list[StandingView]) -> Rendered:
    worst_first = sorted(standings, key=lambda one: one.rank)
    values = {"fact": edition.main_score, "example": edition.lines[0].limit}
    return shown(
        "scores/overview",
        edition,
        standings=worst_first,
        pages=paged(worst_first, 0, 99, ShowStandings),
        undo=None,
        has_told=True,
        **values,
    )


def of_one(edition: Edition, case: Case) -> Mapping[str, tuple[Rendered, int]]:
    """Each message about one shop, with the most lines that it may have."""
    standing = standing_of(edition, shop(0), case, DAY)
    value = next(one for one in (edition.lines[0].limit, Decimal(1)) if edition.main_score.can_be(one))
    told = Told(edition, {edition.main_score.id: value}, DAY)
    supposed = standing_at(edition, shop(0), case, told.scores, DAY)
    asked = {"told": told, "yesterday": DAY - timedelta(1), "of_yesterday": "y", "is_off": False, "before": []}
    asked |= {"is_one": True}
    kept = {"news": None, "clauses": standing.clauses, "recorded": "new", "newer": [], "undo": (), "is_off": False}
    kept["before"] = {}
    page = {"is_own": True, "has_told": True, "is_on": True}
    open_lines = sum(len(one.open) + len(one.without) + bool(one.instead) for one in supposed.scores)
    more = max(0, len(supposed.scores) - 1) + open_lines + len(supposed.decides) + len(standing.decides)
    more += 2 * (bool(standing.now.at_odds) or bool(supposed.now.at_odds))
    more += 2 * bool(standing.closed or standing.is_barred) + bool(supposed.asks)
    return {
        "overview": (overview(edition, [standing]), 8 + more),
        "page": (shown("shops/shop", edition, standing=standing, **page), 8 + more),
        "bound": (shown("shops/bound", edition, standing=standing, is_new=True, check_at=DAY), 8 + more),
        "confirm": (shown("scores/confirm", edition, standing=supposed, shops=[(shop(0), "s|1")], **asked), 8 + more),
        "kept": (shown("scores/kept", edition, standing=standing, told=told, **kept), 10 + more + 2 * quotes(standing)),
        "what if": (shown("scores/what_if", edition, standing=supposed), 10 + more + 2 * quotes(supposed)),
    }


def quotes(standing: StandingView) -> int:
    """How many provisions are cited beyond the first."""
    return max(0, len(standing.clauses) - 1)


def ours(message: Rendered) -> str:
    """The words of the message that are not the platform's."""
    plain = re.sub(r"<blockquote[^>]*>.*?</blockquote>", "", message.html, flags=re.DOTALL)
    return Rendered(re.sub(r"▫️ 要点：.*", "", plain)).plain


@EDITIONS
@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_a_message_about_one_shop_is_short_and_says_nothing_twice(edition: Edition, data: st.DataObject) -> None:
    case = data.draw(cases(edition))
    for name, (message, most) in of_one(edition, case).items():
        lines = message.plain.splitlines()
        assert len(lines) <= most, (name, message.plain)
        assert faults(ours(message)) == [], (name, message.plain)
        assert not set("()") & set(ours(message).replace("(100", "")), (name, message.plain)
        assert not re.search(r"第 \d+/\d+ 次|\d+/\d+ 次", message.plain), (name, message.plain)
        assert all(label and data for row in message.rows for label, data, _ in row), (name, message.rows)
        assert len({button.data for row in message.rows for button in row}) == sum(map(len, message.rows)), name


@EDITIONS
@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_many_shops_are_a_line_each_and_the_counts_are_of_what_is_listed(edition: Edition, data: st.DataObject) -> None:
    found = data.draw(st.lists(cases(edition), min_size=2, max_size=len(NAMES)))
    standings = [standing_of(edition, shop(number), case, DAY) for number, case in enumerate(found)]
    table = shown("scores/table", edition, standings=standings)
    for message in (overview(edition, standings), table):
        head, *lines = message.plain.splitlines()
        rows = [line for line in lines if line.split(" ")[0] in counted(head) and line.split(" ")[1][:2] in NAMES]
        assert len(rows) == len(found), message.plain
        assert counted(head) == Counter(row.split(" ")[0] for row in rows), message.plain
        assert int(head.split(" ")[0]) == len(found)
        assert len(message.plain.splitlines()) <= len(found) + 8 + odd(standings), message.plain
        assert EMPTY.search(ours(message)) is None, message.plain


def counted(head: str) -> Counter[str]:
    """The signs of a heading, with how often each is said to stand below."""
    return Counter({sign: int(count) for count, sign in re.findall(rf"(\d+) ([{SIGNS}]+)", head)})


def odd(standings: list[StandingView]) -> int:
    return sum(bool(one.now.at_odds) for one in standings)


@EDITIONS
@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_no_tick_stands_while_something_is_open(edition: Edition, data: st.DataObject) -> None:
    standing = standing_of(edition, shop(0), data.draw(cases(edition)), DAY)
    for message in (overview(edition, [standing]), shown("scores/table", edition, standings=[standing])):
        if "✅" in message.plain:
            assert standing.now.is_clear or standing.admits, message.plain
        assert ("已停用" in message.plain) is (edition.is_over(DAY) and standing.is_judged), message.plain
