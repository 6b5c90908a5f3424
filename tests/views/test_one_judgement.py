"""One judgement everywhere: random cases, also partial and contradictory, of both scales, through all views.

What the check, the score page, what if, a warning, `check --json` and the operators' SQL say of a shop follows from one
Assessment: no ✅ while a line or criterion that could be crossed is open, and no number that nobody told.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.commands.check_eligibility import report_json
from bot.views.check_report import result
from bot.views.standing import standing_at, standing_of
from rules.assessment import Assessment, assess
from rules.case import Case, Known
from rules.edition import Fact
from rules.kinds import FactType
from rules.lines import Level
from rules.report import Status, Verdict
from rules.requirements import Effect, FactValue, limits_by_choice
from rules.sources import Source
from rules.watch import why_tell
from rules.watch_state import Sighting
from storage.shops import Shop
from tests.packaged import CATALOGUE, FIVE_POINTS, HUNDRED_POINTS
from tests.views.test_standing import overview

ON = date(2026, 11, 29)
SHOP = Shop(1, "S1", None, "花店", Source.FEED)
EDITIONS = st.sampled_from([edition.name for edition in CATALOGUE.editions])
"""By name: an edition is too long for the report of a failure."""
POINTS = ("0", "3.49", "3.5", "3.79", "3.8", "3.99", "4", "5", "59.99", "60", "64", "69.99", "70", "74", "80", "100")
RATES = ("0", "0.7", "0.71", "0.9", "4", "4.01", "19.99", "20", "69", "70", "100")
DAYS = [ON - timedelta(days) for days in (0, 1, 29, 30, 59, 60, 61, 364, 365, 366, 2000)]


def values(fact: Fact) -> list[FactValue]:
    """Values on both sides of every limit, on whatever scale."""
    told: dict[FactType, list[FactValue]] = {
        FactType.BOOLEAN: [True, False],
        FactType.INTEGER: [0, 1, 2, 3, 4],
        FactType.SCORE: [Decimal(each) for each in POINTS],
        FactType.RATE: [Decimal(each) for each in RATES],
        FactType.DATE: list(DAYS),
        FactType.DATES: [(), *((day,) for day in DAYS)],
        FactType.CHOICE: [option.value for option in fact.options],
    }
    return [*told[fact.type], None] if fact.nullable else told[fact.type]


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Some facts of any edition, each of a day of its own; scores are of the scale that they are likely on."""
    facts = {fact.id: fact for edition in CATALOGUE.editions for fact in edition.facts}
    known = {}
    for fact in facts.values():
        if not draw(st.booleans()):
            continue
        value, day = draw(st.sampled_from(values(fact))), draw(st.sampled_from(DAYS[:3]))
        scale = draw(st.sampled_from([FIVE_POINTS, HUNDRED_POINTS])).main_score.scale
        if isinstance(value, Decimal):
            scale = HUNDRED_POINTS.main_score.scale if value > 5 else scale
        known[fact.id] = Known(value, day, Source.FEED, scale=scale if fact.type is FactType.SCORE else "")
    return Case(known)


def open_lines(now: Assessment) -> list[str]:
    """The platform's lines on the access whose side is not known."""
    touching = (Effect.WARNING, Effect.CLOSING)
    return [at.line.id for at in now.lines if at.below is None and at.effect in touching]


@settings(max_examples=300, deadline=None)
@given(EDITIONS, cases())
def test_no_all_clear_stands_on_what_is_open(name: str, case: Case) -> None:
    edition = CATALOGUE.edition(name)
    now = assess(edition, case, ON)
    first = result(now, "c|1").plain.splitlines()[0]
    page = overview(edition, case)
    if "✅" in first:
        opens = [finding.id for finding in now.entry.findings if finding.status is Status.UNKNOWN]
        assert (open_lines(now) if now.in_alliance else opens) == []
        assert now.at_odds == {}
    if "✅" in page:
        scores = {fact.id for fact in edition.scores}
        both = zip(edition.criteria, now.entry.findings, strict=True)
        on_scores = [finding for criterion, finding in both if not scores.isdisjoint(criterion.facts)]
        failing = [one.id for one in on_scores if one.status in (Status.UNMET, Status.UNKNOWN)]
        assert (failing if now.in_alliance is False else open_lines(now)) == []
        assert case.at_odds(edition) == {}
    if now.is_clear:
        assert (open_lines(now), case.at_odds(edition)) == ([], {})


@settings(max_examples=300, deadline=None)
@given(EDITIONS, cases())
def test_check_score_page_warning_and_json_say_the_same(name: str, case: Case) -> None:
    edition = CATALOGUE.edition(name)
    now = assess(edition, case, ON)
    printed = report_json(edition, now.entry)
    assert printed["verdict"] == now.verdict.value
    assert printed["standing"] == (now.standing.value if now.standing else None)
    standing = standing_of(edition, SHOP, case, ON)
    assert standing.level == now.level.name.lower()
    told = why_tell(None, Sighting(ON, ON, now.facts, now.in_alliance), edition)
    certain = max(now.level, Level.CLEAR)
    assert certain <= told.state.level <= max(now.at_worst, certain)


@settings(max_examples=300, deadline=None)
@given(EDITIONS, cases())
def test_a_supposed_score_is_judged_like_a_kept_one(name: str, case: Case) -> None:
    edition = CATALOGUE.edition(name)
    case = Case({name: replace(one, on=ON) for name, one in case.known.items()})
    supposed = {fact.id: case.known[fact.id].value for fact in edition.scores if fact.id in case.facts(edition)}
    told = {name: value for name, value in supposed.items() if isinstance(value, Decimal)}
    bare = case.without(told)
    assert standing_at(edition, SHOP, bare, told, ON).now.level == assess(edition, case, ON).level


def numbers_known(now: Assessment) -> Iterator[str]:
    """Every number that a sentence about the shop may name, as it is written."""
    limits = {limit for at in now.lines for limit in at.limits}
    limits |= {limit for criterion in now.edition.criteria for limit in limits_by_choice(criterion).values()}
    scores = {value for value in now.facts.values() if isinstance(value, Decimal)}
    for one in now.at_odds.values():
        yield from (str(one.value), *one.scale.split("-"))
    counts = set(range(len(now.edition.criteria) + len(now.edition.facts)))
    for number in {*limits, *scores, *now.edition.figures.values(), *counts}:
        yield str(Decimal(number).normalize())
    for score in scores:
        for limit in limits:
            yield str(abs(score - limit).normalize())


def numbers_in(text: str) -> set[Decimal]:
    """The numbers of our own sentences: without quotes, days, and what names an edition or a clause."""
    own = re.sub(r"\d{4}-\d\d-\d\d|第 [\d.]+ 条|\d+ 分制|[\d]+\.[\d]+\.[\d.]+", " ", text)
    return {Decimal(found) for found in re.findall(r"\d+(?:\.\d+)?", own)}


@settings(max_examples=200, deadline=None)
@given(EDITIONS, cases())
def test_no_verdict_names_a_number_that_is_neither_told_nor_in_the_edition(name: str, case: Case) -> None:
    edition = CATALOGUE.edition(name)
    now = assess(edition, case, ON)
    quoted = {text for clause in edition.clauses for text in (clause.text, clause.reading)}
    quoted |= {entry.label for entry in (*edition.facts, *edition.criteria, *edition.lines)}
    told = result(now, "c|1").plain
    for text in sorted(quoted, key=len, reverse=True):
        told = told.replace(text, " ") if text else told
    known = {Decimal(each) for each in numbers_known(now)}
    assert numbers_in(told.replace(edition.confidence, " ")) - known == set()


@settings(max_examples=300, deadline=None)
@given(cases())
def test_a_verdict_of_never_again_needs_the_limit_of_closings(case: Case) -> None:
    for edition in CATALOGUE.editions:
        now = assess(edition, case, ON)
        is_at_limit = edition.chances is not None and (now.closures or 0) >= edition.chances.limit
        assert (now.verdict is Verdict.BARRED) is is_at_limit
        assert ("永久" in result(now, "c|1").plain.splitlines()[0]) is is_at_limit or now.in_alliance is True
