"""A message read after what is remembered of the chat: what it leans on, else what it says by itself."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from rules.memory import ANSWERED, Memory
from rules.reading import AnswerKind, Reading
from rules.requirements import IN_ALLIANCE
from rules.said import Ask, Said, Told
from rules.understanding import follow_up, laid, swaps
from rules.understanding.lexicon import Known, flagged
from rules.understanding.reader import Decided, Explained
from rules.understanding.tables import load
from rules.understanding.told import asks
from rules.understanding.told_parts import BARE, NEW_SHOP, Parts
from rules.understanding.told_topic import HOLDS, OF_ASK, UNCLEAR
from rules.understanding.told_words import matches

ASKED: Final = {
    Ask.ENTER: "criteria",
    Ask.CLOSE: "close",
    Ask.WARN: "warn",
    Ask.LEFT: "three",
    Ask.FAR: "auto_score",
}
"""The topic of what is asked of a shop in few words."""
LEANING: Final = frozenset((*BARE, HOLDS, UNCLEAR, "product_score"))
"""Topics of a message that has no matter of its own but a value."""
ONE_WORD: Final = 3
"""Characters of a message that is hardly more than one word: 链接."""
MOST_UNKNOWN: Final = 0.2
"""The share of unknown words in a message that tells something of a shop without naming what it is about."""
OTHER_SHOPS, OF_PENALTIES, WAITING, BACK_IN, RAISING = "adm5", "adm4", "waiting", "reopen", "raise"
OPEN_TO_ACCESS: Final = LEANING | {BACK_IN, "what", *OF_ASK.values()}
"""Topics that words of being in lead to."""


@dataclass(frozen=True)
class NextMessage:
    """A message after what is remembered. `heard`: as read by itself, or as the reader's own follow-up."""

    memory: Memory
    parts: Parts
    heard: Explained

    @property
    def text(self) -> str:
        """The text in one writing."""
        return self.heard.text

    @cached_property
    def last(self) -> Reading | None:
        """The last answer, as far as the edition, maybe another one by now, has its topics and clauses."""
        last = self.memory.reading
        return last if last and self.parts.knows(last.parts) else None

    @cached_property
    def mended(self) -> tuple[Told, ...]:
        """What the message says to be well again."""
        return laid.mended(self.text, self.memory.told)

    @cached_property
    def is_only_values(self) -> bool:
        """Whether nothing but values and what is asked of a shop is named."""
        return swaps.is_only_values(self.heard.said)

    @property
    def is_known(self) -> bool:
        """Whether hardly a word of the message is unknown, and none is of another domain."""
        said = self.heard.said
        is_clear = said.unknown <= max(swaps.MOST_UNKNOWN, MOST_UNKNOWN * said.length)
        return is_clear and said.named.isdisjoint(flagged().stranger | {Known.FOREIGN})

    @property
    def asks_why(self) -> bool:
        """Whether the reason or the provision of the last answer is asked for."""
        if self.last is None:
            return False
        same = {part.topic for part in self.last.parts} if self.is_only_values else set()
        is_open = self._is_outside or self._topics <= {HOLDS, UNCLEAR} | same
        begins = self.is_only_values and follow_up.begins_with_why(self.text)
        return follow_up.asks_why(self.text) or (is_open and (begins or follow_up.asks_for_source(self.text)))

    def reading(self) -> Reading:
        """The message as a follow-up of the last answer, else by itself; without what was told before."""
        if last := self.last:
            followed = self._at_place(last) or self._inside(last) or self._again(last)
            if followed := followed or self._onward(last) or self._waiting(last):
                return followed
            if asked := self._score_asked(last):
                return asked
        return self._by_told() or self._on_access() or self.heard.reading

    def asked(self, read: Reading) -> tuple[Ask, ...]:
        """What the message asks of a shop; in English by the topic, where it names the own shop.

        What is said to be well again is asked about as before; after a closing that was told, the way back is meant.
        """
        if found := (read.said.asks or tuple(asks(self.text))):
            is_back_in = read.parts and read.parts[0].topic == BACK_IN and found[0] in (Ask.CLOSE, Ask.WARN)
            return (Ask.ENTER,) if is_back_in else found
        by_topic = load("follow_up.toml")["english"]["asked"]
        names_own = re.search(rf"\b{follow_up.listed('english', 'own').pattern}\b", self.text)
        if names_own and read.kind in ANSWERED and read.parts[0].topic in by_topic:
            return (Ask(by_topic[read.parts[0].topic]),)
        return self.last.said.asks if self.last and self.mended else ()

    @property
    def _topics(self) -> set[str]:
        return {part.topic for part in self.heard.reading.parts}

    @property
    def _is_outside(self) -> bool:
        return self.heard.reading.kind is AnswerKind.OUT_OF_SCOPE

    def _at_place(self, last: Reading) -> Reading | None:
        """The provision at a place of the list last shown, past its end the whole; without a list the last answer."""
        place, listed = follow_up.place_asked(self.text), self.memory.listed
        part = follow_up.provision_named(self.parts.edition, self.text, self.heard.said.named)
        if not place or (self._is_outside and (self._topics or not self.is_known)):
            return None
        if not (part or self.parts.knows(listed)):
            return last
        part = part or follow_up.provision_at(self.parts.edition, listed, place)
        read = Reading(kind=AnswerKind.OUT_OF_SCOPE, said=self.heard.reading.said)
        return self.parts.joined([part] if part else listed, read)

    def _again(self, last: Reading) -> Reading | None:
        """The last question with the values of this message; None for a message that tells no other value."""
        heard, topics = self.heard.reading, [part.topic for part in last.parts]
        if not self.is_only_values or not self._may_lean():
            return None
        before, own = laid.merged(self.memory.told, last.said.told), tuple(asks(self.text))
        told = swaps.values(self.heard.said, heard.said, before, set(topics))
        if not told:
            return self._bare(last) if self._is_outside and not self.heard.said.numbers else None
        if self._is_outside and not (follow_up.puts_again(self.text) or swaps.have_topic(told)):
            return None
        told = (*self._still_supposed(last, told), *told)
        said = heard.said.model_copy(update={"told": told, "asks": own or last.said.asks, "compared": ()})
        if self._has_topic():
            is_same = not self._topics.isdisjoint({*topics, NEW_SHOP})
            return heard.model_copy(update={"said": said if is_same else said.model_copy(update={"asks": own})})
        topic = swaps.topic_of(self.parts.edition, told, own, topics)
        kept = said.asks if topic in topics else tuple(ask for ask in said.asks if ask in OF_ASK)
        return self.parts.reading([topic], said.model_copy(update={"asks": kept}))

    def _inside(self, last: Reading) -> Reading | None:
        """What the score told does to a shop that is said now to be in, or not to be: 已经在里面的话呢."""
        own = self.heard.reading.said
        is_in = next((one.holds for one in own.told if one.fact == IN_ALLIANCE), None)
        of_now = next((one for one in reversed((*last.said.told, *own.told)) if one.fact == "score"), None)
        asked = next((ask for ask in asks(self.text) if ask in OF_ASK), None)
        is_bare = self._topics <= OPEN_TO_ACCESS and all(one.fact in (IN_ALLIANCE, "score") for one in own.told)
        is_told = not matches("others", "family", self.text) and (is_in or (is_in is False and not own.of("score")))
        is_ours = is_told and is_bare and self._is_of_membership and laid.asks_of_shop(self.text, own)
        if of_now is None or asked is Ask.ENTER or not is_ours:
            return None
        topic = (OF_ASK[asked] if asked else HOLDS) if is_in else OF_ASK[Ask.ENTER]
        told = (*(one for one in own.told if one.fact == IN_ALLIANCE), of_now)
        return self.parts.reading([topic], own.model_copy(update={"told": told}))

    @property
    def _is_of_membership(self) -> bool:
        """Whether nothing but being in, and values, is named."""
        beside = frozenset({"joined"}) | flagged().light | flagged().idle
        return self.is_only_values or (len(self.text) <= swaps.LONGEST and self.heard.said.named <= beside)

    def _still_supposed(self, last: Reading, told: Sequence[Told]) -> list[Told]:
        """What was made up in the last question and goes on in this one: 再过10天呢, then 那4.3."""
        anew = {laid.name(one) for one in told}
        return [one for one in last.said.told if one.is_supposed and laid.name(one) not in anew]

    def _may_lean(self) -> bool:
        """Whether the message may put the last question again: by its form, or for it says nothing by itself.

        65会被清出去吗 leans on the last question for what its number is.
        """
        heard = self.heard.reading
        if swaps.corrects(self.text) or (follow_up.puts_again(self.text) and not heard.said.compared):
            return True
        if self._is_outside:
            return not self._topics
        is_unread = not (heard.said.told or heard.said.claims or heard.said.compared or heard.said.asides)
        is_asked = not {*OF_ASK, Ask.LEFT}.isdisjoint(asks(self.text))
        return is_unread and is_asked and swaps.starts_with_value(self.heard.said)

    def _has_topic(self) -> bool:
        """Whether the message has a topic of its own."""
        is_own = self.heard.reading.kind in ANSWERED and self.heard.by is not Decided.FOLLOW_UP
        if self._topics == {BACK_IN} and self.heard.reading.said.of("score") and not asks(self.text):
            return False
        return is_own and not swaps.corrects(self.text) and self._topics.isdisjoint(LEANING)

    def _bare(self, last: Reading) -> Reading | None:
        """The last question of another shop (普通店呢, 我的呢), or what follows from what was told (会怎么样)."""
        if follow_up.names_kind(self.heard.said.named):
            said = self.heard.reading.said.model_copy(update={"asks": last.said.asks})
            return last.model_copy(update={"said": said})
        if self._names_own_shop():
            return self.parts.reading([part.topic for part in last.parts], Said(asks=last.said.asks))
        told = tuple(one for one in last.said.told if one.fact == "score")
        is_asked = told and follow_up.asks_what_follows(self.heard.said.named)
        return self.parts.reading([HOLDS], Said(told=told)) if is_asked else None

    def _names_own_shop(self) -> bool:
        """Whether the own shop is named, and nothing else."""
        is_named = matches("others", "self", self.text) and follow_up.puts_again(self.text)
        return is_named and self.heard.said.named <= flagged().party | flagged().idle

    def _onward(self, last: Reading) -> Reading | None:
        """The topic that a bare word leads to after the last one (链接呢); of other shops the last answer again."""
        topics = [part.topic for part in last.parts]
        is_word = len(self.text) <= ONE_WORD and not self.heard.said.unknown
        is_put = is_word or follow_up.puts_again(self.text)
        if self._is_outside and not self._topics and is_put:
            onward = follow_up.onward(self.heard.said.named, self.text, topics)
            if read := self.parts.reading(onward, self.heard.reading.said):
                return read
        is_bare = self._is_outside or self._topics <= BARE
        is_of_others = topics == [OTHER_SHOPS] and is_bare and not asks(self.text)
        return last if is_of_others and follow_up.matches("others", "words", self.text) else None

    def _waiting(self, last: Reading) -> Reading | None:
        """Where nothing but the time to wait is asked: how long a penalty that was told still counts, else the gap."""
        if not follow_up.asks_to_wait(self.text):
            return None
        if any(one.fact == laid.PENALTIES for one in last.said.told):
            return self.parts.reading([OF_PENALTIES], Said(asks=(Ask.DAYS,)))
        return self.parts.reading([WAITING], Said())

    def _by_told(self) -> Reading | None:
        """The topics of what a message tells or asks, where no pattern explains it: 开店第30天, 还差什么."""
        if not self._is_outside or self._topics or not (self.is_known or self.mended):
            return None
        topics = self.parts.of_facts((*self.mended, *self.heard.reading.said.told)) or self._topics_asked()
        return self.parts.reading(topics, self.heard.reading.said)

    def _score_asked(self, last: Reading) -> Reading | None:
        """At which score the last thing asked about happens: 那多少分才会."""
        asked = [OF_ASK[ask] for ask in last.said.asks[:1] if ask in (Ask.CLOSE, Ask.WARN)]
        is_bare = self._topics == {OF_ASK[Ask.ENTER]} and self.heard.said.named <= flagged().light
        is_happening = is_bare and follow_up.matches("again", "happens", self.text)
        return self.parts.reading(asked, Said()) if asked and is_happening else None

    def _on_access(self) -> Reading | None:
        """The closing asked about where words of entering lead to the way back: 已经开着的会关吗."""
        asked = [OF_ASK[ask] for ask in asks(self.text)[:1] if ask in (Ask.CLOSE, Ask.WARN)]
        is_led = self._topics == {BACK_IN} and follow_up.matches("inside", "words", self.text)
        is_led |= self._topics == {RAISING} and any(one.fact == "score" for one in self.memory.told)
        return self.parts.reading(asked, self.heard.reading.said) if asked and is_led else None

    def _topics_asked(self) -> list[str]:
        """The topic of what is asked of the shop in few words, where something was told of it before: 还差什么."""
        is_bare = self.is_only_values and not self.heard.said.numbers
        asked = asks(self.text) if is_bare and self.memory.told else []
        return [ASKED[ask] for ask in asked if ask in ASKED][:1]
