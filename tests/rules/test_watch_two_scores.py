"""When a follower hears of two scores, with limits by category, an early line of our own and no warning tier."""

from datetime import timedelta
from decimal import Decimal

import pytest

from rules.assessment import Assessment
from rules.catalogue.load import load
from rules.edition import Edition
from rules.lines import Level
from rules.outlook import Forecast
from rules.reasons import Reason
from rules.report import Standing
from rules.requirements import IN_ALLIANCE, Effect
from rules.watch import why_tell
from rules.watch_state import Sighting, Wishes
from tests.invented import by_category
from tests.packaged import FIVE_POINTS, HUNDRED_POINTS
from tests.rules.sightings import DAILY, DAY, decisions, reasons, row, told

R = Reason
"""Its early lines are the bot's own, it has no warning tier and no limit of closings."""

TOP = {"product_score": Decimal(90), "category": "general"}


def low(day: int, score: str, **known: object) -> Sighting:
    """A row of a shop with the other score below every line."""
    return row(day, score, facts={"product_score": Decimal(50), "category": "general"}, **known)


@pytest.mark.parametrize(
    ("scores", "heard"),
    [
        (["80", "73"], []),
        (["80", "72.99"], [R.EARLY]),
        (["80", "72", "71", "70"], [R.EARLY]),
        (["80", "72", "69.99"], [R.EARLY, R.CLOSING]),
        (["69", "70"], [R.CLOSING, R.MAY_ENTER_AGAIN]),
        (["72", "74"], [R.EARLY, R.RECOVERED]),
    ],
    ids=str,
)
def test_an_edition_without_a_warning_tier_warns_by_its_early_line(scores: list[str], heard: list[Reason]) -> None:
    assert told(scores, edition=HUNDRED_POINTS, facts=TOP) == heard


@pytest.fixture(scope="module")
def by_choice(tmp_path_factory: pytest.TempPathFactory) -> Edition:
    """An edition with a second score, whose limits depend on the category."""
    return load(by_category(tmp_path_factory.mktemp("editions") / "rules")).editions[0]


@pytest.mark.parametrize(
    ("product", "category", "reason"),
    [
        ("65", "general", R.EARLY),
        ("64.99", "general", R.CLOSING),
        ("64.99", "sixty", R.NOTHING_NEW),
        ("60", "sixty", R.EARLY),
        ("59.99", "sixty", R.CLOSING),
        ("68", None, R.NOTHING_NEW),
        ("67.99", None, R.EARLY),
        ("65", None, R.EARLY),
        ("64.99", None, R.CLOSING),
    ],
)
def test_a_limit_follows_the_shop_s_category_and_is_the_highest_while_that_is_untold(
    by_choice: Edition, product: str, category: str | None, reason: Reason
) -> None:
    chosen = {"category": category} if category else {}
    assert reasons([row(0, "4.5", facts={"product_score": Decimal(product), **chosen})], edition=by_choice) == [reason]


IN = {IN_ALLIANCE: True}
STRICTER = [
    ("74", "90", "crab", R.CLOSING, Level.CLOSING, Standing.CLOSING),
    ("75", "90", "crab", R.EARLY, Level.EARLY, Standing.SAFE),
    ("90", "72", "crab", R.CLOSING, Level.CLOSING, Standing.CLOSING),
    ("90", "72.01", "crab", R.EARLY, Level.EARLY, Standing.SAFE),
    ("90", "71.99", "seafood", R.CLOSING, Level.CLOSING, Standing.CLOSING),
    ("90", "72", "seafood", R.EARLY, Level.EARLY, Standing.SAFE),
    ("72", "90", "cherry", R.EARLY, Level.EARLY, Standing.SAFE),
    ("71.99", "90", "game", R.CLOSING, Level.CLOSING, Standing.CLOSING),
    ("90", "69.99", "fruit", R.CLOSING, Level.CLOSING, Standing.CLOSING),
    ("74.99", "90", "cordyceps", R.CLOSING, Level.CLOSING, Standing.CLOSING),
    ("90", "60", "coins", R.EARLY, Level.EARLY, Standing.SAFE),
    ("79.99", "90", "coins", R.CLOSING, Level.CLOSING, Standing.CLOSING),
    ("90", "74.99", "medical", R.CLOSING, Level.CLOSING, Standing.CLOSING),
    ("74", "90", "general", R.NOTHING_NEW, Level.CLEAR, Standing.SAFE),
    ("74", "90", "sixty", R.NOTHING_NEW, Level.CLEAR, Standing.SAFE),
    ("74", "90", "tea", R.NOTHING_NEW, Level.CLEAR, Standing.SAFE),
    ("74", "90", None, R.NOTHING_NEW, Level.UNKNOWN, None),
    ("90", "72", None, R.NOTHING_NEW, Level.UNKNOWN, None),
    ("80", "75", None, R.NOTHING_NEW, Level.UNKNOWN, Standing.SAFE),
    ("83", "78", None, R.NOTHING_NEW, Level.CLEAR, Standing.SAFE),
    ("72.99", "90", None, R.EARLY, Level.EARLY, None),
    ("69.99", "90", None, R.CLOSING, Level.CLOSING, Standing.CLOSING),
]


@pytest.mark.parametrize(("score", "product", "category", "reason", "level", "standing"), STRICTER)
def test_a_line_for_a_kind_of_goods_is_only_for_shops_told_to_be_of_it_and_open_while_that_is_untold(
    score: str, product: str, category: str | None, reason: Reason, level: Level, standing: Standing | None
) -> None:
    """While the category is untold nothing is told of its lines, and nothing is clear below the highest of them."""
    chosen = {"category": category} if category else {}
    facts = {"product_score": Decimal(product), **chosen}
    now = Assessment(HUNDRED_POINTS, {"score": Decimal(score), **facts, **IN}, DAY)
    assert (now.level, now.standing) == (level, standing)
    assert reasons([row(0, score, facts=facts, in_alliance=True)], edition=HUNDRED_POINTS) == [reason]


def test_a_kind_of_goods_told_later_makes_its_line_count() -> None:
    product = {"product_score": Decimal(90)}
    course = [row(0, "74", facts=product), row(1, "74", facts=product | {"category": "crab"})]
    assert reasons(course, edition=HUNDRED_POINTS) == [R.NOTHING_NEW, R.CLOSING]
    course[1] = row(1, "74", facts=product | {"category": "general"})
    assert reasons(course, edition=HUNDRED_POINTS) == [R.NOTHING_NEW, R.NOTHING_NEW]


CLOSING = HUNDRED_POINTS.line(Effect.CLOSING)
assert CLOSING is not None
FALLING = Forecast(CLOSING, Decimal(75), Decimal(5), DAY + timedelta(5), 5, 7)
SNOOZED = Wishes(snoozed_until=DAY + timedelta(9))


@pytest.mark.parametrize(
    ("course", "wishes", "expected"),
    [
        ([low(0, "90"), row(1, "90"), row(2, "90", facts=TOP)], DAILY, [R.CLOSING, R.NOTHING_NEW, R.MAY_ENTER_AGAIN]),
        ([low(0, "90"), row(1, "90"), low(2, "90")], DAILY, [R.CLOSING, R.NOTHING_NEW, R.REMINDER]),
        ([low(0, "50"), low(1, "90"), low(2, "90")], SNOOZED, [R.CLOSING, R.SNOOZED, R.SNOOZED]),
        ([low(0, "80"), low(1, "75", outlook=FALLING)], DAILY, [R.CLOSING, R.REMINDER]),
    ],
    ids=["not known today is not recovered", "nor closed twice", "one closing of both scores", "nothing graver ahead"],
)
def test_of_two_scores_the_graver_is_told_once(course: list[Sighting], wishes: Wishes, expected: list[Reason]) -> None:
    assert reasons(course, wishes, HUNDRED_POINTS) == expected


def test_recovering_by_one_score_while_the_other_is_low_stays_a_reminder_about_the_other() -> None:
    first, second = decisions([low(0, "50"), low(1, "90")], edition=HUNDRED_POINTS)
    assert (first.line and first.line.fact, second.line and second.line.fact) == ("score", "product_score")
    assert (second.reason, second.state.line) == (R.REMINDER, "product_closing")


def test_after_a_change_of_edition_what_was_told_of_a_line_that_is_gone_is_not_compared() -> None:
    renamed = tuple(line.model_copy(update={"id": f"{line.id}_of_100"}) for line in HUNDRED_POINTS.lines)
    other = HUNDRED_POINTS.model_copy(update={"lines": renamed})
    state = why_tell(None, row(0, "3.4"), FIVE_POINTS).state
    assert why_tell(state, row(1, "90", facts=TOP), other).state.level is Level.CLEAR
    assert why_tell(state, row(1, "60", facts=TOP), other).reason is R.CLOSING


@pytest.mark.parametrize(
    ("category", "heard"),
    [("general", R.MAY_ENTER_AGAIN), ("medical", R.NOTHING_NEW), (None, R.NOTHING_NEW)],
)
def test_a_score_is_enough_for_entering_by_every_criterion_on_scores(category: str | None, heard: Reason) -> None:
    facts = {"product_score": Decimal(70), **({"category": category} if category else {})}
    out = {"in_alliance": False, "closures": 1, "facts": facts}
    assert reasons([row(0, "69", **out), row(1, "75", **out)], edition=HUNDRED_POINTS) == [R.CANNOT_ENTER, heard]
