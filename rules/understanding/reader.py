"""Readings of messages under one edition."""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from math import exp

from rules.edition import Catalogue, Coverage, Edition
from rules.reading import AnswerKind, Figure, Part, Reading
from rules.said import Said
from rules.understanding import follow_up
from rules.understanding.clauses import Question
from rules.understanding.lexicon import Known, concepts, flagged, sureness
from rules.understanding.number_roles import NumberRoles, as_points, is_score_alone
from rules.understanding.opinion import Weights, weights
from rules.understanding.patterns import patterns_of
from rules.understanding.phrasings import LIKE_IF_OURS, LIKE_IF_UNSURE, Phrasings
from rules.understanding.provisions import clauses_for, joined
from rules.understanding.second_opinion import SecondOpinion
from rules.understanding.told import asks_by_newest, said_in
from rules.understanding.told_claims import places_of_warning
from rules.understanding.told_goods import Goods, KindsOfGoods, topics_of_goods
from rules.understanding.told_parts import Parts
from rules.understanding.told_points import gap_of_points
from rules.understanding.told_topic import UNCLEAR, topic_of_score, topic_of_told
from rules.understanding.topic_match import Hit, TopicMatcher
from rules.understanding.utterance import Utterance, is_ours, tagged, utterance

# The topic for a shop's other business.
NEIGHBOURS = "neighbours"
# The topic of all criteria, and how many conditions told in one question make all criteria the answer.
CRITERIA, MANY_CONDITIONS = "criteria", 3
SURE_TEXT = 0.9
# So many characters in no known word may be the matter of a question.
UNKNOWN_MATTER = 2


class Decided(StrEnum):
    """The reader that decided on the topics of a text."""

    FOLLOW_UP = "follow-up of the last message"
    PROVISION_NAMED = "provision named by its place"
    LISTED_PHRASING = "phrasing listed under the topic"
    PATTERN = "pattern of concepts"
    LIKENESS = "likeness to a listed phrasing"
    TOLD = "what is told and asked"
    OPINION = "second opinion"
    NOTHING = "no reader"


SHOWN = 3
"""How many labels of the second opinion are shown, and how many reasons."""
UNSURE = (Decided.PATTERN, Decided.LIKENESS, Decided.NOTHING)
"""The readers that a second opinion may overrule."""


@dataclass(frozen=True)
class Explained:
    """A reading with the message as read, in one writing, and what decided."""

    said: Utterance
    reading: Reading
    by: Decided

    @property
    def text(self) -> str:
        """The text in one writing."""
        return self.said.text


@dataclass(frozen=True)
class Opinion:
    """The likeliest labels, each with how likely it is from 0 to 1, and what speaks for the first."""

    likeliest: tuple[tuple[str, float], ...]
    by: tuple[str, ...]


class Understanding:
    """The reader of one edition. Immutable; `read` may be called from any thread."""

    def __init__(self, edition: Edition, opinion: Weights | None = None, catalogue: Catalogue | None = None) -> None:
        """`opinion`: the weights of the second opinion, else those of the package. `catalogue`: whose kinds of goods
        may be told, for another edition of it may answer; else only those of the edition."""
        self.edition = edition
        self._goods = Goods(catalogue.choices if catalogue else edition.facts)
        self._kinds = KindsOfGoods.of(edition)
        self._topics = {topic.id: topic for topic in edition.topics}
        self.parts = Parts(edition)
        self._matcher = TopicMatcher(patterns_of(edition))
        self._roles = NumberRoles(edition)
        self._joined = partial(joined, self._topics)
        self._phrasings = Phrasings(edition, self._roles)
        self._second = SecondOpinion(edition, self._part_for, opinion or weights())

    def topic(self, topic_id: str) -> Reading:
        """The plain answer to a topic, without figures. Raises KeyError for an unknown topic."""
        return self._joined([Part(topic=topic_id, clauses=self._topics[topic_id].clauses)])

    def read(self, text: str, before: Reading | None = None) -> Reading:
        """The reading of the text, as a follow-up of `before` (the reading of the chat's last message) if that fits.

        Raises TooLong.
        """
        return self.explained(text, before).reading

    def explained(self, text: str, before: Reading | None = None) -> Explained:
        """The reading of the text, with the text in one writing and what decided. Raises TooLong."""
        said = self._utterance(text, before)
        if before is not None and asks_by_newest(said.text):
            newest = before.said.model_copy(update={"newest": True})
            return Explained(said, before.model_copy(update={"said": newest}), Decided.FOLLOW_UP)
        told = said_in(said.text, said.numbers, said.unknown_places, self._goods)
        reading, by = self._with_told(said, told, *self._decided(said, before))
        leans = before is not None and reading.kind is AnswerKind.ANSWER and len(said.text) <= follow_up.LONGEST
        if by in UNSURE and not leans and (settled := self._settled(said, told, reading, begins=before is None)):
            reading, by = settled, Decided.OPINION
        reading = self._with_gap_named(said, told, reading)
        return Explained(said, reading.model_copy(update={"said": told}), by)

    def opinion(self, said: Utterance) -> Opinion:
        """The second opinion on a text, to be shown."""
        ranked = sorted(self._second.scores(said).items(), key=lambda one: -one[1])[:SHOWN]
        likeliest = tuple((label, 1 / (1 + exp(-score))) for label, score in ranked)
        return Opinion(likeliest, tuple(self._second.speaking_for(said, ranked[0][0])[:SHOWN]))

    def _with_told(self, said: Utterance, told: Said, reading: Reading, by: Decided) -> tuple[Reading, Decided]:
        """The reading, by what is told and asked where that has a topic of its own."""
        goods = [topic for topic in topics_of_goods(said.text, told, reading, self._kinds) if topic in self._topics]
        if goods:
            return self._joined([self._part_for(topic, said) for topic in goods]), Decided.TOLD
        if told.is_empty:
            return reading, by
        topic = topic_of_told(said.text, told, reading)
        if topic is None and said.unknown_places <= places_of_warning(said.text):
            topic = topic_of_score(told, reading)
        if topic in self._topics:
            is_read = topic in {part.topic for part in reading.parts}
            return reading if is_read else self._topic_at(topic, said), Decided.TOLD
        return reading, by

    def _settled(self, said: Utterance, told: Said, first: Reading, *, begins: bool) -> Reading | None:
        """The reading by the second opinion; None where the first one stands."""
        if first.kind is AnswerKind.CHOICES:
            return None
        found = self._second.settled(said, told, first, begins=begins)
        if found is None:
            return None
        kind, parts = found
        if not parts:
            refused = NEIGHBOURS if kind is AnswerKind.OUT_OF_SCOPE else UNCLEAR
            return self._topic_at(refused, said).model_copy(update={"nearest": self._nearest(said)})
        reading = self._joined(parts, outside=first.outside)
        chosen = {"kind": kind} if kind is AnswerKind.CHOICES else {}
        return reading.model_copy(update={**chosen, "claims_change": first.claims_change})

    def _with_gap_named(self, said: Utterance, told: Said, reading: Reading) -> Reading:
        """The reading; of one that answers nothing, the gap that is asked about by its points instead."""
        topic = gap_of_points(told.points, reading)
        return self._topic_at(topic, said) if topic in self._topics else reading

    def _utterance(self, text: str, before: Reading | None) -> Utterance:
        """The message as typed; a number alone (85) is a score, unless the question before awaits days or a count."""
        said = utterance(text, self._roles)
        if is_score_alone(said.text) and not (before and before.awaits_a_count):
            return tagged(as_points(said.text), self._roles)
        return said

    def _decided(self, said: Utterance, before: Reading | None) -> tuple[Reading, Decided]:
        """The reading by the first reader that has one."""
        if before is not None and self.parts.knows(before.parts) and (continued := self._follow_up(said, before)):
            return continued, Decided.FOLLOW_UP
        if part := follow_up.provision_named(self.edition, said.text, said.named):
            return self._joined([part]), Decided.PROVISION_NAMED
        if topic := self._phrasings.exact(said.text):
            return self._topic_at(topic, said), Decided.LISTED_PHRASING
        found = self._answer(said) if is_ours(said, self._roles) else None
        if topic := self._likened(said, found):
            return self._topic_at(topic, said), Decided.LIKENESS
        return (found, Decided.PATTERN) if found else (self._talk_or_outside(said), Decided.NOTHING)

    def _likened(self, said: Utterance, found: Reading | None) -> str | None:
        """The topic of the phrasing most like a text of this domain, None where a pattern explains the text."""
        if found is None:
            return self._phrasings.nearest(said, LIKE_IF_UNSURE) if sureness(said.named) >= SURE_TEXT else None
        is_unclear = all(part.topic == UNCLEAR for part in found.parts)
        if not is_unclear or said.named & flagged().no_rule:
            return None
        topic = self._phrasings.nearest(said, LIKE_IF_OURS)
        return topic if topic and self._topics[topic].coverage is not Coverage.OUTSIDE else None

    def _answer(self, said: Utterance) -> Reading | None:
        """The reading of a text of this domain; None if nothing is asked."""
        asked: list[tuple[Hit, Part]] = []
        outside = elsewhere = False
        figures: tuple[Figure, ...] = ()
        for question in said.questions:
            if elsewhere and sureness(question.named_here) < 1:
                continue
            hits = self._with_all_criteria(self._hits(question, said.unknown_places)) or self._gap(question)
            elsewhere = any(self._topics[hit.topic].coverage is Coverage.OUTSIDE for hit in hits)
            outside |= not hits
            named = tuple(one.figure for one in said.figures if question.covers(one.number.start))
            figures = named or figures
            asked += [(hit, self._part(hit, question, figures if hit.weight else ())) for hit in hits]
        return self._whole_reading(said, asked, outside=outside) if asked else None

    def _hits(self, question: Question, unknown_places: Set[int]) -> list[Hit]:
        """The topics of a question; none if only the subject is a known word, and an unknown word the matter."""
        hits = self._matcher.hits(question)
        if all(hit.explained <= flagged().light for hit in hits):
            return hits if question.count_asked(unknown_places) < UNKNOWN_MATTER else []
        return hits

    def _with_all_criteria(self, hits: list[Hit]) -> list[Hit]:
        """The hits, with the topic of all criteria added where one "may I join?" tells many conditions."""
        conditions = [hit for hit in hits if hit.topic in self._matcher.patterns.companions]
        joins = any(Known.JOIN in hit.explained for hit in conditions)
        if len(conditions) < MANY_CONDITIONS or not joins or CRITERIA not in self._topics:
            return hits
        return [*hits, Hit(CRITERIA, frozenset({Known.WHETHER}), 0.0, hits[-1].place)]

    def _gap(self, question: Question) -> list[Hit]:
        """The gap, for a question about the alliance or the score in no topic; else none."""
        subject = question.named_here & flagged().subject
        strangers = question.named_here & flagged().stranger - (flagged().beside if subject else frozenset())
        is_about_us = subject or sureness(question.named_here) >= SURE_TEXT
        return [Hit(UNCLEAR, frozenset(), 0.0, 0)] if is_about_us and not strangers and UNCLEAR in self._topics else []

    def _whole_reading(self, said: Utterance, asked: Sequence[tuple[Hit, Part]], *, outside: bool) -> Reading:
        """One reading of all hits; a bare "may I join?" gives way to the conditions told around."""
        if choices := self._choices(said, asked):
            return choices
        conditions = any(hit.topic in self._matcher.patterns.companions or part.figures for hit, part in asked)
        reading = self._joined([part for hit, part in asked if not (conditions and hit.is_bare)], outside=outside)
        return reading.model_copy(
            update={
                "claims_change": not said.named.isdisjoint({Known.CLAIM, Known.SCALE}),
                "nearest": () if reading.kind is AnswerKind.ANSWER else self._nearest(said),
            }
        )

    def _choices(self, said: Utterance, asked: Sequence[tuple[Hit, Part]]) -> Reading | None:
        """Readings to pick from, for a subject named with nothing asked; None for any other text."""
        subject = said.named - flagged().party - flagged().talk
        if len(subject) != 1 or said.unknown or any(hit.explained for hit, _ in asked):
            return None
        topics = self._matcher.patterns.choices.get(next(iter(subject)), ())
        parts = tuple(Part(topic=topic, clauses=self._topics[topic].clauses) for topic in topics)
        return Reading(kind=AnswerKind.CHOICES, parts=parts) if parts else None

    def _part(self, hit: Hit, question: Question, figures: tuple[Figure, ...]) -> Part:
        """The part of a hit; another business of the shop is a gap where the alliance or the score is named."""
        is_gap = not question.named_here.isdisjoint(flagged().subject) and UNCLEAR in self._topics
        return self._part_at(UNCLEAR if hit.topic == NEIGHBOURS and is_gap else hit.topic, figures)

    def _part_at(self, topic_id: str, figures: tuple[Figure, ...]) -> Part:
        """The provisions for a topic at the figures, with the figures relevant to the provisions."""
        topic = self._topics[topic_id]
        clauses = clauses_for(self.edition, topic, figures)
        bearing = tuple(figure for figure in figures if self._roles.bears_on(figure, clauses))
        return Part(topic=topic.id, figures=bearing, clauses=clauses)

    def _part_for(self, topic_id: str, said: Utterance) -> Part:
        return self._part_at(topic_id, tuple(found.figure for found in said.figures))

    def _topic_at(self, topic_id: str, said: Utterance) -> Reading:
        return self._joined([self._part_for(topic_id, said)])

    def _talk_or_outside(self, said: Utterance) -> Reading:
        """The reading of small talk, or of a text out of scope."""
        talk = next((name for name in concepts() if name in flagged().talk & said.named & self._topics.keys()), None)
        is_only_talk = said.named <= flagged().idle | flagged().talk
        if talk and is_only_talk and said.unknown <= 0.3 * said.length:
            return self._joined([Part(topic=talk)])
        return Reading(kind=AnswerKind.OUT_OF_SCOPE, nearest=self._nearest(said))

    def _nearest(self, said: Utterance) -> tuple[str, ...]:
        """The closest topics, at most three, for the operator's list of questions not understood."""
        ranked = (hit.topic for question in said.questions for hit in self._matcher.ranked(question))
        return tuple(dict.fromkeys(ranked))[:3]

    def _follow_up(self, said: Utterance, before: Reading) -> Reading | None:
        """The reading of a text as a follow-up of the last message; None if the text stands by itself."""
        if place := follow_up.place_asked(said.text):
            part = follow_up.provision_at(self.edition, before.parts, place)
        elif said.unknown <= 1 and follow_up.names_only_numbers(said.text, said.named):
            part = follow_up.repeated_at(self.edition, before, tuple(one.figure for one in said.figures))
        elif follow_up.asks_why(said.text):
            return before
        else:
            part = self._continuation(said, before)
        return self._joined([part]) if part else None

    def _continuation(self, said: Utterance, before: Reading) -> Part | None:
        """The part of a short question without a subject, read with the last message's subject; None for others."""
        asked = said.questions
        if len(said.text) > follow_up.LONGEST or len(asked) != 1 or asked[0].clauses[0].has_matter:
            return None
        if said.unknown or self._matcher.hits(asked[0]):
            return None
        subject = self._matcher.patterns.subject(before.parts[-1].topic)
        hits = self._matcher.hits(Question(asked[0].clauses, subject))
        return self._part_at(hits[0].topic, ()) if hits else None
