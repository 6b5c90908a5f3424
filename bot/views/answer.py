"""The answer to a reading of a question: what follows for the shop, and the provisions.

What is said of the shop is a view of an assessment (`bot.views.lead`). A score that fits only the scale of another
edition, and a question about the newest rules, is answered by that edition first.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from bot.conversation.presses import Press
from bot.views.examples import examples
from bot.views.lead import Say, claims, says
from bot.views.other_edition import EditionOffers, History, history, see_topic
from bot.views.render import Rendered, render
from rules.case import Case
from rules.edition import Catalogue, Clause, Coverage, Edition, EditionError, Judged, Topic
from rules.reading import AnswerKind, Part, Reading
from rules.said import Aside, Said
from rules.side import Side
from rules.told_case import ToldCase
from rules.understanding.provisions import seen_under

MOST_BUTTONS = 3
EMPTY = Case()
PENALTIES = "adm4"
"""The topic of penalties, which an edition need not count by days."""
ALWAYS = frozenset((Aside.EFFECTIVE, Aside.UNWRITTEN))
"""What is answered whatever the topic."""


class ShowTopic(Press, verb="t"):
    """The plain answer of a topic."""

    topic: str


@dataclass(frozen=True)
class PartView:
    """A part of the answer. `lead`: "" where what is said of the shop answers.

    `beside`: what the edition in force says instead, "" for nothing.
    """

    topic: Topic
    lead: str
    clauses: tuple[Clause, ...]
    beside: str = ""


@dataclass(frozen=True)
class Block:
    """What one edition answers. `says`: of the shop; `is_second`: only the quotes, behind another edition's answer."""

    edition: Edition
    parts: tuple[PartView, ...]
    says: tuple[Say, ...] = ()
    beside: tuple[str, ...] = ()
    is_second: bool = False

    @property
    def names_other(self) -> bool:
        """Whether the edition in force is named already."""
        return bool(self.beside) or any(part.beside for part in self.parts)


@dataclass(frozen=True)
class Asking:
    """A question to be answered on a day. `case`: what is known of the shop of the chat."""

    edition: Edition
    reading: Reading
    offers: EditionOffers | None
    today: date
    case: Case = EMPTY

    @property
    def is_preview(self) -> bool:
        return self.offers is not None and self.offers.is_preview(self.edition)

    @property
    def in_force(self) -> Edition | None:
        """The edition in force today, None when none is known."""
        return _in_force(self.offers.catalogue, self.today) if self.offers else None


def answer(
    edition: Edition, reading: Reading, offers: EditionOffers | None = None, *, today: date, case: Case = EMPTY
) -> Rendered:
    """The reply to a question, by kind. Each clause is quoted once, under the first part that cites the clause.

    `offers`: the catalogue's other editions; an answer by another than the answering edition is shown as a preview.
    """
    if reading.kind is AnswerKind.OUT_OF_SCOPE:
        return render("answers/out_of_scope", examples=examples(edition))
    asking = Asking(edition, reading, offers, today, case)
    blocks = _blocks(asking)
    parts = blocks[-1].parts
    if reading.kind in (AnswerKind.CHOICES, AnswerKind.CHAT):
        return render(f"answers/{reading.kind.value}", parts=parts)
    return _rendered(asking, blocks)


def _rendered(asking: Asking, blocks: tuple[Block, ...]) -> Rendered:
    edition, reading, offers = asking.edition, asking.reading, asking.offers
    first, parts, is_preview = blocks[0], blocks[-1].parts, asking.is_preview
    beside = offers.beside_answer(edition, reading) if offers else None
    records = None if is_preview else _recordable(first.edition, reading.said)
    others = (beside is not None) + (records is not None) + (not is_preview)
    return render(
        "answers/answer",
        edition=edition,
        today=asking.today,
        blocks=blocks,
        outside=reading.outside,
        shows_readings=len(blocks) == 1 and _shows_readings(parts),
        is_sourced=any(part.clauses or part.topic.coverage is Coverage.GAP for part in parts),
        onward=tuple(_buttons(edition, parts, is_preview=is_preview))[: MOST_BUTTONS - others],
        offers_check=not is_preview,
        records=records,
        beside=beside,
        names_newer=len(blocks) == 1 and not first.names_other,
        history=None if is_preview or (len(blocks) > 1 and not reading.said.claims) else _history(asking),
    )


def _history(asking: Asking) -> History | None:
    """The known changes of the rule, where a change is spoken of and not a move of the shop's score."""
    said = asking.reading.said
    if said.told and not (said.claims or said.newest):
        return None
    return history(asking.edition, asking.reading, asking.offers.catalogue) if asking.offers else None


def quoted(
    edition: Edition, reading: Reading, offers: EditionOffers | None = None, *, today: date
) -> tuple[Clause, ...]:
    """The clauses quoted by the reply, in order, each once."""
    blocks = _blocks(Asking(edition, reading, offers, today))
    return tuple(clause for block in blocks for part in block.parts for clause in part.clauses)


# ── Which edition answers, and what it says ──────────────────────────────────────────────────────────────────────────


def _blocks(asking: Asking) -> tuple[Block, ...]:
    """The answer of the edition that judges, and behind another edition's answer the quotes of the answering one."""
    reading, first = asking.reading, _answers_first(asking)
    if first is None:
        return (_block(asking, asking.edition, reading),)
    seen = seen_under(reading, asking.edition, first)
    if seen is None:
        return (_block(asking, asking.edition, reading),)
    told = seen.model_copy(update={"said": reading.said})
    own = Block(asking.edition, tuple(_parts(asking.edition, reading)), is_second=True)
    return (_block(asking, first, told), own)


def _answers_first(asking: Asking) -> Edition | None:
    """The edition that answers before the asked one: the one in force if asked for, or the one of the score's scale."""
    said, offers = asking.reading.said, asking.offers
    if offers is None or asking.is_preview:
        return None
    if said.newest and asking.in_force not in (None, asking.edition):
        return asking.in_force
    other = _of_score(asking.edition, said, asking.case, offers.catalogue)
    return None if other is None or other is asking.edition or other.is_over(asking.today) else other


def _of_score(edition: Edition, said: Said, case: Case, catalogue: Catalogue) -> Edition | None:
    """The edition that judges the score told, else the score known of the own shop; None where no edition can."""
    value = next((one.number for one in said.of("score", "product_score") if one.number is not None), None)
    if value is not None:
        return catalogue.of_score(value, edition)
    known = case.known.get(edition.main_score.id) if said.own else None
    return catalogue.of_scale(known.scale, edition) if known and known.scale else edition


def _in_force(catalogue: Catalogue, today: date) -> Edition | None:
    try:
        return catalogue.in_force(today)
    except EditionError:
        return None


def _block(asking: Asking, edition: Edition, reading: Reading) -> Block:
    """What the edition says of the shop and quotes."""
    views = tuple(_parts(edition, reading))
    said = _said(asking, edition, reading) if reading.kind in (AnswerKind.ANSWER, AnswerKind.NOT_COVERED) else ()
    if not said and Aside.CHANGED in reading.said.asides and edition is not asking.edition:
        return Block(
            edition, views, (Say("changed", {"old": asking.edition, "is_over": asking.edition.is_over(asking.today)}),)
        )
    if not said:
        return Block(edition, tuple(_with_beside(asking, edition, view) for view in views))
    beside = dict.fromkeys(line for view in views if (line := _beside(asking, edition, view.topic)))
    is_answered = [_is_answered(edition, view.topic, reading.said) for view in views]
    kept = tuple(_without_lead(view) if done else view for view, done in zip(views, is_answered, strict=True))
    return Block(edition, kept, said, tuple(beside)[:1])


def _said(asking: Asking, edition: Edition, reading: Reading) -> tuple[Say, ...]:
    said = reading.said
    told = ToldCase(edition, asking.case, said, asking.today)
    if claimed := tuple(claims(told)):
        return claimed
    if (unfit := _unfit(asking, edition, said)) is not None:
        return (unfit,)
    topics = [part.topic for part in reading.parts]
    if not (said.claims or ALWAYS & set(said.asides)) and not any(
        _is_judged(edition, edition.topic(topic)) for topic in topics
    ):
        return ()
    return says(told, topics)


def _unfit(asking: Asking, edition: Edition, said: Said) -> Say | None:
    """A score that the edition can't judge is asked back."""
    value = next((one.number for one in said.of("score") if one.number is not None), None)
    if value is None or edition.is_likely_score(value):
        return None
    other = asking.offers.catalogue.of_score(value, edition) if asking.offers else None
    return Say("asked_back", {"value": value, "other": other}) if other else Say("off_scale", {"value": value})


def _is_judged(edition: Edition, topic: Topic) -> bool:
    """Whether a judgement of the shop answers the topic: it cites what the edition holds a shop to, or is unclear."""
    chances = {edition.chances.clause} if edition.chances else set()
    criteria, lines = (entry.clause for entry in edition.criteria), (line.clause for line in edition.lines)
    held = {*criteria, *lines, *chances}
    return bool(held & set(topic.clauses)) or topic.id in ("unclear", "three", "reopen", "product_score", "how_auto")


def _is_answered(edition: Edition, topic: Topic, said: Said) -> bool:
    """Whether what is said of the shop answers the topic, so that the topic's own sentence is left out."""
    is_of_untold = topic.id == PENALTIES and said.of("penalties") and "penalties" not in {f.id for f in edition.facts}
    return bool(said.claims) or (_is_judged(edition, topic) and not is_of_untold)


def _without_lead(view: PartView) -> PartView:
    return PartView(view.topic, "", view.clauses)


def _with_beside(asking: Asking, edition: Edition, view: PartView) -> PartView:
    return PartView(view.topic, view.lead, view.clauses, _beside(asking, edition, view.topic))


def _beside(asking: Asking, edition: Edition, topic: Topic) -> str:
    """The first sentence of the edition in force on the topic of an edition that is over; "" where it says the same."""
    other = asking.in_force if edition.is_over(asking.today) and not asking.is_preview else None
    if other is None or topic.coverage is not Coverage.PROVISION:
        return ""
    same = next((one for one in other.topics if one.id == topic.id and one.coverage is Coverage.PROVISION), None)
    if same is None:
        return ""
    now, then = _first_sentence(other, same), _first_sentence(edition, topic)
    return "" if now == then else now


def _first_sentence(edition: Edition, topic: Topic) -> str:
    return edition.filled(topic.lead).split("。")[0].removesuffix("。") + "。"


def _shows_readings(parts: tuple[PartView, ...]) -> bool:
    """Whether to add our reading of a clause: to a single quote, and where warning and closing are told apart."""
    told_apart = all(part.topic.judged in (Judged.WARNING, Judged.CLOSING) for part in parts)
    return told_apart or sum(len(part.clauses) for part in parts) == 1


# ── A score to be kept ───────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Recordable:
    """A score to be kept as today's. `label`: of the fact, "" for the main score."""

    fact: str
    label: str
    value: Decimal


def _recordable(edition: Edition, said: Said) -> Recordable | None:
    """The only score in the question; None for several, for a made-up one, and for a number outside the scale."""
    known = {fact.id: fact for fact in edition.scores}
    told = [one for one in said.told if one.fact in known and one.number is not None]
    if len(told) != 1 or told[0].is_supposed or told[0].side is not Side.AT or said.claims:
        return None
    fact, value = told[0].fact, told[0].number or Decimal(0)
    if not known[fact].can_be(value) or (fact == edition.main_score.id and not edition.is_likely_score(value)):
        return None
    return Recordable(fact, label_of(edition, fact), value)


def _parts(edition: Edition, reading: Reading) -> Iterator[PartView]:
    seen: set[str] = set()
    for part in reading.parts:
        fresh = [clause for clause in part.clauses if clause not in seen]
        seen.update(fresh)
        yield _part(edition, part, tuple(edition.clause(clause) for clause in fresh))


def _part(edition: Edition, part: Part, quoted: tuple[Clause, ...]) -> PartView:
    topic = edition.topic(part.topic)
    return PartView(topic, edition.filled(topic.lead), quoted)


def _buttons(edition: Edition, parts: tuple[PartView, ...], *, is_preview: bool) -> Iterator[tuple[str, Press]]:
    """The topics onward as buttons; from a preview the buttons lead to previews."""
    for topic in _onward(edition, parts):
        press = see_topic(edition, topic.id) if is_preview else ShowTopic(topic.id).fitting()
        if press:
            yield topic.title, press


def _onward(edition: Edition, parts: tuple[PartView, ...]) -> Iterator[Topic]:
    known = {topic.id: topic for topic in edition.topics}
    asked = {part.topic.id for part in parts}
    for topic_id in dict.fromkeys(topic_id for part in parts for topic_id in part.topic.next):
        if topic_id in known and topic_id not in asked:
            yield known[topic_id]


def label_of(edition: Edition, fact: str) -> str:
    """The name of the score, "" for the main score."""
    return "" if fact == edition.main_score.id else edition.fact(fact).label
