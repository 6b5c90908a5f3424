"""The named outcomes of watching a shop: why a merchant is told something, and why not."""

from enum import StrEnum


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

    NOTHING_NEW = "nothing_new"
    OUT_OF_ORDER = "out_of_order"
    REPEATED = "repeated"
    TOO_OLD = "too_old"
    WOBBLING = "wobbling"
    ALREADY_TOLD = "already_told"
    TOLD_TODAY = "told_today"
    SNOOZED = "snoozed"
    BARRED = "barred"

    @property
    def is_told(self) -> bool:
        """Whether a message follows."""
        return self not in SILENT

    @property
    def at_once(self) -> bool:
        """Whether nothing may hold the message back: no quiet hours, no snoozing, no merging."""
        return self in (Reason.CLOSED, Reason.CLOSING)


SILENT = frozenset(
    {
        Reason.NOTHING_NEW,
        Reason.OUT_OF_ORDER,
        Reason.REPEATED,
        Reason.TOO_OLD,
        Reason.WOBBLING,
        Reason.ALREADY_TOLD,
        Reason.TOLD_TODAY,
        Reason.SNOOZED,
        Reason.BARRED,
    }
)
RANK = {reason: place for place, reason in enumerate(Reason)}
