"""The result of the eligibility check: a verdict, a finding for each criterion, and the standing of the access."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from rules.kinds import Because
from rules.requirements import FactValue, Frozen


class Status(StrEnum):
    MET = "met"
    UNMET = "unmet"
    EXEMPT = "exempt"
    UNKNOWN = "unknown"


class Verdict(StrEnum):
    """In order of precedence: the first true value is the verdict."""

    BARRED = "barred"
    NOT_ELIGIBLE = "not_eligible"
    UNDETERMINED = "undetermined"
    ELIGIBLE = "eligible"


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of a criterion. `seen`: the deciding value, in the fact's type. `limit`: the bar for `seen`.

    `clears_on`: the day from which passing time alone has mended the criterion. `final`: unmet for good. `waits`: the
    unknown facts that would settle the criterion; no part of a kept report.
    """

    id: str
    status: Status
    clause: str
    because: Because
    fact: str
    seen: FactValue = None
    limit: Decimal | None = None
    clears_on: date | None = None
    final: bool = False
    waits: Annotated[tuple[str, ...], Field(exclude=True)] = field(default=(), compare=False)


class Standing(StrEnum):
    """The effect of today's score on the access of a shop."""

    SAFE = "safe"
    WARNING = "warning"
    CLOSING = "closing"


class Report(Frozen):
    """The eligibility check of a shop on a day under an edition."""

    edition: str
    on: date
    verdict: Verdict
    findings: tuple[Finding, ...]
    missing: tuple[str, ...]
    earliest_on: date | None
    standing: Standing | None
