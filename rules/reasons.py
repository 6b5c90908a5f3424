"""The named outcomes of watching a shop, a row each: why a merchant is told something, and why not."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Reason(StrEnum):
    """Why a merchant hears of a shop, the gravest first; then why not."""

    CLOSED = "closed"
    CLOSING = "closing"
    WARNING = "warning"
    REMINDER = "reminder"
    EARLY = "early"
    APPROACH = "approach"
    CANNOT_ENTER = "cannot_enter"
    STALE = "stale"
    EXEMPTION_ENDED = "exemption_ended"
    EXEMPTION_ENDS_SOON = "exemption_ends_soon"
    MAY_ENTER_AGAIN = "may_enter_again"
    MAY_ENTER = "may_enter"
    NOW_ELIGIBLE = "now_eligible"
    RECOVERED = "recovered"
    PENALTY_AGED_OUT = "penalty_aged_out"
    WAIT_OVER = "wait_over"
    CORRECTED = "corrected"

    NOTHING_NEW = "nothing_new"
    OUT_OF_ORDER = "out_of_order"
    REPEATED = "repeated"
    TOO_OLD = "too_old"
    WOBBLING = "wobbling"
    ALREADY_TOLD = "already_told"
    TOLD_TODAY = "told_today"
    SNOOZED = "snoozed"
    MENDED = "mended"
    BARRED = "barred"
    OTHER_EDITION = "other_edition"

    @property
    def row(self) -> "ReasonRow":
        """The row of the reason."""
        return ROWS[self]

    @property
    def is_told(self) -> bool:
        """Whether a message follows."""
        return ROWS[self].is_told

    @property
    def at_once(self) -> bool:
        """Whether nothing may hold the message back: no quiet hours, no snoozing, no merging."""
        return ROWS[self].at_once


@dataclass(frozen=True, slots=True)
class ReasonRow:
    """A reason. `is_told`, `at_once`: see `Reason`. `quotes`: the message quotes the line's provision.

    Further subjects of the message: `chances`, how many openings are left; `next_line`, the next line down; `mends`,
    help for admission; `exemption`, the provision of an exemption instead of the criterion's own. `may_be_foretold`: a
    forecast may take the place of the reason. `advises`: what to look at in the back office.
    """

    is_told: bool = True
    at_once: bool = False
    quotes: bool = True
    chances: bool = False
    next_line: bool = False
    mends: bool = False
    exemption: bool = False
    may_be_foretold: bool = False
    advises: bool = False


SILENT = ReasonRow(is_told=False)
SILENT_FOR_NOW = ReasonRow(is_told=False, may_be_foretold=True)

ROWS: Mapping[Reason, ReasonRow] = MappingProxyType(
    {
        Reason.CLOSED: ReasonRow(at_once=True, chances=True, mends=True),
        Reason.CLOSING: ReasonRow(at_once=True, chances=True, mends=True, advises=True),
        Reason.WARNING: ReasonRow(next_line=True, advises=True),
        Reason.REMINDER: ReasonRow(next_line=True, may_be_foretold=True, advises=True),
        Reason.EARLY: ReasonRow(next_line=True, advises=True),
        Reason.APPROACH: ReasonRow(next_line=True, advises=True),
        Reason.CANNOT_ENTER: ReasonRow(mends=True),
        Reason.STALE: ReasonRow(quotes=False),
        Reason.EXEMPTION_ENDED: ReasonRow(exemption=True),
        Reason.EXEMPTION_ENDS_SOON: ReasonRow(exemption=True),
        Reason.MAY_ENTER_AGAIN: ReasonRow(chances=True),
        Reason.MAY_ENTER: ReasonRow(),
        Reason.NOW_ELIGIBLE: ReasonRow(),
        Reason.RECOVERED: ReasonRow(quotes=False, next_line=True),
        Reason.PENALTY_AGED_OUT: ReasonRow(),
        Reason.WAIT_OVER: ReasonRow(),
        Reason.CORRECTED: ReasonRow(quotes=False),
        Reason.NOTHING_NEW: SILENT_FOR_NOW,
        Reason.OUT_OF_ORDER: SILENT,
        Reason.REPEATED: SILENT,
        Reason.TOO_OLD: SILENT,
        Reason.WOBBLING: SILENT_FOR_NOW,
        Reason.ALREADY_TOLD: SILENT_FOR_NOW,
        Reason.TOLD_TODAY: SILENT_FOR_NOW,
        Reason.SNOOZED: SILENT_FOR_NOW,
        Reason.MENDED: SILENT_FOR_NOW,
        Reason.BARRED: SILENT,
        Reason.OTHER_EDITION: SILENT,
    }
)
RANK = {reason: place for place, reason in enumerate(Reason)}
"""The order in which a message tells of several: the gravest first."""
