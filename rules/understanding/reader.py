"""Reads what a merchant wrote under one edition."""

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, replace

from rules.edition import Coverage, Edition
from rules.reading import AnswerKind, Figure, Part, Reading
from rules.understanding import follow_up
from rules.understanding.clauses import OURS, Question, questions
from rules.understanding.half_pinyin import whole
from rules.understanding.latin import Latin
from rules.understanding.lexicon import Known, Tag, Tagging, concepts, flagged, ours, tagged, wordings
from rules.understanding.normalise import plain
from rules.understanding.number_roles import NumberRoles, NumbersByRole, is_bare
from rules.understanding.numbers_in_text import numbers
from rules.understanding.patterns import signs_of
from rules.understanding.phrasings import ALIKE, LIKE, Phrasings
from rules.understanding.provisions import clauses_for
from rules.understanding.spelling import mended
from rules.understanding.topic_match import Hit, Matcher

# The gap for what is about the alliance but in no topic, and the topic for a shop's other business.
UNCLEAR, NEIGHBOURS = "unclear", "neighbours"
# All that is asked of a shop, and how many conditions of it told in one question make all of it the answer.
CRITERIA, MANY_CONDITIONS = "criteria", 3
SURELY = 0.9
# So many characters in no known word may be what a question is about.
UNKNOWN_MATTER = 2
# No more of a message than this may be unknown words, however sure one of its questions is.
MOST_UNKNOWN = 0.65
# More questions than these in one message are not read: nobody could follow the answer.
MOST_QUESTIONS = 16
_ANSWERING = (Coverage.PROVISION, Coverage.OWN_WORDS)


@dataclass(frozen=True, slots=True)
class Seen:
    """A text as it is read: in one writing, with its concepts and its figures."""

    text: str
    tagging: Tagging
    gauged: tuple[NumbersByRole, ...]

    @property
    def named(self) -> frozenset[str]:
        return frozenset(tag.concept for tag in self.tagging.tags)


def written(text: str) -> str:
    """The text in one writing: simplified, dialect and pinyin as Mandarin, slips in the domain's words put right."""
    return mended(wordings()(Latin()(whole(plain(text)))))


class Understanding:
    """The reader of one edition. Immutable; `read` may be called from any thread."""

    def __init__(self, edition: Edition) -> None:
        self._edition = edition
        self._topics = {topic.id: topic for topic in edition.topics}
        self._matcher = Matcher(signs_of(edition))
        self._gauge = NumberRoles(edition)
        self._phrasings = Phrasings(edition, self._read_phrasing)

    def topic(self, topic_id: str) -> Reading:
        """The plain answer to a topic, as a button asks for it. Raises KeyError for an unknown one."""
        topic = self._topics[topic_id]
        return self._reading([Part(topic=topic.id, clauses=topic.clauses)])

    def read(self, text: str, before: Reading | None = None) -> Reading:
        """What the text asks. `before`: the reading of the chat's last message, for what leans on it."""
        seen = self._seen(text)
        if before is not None and before.parts and (followed := self._followed(seen, before)):
            return followed
        if named := follow_up.item_named(self._edition, seen.text, seen.named):
            return self._reading([named])
        if topic := self._phrasings.same(seen.text):
            return self._as_topic(topic, seen)
        found = self._answer(seen) if self._is_ours(seen) else None
        if (_is_unclear(found) and seen.named.isdisjoint(flagged().no_rule)) or (
            found is None and ours(seen.named) >= SURELY
        ):
            needed = LIKE if found else ALIKE
            topic = self._phrasings.like(seen.text, seen.named, needed)
            if topic and not (found and self._topics[topic].coverage is Coverage.OUTSIDE):
                return self._as_topic(topic, seen)
        return found or self._aside(seen)

    def _read_phrasing(self, text: str) -> tuple[str, frozenset[str]]:
        seen = self._seen(text)
        return seen.text, seen.named

    def _seen(self, text: str) -> Seen:
        """The text in one writing, with the concepts and figures that it names."""
        read = written(text)
        counted = numbers(read)
        spans = tuple((number.start, number.end) for number in counted if number.unit or number.exact)
        words = tagged(read, ((0, len(read)),) if is_bare(read) else spans)
        named = _places(words.tags, flagged().holds_number)
        counted = tuple(number for number in counted if not named.issuperset((number.start, number.end - 1)))
        gauged = tuple(self._gauge.figures(read, counted, frozenset(tag.concept for tag in words.tags)))
        tags = sorted((*words.tags, *(found.tag for found in gauged)), key=lambda tag: (tag.start, tag.end))
        return Seen(read, replace(words, tags=tuple(tags)), gauged)

    def _is_ours(self, seen: Seen) -> bool:
        """Whether the text speaks of this domain: what is no known word must be little, the less is surely ours."""
        if not seen.named.isdisjoint(flagged().subject):
            return seen.tagging.unknown <= 0.75 * seen.tagging.length
        free = [one for one in seen.gauged if self._gauge.stands_free(one, seen.text, seen.tagging.strange)]
        if free:
            written_out = sum(one.number.end - one.number.start for one in free)
            return 2 * seen.tagging.unknown <= seen.tagging.length + written_out
        if seen.tagging.unknown <= (0.05 + 0.20 * min(2.0, ours(seen.named))) * seen.tagging.length:
            return True
        return seen.tagging.unknown <= MOST_UNKNOWN * seen.tagging.length and self._asks_ours(seen)

    def _asks_ours(self, seen: Seen) -> bool:
        """Whether one clause asks, is surely of this domain, and has no unknown word; what stands around is talk."""
        if not seen.named.isdisjoint(flagged().stranger):
            return False
        asked = questions(seen.text, seen.tagging.tags)[:MOST_QUESTIONS]
        clauses = (clause for question in asked for clause in question.asked)
        return any(ours(clause.named) >= OURS and not clause.holds_any(seen.tagging.strange) for clause in clauses)

    def _answer(self, seen: Seen) -> Reading | None:
        """The reading of a text that speaks of this domain; None if nothing in it is asked."""
        asked: list[tuple[Hit, Part]] = []
        outside = elsewhere = False
        figures: tuple[Figure, ...] = ()
        for question in questions(seen.text, seen.tagging.tags)[:MOST_QUESTIONS]:
            if elsewhere and ours(question.own) < 1:
                continue
            hits = self._with_the_rest(self._hits(question, seen.tagging.strange)) or self._unclear(question)
            elsewhere = any(self._topics[hit.topic].coverage is Coverage.OUTSIDE for hit in hits)
            outside |= not hits
            figures = _figures(question, seen.gauged) or figures
            asked += [(hit, self._part(hit, question, figures if hit.weight else ())) for hit in hits]
        return self._composed(seen, asked, outside=outside) if asked else None

    def _hits(self, question: Question, strange: Set[int]) -> list[Hit]:
        """The topics of a question; none if it names nothing but its subject, and asks about an unknown word."""
        hits = self._matcher.hits(question)
        if all(hit.explained <= flagged().light for hit in hits):
            return hits if question.asked_among(strange) < UNKNOWN_MATTER else []
        return hits

    def _with_the_rest(self, hits: list[Hit]) -> list[Hit]:
        """The conditions of one "may I join?"; of so many that the shop is told of as a whole, all criteria besides."""
        told = [hit for hit in hits if hit.topic in self._matcher.signs.companions]
        joins = any(Known.JOIN in hit.explained for hit in told)
        if len(told) < MANY_CONDITIONS or not joins or CRITERIA not in self._topics:
            return hits
        return [*hits, Hit(CRITERIA, frozenset({Known.WHETHER}), 0.0, hits[-1].place)]

    def _composed(self, seen: Seen, asked: Sequence[tuple[Hit, Part]], *, outside: bool) -> Reading | None:
        """One reading of all that is asked; a bare "may I join?" gives way to the conditions told around it."""
        if choices := self._choices(seen, asked):
            return choices
        conditions = any(hit.topic in self._matcher.signs.companions or part.figures for hit, part in asked)
        parts = [part for hit, part in asked if not (conditions and hit.is_bare)]
        reading = self._reading(parts, outside=outside)
        return reading.model_copy(
            update={
                "claims_change": not seen.named.isdisjoint({Known.CLAIM, Known.SCALE}),
                "nearest": () if reading.kind is AnswerKind.ANSWER else self._nearest(seen),
            }
        )

    def _choices(self, seen: Seen, asked: Sequence[tuple[Hit, Part]]) -> Reading | None:
        """The readings of a subject that is named and nothing asked about it, for the merchant to pick from."""
        subject = seen.named - flagged().place - flagged().talk
        if len(subject) != 1 or seen.tagging.unknown or any(hit.explained for hit, _ in asked):
            return None
        topics = self._matcher.signs.choices.get(next(iter(subject)), ())
        parts = tuple(Part(topic=topic, clauses=self._topics[topic].clauses) for topic in topics)
        return Reading(kind=AnswerKind.CHOICES, parts=parts) if parts else None

    def _unclear(self, question: Question) -> list[Hit]:
        """A question about the alliance or the score that no topic explains is a gap."""
        strangers = question.own & flagged().stranger
        anchored = not question.own.isdisjoint(flagged().subject) or ours(question.own) >= SURELY
        anchored = anchored and not strangers - (flagged().beside if question.own & flagged().subject else set())
        return [Hit(UNCLEAR, frozenset(), 0.0, 0)] if anchored and UNCLEAR in self._topics else []

    def _part(self, hit: Hit, question: Question, figures: tuple[Figure, ...]) -> Part:
        """The part of a hit: the provisions for its topic at the figures, and the figures that bear on them."""
        named = not question.own.isdisjoint(flagged().subject) and UNCLEAR in self._topics
        return self._answered(UNCLEAR if hit.topic == NEIGHBOURS and named else hit.topic, figures)

    def _answered(self, topic_id: str, figures: tuple[Figure, ...]) -> Part:
        topic = self._topics[topic_id]
        clauses = clauses_for(self._edition, topic, figures)
        bearing = tuple(figure for figure in figures if self._gauge.bears_on(figure, clauses))
        return Part(topic=topic.id, figures=bearing, clauses=clauses)

    def _as_topic(self, topic_id: str, seen: Seen) -> Reading:
        return self._reading([self._answered(topic_id, tuple(gauged.figure for gauged in seen.gauged))])

    def _reading(self, parts: Sequence[Part], *, outside: bool = False) -> Reading:
        """The parts as one reading: what is ours is answered, each clause quoted once, the rest named as outside."""
        kept = _once(parts)
        coverage = [self._topics[part.topic].coverage for part in kept]
        ours = [part for part, covered in zip(kept, coverage, strict=True) if covered in _ANSWERING]
        gaps = [part for part, covered in zip(kept, coverage, strict=True) if covered is Coverage.GAP]
        outside = outside or (bool(ours or gaps) and Coverage.OUTSIDE in coverage)
        if ours:
            return Reading(kind=AnswerKind.ANSWER, parts=(*ours, *gaps), outside=outside)
        if gaps:
            return Reading(kind=AnswerKind.NOT_COVERED, parts=tuple(gaps), outside=outside)
        chat = bool(kept) and all(covered is Coverage.CHAT for covered in coverage)
        return Reading(kind=AnswerKind.CHAT if chat else AnswerKind.OUT_OF_SCOPE, parts=tuple(kept))

    def _aside(self, seen: Seen) -> Reading:
        """No question of ours: a greeting, or something else."""
        talk = next((name for name in concepts() if name in flagged().talk & seen.named & self._topics.keys()), None)
        idle = seen.named <= flagged().idle | flagged().talk
        if talk and idle and seen.tagging.unknown <= 0.3 * seen.tagging.length:
            return self._reading([Part(topic=talk)])
        return Reading(kind=AnswerKind.OUT_OF_SCOPE, nearest=self._nearest(seen))

    def _nearest(self, seen: Seen) -> tuple[str, ...]:
        """The topics that come closest, at most three, for the operator's list of what was not understood."""
        asked = questions(seen.text, seen.tagging.tags)[:MOST_QUESTIONS]
        ranked = (hit.topic for question in asked for hit in self._matcher.ranked(question))
        return tuple(dict.fromkeys(ranked))[:3]

    def _followed(self, seen: Seen, before: Reading) -> Reading | None:
        """The reading of a text that leans on the last one; None if it stands by itself."""
        if place := follow_up.item_asked(seen.text):
            part = follow_up.item(self._edition, before, place)
        elif follow_up.only_figures(seen.text, seen.named):
            part = follow_up.at_figures(self._edition, before, list(seen.gauged))
        elif follow_up.asks_why(seen.text):
            return before
        else:
            return self._continued(seen, before)
        return self._reading([part]) if part else None

    def _continued(self, seen: Seen, before: Reading) -> Reading | None:
        """A short question without a subject of its own, read with the last one's."""
        asked = questions(seen.text, seen.tagging.tags)
        if len(seen.text) > follow_up.LONGEST or len(asked) != 1 or asked[0].clauses[0].has_matter:
            return None
        if seen.tagging.unknown or self._matcher.hits(asked[0]):
            return None
        subject = self._matcher.signs.subject(before.parts[-1].topic)
        hits = self._matcher.hits(Question(asked[0].clauses, subject))
        return self._reading([self._answered(hits[0].topic, ())]) if hits else None


def _places(tags: Iterable[Tag], concepts: Set[str]) -> frozenset[int]:
    """The places of a text where these concepts are named."""
    return frozenset(place for tag in tags if tag.concept in concepts for place in range(tag.start, tag.end))


def _is_unclear(reading: Reading | None) -> bool:
    """Whether the question is about the alliance or the score, and no topic explains it."""
    return reading is not None and all(part.topic == UNCLEAR for part in reading.parts)


def _figures(question: Question, gauged: Iterable[NumbersByRole]) -> tuple[Figure, ...]:
    """The figures that a question names."""
    return tuple(found.figure for found in gauged if question.holds(found.number.start))


def _once(parts: Sequence[Part]) -> list[Part]:
    """The parts in order without repeats, and no clause quoted by two of them."""
    kept: list[Part] = []
    quoted: set[str] = set()
    for part in parts:
        new = tuple(clause for clause in part.clauses if clause not in quoted)
        if (part.clauses and not new) or any(part.topic == other.topic and not new for other in kept):
            continue
        quoted.update(new)
        kept.append(part.model_copy(update={"clauses": new}))
    return kept
