"""Every kind of criterion has a row, and every reason of a row has words."""

from dataclasses import replace
from decimal import Decimal

import pytest

from bot.views.render import words
from rules.edition import Edition
from rules.kinds import KINDS, Because, Kind
from rules.reasons import ROWS, Reason
from rules.report import Finding, Status


def test_every_kind_and_every_reason_of_a_notice_has_a_row() -> None:
    assert set(KINDS) == set(Kind)
    assert set(ROWS) == set(Reason)


@pytest.mark.parametrize("because", [reason for row in KINDS.values() for reason in (row.met, row.unmet)])
def test_each_reason_of_a_kind_has_words_of_its_own(edition: Edition, because: Because) -> None:
    fact = edition.facts[0]
    finding = Finding(id="x", status=Status.MET, clause="c", because=because, fact=fact.id, seen=True, limit=Decimal(1))
    unsaid = replace(finding, because=Because.NOT_TOLD)
    said = words("check/because", fact=fact, finding=finding)
    assert said != words("check/because", fact=fact, finding=unsaid)
