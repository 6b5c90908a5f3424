"""`alliance-bot ask`: one answer, or a question a line from standard input."""

import json
from collections.abc import Iterator

from bot.answer_view import answer, clauses
from bot.commands.catalogue import edition as resolve
from bot.commands.catalogue import settings
from bot.commands.lines import standard_input
from bot.incoming import LOOKED_AT
from rules.model import Edition
from rules.understanding import Understanding


def ask(question: str, *, as_json: bool, edition: str | None) -> Iterator[str]:
    """The lines to print. `question` "-": one line for each line of standard input. Raises Refusal."""
    chosen = resolve(settings(), edition)
    reader = Understanding(chosen)
    if question != "-":
        yield _json(chosen, reader, question) if as_json else _reply(chosen, reader, question)
        return
    for line in standard_input():
        yield _json(chosen, reader, line) if as_json else " ".join(_reply(chosen, reader, line).split())


def _reply(edition: Edition, reader: Understanding, question: str) -> str:
    return answer(edition, reader.read(question[:LOOKED_AT])).plain


def _json(edition: Edition, reader: Understanding, question: str) -> str:
    reading = reader.read(question[:LOOKED_AT])
    quoted = clauses(edition, reading)
    entry = {
        "question": question,
        "kind": reading.kind.value,
        "edition": edition.name,
        "clauses": [clause.id for clause in quoted],
        "quotes": [clause.text for clause in quoted],
        "reply": answer(edition, reading).plain,
    }
    return json.dumps(entry, ensure_ascii=False)
