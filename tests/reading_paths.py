"""All that reads what strangers write, as functions of a text; each bounds the text itself."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from bot.conversation import edition_choice, functions, links, shop_scores, statement
from bot.feeds import cells, header, mended, names, notes
from bot.journeys.asked_shop import named_in
from bot.telegram import updates
from bot.views.shop_name import harmless
from rules import answers, days, numbers
from rules.facts import Scale
from rules.memory import Memory
from rules.sources import Source
from rules.understanding import Understanding, latin, normalise, number_writing, numbers_in_text, spelling, utterance
from rules.understanding.budget import TooLong
from rules.understanding.dialogue import follow
from rules.understanding.number_roles import NumberRoles
from rules.understanding.told import said_in
from rules.understanding.told_goods import Goods
from storage import unanswered
from storage.shops import Shop
from tests.packaged import CATALOGUE

DAY = date(2026, 7, 1)
EDITIONS = CATALOGUE.editions
READER = Understanding(EDITIONS[-1], catalogue=CATALOGUE)
ROLES = NumberRoles(EDITIONS[-1])
GOODS = Goods(CATALOGUE.choices)
ASKED = follow(READER, Memory(), "体验分3.7会被清退吗")[1]
SHOPS = {"女装": 1, "44": 2}
"""Names of a chat's shops with their numbers."""
SCALE = Scale.of(EDITIONS[0].main_score)
NAMES = header.column_names(EDITIONS[-1].scores)


def refused(read: Callable[[str], Any], *errors: type[Exception]) -> Callable[[str], Any]:
    """The function, without the errors that say that the text is none."""

    def try_to(text: str) -> Any:
        try:
            return read(text)
        except errors:
            return None

    return try_to


SHOP = Shop(1, "44", None, "女装", Source.MERCHANT)
PATHS: Mapping[str, Callable[[str], Any]] = {
    "a question": refused(lambda text: follow(READER, ASKED, text), TooLong),
    "latin letters": latin.replace_latin,
    "dialect": normalise.replace_dialect,
    "words around numbers": number_writing.around_numbers,
    "slips": spelling.correct_slips,
    "numbers in one writing": number_writing.one_number_writing,
    "numbers": numbers_in_text.numbers,
    "concepts": refused(lambda text: utterance.tagged(text, ROLES).questions, TooLong),
    "what is told": lambda text: said_in(text, numbers_in_text.numbers(text[:300]), frozenset(), GOODS),
    "a statement": lambda text: statement.statement_in(EDITIONS, text, DAY),
    "part of a statement": statement.may_tell,
    "words of scores": lambda text: statement.is_of_scores(EDITIONS, text),
    "words of statements": lambda text: statement.is_of_statement(EDITIONS, text),
    "a shop's name typed": statement.may_be_name,
    "a number alone": statement.bare_number,
    "a day first": lambda text: statement.day_first(text, DAY),
    "a function": functions.function_in,
    "a button": lambda text: functions.button_in(text, {"我的店铺": "s"}),
    "an edition": lambda text: edition_choice.edition_choice_in(CATALOGUE, text),
    "scores of shops": lambda text: shop_scores.shop_scores_in(EDITIONS, SHOPS, text, DAY),
    "scores of shops, behind one": lambda text: shop_scores.shop_scores_in(EDITIONS, SHOPS, f"女装3.9 {text}", DAY),
    "a shop named": lambda text: named_in([SHOP], text),
    "a message": updates._typed,
    "a start link": lambda text: links.read(b"k", text, DAY),
    "answers of the check": lambda text: [answers.parse(fact, text, DAY) for fact in EDITIONS[-1].facts],
    "a day": refused(lambda text: days.read(text, DAY, lasting=True), days.NoSuchDay),
    "a number": numbers.number,
    "a question kept": unanswered.masked,
    "an id in a cell": refused(mended.written_id, cells.BadCell),
    "a day in a cell": refused(lambda text: mended.written_day(text, DAY), cells.BadCell),
    "a score in a cell": refused(lambda text: mended.written_score(text, SCALE), cells.BadCell),
    "a count in a cell": refused(mended.written_count, cells.BadCell),
    "an id in a row": refused(cells.read_id, cells.BadCell),
    "a day in a row": refused(lambda text: cells.read_day(text, DAY), cells.BadCell),
    "a score in a row": refused(lambda text: cells.read_score(text, SCALE), cells.BadCell),
    "a header": lambda text: header.read_header(1, [[text], ["店铺ID"]], NAMES),
    "a note": lambda text: notes.is_note([text, ""], [1]),
    "a name in a file": lambda text: names.name_trouble(names.plain_name(text)),
    "a name shown": harmless,
}
