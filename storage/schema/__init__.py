"""The tables by subject, on any engine. Instants are epoch milliseconds, UTC; JSON is text."""

from storage.schema.base import Day, metadata
from storage.schema.conversation_tables import checks, consents, dialogues, unanswered
from storage.schema.edition_tables import reassessed, switches
from storage.schema.feed_tables import ingests, new_closings, nonces, uploads
from storage.schema.message_tables import bots, chats, inbox, outbox, paces
from storage.schema.operator_tables import announcement_chats, announcements, audit, copies
from storage.schema.rule_tables import reminders, rule_lists, rule_notices
from storage.schema.score_tables import facts, invites, newest, scores, shops
from storage.schema.watching_tables import (
    WATCH_STATE,
    follows,
    jobs,
    milestones,
    notice_items,
    notices,
    preferences,
    swept,
)
