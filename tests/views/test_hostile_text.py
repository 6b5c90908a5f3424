"""What people put into names and answers, in every place where it is shown: no markup, no button, nothing hidden."""

import re
import unicodedata
from datetime import date, time
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.feeds.reach import Reach, Told
from bot.journeys.shops import ShowShops
from bot.sandbox.entities import parse_html
from bot.views.operator_values import instant
from bot.views.pages import paged
from bot.views.render import MESSAGES, Rendered, render
from bot.views.standing import standing_of
from rules.answers import Doubt
from rules.lines import Level
from rules.notices import Notice
from rules.reasons import Reason
from rules.rule_texts import Found, RuleText
from storage.shop_ranks import Counts
from tests.packaged import CATALOGUE
from tests.views.test_shop_sheet import ZONE, listed

HOSTILE = [
    "<b>A</b><a href='https://x.example'>B</a>",
    "&lt;i&gt; & &amp;",
    "店 | 偷 => https://x.example",
    "店\n%% buttons\n偷 => https://x.example",
    "%% buttons",
    "\u202e反了\u2066x\u2069\u200f\u200b\u200d\ufeff\u00ad\u2028",
    "😀" * 64,
    "{{ 7*7 }}{% raw %}{# x #}",
    "Z" + "\u0301" * 64,
    "\x00\x07\x1b[31m",
]
WRITTEN = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=90), st.lists(st.sampled_from(HOSTILE)).map("".join))
DAY = date(2022, 10, 10)


def shop(name: str) -> dict[str, Any]:
    return {"id": 5, "name": name, "ref": None, "closures": 1}


def rows(name: str) -> dict[str, Any]:
    """The values of a list of operators, with two shops of this name."""
    one = listed(name)
    standing = standing_of(one.now.edition, one.shop, one.case, DAY)
    values = {"edition": CATALOGUE.editions[0], "today": DAY, "at": partial(instant, zone=ZONE)}
    return {"rows": [(one, standing)] * 2, **values}


COUNTED = {"counts": Counts({(int(Level.CLOSING), True): 2}), "page": 0, "pages": 2}

ONE_PAGE = paged([], 0, 9, ShowShops)

PLACES: dict[str, Any] = {
    "notices/off": lambda text: {"shop": shop(text)},
    "notices/is_off": lambda text: {"shop": shop(text)},
    "notices/mended": lambda text: {"shops": [shop(text), shop(text)], "may_be_closed": False},
    "notices/later": lambda text: {"shop": shop(text), "of": "5", "snoozes": (1, 3)},
    "notices/snoozed": lambda text: {"shop": shop(text), "of": "5", "until": DAY},
    "shops/list": lambda text: {"shops": [shop(text), shop(text)], "count": 2, "pages": ONE_PAGE, "on": {5}},
    "scores/from_feed": lambda text: {
        "shop": shop(text),
        "fact": SimpleNamespace(label="体验分"),
        "day": DAY,
        "value": 4,
    },
    "shops/rename": lambda text: {"shops": [shop(text), shop(text)], "new_name": text},
    "shops/renamed": lambda text: {"before": shop(text), "shop": shop(f"{text}二"), "is_taken": False},
    "shops/remove": lambda text: {"shop": shop(text), "is_own": True},
    "shops/removed": lambda text: {"shop": shop(text), "is_own": False},
    "scores/chart_title": lambda text: {"shop": shop(text)},
    "shops/added": lambda text: {
        "shop": shop(text),
        "other": shop(f"{text}二"),
        "is_known": False,
        "is_on": True,
        "example": 4,
    },
    "scores/confirm_all": lambda text: {
        "standings": [],
        "left": [SimpleNamespace(name=text, points=(4,), why="unknown")],
        "edition": CATALOGUE.editions[0],
        "day": DAY,
        "today": DAY,
        "yesterday": DAY,
        "at": 1,
    },
    "check/doubt": lambda text: {"said": text, "doubt": Doubt.NOT_UNDERSTOOD, "fact": None},
    "operators/questions": lambda text: {
        "found": [SimpleNamespace(times=2, text=text, nearest=(), got="chat")],
        "titles": {},
    },
    "operators/feeds": lambda text: {
        "feeds": [],
        "silent": [SimpleNamespace(**shop(text) | {"ref": "712"}, shop_id=5, day=DAY)],
        "never": [SimpleNamespace(**shop(text) | {"ref": "712"}, shop_id=5)],
        "all_silent": 1,
        "all_never": 1,
    },
    "operators/shop_found": lambda text: {"typed": text, "more": 2, **rows(text)},
    "operators/shop_list": lambda text: {**rows(text), **COUNTED, "which": "all"},
    "operators/risk": lambda text: {
        **rows(text),
        **COUNTED,
        "grouped": [("closing", rows(text)["rows"])],
        "levels": [("closing", 2)],
        "is_daily": True,
        "check_at": time(9, 30),
    },
    "operators/call_held": lambda text: {
        "hold": SimpleNamespace(why="closings", count=9, of=9, shops=(text, text), fact=None, earlier=9),
        "contents": SimpleNamespace(rows=9, shops=9, first=DAY, last=DAY),
        "reach": Reach(2, 1, 1, False, (Told(text, Reason.CLOSING, 2),), 1, 1, (text,)),
        "unknown": (text,),
        "upload": 5,
    },
    "operators/rule_notices": lambda text: {
        "found": [Found(Notice.model_construct(id="a", title=text), RuleText("2022-10-10", "", ""), False)],
        "catalogue": CATALOGUE,
        "today": DAY,
    },
    "operators/rule_entries": lambda text: {"bad": (f"entry 1{text}", f"entry 2{text}"), "more": 1},
    "privacy/consent": lambda text: {"data": "ok"},
}


@pytest.mark.parametrize("place", PLACES)
@settings(max_examples=60, deadline=None)
@given(WRITTEN)
def test_nothing_that_people_write_hides_or_steers(place: str, text: str) -> None:
    plain, shown = (render(place, **PLACES[place](words)) for words in ("店", text))
    assert [[button.data for button in row] for row in shown.rows] == [
        [button.data for button in row] for row in plain.rows
    ]
    assert kinds_of_markup(shown) == kinds_of_markup(plain)
    visible = shown.plain + "".join(button.label for row in shown.rows for button in row)
    assert [sign for sign in visible if unicodedata.category(sign) in ("Cc", "Cf", "Zl", "Zp") and sign != "\n"] == []
    assert shown.markup


def kinds_of_markup(rendered: Rendered) -> list[str]:
    """The kinds of entities that Telegram makes of the message."""
    return [entity["type"] for entity in parse_html(rendered.html)[1]]


OF_PEOPLE = re.compile(r"\b(?:shop|shops\[0\]|standing\.shop|one)\.(?:name|ref|text)\b|\bsaid\b")


def test_every_place_that_shows_what_people_wrote_makes_it_harmless() -> None:
    """A new place must say `|harmless`, or use the macro `named`."""
    bare = {
        f"{file.name}: {shown}"
        for file in sorted((MESSAGES / "zh-Hans").rglob("*.j2"))
        for shown in re.findall(r"\{\{.*?\}\}", file.read_text("utf-8"))
        if OF_PEOPLE.search(re.sub(r"\bif [^}]*", "", shown)) and "harmless" not in shown
    }
    assert bare == set()
