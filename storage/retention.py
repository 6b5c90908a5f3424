"""Deletion of rows after a period, a few thousand a transaction. Every table of chats has a rule or a reason why not.

The periods are the single source for the daily job, /privacy and docs/privacy.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from sqlalchemy import ColumnElement, Table, and_, delete, exists, func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import chats as chat_states
from storage import personal
from storage.dead_messages import ABOUT as SET_ASIDE
from storage.inbox import DONE
from storage.outbox import DEAD, DROPPED, MUTED, RECALLED, SENT
from storage.paces import EVERYBODY
from storage.reminders import ASIDE
from storage.schema import (
    audit,
    chats,
    checks,
    consents,
    dialogues,
    facts,
    inbox,
    ingests,
    invites,
    milestones,
    new_closings,
    newest,
    nonces,
    notice_items,
    notices,
    outbox,
    paces,
    reassessed,
    reminders,
    scores,
    unanswered,
    uploads,
)
from storage.unanswered import KEPT_DAYS
from storage.undelivered import ABOUT as UNDELIVERED

DAY_MS: Final = 86_400_000
ROWS_A_STEP: Final = 2_000
CHATS_A_STEP: Final = 20
UNTIL_FORGOTTEN: Final[Mapping[str, str]] = {
    "consents": "what was agreed to holds until it is taken back",
    "preferences": "settings, of use as long as the chat is",
    "follows": "settings, of use as long as the chat is",
    "shops": "the merchant's own shops, and the operator's",
    "announcement_chats": "by these nobody is told the same twice",
}


@dataclass(frozen=True)
class Periods:
    """Periods of keeping, in days.

    talk             a quiet conversation, check under way included, of a chat that agreed to keeping
    talk_unagreed    a quiet conversation of a chat that did not agree
    repeat_keys      an update's number: Telegram repeats updates for 24 hours, and may draw new numbers after a week
                     without updates, so that a key kept longer could hide a new update
    failed           an update that could not be handled, and operators' files: for a person to look at
    sent             a sent message's number, for later edits
    notices          notices about a shop or a check, with the fate
    scores           scores by day: a year, and some weeks to compare with
    checks           finished checks, and what was told of a shop, counted from the finish or the telling
    invites          an operator's link, counted from the expiry
    blocked          all data of a chat that has blocked the bot
    unanswered       a question that was not understood, masked, without the chat
    audit            acts of operators
    """

    talk: int = 30
    talk_unagreed: int = 1
    repeat_keys: int = 3
    failed: int = 14
    sent: int = 30
    notices: int = 90
    scores: int = 400
    checks: int = 400
    invites: int = 30
    blocked: int = 180
    unanswered: int = KEPT_DAYS
    audit: int = 400


PERIODS: Final = Periods()


@dataclass(frozen=True)
class Rule:
    """A table and the condition for rows to delete."""

    table: Table
    over: ColumnElement[bool]


def rules(periods: Periods, today: date, now_ms: int) -> list[Rule]:
    """The rules as of today, in the order of deletion."""

    def ago(days: int) -> int:
        return now_ms - days * DAY_MS

    oldest = today - timedelta(periods.scores)
    has_agreed = exists().where(consents.c.chat_id == dialogues.c.chat_id)
    is_known = exists().where(dialogues.c.chat_id == outbox.c.chat_id)
    is_checked = exists().where(checks.c.id == milestones.c.check_id)
    is_told = exists().where(notices.c.id == notice_items.c.notice_id)
    scored = select(newest.c.fact).distinct()
    return [
        Rule(dialogues, dialogues.c.updated_at < ago(periods.talk)),
        Rule(dialogues, and_(dialogues.c.updated_at < ago(periods.talk_unagreed), ~has_agreed)),
        Rule(inbox, and_(inbox.c.state == DONE, inbox.c.received_at < ago(periods.repeat_keys))),
        Rule(inbox, and_(inbox.c.state == DEAD, inbox.c.received_at < ago(periods.failed))),
        Rule(outbox, and_(_has_ended(periods.sent, now_ms), outbox.c.notice_id.is_(None))),
        Rule(outbox, and_(_has_ended(1, now_ms), outbox.c.notice_id.is_(None), ~is_known)),
        Rule(outbox, and_(_has_ended(periods.notices, now_ms), outbox.c.notice_id.is_not(None))),
        Rule(notices, and_(notices.c.made_at < ago(periods.notices), ~_is_to_be_sent())),
        Rule(notice_items, ~is_told),
        Rule(scores, and_(scores.c.fact.in_(scored), scores.c.day < oldest)),
        Rule(newest, newest.c.day < oldest),
        Rule(checks, checks.c.created_at < ago(periods.checks)),
        Rule(facts, facts.c.told_at < ago(periods.checks)),
        Rule(milestones, or_(milestones.c.told_at < ago(periods.notices), ~is_checked)),
        Rule(reassessed, reassessed.c.told_at < ago(periods.checks)),
        Rule(invites, invites.c.expires_at < ago(periods.invites)),
        Rule(uploads, uploads.c.created_at < ago(periods.failed)),
        Rule(unanswered, unanswered.c.asked_at < ago(periods.unanswered)),
        Rule(reminders, and_(_is_of_one_thing(), reminders.c.told_at < ago(periods.notices))),
        Rule(nonces, nonces.c.until < now_ms),
        Rule(new_closings, new_closings.c.day < today),
        Rule(ingests, ingests.c.until < now_ms),
        Rule(paces, and_(paces.c.chat_id != EVERYBODY, paces.c.next_at < now_ms)),
        Rule(audit, audit.c.at < ago(periods.audit)),
        Rule(chats, and_(chats.c.state == chat_states.ACTIVE, chats.c.paused_until < now_ms)),
        Rule(chats, and_(chats.c.state == chat_states.MOVED, chats.c.updated_at < ago(periods.blocked))),
    ]


def _has_ended(days: int, now_ms: int) -> ColumnElement[bool]:
    is_over = outbox.c.state.in_((SENT, MUTED, DROPPED, RECALLED, DEAD))
    ended_at = func.coalesce(
        outbox.c.done_at, outbox.c.created_at
    )  # some older programs wrote no end of what was dropped
    return and_(is_over, ended_at < now_ms - days * DAY_MS)


def _is_of_one_thing() -> ColumnElement[bool]:
    """Told of a single message, shop or the like: there are always new ones."""
    return or_(*(reminders.c.about.startswith(about) for about in (UNDELIVERED, SET_ASIDE, ASIDE)))


def _is_to_be_sent() -> ColumnElement[bool]:
    return exists().where(outbox.c.notice_id == notices.c.id)


async def step(conn: AsyncConnection, rule: Rule) -> int:
    """Count of rows deleted by the rule in one step; fewer than `ROWS_A_STEP` when finished."""
    key = rule.table.primary_key.columns
    few = select(*key).where(rule.over).limit(ROWS_A_STEP)
    its = key.values()[0].in_(few) if len(key) == 1 else tuple_(*key).in_(few)
    return int((await conn.execute(delete(rule.table).where(its))).rowcount)


async def forget_blocked(conn: AsyncConnection, periods: Periods, now_ms: int) -> int:
    """Count of forgotten chats, of those that blocked the bot long ago; at most CHATS_A_STEP."""
    its = (chats.c.state == chat_states.BLOCKED, chats.c.updated_at < now_ms - periods.blocked * DAY_MS)
    found = list((await conn.execute(select(chats.c.chat_id).where(*its).limit(CHATS_A_STEP))).scalars())
    for chat_id in found:
        await personal.forget(conn, chat_id)
    return len(found)
