"""Buttons as typed values: what is written stays readable, fits, has its entry, and keeps nothing without consent."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, time
from decimal import Decimal
from itertools import product
from typing import Any, get_type_hints
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.conversation import presses
from bot.conversation.functions import functions
from bot.conversation.memory import CheckUnderway, Dialogue
from bot.conversation.presses import LONGEST_DATA, AskedParts, Press, ToldScores, every_kind, parse
from bot.journeys import (
    about,
    admin,
    admin_notices,
    announcements,
    chat_settings,
    check,
    check_buttons,
    check_message,
    closings,
    consent,
    editions,
    entries,
    hours,
    invitations,
    notice_buttons,
    operator_deeds,
    operator_shops,
    privacy,
    router,
    score_overview,
    score_upload,
    scores,
    several_shops,
    shop_changes,
    shop_lists,
    shops,
    text,
    told_scores,
    undo,
    welcome,
    withdrawals,
)
from bot.journeys.asked_shop import AskWhich
from bot.journeys.context import Context
from bot.views.answer import ShowTopic
from bot.views.check_question import ChooseShop, GiveAnswer, StartCheck
from bot.views.notice import Mended
from bot.views.other_edition import SeeCheck, SeeQuestion, ShowRules
from bot.views.render import MESSAGES
from rules.kinds import FigureKind
from rules.reading import Figure, Part
from rules.said import Ask
from rules.side import Side
from rules.watch_state import Frequency
from storage import dialogues, follows, personal
from storage import shops as storage_shops
from storage.audiences import Audience
from storage.database import engine as database
from storage.dialogues import Kept
from storage.notice_evidence import Fate
from storage.shop_ranks import Which
from tests.packaged import CATALOGUE, FIVE_POINTS
from tests.presses import examples

DAY = date(2022, 10, 10)
SCORE = Decimal("3.7")
FIGURES = (
    Figure(kind=FigureKind.SCORE, value=SCORE),
    Figure(kind=FigureKind.OTHER_SCALE, value=Decimal(85), side=Side.BELOW),
    Figure(kind=FigureKind.CLOSURES, value=Decimal(2), side=Side.ABOVE, claimed=True),
    Figure(kind=FigureKind.DAYS_SINCE_JOINED, value=Decimal(30)),
    Figure(kind=FigureKind.DAYS_SINCE_OPENED, value=Decimal(9)),
)
OTHERS = (
    Figure(kind=FigureKind.DAYS_SINCE_PENALTY, value=Decimal(91)),
    Figure(kind=FigureKind.STARS, value=Decimal(4)),
)
WRITTEN: dict[str, Press] = {
    "check": StartCheck(),
    "check|new": check.RestartCheck(),
    "rules": ShowRules(),
    "rules|2026-07-29": ShowRules("2026-07-29"),
    "t|join": ShowTopic("join"),
    "v|2026-07-29|t|join": SeeQuestion("2026-07-29", AskedParts((Part(topic="join"),))),
    "v|2026-07-29|t|warn:s3.7=,o85-,c!2+,j30=,d9=": SeeQuestion(
        "2026-07-29", AskedParts((Part(topic="warn", figures=FIGURES),))
    ),
    "v|2026-07-29|t|close;warn:p91=,x4=": SeeQuestion(
        "2026-07-29", AskedParts((Part(topic="close"), Part(topic="warn", figures=OTHERS)))
    ),
    "v|2026-07-29|c|1f": SeeCheck("2026-07-29", "1f"),
    "ed|2026-07-29": editions.ChooseEdition("2026-07-29"),
    "ed|": editions.ChooseEdition(None),
    "an|3": editions.TellConcerned(3),
    "c|1f|0|v:y": GiveAnswer("1f", 0, "y"),
    "c|1f|0|v:=general": GiveAnswer("1f", 0, "=general"),
    "c|1f|0|v:-": GiveAnswer("1f", 0, "-"),
    "c|1f|2|u": check_buttons.Unsure("1f", 2),
    "c|1f|2|b": check_buttons.Back("1f", 2),
    "c|1f|2|x": check_buttons.Cancel("1f", 2),
    "c|1f|2|k": check_buttons.GoOn("1f", 2),
    "c|1f|9|d": check_buttons.ShowDetails("1f", 9),
    "c|1f|9|e": check_buttons.ChooseAnswer("1f", 9),
    "c|1f|9|e:score": check_buttons.ChangeAnswer("1f", 9, "score"),
    "c|1f|9|m": check_buttons.RemindMe("1f", 9),
    "c|1f|9|s": check_message.KeepResult("1f", 9),
    "score": score_overview.ShowStandings(),
    "pic|5": score_overview.DrawScores(5),
    "pic|5|product_score": score_overview.DrawScores(5, "product_score"),
    "tell": scores.HowToTell(),
    "about|person": about.TellAbout(about.Who.PERSON),
    "s|0|20221010|score|3.7": told_scores.KeepScore(0, DAY, "score", SCORE),
    "s|5|20221010|product_score|85": told_scores.KeepScore(5, DAY, "product_score", Decimal(85)),
    "s|0||score|3.7": told_scores.KeepScore(0, None, "score", SCORE),
    "sq||score|3.7": told_scores.ConfirmScore(None, "score", SCORE),
    "sy|20221010|score|3.7": told_scores.ConfirmOtherDay(DAY, "score", SCORE),
    "s|0|20221010|score|": told_scores.KeepScore(0, DAY, "score", None),
    "ss|5|20221010|score=85,product_score=50": told_scores.KeepScores(
        5, DAY, ToldScores((("score", Decimal(85)), ("product_score", Decimal(50))))
    ),
    "sz|20221010|score=85,product_score=": told_scores.ConfirmScoresOfDay(
        DAY, ToldScores((("score", Decimal(85)), ("product_score", None)))
    ),
    "us|5|20221010|score|3.7": undo.TakeBackScore(5, DAY, "score", SCORE),
    "us|5|20221010|score|3.7|4.2": undo.TakeBackScore(5, DAY, "score", SCORE, "4.2"),
    "us|5|20221010|score|3.7|-": undo.TakeBackScore(5, DAY, "score", SCORE, "-"),
    "us|5|20221010|score|85|4.2|0-5": undo.TakeBackScore(5, DAY, "score", Decimal(85), "4.2", "0-5"),
    "uf|5|1795916732000": undo.TakeBackTold(5, 1_795_916_732_000),
    "ul": undo.TakeBackLast(),
    "ua|20221010|1795916732000": undo.TakeBackAll(DAY, 1_795_916_732_000),
    "sa|1795916732000": several_shops.KeepAllScores(1_795_916_732_000),
    "sb|1795916732000": several_shops.AllOfYesterday(1_795_916_732_000),
    "ul|5": undo.TakeBackLast(5),
    "ch|5|category:sixty": chat_settings.AnswerChoice(5, "category", "sixty"),
    "ch|5|category:": chat_settings.AnswerChoice(5, "category", None),
    "no": text.DropStatement(),
    "cn|5": closings.ClosedToday(5),
    "cq|5|20221010": closings.ClosedShop(5, DAY),
    "cq|5|20221010|2": closings.ClosedShop(5, DAY, 2),
    "cl|0|20221010|1": closings.KeepClosing(0, DAY, 1),
    "op|5|20221010": closings.KeepOpening(5, DAY),
    "shops": shops.ShowShops(),
    "shops|2": shops.ShowShops(2),
    "score|2": score_overview.ShowStandings(2),
    "set||2": chat_settings.ShowPage(None, 2),
    "check|at|2": ChooseShop(2),
    "cw|2|20221010": closings.ClosedOf(2, DAY),
    "cw|2|20221010|3": closings.ClosedOf(2, DAY, 3),
    "ow|2|20221010": closings.OpenedOf(2, DAY),
    "sy|20221010|score|3.7|2": told_scores.ConfirmOtherDay(DAY, "score", SCORE, 2),
    "qw|2|left|join": AskWhich(2, Ask.LEFT, "join"),
    "sh|5": shops.ShowShop(5),
    "rn|5": shop_changes.AskForName(5),
    "rn|no": shop_changes.KeepName(),
    "rm|5": shop_changes.AskToRemove(5),
    "rm|5|1": shop_changes.Remove(5),
    "open": chat_settings.OpenSettings(),
    "open|5": chat_settings.OpenSettings(5),
    "set": chat_settings.ShowPage(),
    "set|5": chat_settings.ShowPage(5),
    "set|quiet": hours.ShowQuietPage(),
    "set|digest": hours.ShowDigestPage(),
    "sv|5|on|0": chat_settings.TurnShop(5, False),
    "sv|5|on|1": chat_settings.TurnShop(5, True),
    "sv|5|f|daily": chat_settings.ChooseFrequency(5, Frequency.DAILY),
    "sv|5|f|on_change": chat_settings.ChooseFrequency(5, Frequency.ON_CHANGE),
    "sv|5|now": chat_settings.HearAgain(5),
    "sv|5|in|1": chat_settings.TellAlliance(5, True),
    "sv|5|in|0": chat_settings.TellAlliance(5, False),
    "sv|5|in|": chat_settings.TellAlliance(5, None),
    "hq|22:00-08:00": hours.QuietHours(time(22), time(8)),
    "hq|default": hours.DefaultHours(),
    "hq|": hours.NoQuietHours(),
    "hd|09:30": hours.DigestAt(time(9, 30)),
    "hd|": hours.DigestAt(None),
    "dt|1": hours.TurnTable(True),
    "z|5": notice_buttons.SnoozeShop(5),
    "z|5|3": notice_buttons.SnoozeShop(5, 3),
    "z|all": notice_buttons.SnoozeAll(),
    "z|all|7": notice_buttons.SnoozeAll(7),
    "mend|5|20221010": Mended(5, DAY),
    "mend|all": notice_buttons.MendedAll(),
    "off|5": notice_buttons.AskToTurnOff(5),
    "off|5|1": notice_buttons.TurnOff(5),
    "off|days": notice_buttons.ForgetDays(),
    "off|all": notice_buttons.StopAll(),
    "on|all": notice_buttons.HearAll(),
    "up|7|1": score_upload.AnswerUpload(7, True),
    "up|7|0": score_upload.AnswerUpload(7, False),
    "adm": admin.ShowOverview(),
    "adm|n": admin_notices.ShowNotices(),
    "adm|n|failed": admin_notices.ShowNotices(Fate.FAILED),
    "adm|e|7": admin_notices.ShowEvidence(7),
    "adm|d": admin.ShowDead(),
    "adm|ru|7": admin.HandleAgain(7),
    "adm|rm|7": admin.SendAgain(7),
    "adm|q": admin.ShowQuestions(),
    "adm|f": admin.ShowFeeds(),
    "adm|l": admin.ShowLog(),
    "ann": announcements.NewAnnouncement(),
    "ann|to|all": announcements.ChooseAudience(Audience.ALL),
    "ann|go|7": announcements.SendAnnouncement(7),
    "ann|stop|7": announcements.StopAnnouncement(7),
    "ann|s|7": announcements.ShowProgress(7),
    "ann|x|7": announcements.DropAnnouncement(7),
    "risk": operator_shops.ShowRisk(),
    "risk|2": operator_shops.ShowRisk(2),
    "risk|day|1": operator_shops.WishRisks(True),
    "opl": operator_shops.ShowShopList(),
    "opl|1": operator_shops.ShowShopList(1),
    "opl|0|unknown": operator_shops.ShowShopList(0, Which.UNKNOWN),
    "ops|7": operator_shops.ShowShop(7),
    "opx|risk": operator_shops.SendSheet(Which.RISK),
    "ok": consent.Agree(),
    "ok|s|0|20221010|score|3.7": consent.Agree(told_scores.KeepScore(0, DAY, "score", SCORE)),
    "ok|c|1f|9|s": consent.Agree(check_message.KeepResult("1f", 9)),
    "nok": consent.Refuse(),
    "ask": welcome.HowToAsk(),
    "inv|7": invitations.InviteTo(7),
    "opd|i|7": invitations.ShowInvitations(7),
    "opd|ir|abcdefghijklmnop": invitations.Revoke("abcdefghijklmnop"),
    "opd|n|7": operator_deeds.AskForShopName(7),
    "opd|nx|7": operator_deeds.KeepShopName(7),
    "opd|x|7": operator_deeds.AskToRemoveShop(7),
    "opd|x|7|1": operator_deeds.RemoveShop(7),
    "opd|h|7": operator_deeds.AskToHandOver(7),
    "opd|h|7|1|2": operator_deeds.HandOver(7, 2),
    "opd|f|7": operator_deeds.ShowFollowers(7),
    "opd|u|7|701": operator_deeds.AskToUnbind(7, 701),
    "opd|u|7|701|1": operator_deeds.Unbind(7, 701),
    "opd|w|7": announcements.WriteToFollowers(7),
    "opd|b|7": withdrawals.AskToWithdraw(7),
    "opd|b|7|1": withdrawals.Withdraw(7),
    "opd|l|7|1": shop_lists.AnswerShopList(7, True),
    "export": privacy.Export(),
    "fg": privacy.AskToForget(),
    "fg|1": privacy.Forget(),
    "fg|0": privacy.KeepAll(),
}
"""Texts of buttons that stand in chats since the first versions, and what each says. None may ever be taken out."""


@pytest.mark.parametrize(("data", "press"), WRITTEN.items(), ids=WRITTEN)
def test_a_button_that_was_once_written_says_the_same_for_ever(data: str, press: Press) -> None:
    assert parse(data) == press
    assert str(press) == data


@pytest.mark.parametrize(
    "data",
    [
        "",
        "|",
        "none",
        "s|0|20221010|score",
        "s|0|20221010|score|3.7|1",
        "s|x|20221010|score|3.7",
        "s|0|2022-10-10|score|3.7",
        "s|0|20221310|score|3.7",
        "s|0|20221010|score|NaN",
        "s|0|20221010|a b|3.7",
        "s|-1|20221010|score|3.7",
        "s|٣|20221010|score|3.7",
        f"pic|{10**18}",
        "cl|0|x|1",
        "cl|0|20221010",
        "hd|25:00",
        "hq|x",
        "sv|2|f|hourly",
        "sv|2|in|maybe",
        "sv|2|x|1",
        "c|1f|0|",
        "c|1f|0|v:",
        "v|2022-10-10|t|warn:sNaN=",
        "v|2022-10-10|t|warn:zz",
        "v||",
        "ok|none",
        "fg|2",
        "up|1|2",
    ],
)
def test_what_no_button_says_is_nobodys(data: str) -> None:
    assert parse(data) is None


NEARLY = st.builds(str.__add__, st.sampled_from(list(WRITTEN)), st.text("|09:v-= x", max_size=9))


@given(st.text(max_size=64) | NEARLY)
def test_any_text_is_a_press_that_writes_what_reads_the_same_or_none(data: str) -> None:
    press = parse(data)
    assert press is None or parse(str(press)) == press


@pytest.mark.parametrize("kind", every_kind(), ids=lambda kind: kind.__name__)
def test_an_example_reads_as_what_it_was_and_telegram_takes_it(kind: type[Press]) -> None:
    for press in examples(kind):
        fitting = press.fitting()
        assert parse(str(press)) == press
        assert fitting is not None, f"{press} is too long for Telegram: say in `fitting` what is left out"
        assert type(fitting) is kind
        assert 0 < len(str(fitting).encode()) <= LONGEST_DATA


@pytest.mark.parametrize("kind", [kind for kind in every_kind() if kind.keeps], ids=lambda kind: kind.__name__)
def test_what_keeps_something_can_wait_behind_the_question_of_consent(kind: type[Press]) -> None:
    assert all(consent.Agree(press).fitting() for press in examples(kind))


@pytest.mark.parametrize("kind", every_kind(), ids=lambda kind: kind.__name__)
def test_every_kind_has_an_entry_that_takes_it(kind: type[Press]) -> None:
    _, taken, *_ = get_type_hints(entries.PRESSES[kind]).values()
    assert issubclass(kind, getattr(taken, "__args__", taken))


BUTTON = re.compile(r"=> *([a-z]+)")


def test_every_verb_in_a_template_is_a_buttons() -> None:
    texts = [file.read_text("utf-8") for file in sorted(MESSAGES.rglob("*.j2"))]
    verbs = {verb for text in texts for verb in BUTTON.findall(text)}
    assert len(verbs) > 20
    assert verbs - {"copy"} <= presses.KINDS.keys()


NOW = datetime(2022, 10, 10, 4, tzinfo=UTC)
CHAT, OPERATOR = 9001, 9002
CONTEXT = Context(CATALOGUE, FIVE_POINTS, ZoneInfo("Asia/Shanghai"), 1000, admins=frozenset({OPERATOR}))
OPEN = CheckUnderway(id="1f", edition="2022-10-10", key="check:1f", current="store_opened")
FINISHED = CheckUnderway(
    id="1f",
    edition="2022-10-10",
    key="check:1f",
    finished=True,
    answers={"store_opened": True, "joined_on": "2022-09-01", "penalties": ["2022-10-01"], "score": "4.5"},
    asked=("store_opened", "joined_on", "penalties", "score"),
)


@pytest.fixture
async def conn(embedded_url: str) -> AsyncIterator[AsyncConnection]:
    """To a database that notes in which tables of what chats have something was changed; nothing stays in it."""
    engine = database.create(embedded_url)
    async with engine.connect() as conn:
        await conn.exec_driver_sql("CREATE TEMP TABLE changed (name TEXT)")
        for name, deed in product([table.name for table in personal.personal()], ("INSERT", "UPDATE", "DELETE")):
            note = f"BEGIN INSERT INTO changed VALUES ('{name}'); END"
            await conn.exec_driver_sql(f"CREATE TEMP TRIGGER {name}_{deed} AFTER {deed} ON {name} {note}")
        yield conn
    await engine.dispose()


def pressing(data: str) -> dict[str, Any]:
    chat, sender = {"id": CHAT, "type": "private"}, {"id": CHAT, "is_bot": False, "first_name": "甲"}
    message = {"message_id": 7, "date": 1, "chat": chat}
    return {
        "update_id": 1,
        "callback_query": {"id": "1", "from": sender, "message": message, "chat_instance": "1", "data": data},
    }


def typing(text: str) -> dict[str, Any]:
    chat, sender = {"id": CHAT, "type": "private"}, {"id": CHAT, "is_bot": False, "first_name": "甲"}
    return {"update_id": 1, "message": {"message_id": 7, "date": 1, "chat": chat, "from": sender, "text": text}}


async def talks(conn: AsyncConnection, check: CheckUnderway, *, has_shop: bool) -> None:
    """A chat that agreed to nothing (or to less) has this check, and with `has_shop` it follows a shop of its own."""
    await dialogues.save(conn, CHAT, Kept(), Dialogue(check=check).model_dump_json(), 1)
    if has_shop:
        shop = await storage_shops.own(conn, CHAT, 1)
        await follows.start(conn, shop.id, CHAT, 1)


async def changed_by(conn: AsyncConnection, update: dict[str, Any]) -> set[str]:
    """The tables in which this update changes what is kept of chats; the change is taken back."""
    async with conn.begin_nested() as step:
        await conn.exec_driver_sql("DELETE FROM changed")
        await router.handle(CONTEXT, update, conn, NOW)
        names = set((await conn.exec_driver_sql("SELECT name FROM changed")).scalars())
        await step.rollback()
    return names - {"dialogues"}


STATES = [pytest.param(OPEN, False, id="a check is open"), pytest.param(FINISHED, True, id="a result, a shop")]
SILENCING = {
    notice_buttons.SnoozeShop,
    notice_buttons.SnoozeAll,
    Mended,
    notice_buttons.MendedAll,
    notice_buttons.StopAll,
    notice_buttons.TurnOff,
    shop_changes.Remove,
}
"""To be told less, or to have something deleted, needs no consent."""


@pytest.mark.parametrize(("underway", "has_shop"), STATES)
async def test_no_button_keeps_anything_of_a_merchant_who_was_not_asked(
    conn: AsyncConnection, underway: CheckUnderway, has_shop: bool
) -> None:
    await talks(conn, underway, has_shop=has_shop)
    for kind in (kind for kind in every_kind() if kind not in (consent.Agree, privacy.Forget, *SILENCING)):
        step = {"check": underway.id, "step": underway.step} if issubclass(kind, check_buttons.CheckMove) else {}
        for example in examples(kind):
            press = kind(**{**vars(example), **step})
            changed = await changed_by(conn, pressing(str(press)))
            assert changed == set(), f"{press} keeps something: say `keeps=True` in its class"


async def test_no_command_keeps_anything_of_a_merchant_who_was_not_asked(conn: AsyncConnection) -> None:
    await talks(conn, OPEN, has_shop=False)
    for name, words in product(entries.COMMANDS, ("", "二店", "3.9", "i1" + "A" * 44)):
        changed = await changed_by(conn, typing(f"/{name} {words}"))
        assert changed == set(), f"/{name} {words} keeps something: say so in its `@command`"


@pytest.mark.parametrize(("underway", "has_shop"), STATES)
async def test_no_function_in_words_keeps_anything_of_a_merchant_who_was_not_asked(
    conn: AsyncConnection, underway: CheckUnderway, has_shop: bool
) -> None:
    await talks(conn, underway, has_shop=has_shop)
    for function in (function for function in functions() if not function.always):
        changed = await changed_by(conn, typing(function.says[0]))
        assert changed == set(), f"{function.name} keeps something: say `keeps=True` in the class of its button"


@pytest.mark.parametrize(
    ("data", "tables"),
    [
        ("ok|s|0|20221010|score|3.7", {"consents", "scores", "shops", "newest", "follows"}),
        ("ok|hd|09:30", {"consents", "preferences"}),
        ("z|1|3", {"follows"}),
    ],
)
async def test_the_two_before_do_find_what_is_kept(conn: AsyncConnection, data: str, tables: set[str]) -> None:
    await talks(conn, FINISHED, has_shop=data.startswith("z"))
    assert await changed_by(conn, pressing(data)) >= tables


async def test_what_keeps_something_asks_first(conn: AsyncConnection) -> None:
    for first in (examples(kind)[0] for kind in every_kind() if kind.keeps):
        said = await router.handle(CONTEXT, pressing(str(first)), conn, NOW)
        assert said[0].method == "answerCallbackQuery"
        assert f"ok|{first}" in str(said[-1].payload)
