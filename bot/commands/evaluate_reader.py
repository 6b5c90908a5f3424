"""`alliance-bot eval`: how well questions are understood, on any labelled file."""

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Final

from bot.commands import Refusal
from bot.commands.catalogue import offers, settings, today
from bot.commands.text_input import text_of
from bot.views.answer import answer, quoted
from bot.views.other_edition import EditionOffers
from rules.edition import Edition
from rules.memory import Memory
from rules.reading import AnswerKind, Reading
from rules.understanding import TooLong, Understanding
from rules.understanding.dialogue import follow
from rules.understanding.dialogue_evaluation import Played, Turn, parted, play
from rules.understanding.evaluation import BadLine, Labelled, Lead, Scorecard, Scored, evaluate

UNREAD: Final = Reading(kind=AnswerKind.OUT_OF_SCOPE)


def evaluated(file: Path, edition: str | None) -> Iterator[str]:
    """The figures, the figures by tag, then each miss, a line each; dialogues apart. Raises Refusal."""
    run = Run(edition)
    questions, dialogues = parted(text_of(file).split("\n"))
    try:
        card = evaluate(run.edition, questions, run.read, run.lead)
        played = play(run.edition, dialogues, run.follow, run.lead_of)
    except BadLine as error:
        raise Refusal(f"{file}, {error}") from None
    yield from _of_dialogues(run.edition, played) if played.dialogues else ()
    yield from _of_questions(run.edition, card) if card.outcomes or card.leads or not played.dialogues else ()


def _of_questions(edition: Edition, card: Scorecard) -> Iterator[str]:
    leads = f", {len(card.leads)} leads" if card.leads else ""
    yield f"edition {edition.name}, {len(card.outcomes)} questions{leads}"
    yield from figures(card) if card.outcomes else ()
    yield from _lead_figures(card) if card.leads else ()
    yield from (f"{name:20} {right}/{total}" for name, (right, total) in {**card.by_tag, **card.by_writer}.items())
    yield from (_miss(outcome) for outcome in card.misses)
    yield from map(_wrong, (*card.false_leads, *card.lacking_leads))


def _of_dialogues(edition: Edition, played: Played) -> Iterator[str]:
    yield f"edition {edition.name}, {len(played.dialogues)} dialogues, {len(played.turns)} turns"
    yield f"{'turns right':20} {played.right}/{len(played.turns)}"
    yield f"{'whole dialogues':20} {played.whole}/{len(played.dialogues)}"
    yield f"{'false leads':20} {len(played.false_leads)}"
    for dialogue in played.dialogues:
        yield from (line for place, turn in enumerate(dialogue, 1) for line in _missed(turn, place))


def _missed(turn: Turn, place: int) -> Iterator[str]:
    """What is wrong with a turn, a line each."""
    if turn.quotes and not turn.quotes.right:
        yield f"turn {place}, {_miss(turn.quotes)}"
    if turn.lead and not turn.lead.right:
        yield f"turn {place}, {_wrong(turn.lead)}"


def _wrong(lead: Lead) -> str:
    if lead.found:
        return f"false lead: {lead.question.q!r}: {lead.text!r} has {list(lead.found)}"
    return f"lead lacks: {lead.question.q!r}: {lead.text!r} lacks {list(lead.missing)}"


class Run:
    """Reads and answers by the edition of the option, or by the edition that a line names. Raises Refusal."""

    def __init__(self, option: str | None) -> None:
        self._settings, self._today = settings(), today()
        self._answering = offers(self._settings, option)
        self._readers: dict[str, Understanding] = {}

    @property
    def edition(self) -> Edition:
        return self._answering.answering

    def read(self, question: str) -> Reading:
        """The reading by the edition of the option."""
        return read(self._reader(self.edition), question)

    def follow(self, before: Memory, text: str) -> tuple[Reading, Memory]:
        """The reading of a dialogue's next message by the edition of the option, and the memory after it."""
        try:
            return follow(self._reader(self.edition), before, text)
        except TooLong:
            return UNREAD, before

    def lead_of(self, reading: Reading) -> str:
        """What the reply to a reading says before its first quote."""
        return lead(self._answering, reading, self._today)

    def lead(self, question: Labelled) -> str:
        """What the reply to a line says before its first quote."""
        by = offers(self._settings, question.edition) if question.edition else self._answering
        return lead(by, read(self._reader(by.answering), question.q), self._today)

    def _reader(self, edition: Edition) -> Understanding:
        if edition.name not in self._readers:
            self._readers[edition.name] = Understanding(edition, catalogue=self._answering.catalogue)
        return self._readers[edition.name]


def read(reader: Understanding, question: str) -> Reading:
    """The reading; for a text that holds more than is read at once, that nothing answers it."""
    try:
        return reader.read(question)
    except TooLong:
        return UNREAD


def lead(by: EditionOffers, reading: Reading, today: date) -> str:
    """The plain text of the reply before its first quote; the whole reply without a quote."""
    reply = answer(by.answering, reading, by, today=today).plain
    shown = quoted(by.answering, reading, by, today=today)
    return reply[: min((place for clause in shown if (place := reply.find(clause.text)) >= 0), default=len(reply))]


def _lead_figures(card: Scorecard) -> Iterator[str]:
    right = sum(one.right for one in card.leads)
    yield f"{'leads right':20} {right}/{len(card.leads)}"
    yield f"{'false leads':20} {len(card.false_leads)}"


def figures(card: Scorecard) -> Iterator[str]:
    """The figures over all questions that label quotes, a line each."""
    shares = {
        "right": card.right,
        "refused": card.refused,
        "gaps named": card.gaps_named,
        "choices": card.choices,
        "answered wrong": card.answered_wrong,
        "excess quotes": card.excess,
    }
    yield from (f"{name:20} {_percent(share)}" for name, share in shares.items())


def _percent(share: Fraction | None) -> str:
    return "none" if share is None else f"{float(share):.1%}"


def _miss(outcome: Scored) -> str:
    got = ", ".join(part.topic for part in outcome.reading.parts) or "nothing"
    wanted = ", ".join(outcome.question.expect) or "no answer"
    return f"miss: {outcome.question.q!r}: {outcome.reading.kind.value} ({got}); wants {wanted}"
