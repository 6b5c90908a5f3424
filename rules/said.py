"""What a question tells of a shop, says of the rules, and asks: values without a day, an edition or a judgement.

Nothing of this is kept: a question is answered with what is told there laid over what is known of the shop.
"""

from decimal import Decimal
from enum import StrEnum
from typing import Final

from rules.requirements import Frozen
from rules.side import Side


class Told(Frozen):
    """A fact told. `fact`: an id of the editions, or one of `NO_FACT`.

    `number`: points, a count, or days ago, on `side`. `holds`: of a yes-or-no fact, None for "perhaps". `choice`: an
    option, `other` the one that it may be instead. `day`: a day as written, to be read on the day of the answer.
    `is_supposed`: made up by the merchant. A score with neither `number` is a known absence. `low`, `high`: the ends of
    a number said roughly (3.9几, 3.5左右).
    """

    fact: str
    number: Decimal | None = None
    side: Side = Side.AT
    low: Decimal | None = None
    high: Decimal | None = None
    holds: bool | None = None
    choice: str = ""
    other: str = ""
    day: str = ""
    is_supposed: bool = False


class About(StrEnum):
    """What a claim says of the rules."""

    ENTRY_LIMIT = "entry_limit"
    EXCLUDES = "excludes"
    CLOSES = "closes"
    WARNS = "warns"
    CLOSING_LIMIT = "closing_limit"
    WARNING_LIMIT = "warning_limit"
    FOREVER = "forever"
    CHANCES = "chances"
    RATE = "rate"
    WAITING = "waiting"
    PENALTY_DAYS = "penalty_days"
    PENALTY_BARS = "penalty_bars"
    GRACE = "grace"
    WARNED_FIRST = "warned_first"
    WARNED_CLOSES = "warned_closes"
    SPARES = "spares"
    EXEMPT = "exempt"
    NEW_SHOP = "new_shop"
    BARS_TYPE = "bars_type"


OF_SCORES: Final = frozenset(
    (
        About.ENTRY_LIMIT,
        About.EXCLUDES,
        About.CLOSES,
        About.WARNS,
        About.CLOSING_LIMIT,
        About.WARNING_LIMIT,
        About.SPARES,
    )
)
"""Claims with points of a score."""


class Claim(Frozen):
    """Something said of the rules: with a number (points, times or days) on a side, or denied. `warns`: of the warning.

    `fact`: the score that the number is of, "" for the main score.
    """

    about: About
    fact: str = ""
    number: Decimal | None = None
    side: Side = Side.AT
    denies: bool = False
    warns: bool = False


class Ask(StrEnum):
    """What is asked of a shop, or of a number."""

    ENTER = "enter"
    CLOSE = "close"
    WARN = "warn"
    LEFT = "left"
    DAYS = "days"
    COUNTS = "counts"
    FAR = "far"
    WHY = "why"
    TODO = "todo"


class Aside(StrEnum):
    """What is told or named and is no fact of the editions, yet changes the answer."""

    OWN_CLOSING = "own_closing"
    SHOP_CLOSED = "shop_closed"
    REFUSED = "refused"
    WARNED = "warned"
    BREACHES = "breaches"
    PART_SCORE = "part_score"
    STARS = "stars"
    MINOR_BREACH = "minor_breach"
    GRAVE_BREACH = "grave_breach"
    RULE_BREACH = "rule_breach"
    CLEAN_SPAN = "clean_span"
    TWO_ENOUGH = "two_enough"
    CHANGED = "changed"
    EFFECTIVE = "effective"
    UNWRITTEN = "unwritten"


class Said(Frozen):
    """All of it. `is_claim`: said as a claim to be confirmed (…对吗). `newest`: asks by the newest rules.

    `own`: asks of the merchant's own shop (我会被关吗), so that what is known of the shop answers.
    `compared`: scores side by side, of which none is the shop's (3.5和3.4一样吗).
    `earlier`: what the main score told was before (从3.4涨回3.6).
    `goods`: the kinds of goods named, where they are several, so that none is told as the shop's.
    `points`: what exactly is asked of the topic (要不要申请), to which a topic may have an answer.
    """

    told: tuple[Told, ...] = ()
    claims: tuple[Claim, ...] = ()
    asks: tuple[Ask, ...] = ()
    asides: tuple[Aside, ...] = ()
    is_claim: bool = False
    newest: bool = False
    own: bool = False
    compared: tuple[Decimal, ...] = ()
    points: tuple[str, ...] = ()
    earlier: tuple[Decimal, ...] = ()
    goods: tuple[Told, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing is told, said or asked that an answer could take up."""
        return not (self.tells or self.points)

    @property
    def tells(self) -> bool:
        """Whether a fact or a claim is told, or something beside them that changes the answer."""
        return any((self.told, self.claims, self.asides, self.newest, self.own, self.compared))

    @property
    def is_of_shop(self) -> bool:
        """Whether what is known of the shop of the chat may change the answer."""
        return bool(self.told) or self.own

    def of(self, *facts: str) -> tuple[Told, ...]:
        """What is told of these facts, in order."""
        return tuple(one for one in self.told if one.fact in facts)
