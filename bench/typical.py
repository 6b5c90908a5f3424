"""A peer: a bot for the same job on stock parts, in the way of an ordinary developer.

python -m bench.typical ROOT FOLDER [concurrent]

A question is cut into words by jieba; rank_bm25 finds the likeliest example phrasing, and the answer quotes the
provisions of the phrasing's topic. aiosqlite keeps the message and the chat's row, committed before the answer is sent;
python-telegram-bot polls and sends, with all defaults. A stop between the commit and the answer loses the answer, a
repeated update is answered twice, and no limit on the rate is kept.
"""

import html
import sys
from pathlib import Path

import aiosqlite
import jieba
from rank_bm25 import BM25Okapi
from telegram import Update
from telegram.ext import Application, ContextTypes, MessageHandler, filters

from bench.echo import stock
from bench.questions import examples
from rules.catalogue.load import load, packaged_folder
from rules.edition import Edition, Topic

TABLES = """
PRAGMA journal_mode=WAL;
CREATE TABLE IF NOT EXISTS messages (id INTEGER PRIMARY KEY, chat_id INTEGER, text TEXT, asked_at TEXT);
CREATE TABLE IF NOT EXISTS chats (id INTEGER PRIMARY KEY, asked INTEGER, last TEXT);
"""


class Search:
    """Topics of an edition, found by the likeliest example phrasing."""

    def __init__(self, edition: Edition) -> None:
        shared = examples()
        asks = [
            (topic, ask)
            for topic in edition.topics
            for ask in (*topic.asks, *shared.get(topic.id, "").strip().splitlines())
        ]
        self._topics = [topic for topic, _ in asks]
        self._index = BM25Okapi([jieba.lcut(ask) for _, ask in asks])

    def topic(self, question: str) -> Topic:
        """The topic of the phrasing likest to `question`."""
        return self._topics[self._index.get_scores(jieba.lcut(question)).argmax()]


def answer(edition: Edition, topic: Topic) -> str:
    """The answer of a topic, as HTML."""
    quotes = [f"<blockquote>{html.escape(edition.clause(clause).text)}</blockquote>" for clause in topic.clauses]
    return "\n".join([f"<b>{html.escape(topic.title)}</b>", html.escape(topic.lead), *quotes])


async def keep(database: aiosqlite.Connection, chat_id: int, text: str) -> None:
    """Store the message, and count the message in the chat's row."""
    await database.execute(
        "INSERT INTO messages (chat_id, text, asked_at) VALUES (?, ?, datetime('now'))", (chat_id, text)
    )
    async with database.execute("SELECT asked FROM chats WHERE id = ?", (chat_id,)) as found:
        row = await found.fetchone()
    await database.execute(
        "REPLACE INTO chats (id, asked, last) VALUES (?, ?, ?)", (chat_id, row[0] + 1 if row else 1, text)
    )
    await database.commit()


async def reply(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Store the question, then answer."""
    if update.message and update.message.text:
        known = context.bot_data
        await keep(known["database"], update.message.chat_id, update.message.text)
        await update.message.reply_html(answer(known["edition"], known["search"].topic(update.message.text)))


async def prepare(application: Application) -> None:
    """Open the database and index the phrasings, before the first poll."""
    folder = Path(sys.argv[2])
    jieba.dt.tmp_dir = str(folder)
    edition = load(packaged_folder()).edition("2022-10-10")
    database = await aiosqlite.connect(folder / "typical.db")
    await database.executescript(TABLES)
    application.bot_data.update(database=database, edition=edition, search=Search(edition))


if __name__ == "__main__":
    application = stock(sys.argv[1]).post_init(prepare).build()
    application.add_handler(MessageHandler(filters.TEXT, reply))
    application.run_polling()
