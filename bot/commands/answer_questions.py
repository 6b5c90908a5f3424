"""`alliance-bot ask`: an answer, or an answer for each line of standard input.

A line that holds more than is read at once is named, and the others are answered.
"""

import json
from collections.abc import Iterator

from bot.commands import Refusal
from bot.commands.catalogue import offers as resolved
from bot.commands.catalogue import settings, today
from bot.commands.text_input import standard_input
from bot.views.answer import answer, quoted
from bot.views.other_edition import EditionOffers
from bot.views.other_text import told_by_text
from rules.understanding import TooLong, Understanding


def ask(question: str, *, as_json: bool, edition: str | None) -> str:
    """The answer to print. Raises Refusal."""
    offers = resolved(settings(), edition)
    reader = Understanding(offers.answering, catalogue=offers.catalogue)
    try:
        return _json(offers, reader, question) if as_json else _reply(offers, reader, question)
    except TooLong as error:
        raise Refusal(f"not answered: {error}") from None


def ask_lines(*, as_json: bool, edition: str | None) -> Iterator[tuple[str, bool]]:
    """For each line of standard input a line to print, and whether it is an answer. Raises Refusal."""
    offers = resolved(settings(), edition)
    reader = Understanding(offers.answering, catalogue=offers.catalogue)
    for number, line in enumerate(standard_input(), 1):
        try:
            shown = _json(offers, reader, line) if as_json else " ".join(_reply(offers, reader, line).split())
            yield shown, True
        except TooLong as error:
            yield json.dumps({"line": number, "error": str(error)}) if as_json else f"line {number}: {error}", False


def _reply(offers: EditionOffers, reader: Understanding, question: str) -> str:
    return answer(offers.answering, reader.read(question), offers, today=today()).plain


def _json(offers: EditionOffers, reader: Understanding, question: str) -> str:
    reading = reader.read(question)
    shown = quoted(offers.answering, reading, offers, today=today())
    told = told_by_text(offers.catalogue, reading)
    entry = {
        "question": question,
        "kind": reading.kind.value,
        "edition": offers.answering.name,
        "clauses": [clause.id for clause in shown],
        "quotes": [clause.text for clause in shown],
        "other_text": {"name": told.text.name, "points": [point.id for point in told.points]} if told else None,
        "reply": answer(offers.answering, reading, offers, today=today()).plain,
    }
    return json.dumps(entry, ensure_ascii=False)
