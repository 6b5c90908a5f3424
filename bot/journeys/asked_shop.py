"""The shop that a question is about: the chat's only shop, the one named in the question, or which one is asked."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.conversation.presses import Press
from bot.journeys.shops import ShopPress
from bot.journeys.turn import Turn
from bot.views.answer_blocks import judged_parts
from bot.views.answer_values import EMPTY, NO_SHOP, OfShops
from bot.views.lead.saying import VERDICTS
from bot.views.pages import paged
from bot.views.shop_name import harmless
from rules.case import Case, edition_of, scale_of
from rules.edition import Edition
from rules.memory import ANSWERED, Memory
from rules.reading import Reading
from rules.said import Ask, Said
from rules.understanding.told_words import own_shop
from storage import cases
from storage.shops import Shop

MOST_CHOICES = 8
_WORD = r"[0-9A-Za-z.]"
NOTHING = Memory()


class AskOfShop(ShopPress, verb="qs"):
    """The question of this shop."""

    ask: Ask
    topic: str

    @property
    def said(self) -> Said:
        """The question, asked of the own shop with nothing told."""
        return Said(asks=(self.ask,), own=True)


class AskWhich(Press, verb="qw"):
    """A page of the shops of which the question may be."""

    page: int
    ask: Ask
    topic: str


@dataclass(frozen=True)
class Asked:
    """A reading, with the shop named in the question (None for none), and the shops of the chat.

    `memory`: what is remembered after it. `page`: of the shops to choose from.
    """

    reading: Reading
    memory: Memory
    shop: Shop | None = None
    known: Sequence[Shop] = ()
    page: int = 0


async def read(turn: Turn, known: Sequence[Shop], before: Memory = NOTHING) -> Asked:
    """The reading of the typed text; a shop among the `known` of the chat that it names is read as the own shop.

    `before`: what is remembered. Under a question of the own shop nothing is laid that its case knows, under one of
    several shops nothing at all.
    """
    text, follow = turn.incoming.text, turn.context.follow
    before = before.model_copy(update={"kept": before.kept and len(known) == 1})
    plain, after = follow(before, text)
    if plain.said.own and before.told and known:
        before = await _unknown(turn, known, before)
        plain, after = follow(before, text)
    shop, rest = named_in(known, text, own_shop())
    if shop is None:
        return Asked(plain, after, None, known)
    of_own, after_own = follow(await _unknown(turn, known, before), rest)
    is_asked = of_own.kind in ANSWERED and (of_own.said.own or plain.kind not in ANSWERED)
    if not is_asked:
        return Asked(plain, after, None, known)
    return Asked(of_own, after_own if len(known) == 1 else after_own.without(), shop, known)


async def _unknown(turn: Turn, known: Sequence[Shop], before: Memory) -> Memory:
    """What is remembered, without what is known of the only shop; of several shops without anything told."""
    if len(known) > 1 or not before.told:
        return before.without()
    case = await cases.of_shop(turn.conn, known[0])
    return before.without(case.known)


def named_in(known: Sequence[Shop], text: str, instead: str = " ") -> tuple[Shop | None, str]:
    """The shop with the longest name found in the text, None for none, and the text with `instead` in its place.

    A shop without a name is called by its number. No name is found inside a longer number or word: 3 is none in 3.6.
    """
    for shop in sorted(known, key=lambda shop: -len(shop.name or shop.ref or "")):
        name = shop.name if shop.name and harmless(shop.name) else shop.ref
        found = name and re.search(rf"(?<!{_WORD}(?={_WORD})){re.escape(name)}(?!(?<={_WORD}){_WORD})", text)
        if found:
            return shop, f"{text[: found.start()]}{instead}{text[found.end() :]}"
    return None, text


async def judged(turn: Turn, asked: Asked) -> tuple[Case, OfShops]:
    """What is known of the shop asked about, and which of several it is; nothing where no shop is judged."""
    said, known = asked.reading.said, asked.known
    if not (said.is_of_shop or asked.shop):
        return EMPTY, NO_SHOP
    if shop := asked.shop or (known[0] if len(known) == 1 else None):
        return await cases.of_shop(turn.conn, shop), OfShops(about=shop) if len(known) > 1 else NO_SHOP
    is_open = said.own and not (said.told or said.claims or said.asides)
    return EMPTY, await _which(turn, asked) if is_open else NO_SHOP


async def _which(turn: Turn, asked: Asked) -> OfShops:
    """The shops to choose from, each with a button that answers for it; none where no judgement answers."""
    reading, edition = asked.reading, turn.context.edition
    part = next(judged_parts(edition, reading), None)
    ask = next((ask for ask in reading.said.asks if ask in VERDICTS), None)
    if part is None or ask is None or not asked.known:
        return NO_SHOP
    pages = paged(asked.known, asked.page, MOST_CHOICES, lambda number: AskWhich(number, ask, part.topic))
    first = await _edition(turn, pages.shown)
    if ask is Ask.LEFT and (first or edition).chances is None:
        return OfShops(edition=first)
    presses = ((shop, AskOfShop(shop.id, ask, part.topic).fitting()) for shop in pages.shown)
    choices = tuple((shop, press) for shop, press in presses if press)
    return OfShops(None, choices, len(asked.known) - len(pages.shown), first, pages)


async def _edition(turn: Turn, known: Sequence[Shop]) -> Edition | None:
    """The edition of the scores of all these shops; None where they differ, or there are no scores."""
    context = turn.context
    known_cases = [await cases.of_shop(turn.conn, shop) for shop in known]
    scored = [case for case in known_cases if scale_of(case, context.edition.main_score.id)]
    found = {one.name: one for one in (edition_of(context.catalogue, case, context.edition) for case in scored)}
    return next(iter(found.values())) if len(found) == 1 else None
