"""What differs between two editions, and what may be carried from one to the other."""

from datetime import date
from decimal import Decimal

from rules.difference import Part, carried, differences
from rules.edition import Catalogue, Edition
from rules.kinds import FactType


def test_an_edition_does_not_differ_from_itself(packaged: Catalogue) -> None:
    assert [differences(each, each) for each in packaged.editions] == [(), ()]


def test_each_changed_added_and_lost_number_is_named(packaged: Catalogue) -> None:
    old, new = packaged.editions
    found = {change.id: (change.before, change.after) for change in differences(old, new) if change.part is Part.FIGURE}
    assert found["entry"] == (Decimal("4.0"), Decimal(70))
    assert found["closing"] == (Decimal("3.5"), Decimal(70))
    assert found["chances"] == (Decimal(3), None)
    assert found["early"] == (None, Decimal(73))


def test_a_changed_text_shows_up_as_its_clause(edition: Edition) -> None:
    clauses = tuple(
        clause.model_copy(update={"text": "别的"}) if clause.id == "clearing.daily" else clause
        for clause in edition.clauses
    )
    found = differences(edition, edition.model_copy(update={"clauses": clauses}))
    assert [(change.part, change.id) for change in found] == [(Part.CLAUSE, "clearing.daily")]


def test_a_score_is_never_carried_to_another_scale(packaged: Catalogue) -> None:
    old, new = packaged.editions
    told = {"store_opened": True, "score": Decimal("4.5"), "joined_on": date(2022, 1, 1), "closures": 1}
    assert carried(told, old, new) == {"store_opened": True, "joined_on": date(2022, 1, 1)}
    assert carried({"score": None}, old, new) == {}
    assert carried({"score": Decimal(80), "shop_type": "personal"}, new, new) == {
        "score": Decimal(80),
        "shop_type": "personal",
    }


def test_a_fact_of_another_type_is_not_carried(edition: Edition) -> None:
    other = edition.model_copy(
        update={"facts": tuple(fact.model_copy(update={"type": FactType.DATES}) for fact in edition.facts)}
    )
    assert carried({"store_opened": True}, edition, other) == {}
