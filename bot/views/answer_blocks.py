"""What each edition answers to a reading: what follows for the shop, and its provisions.

A score that fits only the scale of another edition, and a question about the newest rules, is answered by that edition
first; the quotes of the answering edition follow.
"""

from collections.abc import Iterator
from dataclasses import replace

from bot.views.answer_beside import beside_said, each_beside
from bot.views.answer_quotes import under_verdict
from bot.views.answer_values import Asking, Block, PartView
from bot.views.instead import sentence
from bot.views.lead import Say, claims, says
from rules.case import Case, edition_of
from rules.edition import Catalogue, Clause, Edition, Topic
from rules.reading import AnswerKind, Part, Reading
from rules.said import OF_SCORES, Aside, Said
from rules.told_case import ToldCase
from rules.understanding.provisions import seen_under
from rules.understanding.told_goods import goods_topic, is_same_for_all
from rules.understanding.told_points import outweighs

PENALTIES = "adm4"
"""The topic of penalties, which an edition need not count by days."""
NOT_OPEN = "not_open"
"""The topic of what else to look at where the score is enough: its sentence stands behind any verdict."""
ALWAYS = frozenset((Aside.EFFECTIVE, Aside.UNWRITTEN))
"""What is answered whatever the topic."""


def blocks_of(asking: Asking) -> tuple[Block, ...]:
    """The answer of the edition that judges, and behind another edition's answer the quotes of the answering one."""
    reading, first = asking.reading, _answers_first(asking)
    if first is None:
        return (_block(asking, asking.edition, reading),)
    seen = seen_under(reading, asking.edition, first)
    if seen is None:
        return (_block(asking, asking.edition, reading),)
    told = _of_goods(first, seen.model_copy(update={"said": reading.said}))
    own = Block(asking.edition, tuple(_parts(asking.edition, reading)), is_second=True)
    return (_block(asking, first, told), own)


def _of_goods(edition: Edition, reading: Reading) -> Reading:
    """The reading, about what the edition has for the goods named, where its topics are not the same for all goods."""
    topic = goods_topic(edition, reading.said)
    if topic is None or is_same_for_all(reading):
        return reading
    return reading.model_copy(update={"parts": (Part(topic=topic.id, clauses=topic.clauses),)})


def _answers_first(asking: Asking) -> Edition | None:
    """The edition that answers before the asked one: the one in force if asked for, or the one of the score's scale.

    One that is over answers only where the scores kept of the shop are of its scale.
    """
    said, offers = asking.reading.said, asking.offers
    if offers is None or asking.is_preview:
        return None
    if said.newest and asking.in_force not in (None, asking.edition):
        return asking.in_force
    kept = asking.of_shops.edition or edition_of(offers.catalogue, asking.case, asking.edition)
    other = asking.of_shops.edition or _of_score(asking.edition, said, asking.case, offers.catalogue)
    is_over = other is not None and other.is_over(asking.today) and other is not kept
    return None if other is asking.edition or is_over else other


def _of_score(edition: Edition, said: Said, case: Case, catalogue: Catalogue) -> Edition | None:
    """The edition that judges the score told, or said of the rule, else the own shop; None where no edition can."""
    told = [one.number for one in said.of("score", "product_score")]
    claimed = [one.number for one in said.claims if one.about in OF_SCORES]
    value = next((number for number in (*told, *claimed) if number is not None), None)
    if value is not None:
        return catalogue.of_score(value, edition)
    return edition_of(catalogue, case, edition) if said.own else edition


def _block(asking: Asking, edition: Edition, reading: Reading) -> Block:
    """What the edition says of the shop and quotes."""
    views = tuple(_parts(edition, reading))
    said = _said(asking, edition, reading) if reading.kind in (AnswerKind.ANSWER, AnswerKind.NOT_COVERED) else ()
    if not said and Aside.CHANGED in reading.said.asides and (old := _before(asking, edition)):
        return Block(edition, views, (Say("changed", {"old": old, "is_over": old.is_over(asking.today)}),))
    if not said:
        return Block(edition, tuple(each_beside(asking, edition, views)))
    is_answered = [_is_answered(edition, view.topic, reading.said) for view in views]
    kept = [replace(view, lead="") if done else view for view, done in zip(views, is_answered, strict=True)]
    return Block(edition, under_verdict(edition, kept, said), said, beside_said(asking, edition, said, views))


def _before(asking: Asking, edition: Edition) -> Edition | None:
    """The edition that the one in force is compared with: the one of the bot's answers, else the last one before it."""
    if asking.offers is None or edition is not asking.in_force:
        return None
    older = [one for one in asking.offers.catalogue.editions if one.age < edition.age]
    return max(older, key=lambda one: one.age, default=None) if edition is asking.edition else asking.edition


def _said(asking: Asking, edition: Edition, reading: Reading) -> tuple[Say, ...]:
    said = reading.said
    if reading.parts and edition.topic(reading.parts[0].topic).answers.keys() & set(outweighs(said.points)):
        return ()
    told = ToldCase(edition, asking.case, said, asking.today)
    if claimed := tuple(claims(told)):
        return claimed
    if (unfit := _unfit(asking, edition, said)) is not None:
        return (unfit,)
    topics = [part.topic for part in reading.parts]
    if not (said.claims or ALWAYS & set(said.asides)) and not any(judged_parts(edition, reading)):
        return ()
    return says(told, topics)


def _unfit(asking: Asking, edition: Edition, said: Said) -> Say | None:
    """A score that the edition can't judge is asked back."""
    value = next((one.number for one in said.of("score") if one.number is not None), None)
    if value is None or edition.is_likely_score(value):
        return None
    other = asking.offers.catalogue.of_score(value, edition) if asking.offers else None
    return Say("asked_back", {"value": value, "other": other}) if other else Say("off_scale", {"value": value})


def judged_parts(edition: Edition, reading: Reading) -> Iterator[Part]:
    """The parts of the reading that a judgement of the shop answers."""
    return (part for part in reading.parts if _is_judged(edition, edition.topic(part.topic)))


def _is_judged(edition: Edition, topic: Topic) -> bool:
    """Whether a judgement of the shop answers the topic: it cites what the edition holds a shop to, or is unclear."""
    chances = {edition.chances.clause} if edition.chances else set()
    tests = (*edition.criteria, *edition.product_criteria)
    cited = {name for one in tests for name in (one.clause, one.exempt.clause if one.exempt else one.clause)}
    held = {*cited, *(line.clause for line in edition.lines), *chances}
    return bool(held & set(topic.clauses)) or topic.id in (
        "unclear",
        "score_fell",
        "three",
        "reopen",
        "product_score",
        "how_auto",
        "unbind",
    )


def _is_answered(edition: Edition, topic: Topic, said: Said) -> bool:
    """Whether what is said of the shop answers the topic, so that the topic's own sentence is left out."""
    is_of_untold = topic.id == PENALTIES and said.of("penalties") and "penalties" not in {f.id for f in edition.facts}
    return topic.id != NOT_OPEN and (bool(said.claims) or (_is_judged(edition, topic) and not is_of_untold))


def _parts(edition: Edition, reading: Reading) -> Iterator[PartView]:
    """The parts; each provision and each sentence stands in the first part that has it."""
    seen: set[str] = set()
    for part in reading.parts:
        fresh = [clause for clause in part.clauses if clause not in seen]
        view = _part(edition, part, reading.said, tuple(edition.clause(clause) for clause in fresh))
        sentences = view.lead.split("。")
        yield replace(view, lead="。".join(one for one in sentences if one not in seen))
        seen.update(fresh, filter(None, sentences))


def _part(edition: Edition, part: Part, said: Said, quoted: tuple[Clause, ...]) -> PartView:
    topic = edition.topic(part.topic)
    return PartView(topic, sentence(edition, topic.said_to(said.points)), quoted)
