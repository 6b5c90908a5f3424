"""The values of sayings."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from rules.edition import Fact
from rules.lines import Level
from rules.requirements import FactValue
from rules.said import Ask, Told
from rules.side import Side
from rules.told_case import LONG_AGO_DAYS


@dataclass(frozen=True)
class Say:
    """A saying by its key in the template, with the values of the template."""

    key: str
    values: Mapping[str, object] = field(default_factory=dict)

    @property
    def accesses(self) -> tuple["Access", ...]:
        """The scores beside the lines that the saying is about."""
        every = (self.values.get("at"), *self.values.get("others", ()))  # type: ignore[misc]
        return tuple(one for one in every if isinstance(one, Access))

    @property
    def conditions(self) -> tuple["Condition", ...]:
        """The conditions of entering that the saying is about, what decides first."""
        return tuple(self.values.get("conditions", ()))  # type: ignore[arg-type]

    @property
    def backing(self) -> tuple[str, ...]:
        """The clauses of closing that the saying rests on."""
        named: tuple[str, ...] = self.values.get("backing", ())  # type: ignore[assignment]
        return (*named, *(at.clause for at in self.accesses if at.may_close and at.clause))

    @property
    def decisive(self) -> tuple[str, ...]:
        """The clauses of closing that decide: those by which the shop is closed, and, asked whether it is, those by
        which it is not where no warning stands between."""
        named: tuple[str, ...] = self.values.get("backing", ())  # type: ignore[assignment]
        is_asked = self.values.get("asked") == Ask.CLOSE.value
        closed = (at for at in self.accesses if at.level is Level.CLOSING or (is_asked and at.warning is None))
        return (*named, *(at.clause for at in closed))


@dataclass(frozen=True)
class Score:
    """A score, `told` where told. `side`: "at", "below", "above". `supposed`: made up.

    `known_on`: of a score told before, `is_of_today`: and that is today.
    """

    label: str
    value: Decimal
    side: str
    supposed: bool
    known_on: date | None
    is_of_today: bool
    told: Told | None = None

    @property
    def is_exact(self) -> bool:
        """Whether the number itself is the score."""
        return self.side == Side.AT and (self.told is None or self.told.high is None)


@dataclass(frozen=True)
class Access:
    """A score beside the platform's lines on the access.

    `level`: the certain effect, `worst`: the gravest possible. `limits`: all limits of closing, the highest first.
    `choice`: the untold choice on which the effect depends, else "". `clause`: of the line of closing. `stricter`: the
    higher limits of closing for shops of a kind not told, the lowest first. `goods`: the limits below which goods are
    cleared, where the score is below one, the highest first.
    """

    score: Score
    level: Level
    worst: Level
    closing: Decimal | None
    warning: Decimal | None
    limits: tuple[Decimal, ...]
    choice: str
    clause: str = ""
    stricter: tuple[Decimal, ...] = ()
    goods: tuple[Decimal, ...] = ()

    @property
    def may_close(self) -> bool:
        """Whether a closing follows, or may."""
        return self.worst is Level.CLOSING


@dataclass(frozen=True)
class Condition:
    """A told condition of admission. `status`: never, unmet, silent, depends, met.

    `because`: why, in the words of the check; "perhaps" for a fact told without its value, "by_choice" for a score
    whose limit depends on an untold choice. `limits`: all that may count. `ago`: days since the day told. `wait`: days
    until `clears_on`. `joined`: days since joining. `known_on`: the day of a value told before, `is_of_today`: and that
    is today. `instead`: the score that counts instead. `mend`: what to do. `kind`: the told kind of goods for which it
    is. `span`, `joined_span`: the day told and the day of joining as said, where it is no single day (半年前).
    `stricter`: met, but an untold kind of goods may ask for more. `clauses`: the provisions about it. `clearing`: the
    provision by which a shop that is in is cleared for it, "" for none.
    """

    fact: Fact
    label: str
    status: str
    because: str
    told: Told | None
    seen: FactValue = None
    limit: Decimal | None = None
    limits: tuple[Decimal, ...] = ()
    ago: int | None = None
    clears_on: date | None = None
    wait: int | None = None
    joined: int | None = None
    known_on: date | None = None
    is_of_today: bool = False
    instead: str = ""
    kind: str = ""
    stricter: bool = False
    clauses: tuple[str, ...] = ()
    span: str = ""
    joined_span: str = ""
    clearing: str = ""

    @property
    def is_long_ago(self) -> bool:
        """Whether the days since joining are more than was told, with no end."""
        return self.joined is not None and self.joined >= LONG_AGO_DAYS

    mend: str = ""
