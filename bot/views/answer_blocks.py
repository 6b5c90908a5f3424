"""What each edition answers to a reading: what follows for the shop, and its provisions.

A score that fits only the scale of another edition, and a question about the newest rules, is answered by that edition
first; the quotes of the answering edition follow.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot.conversation.presses import Press
from bot.views.instead import in_force, on_chances, on_topic, sentence
from bot.views.lead import Say, claims, says
from bot.views.other_edition import EditionOffers
from rules.case import Case, edition_of
from rules.edition import Catalogue, Clause, Edition, Topic
from rules.reading import AnswerKind, Part, Reading
from rules.said import OF_SCORES, Aside, Said
from rules.told_case import ToldCase
from rules.understanding.provisions import seen_under
from rules.understanding.told_goods import goods_topic, is_of_all_goods, is_same_for_all
from rules.understanding.told_points import outweighs
from storage.shops import Shop

EMPTY = Case()
PENALTIES = "adm4"
"""The topic of penalties, which an edition need not count by days."""
NOT_OPEN = "not_open"
"""The topic of what else to look at where the score is enough: its sentence stands behind any verdict."""
OF_CHANCES = frozenset(("left", "claim_forever", "claim_chances"))
"""Sayings about how often a shop may open."""
NOT_JUDGED = frozenset(("asked_back", "off_scale"))
"""Sayings of a score that the edition can't judge, under which one provision of a topic is enough."""
SEVERAL = 2
"""From so many conditions on, a verdict is quoted in their order."""
ALWAYS = frozenset((Aside.EFFECTIVE, Aside.UNWRITTEN))
"""What is answered whatever the topic."""


@dataclass(frozen=True)
class OfShops:
    """Which shop of a chat with several is asked about: `about`, else one of `choices`, each with its button.

    `unnamed`: how many more there are. `edition`: of the scores of all, None where they differ or there are none.
    """

    about: Shop | None = None
    choices: tuple[tuple[Shop, Press], ...] = ()
    unnamed: int = 0
    edition: Edition | None = None


NO_SHOP = OfShops()


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
    """What one edition answers. `says`: of the shop; `is_second`: only the quotes, behind another edition's answer.

    `beside`: what the edition in force says instead of what is said, "" for nothing.
    """

    edition: Edition
    parts: tuple[PartView, ...]
    says: tuple[Say, ...] = ()
    beside: str = ""
    is_second: bool = False

    @property
    def quotes(self) -> bool:
        """Whether a provision is quoted."""
        return any(part.clauses for part in self.parts)

    @property
    def names_other(self) -> bool:
        """Whether the edition in force is named already."""
        return bool(self.beside) or any(part.beside for part in self.parts)

    @property
    def goes_on(self) -> bool:
        """Whether what is said of the shop and the sentence of the only topic are one lead."""
        return bool(self.says and len(self.parts) == 1 and self.parts[0].lead and not self.tells_change)

    @property
    def tells_change(self) -> bool:
        """Whether the editions are named by what is said."""
        return any(one.key == "changed" for one in self.says)


@dataclass(frozen=True)
class Asking:
    """A question to be answered on a day. `case`: what is known of the shop of the chat.

    `of_shops`: which of several shops is asked about.
    """

    edition: Edition
    reading: Reading
    offers: EditionOffers | None
    today: date
    case: Case = EMPTY
    of_shops: OfShops = NO_SHOP

    @property
    def is_preview(self) -> bool:
        return self.offers is not None and self.offers.is_preview(self.edition)

    @property
    def in_force(self) -> Edition | None:
        """The edition in force today, None when none is known."""
        return in_force(self.offers.catalogue, self.today) if self.offers else None


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
        return Block(edition, tuple(_each_beside(asking, edition, views)))
    by_topic = next((line for view in views if (line := _beside(asking, edition, view.topic))), "")
    beside = _in_a_line(_on_count(asking, edition, said), by_topic)
    is_answered = [_is_answered(edition, view.topic, reading.said) for view in views]
    short = _of_score_alone if said[0].key in NOT_JUDGED else _as_is
    kept = tuple(
        short(edition, _without_lead(view)) if done else view for view, done in zip(views, is_answered, strict=True)
    )
    answered_first = sorted(_in_one(edition, kept, said), key=lambda view: bool(view.lead))
    return Block(edition, _backed(edition, answered_first, said), said, beside)


def _in_a_line(*texts: str) -> str:
    """The sentences as one, each once; "" for none."""
    told = [text.removesuffix("。") for text in dict.fromkeys(filter(None, texts))]
    return "；".join(told) + "。" if told else ""


def _before(asking: Asking, edition: Edition) -> Edition | None:
    """The edition that the one in force is compared with: the one of the bot's answers, else the last one before it."""
    if asking.offers is None or edition is not asking.in_force:
        return None
    older = [one for one in asking.offers.catalogue.editions if one.age < edition.age]
    return max(older, key=lambda one: one.age, default=None) if edition is asking.edition else asking.edition


def _in_one(edition: Edition, views: tuple[PartView, ...], said: Sequence[Say]) -> tuple[PartView, ...]:
    """The parts; those that a verdict on several conditions answers as one, quoted in the order of the conditions."""
    answered = [view for view in views if not view.lead]
    more = [clause.id for view in answered for clause in view.clauses]
    found = [one.clauses for say in said for one in say.conditions if one.clauses]
    clauses = dict.fromkeys(next((name for name in names if name in more), names[0]) for names in found)
    if not answered or not clauses or (len(clauses) < SEVERAL and clauses.keys() <= set(more)):
        return views
    quoted = tuple(edition.clause(name) for name in dict.fromkeys((*clauses, *more)))
    elsewhere = {clause.id for view in views if view.lead for clause in view.clauses}
    one = replace(answered[0], clauses=tuple(clause for clause in quoted if clause.id not in elsewhere))
    return (one, *(view for view in views if view.lead))


def _as_is(_: Edition, view: PartView) -> PartView:
    return view


def _of_score_alone(edition: Edition, view: PartView) -> PartView:
    """The part with the provisions of the main score alone, else with its first one."""
    score = edition.main_score.id
    entering = {one.clause for one in edition.criteria if score in one.facts}
    of_score = entering | {line.clause for line in edition.lines if line.fact == score}
    kept = tuple(clause for clause in view.clauses if clause.id in of_score)
    return replace(view, clauses=kept or view.clauses[:1])


def _backed(edition: Edition, views: Sequence[PartView], said: Sequence[Say]) -> tuple[PartView, ...]:
    """The parts, the last one with the provisions of closing that what is said rests on and no part quotes.

    In each part those stand first that the verdict rests on.
    """
    spoken = dict.fromkeys(clause for one in said for clause in one.backing)
    quoted = {clause.id for view in views for clause in view.clauses}
    missing = tuple(edition.clause(name) for name in spoken if name not in quoted)
    *before, last = views
    verdict = said[0].decisive
    every = (*before, replace(last, clauses=(*last.clauses, *missing)))
    return tuple(replace(view, clauses=_first(view.clauses, verdict)) for view in every)


def _first(clauses: Sequence[Clause], named: Sequence[str]) -> tuple[Clause, ...]:
    return tuple(sorted(clauses, key=lambda clause: clause.id not in named))


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


def _on_count(asking: Asking, edition: Edition, said: Sequence[Say]) -> str:
    """What the edition in force says of chances, where what is said of the shop counts closings; else ""."""
    if asking.offers is None or asking.is_preview or not any(_counts(one, edition) for one in said):
        return ""
    now = on_chances(asking.offers.catalogue, asking.today, edition)
    return now.text if now else ""


def _counts(one: Say, edition: Edition) -> bool:
    if edition.chances is None or one.key not in ("entry", "own_entry"):
        return one.key in OF_CHANCES
    return any(found.fact.id == edition.chances.fact for found in one.values["conditions"])  # type: ignore[attr-defined]


def _without_lead(view: PartView) -> PartView:
    return replace(view, lead="")


def _each_beside(asking: Asking, edition: Edition, views: Sequence[PartView]) -> Iterator[PartView]:
    """The parts, each with what the edition in force says instead, which is said once."""
    told = {""}
    for view in views:
        text = _beside(asking, edition, view.topic)
        yield view if text in told else replace(view, beside=text)
        told.add(text)


def _beside(asking: Asking, edition: Edition, topic: Topic) -> str:
    """The first sentence of the edition in force on the topic of an edition that is over; "" where it says the same."""
    other = asking.in_force if edition.is_over(asking.today) and not asking.is_preview else None
    if other is None:
        return ""
    said = asking.reading.said
    goods = None if is_of_all_goods(topic.id) else goods_topic(other, said)
    return on_topic(edition, topic, other, said.points, goods)


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
