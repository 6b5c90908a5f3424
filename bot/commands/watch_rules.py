"""`alliance-bot rules watch`: notices about the catalogue's rules, and whether the operators know of them."""

import asyncio
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy.ext.asyncio import AsyncEngine

from bot.clock import SystemClock, milliseconds
from bot.commands import Refusal
from bot.commands.catalogue import opened, settings
from bot.commands.open_database import with_database
from bot.jobs.rule_list import UnreadableError, fetched
from bot.jobs.rule_news import RuleNews
from bot.settings import Settings
from bot.views.shop_name import harmless
from rules.edition import Catalogue
from rules.notices import Listed, NoListError, read
from rules.rule_texts import Found, found_in, texts_of
from storage import rule_notices
from storage.database import engine as database

LONGEST_TITLE = 300


@dataclass(frozen=True)
class Watched:
    """`lines` to print. `is_good`: every entry of the list was read."""

    lines: tuple[str, ...]
    is_good: bool


@dataclass(frozen=True)
class Telling:
    """`before`: the notices told before, with the day. `outcome`: whether the operators are told of the others now."""

    before: Mapping[str, date]
    outcome: str


def watched(place: str | None) -> Watched:
    """What the list at `place`, else RULE_NOTICES, has about our rules; "-" is standard input. Raises Refusal."""
    chosen = settings()
    if not (place or chosen.rule_notices):
        raise Refusal("RULE_NOTICES: not set; set it, or name a file or an address")
    catalogue = opened(chosen)
    listed = _listed(chosen, place or chosen.rule_notices, place or "RULE_NOTICES")
    about = found_in(listed.notices, texts_of(catalogue))
    new = [one for one in about if not one.is_known]
    today = datetime.now(chosen.zone).date()
    lines = [*listed.bad, *_shown(chosen, catalogue, new, today), *_summary(listed, len(about) - len(new), today)]
    return Watched(tuple(lines), not listed.bad)


def _listed(chosen: Settings, place: str, name: str) -> Listed:
    try:
        proxy = chosen.usual_proxy(place)
    except ValueError as error:
        raise Refusal(str(error)) from None
    try:
        return read(sys.stdin.buffer.read() if place == "-" else asyncio.run(fetched(place, proxy, chosen.own_ca)))
    except (UnreadableError, NoListError) as error:
        raise Refusal(f"{name}: {error}") from None


def _shown(chosen: Settings, catalogue: Catalogue, new: Sequence[Found], today: date) -> Iterator[str]:
    """The notices that the catalogue's texts do not have, and whether the operators are told."""
    if not new:
        return
    telling = _telling(chosen, catalogue, new, today)
    for one in new:
        yield from _notice(one, catalogue, today, telling.before.get(one.notice.id))
    yield telling.outcome


def _notice(one: Found, catalogue: Catalogue, today: date, told: date | None) -> Iterator[str]:
    notice = one.notice
    yield f"{f'told {told}' if told else 'new'}  {notice.id}  {harmless(notice.title, LONGEST_TITLE)}"
    announced = f"announced {notice.announced_on}, " if notice.announced_on else ""
    yield f"  about {one.text.name}; {announced}{_effect(notice.effective_on, notice.days_left(today))}"
    if notice.url:
        yield f"  {notice.url}"
    if catalogue.has(one.text.name):
        yield f"  alliance-bot rules new {notice.effective_on or 'YYYY-MM-DD'} --from {one.text.name}"


def _effect(day: date | None, left: int | None) -> str:
    if day is None or left is None:
        return "no day of effect told"
    return f"effective {day}, " + (f"{left} days left" if left > 0 else f"for {-left} days" if left else "today")


def _telling(chosen: Settings, catalogue: Catalogue, new: Sequence[Found], today: date) -> Telling:
    """Tell the operators once, when there is a database of theirs and somebody to tell."""
    url = chosen.database_url
    if database.is_embedded(url) and not database.file_of(url).is_file():
        return Telling({}, "operators are not told: no database yet")

    async def work(engine: AsyncEngine) -> tuple[dict[str, int], frozenset[str]]:
        now_ms = milliseconds(SystemClock())
        async with engine.begin() as conn:
            before = await rule_notices.told(conn, [one.notice.id for one in new])
            told = await RuleNews(conn, chosen.admin_chat_ids, today, now_ms).notices(new, catalogue)
        return before, told

    try:
        before, told = with_database(chosen, work, upgrades=False)
    except Refusal as refusal:
        return Telling({}, f"operators are not told: {refusal}")
    days = {name: datetime.fromtimestamp(at / 1000, UTC).astimezone(chosen.zone).date() for name, at in before.items()}
    if told:
        later = len(new) - len(before) - len(told)
        more = f", of {later} more with the next reading" if later else ""
        return Telling(days, f"operators are told now of {len(told)}{more}")
    is_over = len(days) == len(new)
    return Telling(days, "operators were told before" if is_over else "operators are not told: ADMIN_CHAT_IDS is empty")


def _summary(listed: Listed, covered: int, today: date) -> Iterator[str]:
    """What the list holds: its silence is never "nothing new"."""
    if covered:
        yield f"{covered} more about rules of the catalogue, which has them already"
    if not listed.notices:
        yield (
            "no entry could be read" if listed.bad else "no notice in the list"
        ) + ": it says nothing about the rules"
        return
    newest = listed.newest
    yield f"{len(listed.notices)} notices read; " + (
        f"the newest notice in it is of {newest}" if newest else "none has a day: how old they are is not known"
    )
    if newest and listed.is_quiet(today):
        yield f"that is {(today - newest).days} days ago: perhaps nobody keeps the list; look at the platform's page"
