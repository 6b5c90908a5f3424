"""What the eligibility check comes to: a verdict, a finding for each criterion, and the standing of the access."""

from datetime import date
from decimal import Decimal
from enum import StrEnum

from rules.kinds import Because
from rules.requirements import FactValue, Frozen


class Status(StrEnum):
    MET = "met"
    UNMET = "unmet"
    EXEMPT = "exempt"
    UNKNOWN = "unknown"


class Verdict(StrEnum):
    """In order of precedence: the first that applies is the verdict."""

    BARRED = "barred"
    NOT_ELIGIBLE = "not_eligible"
    UNDETERMINED = "undetermined"
    ELIGIBLE = "eligible"


class Finding(Frozen):
    """What became of one criterion. `seen`: the value that decided, in the fact's type. `limit`: what it was held to.

    `clears_on`: the day from which passing time alone has mended it.
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


class Standing(StrEnum):
    """What today's score does to the access that the shop has."""

    SAFE = "safe"
    WARNING = "warning"
    CLOSING = "closing"


class Report(Frozen):
    """The eligibility check of one shop on one day under one edition."""

    edition: str
    on: date
    verdict: Verdict
    findings: tuple[Finding, ...]
    missing: tuple[str, ...]
    earliest_on: date | None
    standing: Standing | None
