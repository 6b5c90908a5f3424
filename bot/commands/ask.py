"""`alliance-bot ask`: one answer, or a question a line from standard input."""

import json
from collections.abc import Iterator

from bot.answer_view import answer, clauses
from bot.commands.catalogue import settings
from bot.commands.catalogue import shelf as resolved
from bot.commands.lines import standard_input
from bot.incoming import LOOKED_AT
from bot.shelf import Shelf
from rules.understanding import Understanding


def ask(question: str, *, as_json: bool, edition: str | None) -> Iterator[str]:
    """The lines to print. `question` "-": one line for each line of standard input. Raises Refusal."""
    shelf = resolved(settings(), edition)
    reader = Understanding(shelf.answering)
    if question != "-":
        yield _json(shelf, reader, question) if as_json else _reply(shelf, reader, question)
        return
    for line in standard_input():
        yield _json(shelf, reader, line) if as_json else " ".join(_reply(shelf, reader, line).split())


def _reply(shelf: Shelf, reader: Understanding, question: str) -> str:
    return answer(shelf.answering, reader.read(question[:LOOKED_AT]), shelf).plain


def _json(shelf: Shelf, reader: Understanding, question: str) -> str:
    reading = reader.read(question[:LOOKED_AT])
    quoted = clauses(shelf.answering, reading)
    entry = {
        "question": question,
        "kind": reading.kind.value,
        "edition": shelf.answering.name,
        "clauses": [clause.id for clause in quoted],
        "quotes": [clause.text for clause in quoted],
        "reply": answer(shelf.answering, reading, shelf).plain,
    }
    return json.dumps(entry, ensure_ascii=False)
