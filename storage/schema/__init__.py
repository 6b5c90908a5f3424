"""The tables, by what they are about. Instants are epoch milliseconds, UTC; JSON is text; any engine has all of it."""

from storage.schema.base import Day, metadata
from storage.schema.conversations import checks, consents, dialogues, unanswered
from storage.schema.editions import reassessed, switches
from storage.schema.feeds import ingests, nonces, uploads
from storage.schema.messages import chats, inbox, outbox, paces
from storage.schema.operators import announcement_chats, announcements, audit, copies
from storage.schema.shop_scores import invites, newest, scores, shops
from storage.schema.watching import WATCH_STATE, follows, jobs, milestones, notice_items, notices, preferences

__all__ = [
    "WATCH_STATE",
    "Day",
    "announcement_chats",
    "announcements",
    "audit",
    "chats",
    "checks",
    "consents",
    "copies",
    "dialogues",
    "follows",
    "inbox",
    "ingests",
    "invites",
    "jobs",
    "metadata",
    "milestones",
    "newest",
    "nonces",
    "notice_items",
    "notices",
    "outbox",
    "paces",
    "preferences",
    "reassessed",
    "scores",
    "shops",
    "switches",
    "unanswered",
    "uploads",
]
