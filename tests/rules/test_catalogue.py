"""The editions, the edition in force, and texts to the letter of the source."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from rules.catalogue.load import CatalogueError, load, packaged_folder
from rules.edition import Catalogue, Edition, EditionError, Wording
from rules.history import Known
from rules.requirements import Effect
from tests.packaged import CATALOGUE, FIVE_POINTS, HUNDRED_POINTS

OLD, NEW = "2022-10-10", "2026-07-29"


def test_every_quote_of_a_verbatim_edition_is_in_its_source(packaged: Catalogue) -> None:
    verbatim = [each for each in packaged.editions if each.wording is Wording.VERBATIM]
    assert verbatim
    for each in verbatim:
        source = (packaged_folder() / each.name / "source.txt").read_text("utf-8")
        assert [clause.id for clause in each.clauses if clause.text not in source] == []


CLAUSES = {
    "entry.closures": "关闭权限次数<3次",
    "entry.score": "商家体验分>=4.0分",
    "entry.normal": "商家必须是正常状态的商家,且符合精选联盟要求是商家。",
    "entry.automatic": "只要店铺没有违规被关闭的情况,就能自动开通精选联盟",
    "admission.store": "商家已入驻小店且已在小店开立店铺;",
    "admission.account": "商家账户可正常登陆使用且店铺营业状态为正常营业;",
    "clearing.daily": "系统每天校验商家体验分",
    "clearing.unbinding": "被关闭权限的商家,已经短视频或者直播推广的商品会被解绑。",
    "clearing.chances": ("每个商家有且仅有3次开通精选联盟机会 ,如果被系统关闭了3次,该商家将永久不可申请开通精选联盟。"),
}


def test_the_provisions_stand_to_the_letter(edition: Edition) -> None:
    texts = {clause.id: clause.text for clause in edition.clauses}
    assert {name: texts[name] for name in CLAUSES} == CLAUSES
    assert list(texts) == [
        *("entry.closures", "entry.score", "entry.normal", "entry.automatic"),
        *("admission.store", "admission.account", "admission.score"),
        *("admission.penalties", "admission.related", "admission.brand"),
        *("clearing.daily", "clearing.warning", "clearing.closing", "clearing.unbinding", "clearing.chances"),
    ]


def test_the_numbers_for_texts_are_derived_and_keep_their_form(edition: Edition) -> None:
    assert {name: str(number) for name, number in edition.figures.items()} == {
        "entry": "4.0",
        "warning": "3.8",
        "closing": "3.5",
        "chances": "3",
        "exempt_days": "60",
        "penalty_days": "365",
    }
    assert edition.filled("低于 {warning} 分,{chances} 次") == "低于 3.8 分,3 次"


def test_a_line_is_found_by_its_effect(edition: Edition) -> None:
    closing = edition.line(Effect.CLOSING)
    assert closing is not None and closing.limit == Decimal("3.5")
    assert edition.line(Effect.EARLY) is None


@pytest.mark.parametrize(
    ("on", "name"),
    [
        (date(2022, 10, 10), OLD),
        (date(2023, 6, 26), OLD),
        (date(2026, 7, 29), NEW),
        (date(2030, 1, 1), NEW),
    ],
)
def test_the_edition_in_force_is_found_by_its_span(packaged: Catalogue, on: date, name: str) -> None:
    assert packaged.in_force(on).name == name
    assert packaged.resolve("latest", on).name == name


@pytest.mark.parametrize("on", [date(2022, 10, 9), date(2023, 6, 27), date(2026, 7, 28)])
def test_a_day_that_no_edition_covers_falls_back_on_none(packaged: Catalogue, on: date) -> None:
    with pytest.raises(EditionError) as error:
        packaged.resolve("latest", on)
    assert str(error.value) == (
        f"no edition is known to be in force on {on}; "
        f"known are {OLD} (2022-10-10 to 2023-06-26), {NEW} (from 2026-07-29 on)"
    )


def test_an_unknown_edition_lists_the_known_ones(packaged: Catalogue) -> None:
    with pytest.raises(EditionError) as error:
        packaged.resolve("2022-10-11", date(2022, 10, 11))
    assert str(error.value) == f'unknown edition "2022-10-11"; known are {OLD}, {NEW}'


def test_a_name_is_resolved_whatever_the_day(packaged: Catalogue) -> None:
    assert packaged.resolve(OLD, date(2030, 1, 1)).name == OLD


def test_newer_editions_are_named(packaged: Catalogue) -> None:
    assert [each.name for each in packaged.newer_than(packaged.edition(OLD))] == [NEW]
    assert packaged.newer_than(packaged.edition(NEW)) == ()


def test_of_two_editions_published_on_one_day_the_later_in_force_is_newer(packaged: Catalogue) -> None:
    old = packaged.edition(NEW)
    new = old.model_copy(update={"name": "2026-09-01", "held_from": date(2026, 9, 1)})
    both = Catalogue((old, new))
    assert (both.newer_than(old), both.newer_than(new)) == ((new,), ())


def test_the_old_edition_says_that_its_figures_were_reported_as_tightened_before(edition: Edition) -> None:
    assert "2022-08-22" in edition.confidence
    assert "4.2" in edition.confidence


def test_the_history_is_ordered_and_says_where_it_is_from_and_how_sure(packaged: Catalogue) -> None:
    days = [revision.on for revision in packaged.history]
    assert days == sorted(days)
    assert date(2022, 8, 22) in days
    assert date(2023, 6, 27) in days
    assert all(revision.source_name and revision.confidence and revision.known for revision in packaged.history)


def test_the_history_says_after_which_day_nothing_could_be_read(packaged: Catalogue) -> None:
    assert packaged.read_until == date(2026, 8, 22)


def test_of_a_notice_known_by_its_title_nothing_more_is_claimed(packaged: Catalogue) -> None:
    titles = [revision for revision in packaged.history if revision.known is Known.TITLE]
    days = ["2025-11-11", "2025-12-02", "2026-01-09", "2026-02-03", "2026-04-08"]
    assert [str(revision.on) for revision in titles] == days
    assert {(revision.title, len(revision.figures)) for revision in titles} == {("修订公告", 0)}


def test_how_sure_an_edition_is_is_one_sentence_or_the_first_of_several(packaged: Catalogue) -> None:
    edition = packaged.edition(OLD)
    assert edition.how_sure == edition.sure
    assert edition.model_copy(update={"sure": "", "confidence": "核对过。很好。"}).how_sure == "核对过。"


def test_a_broken_catalogue_is_not_loaded_and_says_all(tmp_path: Path) -> None:
    home = tmp_path / OLD
    home.mkdir()
    (home / "edition.toml").write_text('name = "x"\n', "utf-8")
    with pytest.raises(CatalogueError) as error:
        load(home.parent)
    assert len(error.value.problems) > 5
    assert str(error.value).splitlines()[0].startswith(f"{home.parent.name}/{OLD}/edition.toml")


@pytest.mark.parametrize(
    ("value", "preferred", "judging"),
    [
        ("4.3", FIVE_POINTS, FIVE_POINTS),
        ("5", FIVE_POINTS, FIVE_POINTS),
        ("5.01", FIVE_POINTS, None),
        ("6.99", FIVE_POINTS, None),
        ("7", FIVE_POINTS, HUNDRED_POINTS),
        ("85", FIVE_POINTS, HUNDRED_POINTS),
        ("85", HUNDRED_POINTS, HUNDRED_POINTS),
        ("4.3", HUNDRED_POINTS, FIVE_POINTS),
        ("0", HUNDRED_POINTS, HUNDRED_POINTS),
        ("101", FIVE_POINTS, None),
        ("0.85", FIVE_POINTS, None),
        ("0.99", HUNDRED_POINTS, None),
        ("1", FIVE_POINTS, FIVE_POINTS),
    ],
)
def test_a_score_is_judged_by_an_edition_in_which_it_is_likely(
    value: str, preferred: Edition, judging: Edition | None
) -> None:
    assert CATALOGUE.of_score(Decimal(value), preferred) == judging


@pytest.mark.parametrize(
    ("told", "preferred", "judging"),
    [
        ({"score": "85", "product_score": "50"}, FIVE_POINTS, HUNDRED_POINTS),
        ({"product_score": "50"}, FIVE_POINTS, HUNDRED_POINTS),
        ({"product_score": "5.99"}, FIVE_POINTS, None),
        ({"growth_score": "0.9"}, FIVE_POINTS, None),
        ({"score": "4.3", "product_score": "50"}, HUNDRED_POINTS, None),
        ({"score": None}, FIVE_POINTS, FIVE_POINTS),
        ({"product_score": None}, FIVE_POINTS, HUNDRED_POINTS),
        ({"other": "3"}, FIVE_POINTS, None),
    ],
)
def test_scores_told_together_are_judged_by_one_edition(
    told: dict[str, str | None], preferred: Edition, judging: Edition | None
) -> None:
    scores = {name: None if value is None else Decimal(value) for name, value in told.items()}
    assert CATALOGUE.of_scores(scores, preferred) == judging


def test_scores_of_a_scale_are_judged_by_an_edition_of_that_scale() -> None:
    assert CATALOGUE.of_scale("0-100", FIVE_POINTS) == HUNDRED_POINTS
    assert CATALOGUE.of_scale("0-5", FIVE_POINTS) == FIVE_POINTS
    assert CATALOGUE.of_scale("0-7", FIVE_POINTS) is None


def test_an_edition_is_over_on_the_day_after_its_span() -> None:
    assert FIVE_POINTS.held_until is not None
    assert not FIVE_POINTS.is_over(FIVE_POINTS.held_until)
    assert FIVE_POINTS.is_over(FIVE_POINTS.held_until + timedelta(1))
    assert not HUNDRED_POINTS.is_over(date(2030, 1, 1))
