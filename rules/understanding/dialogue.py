"""A chat's messages one after another: (what is remembered, a text) → (the reading, what is remembered then).

The bot and `alliance-bot eval` read through this. What is remembered is of the conversation alone: nothing of it is
written to a shop's case. Pure: how long it lasts is decided by who keeps it.
"""

import re
from collections.abc import Sequence

from rules.memory import ANSWERED, Memory
from rules.reading import AnswerKind, Reading
from rules.said import Said, Told
from rules.understanding import follow_up, laid, swaps
from rules.understanding.next_message import NextMessage
from rules.understanding.reader import Understanding
from rules.understanding.tables import load
from rules.understanding.told import asks_by_newest
from rules.understanding.told_scores import SCORES
from rules.understanding.told_topic import HOLDS
from rules.understanding.told_words import own_shop


def follow(reader: Understanding, before: Memory, text: str) -> tuple[Reading, Memory]:
    """The reading of a chat's next message, and the memory after it. Raises TooLong."""
    shop = _shop_called(text)
    if not shop:
        whole = NextMessage(before, reader.parts, reader.explained(text, before.reading))
        return _first_half(reader, whole) or _answered(whole)
    memory, named = before.of_shop(shop.lower()), text.replace(shop, own_shop())
    reading, after = _answered(
        NextMessage(memory, reader.parts, reader.explained(named, memory.reading)),
    )
    return reading.model_copy(update={"said": reading.said.model_copy(update={"own": False})}), after


def _first_half(reader: Understanding, whole: NextMessage) -> tuple[Reading, Memory] | None:
    """The last question put again before a question of something else: 那两个月前呢,顺便问下运费险怎么买."""
    first, mark, rest = whole.text.partition(",")
    is_ours = whole.heard.reading.kind is not AnswerKind.OUT_OF_SCOPE
    if is_ours or not (whole.last and mark and len(rest) > 1 and follow_up.puts_again(first)):
        return None
    half = NextMessage(whole.memory, whole.parts, reader.explained(first, whole.memory.reading))
    if not (half.is_only_values and half.heard.said.numbers):
        return None
    reading, after = _answered(half)
    return (reading.model_copy(update={"outside": True}), after) if reading.kind in ANSWERED else None


def _shop_called(text: str) -> str:
    """How the only shop of several is called in the text (A店, 二号店); "" for none, and for more than one."""
    found = set(re.findall(load("follow_up.toml")["shop"]["named"], text, re.IGNORECASE))
    return found.pop() if len(found) == 1 else ""


def _answered(message: NextMessage) -> tuple[Reading, Memory]:
    """The reading with what was told before laid under it, and the memory after."""
    memory, heard = message.memory, message.heard.reading
    if asks_by_newest(message.text):
        return heard, memory.after(heard, memory.told)
    if message.last and message.asks_why:
        return message.last, memory
    read = message.reading()
    told = laid.merged(message.mended, read.said.told)
    if not read.said.of("score") and swaps.tells_no_score(message.heard.said):
        told = (*told, Told(fact="score"))
    said = laid.of_today(message.text, read.said.model_copy(update={"told": told, "asks": message.asked(read)}))
    in_force = _in_force(message, said)
    asked = read.model_copy(update={"said": said})
    likely = tuple(one for one in in_force if _is_likely(message, told, one))
    is_question = any(question.asking for question in message.heard.said.questions) and HOLDS in {
        part.topic for part in read.parts
    }
    under = laid.under(message.text, asked, likely, is_question=is_question) if read.kind in ANSWERED else ()
    own = said.own or (memory.kept and laid.asks_verdict(message.text, said))
    whole = read.model_copy(update={"said": said.model_copy(update={"told": (*under, *said.told), "own": own})})
    reading = message.parts.with_told(whole, is_bare=message.is_only_values) if under else whole
    staying = laid.staying(message.text, said) if _is_ours(message, read) else ()
    return reading, memory.after(reading, laid.merged(in_force, staying))


def _in_force(message: NextMessage, said: Said) -> tuple[Told, ...]:
    """The facts told before, without a number that is put right to be of another score, and another kind of shop's."""
    doubted = laid.doubted(message.text, message.memory.told)
    told = tuple(one for one in message.memory.told if one.fact not in doubted)
    numbers = {one.number for one in said.told if one.fact in SCORES}
    if follow_up.names_kind(message.heard.said.named):
        told = tuple(one for one in told if one.fact != "shop_type")
    if not swaps.corrects(message.text):
        return told
    return tuple(one for one in told if one.fact not in SCORES or one.number not in numbers)


def _is_likely(message: NextMessage, told: Sequence[Told], before: Told) -> bool:
    """Whether a fact told before still holds beside what is told now.

    No score does where there is said to be none, nor one of another scale, which would answer for what else is told.
    """
    edition = message.parts.edition
    if before.fact != edition.main_score.id or before.number is None:
        return True
    is_absent = follow_up.names_no_score(message.heard.said.named)
    return not is_absent and (not told or edition.is_likely_score(before.number))


def _is_ours(message: NextMessage, read: Reading) -> bool:
    """Whether what the message tells is told of a shop here: it is answered, or hardly a word is unknown."""
    return read.kind is not AnswerKind.OUT_OF_SCOPE or (not read.parts and message.is_known)
