"""The answer to a reading of a question, as a message: what follows for the shop, the provisions, and the buttons."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from bot.conversation.presses import Press
from bot.views.answer_blocks import blocks_of
from bot.views.answer_values import EMPTY, NO_SHOP, Asking, Block, OfShops, PartView
from bot.views.examples import examples
from bot.views.other_edition import EditionOffers, History, Offer, difference, history, see_topic
from bot.views.other_text import told_by_text
from bot.views.render import Rendered, render
from rules.case import Case
from rules.edition import Clause, Coverage, Edition, Judged, Topic, Wording
from rules.reading import AnswerKind, Reading
from rules.said import Said
from rules.side import Side

MOST_BUTTONS = 3
"""On an answer; a choice of shops takes as many rows."""
MOST_OF_READING = 2
"""The sentences of our reading of a provision that are shown with it."""


class ShowTopic(Press, verb="t"):
    """The plain answer of a topic."""

    topic: str


def answer(
    edition: Edition,
    reading: Reading,
    offers: EditionOffers | None = None,
    *,
    today: date,
    case: Case = EMPTY,
    of_shops: OfShops = NO_SHOP,
) -> Rendered:
    """The reply to a question, by kind. Each clause is quoted once, under the first part that cites the clause.

    `offers`: the catalogue's other editions; an answer by another than the answering edition is shown as a preview.
    """
    if reading.kind is AnswerKind.OUT_OF_SCOPE:
        return render("answers/out_of_scope", examples=examples(edition))
    asking = Asking(edition, reading, offers, today, case, of_shops)
    blocks = blocks_of(asking)
    parts = blocks[-1].parts
    if reading.kind in (AnswerKind.CHOICES, AnswerKind.CHAT):
        return render(f"answers/{reading.kind.value}", parts=parts)
    return _rendered(asking, blocks)


def _rendered(asking: Asking, blocks: tuple[Block, ...]) -> Rendered:
    edition, reading, offers = asking.edition, asking.reading, asking.offers
    first, parts, is_preview = blocks[0], blocks[-1].parts, asking.is_preview
    beside = _beside(asking, first.edition) if offers else None
    records = None if is_preview else _recordable(first.edition, reading.said)
    others = (beside is not None) + (records is not None) + (not is_preview)
    other_text = told_by_text(offers.catalogue, reading) if offers else None
    told = _history(asking, blocks)
    return render(
        "answers/answer",
        edition=edition,
        of_shops=asking.of_shops,
        most_rows=MOST_BUTTONS,
        is_known=bool(asking.case.known),
        today=asking.today,
        in_force=asking.in_force,
        blocks=blocks,
        other_text=other_text,
        outside=reading.outside,
        unsaid=_unsaid,
        is_sourced=any(part.clauses or part.topic.coverage is Coverage.GAP for part in parts),
        is_short=not (any(block.quotes for block in blocks) or len(parts) > 1 or other_text or reading.outside or told),
        onward=tuple(_buttons(edition, parts, is_preview=is_preview))[: MOST_BUTTONS - others],
        offers_check=not is_preview,
        records=records,
        beside=beside,
        history=told,
    )


def _beside(asking: Asking, shown: Edition) -> Offer | None:
    """The other edition to look at; where it has answered already, what differs in it."""
    offer = asking.offers.beside_answer(asking.edition, asking.reading) if asking.offers else None
    return replace(offer, press=difference(shown)) if offer and offer.edition is shown else offer


def _unsaid(block: Block, part: PartView, lead: str) -> str:
    """Our reading of the provision that decides, without what the lead says; at most two sentences."""
    if block.is_second or not _shows_readings(block):
        return ""
    sentences = (part.clauses[0].reading or "").removesuffix("。").split("。")
    fresh = [one for one in sentences if one and one.partition("，")[0] not in lead + part.lead]
    return "".join(f"{one}。" for one in fresh[:MOST_OF_READING])


def _history(asking: Asking, blocks: tuple[Block, ...]) -> History | None:
    """The known changes of the rule, where a change is spoken of and not a move of the shop's score.

    An edition that answers or is named is left out.
    """
    said = asking.reading.said
    if asking.offers is None or asking.is_preview or (said.told and not (said.claims or said.newest)):
        return None
    if len(blocks) > 1 and not said.claims:
        return None
    known = history(asking.edition, asking.reading, asking.offers.catalogue)
    told = {block.edition.name for block in blocks}
    if asking.in_force and any(block.names_other for block in blocks):
        told.add(asking.in_force.name)
    return known.without(told) if known else None


def quoted(
    edition: Edition, reading: Reading, offers: EditionOffers | None = None, *, today: date
) -> tuple[Clause, ...]:
    """The clauses quoted by the reply, in order, each once."""
    blocks = blocks_of(Asking(edition, reading, offers, today))
    return tuple(clause for block in blocks for part in block.parts for clause in part.clauses)


def _shows_readings(block: Block) -> bool:
    """Whether to add our reading of a clause: to a single quote, and where warning and closing are told apart.

    A digest is our own words, which need none beside a verdict.
    """
    if block.says and block.edition.wording is not Wording.VERBATIM:
        return False
    told_apart = all(part.topic.judged in (Judged.WARNING, Judged.CLOSING) for part in block.parts)
    return told_apart or sum(len(part.clauses) for part in block.parts) == 1


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
    if len(told) != 1 or told[0].is_supposed or told[0].side is not Side.AT or said.claims or told[0].high:
        return None
    fact, value = told[0].fact, told[0].number or Decimal(0)
    if not known[fact].can_be(value) or (fact == edition.main_score.id and not edition.is_likely_score(value)):
        return None
    return Recordable(fact, label_of(edition, fact), value)


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
