"""`alliance-bot shops`: who is at risk, the list, a single shop, and files for people."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.commands import Refusal
from bot.commands.catalogue import offers, settings
from bot.commands.open_database import in_transaction
from bot.commands.operator_reports import Shown, instant_of
from bot.feeds.cells import BadCell, read_id
from bot.settings import Settings
from bot.views import shop_sheet
from bot.views.operator_values import level_name
from bot.views.shop_sheet import Sheet
from storage import audit, shop_list, shop_notices, shop_page, shop_ranks, shops
from storage.instants import epoch_ms
from storage.shop_list import Listed
from storage.shop_notices import Told
from storage.shop_ranks import Counts, Judging, Which

MOST_TOLD: Final = 20
KINDS: Final = (".xlsx", ".csv")


def _judging(chosen: Settings) -> Judging:
    now, known = datetime.now(UTC), offers(chosen, None)
    return Judging(known.catalogue, known.answering, now.astimezone(chosen.zone).date(), epoch_ms(now))


def risk() -> tuple[list[Shown], Shown]:
    """The shops at risk, the worst first, and the counts of all. Raises Refusal."""
    chosen = settings()
    by = _judging(chosen)

    async def work(conn: AsyncConnection) -> tuple[list[Listed], Counts]:
        return await shop_list.every(conn, by, Which.RISK), await shop_ranks.counts(conn, by)

    found, counts = in_transaction(chosen, work)
    left = {"watched": counts.all, "at_risk": counts.at_risk, "no_fresh_score": counts.no_fresh}
    return [_shown(chosen, one) for one in found], {**left, "undetermined": counts.unknown}


def summary(counts: Shown) -> str:
    """The counts in a line: what can't be judged is no good news."""
    told = f"{counts['at_risk']} of {counts['watched']} shops at risk"
    return f"{told}; {counts['no_fresh_score']} without a fresh score, {counts['undetermined']} not determined"


def listed(find: str | None) -> list[Shown]:
    """The shops, those with `find` in the name or the id if given. Raises Refusal."""
    chosen = settings()
    return [_shown(chosen, one) for one in _found(chosen, find)]


def as_csv(*, only_risk: bool = False, find: str | None = None) -> str:
    """The shops as CSV for spreadsheets. Raises Refusal."""
    return shop_sheet.as_csv(_sheet(settings(), Which.RISK if only_risk else Which.ALL, find))


def export(file: Path, *, only_risk: bool) -> str:
    """A line to print, after the shops are written to the file. Raises Refusal."""
    which = Which.RISK if only_risk else Which.ALL
    if file.suffix.lower() not in KINDS:
        raise Refusal(f"{file.name}: wants a name that ends in {' or '.join(KINDS)}")
    chosen = settings()
    made = _sheet(chosen, which, None)
    is_csv = file.suffix.lower() == ".csv"
    content = shop_sheet.as_csv(made).encode() if is_csv else shop_sheet.as_xlsx(made)
    try:
        file.write_bytes(content)
    except OSError as error:
        raise Refusal(f"{file}: can't be written: {error.strerror}") from None
    subject = f"{which.value} {len(made.rows)}"
    in_transaction(chosen, lambda conn: audit.record(conn, None, "shops.export", subject, epoch_ms(datetime.now(UTC))))
    return f"{file}: {len(made.rows)} shops"


def _sheet(chosen: Settings, which: Which, find: str | None) -> Sheet:
    return shop_sheet.sheet(_found(chosen, find, which), _judging(chosen).editions, chosen.zone)


def _found(chosen: Settings, find: str | None, which: Which = Which.ALL) -> list[Listed]:
    by = _judging(chosen)

    async def work(conn: AsyncConnection) -> list[Listed]:
        if find is None:
            return await shop_list.every(conn, by, which)
        return await shop_list.of_numbers(conn, by, await shop_list.found(conn, find))

    return in_transaction(chosen, work)


def _shown(chosen: Settings, one: Listed) -> Shown:
    day = shop_sheet.score_day(one)
    return {
        "shop_id": one.shop.ref,
        "name": one.shop.name,
        "standing": level_name(one.level),
        "edition": one.now.edition.name,
        "scores": {fact: str(value) for fact, value in _scores(one).items()},
        "score_day": day.isoformat() if day else None,
        "fresh": one.is_fresh,
        "since": one.since.day.isoformat() if one.since else None,
        "since_or_earlier": one.since.or_earlier if one.since else None,
        "closures": one.shop.closures,
        "followers": one.followers.all,
        "hearing": one.followers.hearing,
        "told": _told(chosen, one.told[0]) if one.told else None,
        "told_of_this": one.is_told,
        "undelivered": [_told(chosen, each) for each in one.undelivered],
    }


def _scores(one: Listed) -> Mapping[str, Any]:
    """The scores that judge the shop; one that it is known not to have is left out."""
    known = {fact.id: one.now.facts.get(fact.id) for fact in one.now.edition.scores}
    return {fact: value for fact, value in known.items() if value is not None}


def _told(chosen: Settings, one: Told) -> Shown:
    at = instant_of(chosen, one.at)
    return {"reason": one.reason.value, "at": at, "state": one.fate.value, "chat": one.chat_id, "notice": one.notice_id}


def show(ref: str) -> Shown:
    """All that operators may know of the shop. Raises Refusal."""
    chosen = settings()
    by = _judging(chosen)
    try:
        ref = read_id(ref)
    except BadCell:
        raise Refusal(f"SHOP_ID: got {ref[:64]!r}; that is no shop id") from None
    return in_transaction(chosen, lambda conn: _page(conn, chosen, by, ref))


async def _page(conn: AsyncConnection, chosen: Settings, by: Judging, ref: str) -> Shown:
    shop = await shops.by_ref(conn, ref)
    found = await shop_list.of_numbers(conn, by, [shop.id]) if shop else []
    if not shop or not found:
        raise Refusal(f"{ref}: there is no such shop; find it with: alliance-bot shops list --find TEXT")
    await audit.record(conn, None, "shop.read", ref, by.now_ms)
    facts = {fact.id for edition in by.editions for fact in edition.scores}
    told = await shop_notices.of_shop(conn, shop.id, by.now_ms, MOST_TOLD)
    links = await shop_page.invitations(conn, shop.id, by.now_ms)
    return {
        **_shown(chosen, found[0]),
        "in_alliance": shop.in_alliance,
        "closures_day": shop.closures_day.isoformat() if shop.closures_day else None,
        "history": [_day_score(one) for one in await shop_page.history(conn, shop.id, facts, by.today)],
        "followed_by": [_follower(chosen, one) for one in await shop_page.followers(conn, shop.id)],
        "invitations": {kind.value: count for kind, count in links.items()},
        "notices": [_told(chosen, one) for one in told],
    }


def _day_score(one: shop_page.DayScore) -> Shown:
    score = None if one.points is None else str(one.points)
    return {"day": one.day.isoformat(), "fact": one.fact, "score": score, "scale": one.scale}


def _follower(chosen: Settings, one: shop_page.Follower) -> Shown:
    since = instant_of(chosen, one.since)
    return {"chat": one.chat_id, "since": since, "warnings": one.is_on, "blocked": one.is_blocked}


def line(one: Shown) -> str:
    """A shop in a line for people: id, followers, name, standing, scores, since when, what was told."""
    return "  ".join(filter(None, _parts(one)))


def _parts(one: Shown) -> Iterator[str]:
    yield f"{one['shop_id']}"
    yield f"{one['followers']} followers"
    yield one["name"] or "(no name)"
    yield one["standing"] if one["scores"] or one["standing"] == "barred" else "no score"
    yield " ".join(f"{fact} {value}" for fact, value in one["scores"].items())
    yield f"on {one['score_day']}" if one["score_day"] else ""
    yield "" if one["fresh"] or not one["score_day"] else "NOT FRESH"
    yield f"since {one['since']}{' or earlier' if one['since_or_earlier'] else ''}" if one["since"] else ""


def risk_line(one: Shown) -> str:
    """The same, with what was told and what did not arrive; a shop of which nobody hears is marked."""
    return "  ".join(filter(None, (line(one), *_told_parts(one))))


def _told_parts(one: Shown) -> Iterator[str]:
    told, undelivered = one["told"], one["undelivered"]
    if not one["followers"]:
        yield "NOBODY FOLLOWS"
    elif not one["hearing"]:
        yield "NO FOLLOWER CAN HEAR"
    elif not told:
        yield "nobody told yet"
    elif not one["told_of_this"]:
        yield "NOBODY TOLD OF THIS YET"
    if told:
        yield f"told {told['at']} {told['reason']}: {told['state']}"
    if undelivered:
        yield f"NOT DELIVERED to {len(undelivered)}: {', '.join(dict.fromkeys(each['state'] for each in undelivered))}"
