"""When to be heard of: the quiet hours, and the time of the daily message; two pages of /settings."""

from dataclasses import replace
from datetime import time, timedelta

from bot.conversation.presses import Press
from bot.journeys.chat_settings import front
from bot.journeys.entries import press
from bot.journeys.turn import Reply, Turn
from bot.views.render import render
from bot.warnings.policy import due
from storage import notices, preferences
from storage.instants import epoch_ms
from storage.preferences import Daily, Preferences


class ShowQuietPage(Press, verb="set|quiet"):
    """The page of the quiet hours."""


class ShowDigestPage(Press, verb="set|digest"):
    """The page of the time of the daily message."""


class DefaultHours(Press, verb="hq|default", keeps=True):
    """The quiet hours for all without a choice."""


class NoQuietHours(Press, verb="hq|", keeps=True):
    """No quiet hours."""


class QuietHours(Press, verb="hq|*-*", keeps=True):
    """Quiet from `start` until `until`."""

    start: time
    until: time


class DigestAt(Press, verb="hd", keeps=True):
    """The time of the daily message; None: right after the check."""

    at: time | None


class TurnTable(Press, verb="dt", keeps=True):
    """Whether a table of all shops comes each day."""

    on: bool


QUIET = tuple(QuietHours(time(start), time(until)) for start, until in ((21, 9), (22, 8), (23, 7), (0, 8)))
DIGESTS = tuple(DigestAt(at) for at in (time(8, 30), time(9, 30), time(12), time(18), time(20)))


@press(ShowQuietPage)
async def show_quiet(turn: Turn, _: ShowQuietPage) -> Reply:
    """The quiet hours on offer."""
    chosen = await preferences.of(turn.conn, turn.chat_id)
    hours = chosen.hours(turn.context.quiet_hours)
    offered = [((each.start, each.until), each) for each in QUIET]
    default = turn.context.quiet_hours
    return turn.amend(render("shops/settings_quiet", quiet=hours, offered=offered, default=default))


@press(ShowDigestPage)
async def show_digest(turn: Turn, _: ShowDigestPage) -> Reply:
    """The times of the daily message on offer."""
    chosen = await preferences.of(turn.conn, turn.chat_id)
    return turn.amend(render("shops/settings_digest", digest=chosen.digest_at, offered=DIGESTS))


@press(DefaultHours, NoQuietHours, QuietHours)
async def choose_hours(turn: Turn, pressed: DefaultHours | NoQuietHours | QuietHours) -> Reply | None:
    """The first page with the chosen quiet hours; None for hours never on offer."""
    before = await preferences.of(turn.conn, turn.chat_id)
    if isinstance(pressed, DefaultHours):
        return await _kept(turn, replace(before, has_own_hours=False, quiet_hours=None))
    if isinstance(pressed, NoQuietHours):
        return await _kept(turn, replace(before, has_own_hours=True, quiet_hours=None))
    hours = (pressed.start, pressed.until)
    chosen = replace(before, has_own_hours=True, quiet_hours=hours)
    return await _kept(turn, chosen) if pressed in QUIET else None


@press(DigestAt)
async def choose_digest(turn: Turn, pressed: DigestAt) -> Reply | None:
    """The first page with the chosen time of the daily message; None for a time never on offer."""
    if pressed.at and pressed not in DIGESTS:
        return None
    before = await preferences.of(turn.conn, turn.chat_id)
    return await _kept(turn, replace(before, digest_at=pressed.at))


async def _kept(turn: Turn, chosen: Preferences) -> Reply:
    """The first page with the preferences, now kept; waiting notices get the new hour."""
    await preferences.keep(turn.conn, turn.chat_id, chosen, turn.now_ms)
    at = due(turn.now, turn.context.zone, chosen.hours(turn.context.quiet_hours), chosen.digest_at)
    await notices.postpone(turn.conn, turn.chat_id, epoch_ms(at))
    return turn.amend(await front(turn), toast="saved")


@press(TurnTable)
async def turn_table(turn: Turn, pressed: TurnTable) -> Reply:
    """The first page, with the daily table of the shops turned on or off."""
    await wish(turn, Daily.TABLE, is_on=pressed.on)
    return turn.amend(await front(turn), toast="saved")


async def wish(turn: Turn, daily: Daily, *, is_on: bool) -> None:
    """Keep that the chat wishes the message of each day, from the next daily check on, or none."""
    is_past = turn.now.astimezone(turn.context.zone).time() >= turn.context.daily_check_at
    before = turn.today if is_past else turn.today - timedelta(1)
    await preferences.wish(turn.conn, turn.chat_id, daily, before if is_on else None, turn.now_ms)
