"""What became of a file of scores, in lines for a terminal."""

from collections.abc import Iterator
from typing import Final

from bot.feeds.cells import Trouble
from bot.feeds.file import ScoreFile
from bot.feeds.header import DAY, SHOP, USUAL_NAMES
from bot.feeds.hold import Hold, Why
from bot.feeds.names import LONGEST_NAME
from bot.feeds.reach import Reach
from bot.feeds.store import Imported
from bot.feeds.table import Problem
from rules.edition import Edition
from storage.score_files import CORRECTIONS_KEPT, Stored

WORDS: Final = {
    Trouble.NOT_TEXT: "is neither UTF-8 nor GB18030 text; save the file as CSV UTF-8 or XLSX",
    Trouble.HAS_NUL: "holds a NUL byte; save the file as CSV UTF-8 or XLSX",
    Trouble.NOT_A_WORKBOOK: "is no workbook that can be read; save it as XLSX or CSV",
    Trouble.TOO_LARGE: "is too large; divide it, or save it as CSV",
    Trouble.TOO_MANY_ROWS: "has too many rows; divide it, or save it as CSV",
    Trouble.TOOK_TOO_MUCH: "took too much time or memory to read; save it as CSV",
    Trouble.NO_ROWS: "has no rows",
    Trouble.MISSING_COLUMN: "the column is missing",
    Trouble.COLUMN_TWICE: "the column is there twice; keep one",
    Trouble.LINE_TOO_LONG: "the line is too long",
    Trouble.BROKEN_QUOTES: "a quote is not closed",
    Trouble.EMPTY: "is empty; fill it in",
    Trouble.FORMULA: "is a formula; paste the value",
    Trouble.NOT_AN_ID: "is no shop id: letters, digits and - _ . : between them; fill in the id, not the name",
    Trouble.ROUNDED_ID: "was rounded by the spreadsheet; format the column as text and fill the ids in again",
    Trouble.NOT_A_DAY: "is no day such as 2022-10-10",
    Trouble.FUTURE_DAY: "lies in the future; write the day of the score",
    Trouble.NOT_A_SCORE: "is no number such as 4.25, nor a word for no score such as -",
    Trouble.TOO_PRECISE: "has more decimals than the scale; write the score as the platform shows it",
    Trouble.NOT_A_COUNT: "is no count of closings: 0 to 9999",
    Trouble.ENCRYPTED: "has a password; save it without one",
    Trouble.NUMBERS: "is a Numbers document; export it as XLSX or CSV",
    Trouble.ARCHIVE: "is an archive; unpack it and import the files in it",
    Trouble.PICTURE: "is a picture or PDF; the table is needed as XLSX or CSV",
    Trouble.XML_SHEET: "is an XML spreadsheet; open it and save it as XLSX",
    Trouble.NOTE: "is no line of a shop; it may stay aside",
    Trouble.TOO_MANY_CELLS: "stands beyond the last column; maybe a comma for a decimal point",
    Trouble.ABOVE_HEADER: "stands above the header; move the line below it",
    Trouble.ERROR_VALUE: "is a spreadsheet's error; write the value",
    Trouble.PERCENT: "is a percentage; write the score",
    Trouble.NAME_TOO_LONG: f"is longer than {LONGEST_NAME} characters; shorten it",
    Trouble.NOT_A_NAME: "is no name that can be read; type it again",
    Trouble.TWO_NAMES: "is one of two names for the same shop; leave one",
}
NO_SCORE: Final = "no score"
MOST_LINES: Final = 20
MOST_SHOPS: Final = 20


def report(name: str, file: ScoreFile, done: Imported, edition: Edition, *, dry_run: bool) -> Iterator[str]:
    """The lines about a file that can be read: stored, held, or only looked at."""
    is_done = done.stored is not None and not dry_run
    for problem in file.set_aside[:MOST_LINES]:
        yield f"{name}, {place(problem)}: {what(problem, edition)}"
    if file.set_aside_count > MOST_LINES:
        yield f"… and {file.set_aside_count - MOST_LINES} more lines"
    if done.stored:
        yield from _stored(file, done, done.stored, edition, dry_run=dry_run)
    yield from _spans(done)
    if file.set_aside_count:
        yield f"set aside: {_plural(file.set_aside_count, 'line')}; mend them and import the file again"
    yield from _unread(file)
    yield from _unknown(file, done, is_done=is_done)
    if done.reach:
        yield from _reach(done.reach, is_done=is_done)
    elif done.scores:
        yield "too many rows to try out whom they make hear of what"
    if done.hold:
        yield f"held: {why(done.hold)}; nothing was stored; to store it all the same: --yes"
    if done.unnamed:
        yield f"{done.unnamed} shops have no name; name one with: alliance-bot shops add SHOP_ID --name NAME"


def place(problem: Problem) -> str:
    """Line and column of a problem."""
    line = f"line {problem.line}" if problem.line else "the file"
    line = f'sheet "{problem.sheet}", {line}' if problem.sheet else line
    return f'{line}, column "{problem.column}"' if problem.column else line


def what(problem: Problem, edition: Edition | None = None) -> str:
    """The value and what is wrong with it, and how to mend it. `edition`: by which scores were read."""
    got = f"{problem.got!r} " if problem.got else ""
    if problem.trouble is Trouble.OFF_SCALE and edition:
        fact = edition.fact(problem.column)
        return f"{got}is off the scale of edition {edition.name}: {fact.lowest} to {fact.highest}"
    if problem.trouble is Trouble.CONFLICT:
        return f"{got}another value stands for this shop and day on line {problem.other_line}; keep the right line"
    other = f" (another on line {problem.other_line})" if problem.other_line else ""
    return got + WORDS.get(problem.trouble, f"can't be taken: {problem.trouble.value.replace('_', ' ')}") + other


def wanted(edition: Edition) -> str:
    """The columns that a file needs."""
    scores = ", ".join(f"{fact.id} ({fact.label})" for fact in edition.scores)
    one = "one of " if len(edition.scores) > 1 else ""
    return f"needed: {SHOP} ({USUAL_NAMES[SHOP]}), {DAY} ({USUAL_NAMES[DAY]}) and {one}{scores}"


def why(hold: Hold) -> str:
    """Why a file is held, how many of how many, and the first shops, in a line."""
    if hold.why is Why.SET_ASIDE:
        return f"{hold.count} of {hold.of} lines are set aside"
    more = " …" if hold.count > len(hold.shops) else ""
    shops = ", ".join(hold.shops) + more
    if hold.fact is None:
        earlier = f"; {hold.earlier} more did so earlier today" if hold.earlier else ""
        return f"{hold.count} of {hold.of} known shops would newly fall below a closing line ({shops}){earlier}"
    scale = f"the edition's goes from {hold.fact.lowest} to {hold.fact.highest}"
    return f"{hold.count} of {hold.of} values of {hold.fact.id} look like another scale ({shops}); {scale}"


def _stored(file: ScoreFile, done: Imported, stored: Stored, edition: Edition, *, dry_run: bool) -> Iterator[str]:
    for one in stored.corrections:
        before, after = (NO_SCORE if score is None else score for score in (one.before, one.after))
        fact = "" if one.fact == edition.main_score.id else f" {one.fact}"
        yield f"correction: {one.ref} {one.day}{fact}: {before} becomes {after}"
    if stored.corrected > CORRECTIONS_KEPT:
        yield f"… and {stored.corrected - CORRECTIONS_KEPT} more corrections"
    for change in stored.counts:
        yield f"closings: {change.ref} {change.day}: {change.before} becomes {change.after}"
    if stored.counted > CORRECTIONS_KEPT:
        yield f"… and {stored.counted - CORRECTIONS_KEPT} more counts of closings"
    every = done.scores + (0 if done.registers else done.unknown.scores)
    unchanged = done.scores - stored.new - stored.corrected
    rows = f"{file.rows} rows" + (f" with {every} scores" if every != file.rows else "")
    counts = f"{rows}: {stored.new} new, {stored.corrected} corrected, {unchanged} known already"
    if done.left_out:
        counts += f", {done.unknown.scores} of unknown shops"
    if stored.counted:
        counts += f", {_plural(stored.counted, 'count')} of closings changed"
    yield f"{counts} (dry run: nothing was stored)" if dry_run else counts
    if done.closings_told or done.corrections_told:
        told = _plural(done.closings_told, "closing"), _plural(done.corrections_told, "correction")
        yield f"on their way: {', '.join(told)}"


def _spans(done: Imported) -> Iterator[str]:
    """Of which shops and days the rows are, and which scores they have."""
    if not done.spans:
        return
    first, last = min(one.first for one in done.spans), max(one.last for one in done.spans)
    days = f"{first}" if first == last else f"{first} to {last}"
    shops = f"{_plural(done.shops, 'shop')}, " if done.shops is not None else ""
    scores = [
        f"{one.fact}: {one.scores}" + (f", {NO_SCORE}: {one.without}" if one.without else "") for one in done.spans
    ]
    yield "; ".join((f"{shops}{days}", *scores))


def _unread(file: ScoreFile) -> Iterator[str]:
    if file.left_alone:
        yield f"columns left alone: {', '.join(map(repr, file.left_alone))}"
    if file.sheets_left_alone:
        yield f"sheets left alone: {', '.join(map(repr, file.sheets_left_alone))}"


def _unknown(file: ScoreFile, done: Imported, *, is_done: bool) -> Iterator[str]:
    refs, names = done.unknown.refs, file.names
    if not refs:
        return
    named = [f"{ref} {names[ref]}" if ref in names else ref for ref in refs[:MOST_SHOPS]]
    shops = ", ".join(named) + (f" … {len(refs)} in all" if len(refs) > MOST_SHOPS else "")
    if done.registers:
        yield f"{'registered' if is_done else 'to be registered'}: {_plural(len(refs), 'shop')}: {shops}"
        return
    are = "is" if len(refs) == 1 else "are"
    yield f"{_plural(len(refs), 'shop')} {are} not registered, and none of their rows is stored: {shops}"
    yield "to register them with the names of the file, and store their rows: --register"
    if done.odd:
        yield f"but look first: {why(done.odd)}"


def _reach(reach: Reach, *, is_done: bool) -> Iterator[str]:
    """Whom the rows make hear of what."""
    counts = [
        (reach.at_once, "of a closing at once"),
        (reach.later, "of other news " + ("at once, but for quiet hours" if reach.is_checked else "at the next check")),
        (reach.corrected, "a correction"),
    ]
    told = [f"{_plural(count, 'chat')} {news}" for count, news in counts if count]
    if told:
        yield f"{'hears' if is_done else 'would hear'}: {', '.join(told)}"
    for one in reach.first:
        yield f"  {one.shop}: {one.reason.value.replace('_', ' ')}, {_plural(one.chats, 'chat')}"
    if reach.more:
        yield f"  … and {_plural(reach.more, 'more shop')}"
    if reach.unfollowed:
        more = " …" if reach.unfollowed > len(reach.alone) else ""
        yield f"below a line, and nobody follows: {_plural(reach.unfollowed, 'shop')} ({', '.join(reach.alone)}{more})"


def _plural(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
