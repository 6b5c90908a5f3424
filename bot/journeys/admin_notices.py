"""The notices of today with the fate of each, and the proof of a single notice, for operators."""

from typing import Final

from bot.journeys.admin import instant, note
from bot.journeys.entries import OperatorPress, press
from bot.journeys.turn import Reply, Turn
from bot.views.render import render
from storage import notice_evidence, shops
from storage.notice_evidence import Fate

MOST_LISTED: Final = 8
MOST_ITEMS: Final = 10


class ShowNotices(OperatorPress, verb="adm|n"):
    """Today's notices; all, or only those with this fate."""

    fate: Fate | None = None


class ShowEvidence(OperatorPress, verb="adm|e"):
    """The proof of a notice."""

    notice: int


@press(ShowNotices)
async def show_notices(turn: Turn, pressed: ShowNotices) -> Reply:
    """Today's notices, the newest first."""
    found = await notice_evidence.newest(turn.conn, turn.today, turn.now_ms, pressed.fate, MOST_LISTED)
    counts = await notice_evidence.counts(turn.conn, turn.today, turn.now_ms)
    total = counts[pressed.fate] if pressed.fate else sum(counts.values())
    return turn.amend(
        render(
            "operators/notices",
            day=turn.today,
            chosen=pressed.fate,
            found=found,
            shops=await shops.by_ids(turn.conn, [item.shop_id for one in found for item in one.notice.items]),
            fates=list(counts.items()),
            more=total > len(found),
        )
    )


@press(ShowEvidence)
async def show_evidence(turn: Turn, pressed: ShowEvidence) -> Reply | None:
    """Why and when the notice was written, and Telegram's answer; None for an unknown number."""
    proof = await notice_evidence.of(turn.conn, pressed.notice, turn.now_ms)
    if proof is None:
        return None
    await note(turn, "notice.evidence", pressed.notice)
    items = proof.notice.items[:MOST_ITEMS]
    return turn.amend(
        render(
            "operators/evidence",
            proof=proof,
            due=instant(turn, proof.notice.due_at),
            sent=instant(turn, proof.sent_at),
            items=items,
            more=len(proof.notice.items) - len(items),
            shops=await shops.by_ids(turn.conn, [item.shop_id for item in items]),
        )
    )
