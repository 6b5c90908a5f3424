"""HTML → text and entities: every error text, offsets in UTF-16, lengths on both sides."""

from typing import Any

import pytest

from tests.live import Person
from tests.sandbox.conftest import Bot

PARSED: list[tuple[str, str, list[tuple[Any, ...]]]] = [
    ("<b>粗</b>", "粗", [("bold", 0, 1)]),
    ("<strong>a</strong><em>b</em><i>c</i>", "abc", [("bold", 0, 1), ("italic", 1, 1), ("italic", 2, 1)]),
    ("<u>a</u><ins>b</ins>", "ab", [("underline", 0, 1), ("underline", 1, 1)]),
    ("<s>a</s><strike>b</strike><del>c</del>", "abc", [("strikethrough", n, 1) for n in range(3)]),
    ("😀<b>粗</b>", "😀粗", [("bold", 2, 1)]),
    ("<b>😀👨‍👩‍👧</b>!", "😀👨‍👩‍👧!", [("bold", 0, 10)]),
    ("a<b>b<i>c</i></b>", "abc", [("bold", 1, 2), ("italic", 2, 1)]),
    ("<blockquote>q</blockquote>", "q", [("blockquote", 0, 1)]),
    ("<blockquote expandable>q</blockquote>", "q", [("expandable_blockquote", 0, 1)]),
    ("<tg-spoiler>x</tg-spoiler>", "x", [("spoiler", 0, 1)]),
    ("<code>a &lt; b</code>", "a < b", [("code", 0, 5)]),
    ("<pre>x</pre>", "x", [("pre", 0, 1)]),
    ("<a href='http://e.com/?a=1&amp;b=2'>x</a>", "x", [("text_link", 0, 1, "http://e.com/?a=1&b=2")]),
    ("<B>x</b>", "x", [("bold", 0, 1)]),
    ("<b>x</>", "x", [("bold", 0, 1)]),
    ("&lt;&gt;&amp;&quot;&#33;&#x4f60;&nbsp;", '<>&"!你&nbsp;', []),
    ("<b></b>x", "x", []),
    ("  <b> x </b>  ", "x", [("bold", 0, 1)]),
    ("/check 和 https://e.com/x", "/check 和 https://e.com/x", [("bot_command", 0, 6), ("url", 9, 15)]),
    ("<code>/check</code> 1/2", "/check 1/2", [("code", 0, 6)]),
    ("> 4 & 5", "> 4 & 5", []),
]

REFUSED = [
    ("<x>a</x>", 'Unsupported start tag "x" at byte offset 0'),
    ("你<br>", 'Unsupported start tag "br" at byte offset 3'),
    ("3 <4", "Unclosed start tag at byte offset 2"),
    ("<b", "Unclosed start tag at byte offset 0"),
    ("<a href", 'Unclosed start tag "a" at byte offset 0'),
    ('<a href="x', "Unclosed start tag at byte offset 0"),
    ("<a href=x_y>z</a>", "Unexpected end of name token at byte offset 8"),
    ('<a ="x">z</a>', 'Empty attribute name in the tag "a" at byte offset 0'),
    ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
    ("x</b>", "Unexpected end tag at byte offset 1"),
    ("<b>x</b", "Unclosed end tag at byte offset 4"),
    ("<b>x</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
]


def told(entity: dict[str, Any]) -> tuple[Any, ...]:
    more = [entity["url"]] if "url" in entity else []
    return (entity["type"], entity["offset"], entity["length"], *more)


@pytest.mark.parametrize(("html", "text", "entities"), PARSED, ids=[row[0] for row in PARSED])
async def test_html_becomes_text_and_entities(
    bot: Bot, person: Person, html: str, text: str, entities: list[tuple[Any, ...]]
) -> None:
    message = await bot("sendMessage", chat_id=person.id, text=html, parse_mode="HTML")
    assert (message["text"], [told(entity) for entity in message.get("entities", [])]) == (text, entities)


@pytest.mark.parametrize(("html", "why"), REFUSED, ids=[row[0] for row in REFUSED])
async def test_broken_html_is_refused_in_telegrams_words(bot: Bot, person: Person, html: str, why: str) -> None:
    refused = await bot.refused("sendMessage", chat_id=person.id, text=html, parse_mode="HTML")
    assert refused == f"Bad Request: can't parse entities: {why}"


async def test_without_parse_mode_tags_are_text(bot: Bot, person: Person) -> None:
    assert (await bot("sendMessage", chat_id=person.id, text="<b>x</b>"))["text"] == "<b>x</b>"


async def test_a_text_is_measured_after_its_entities_are_parsed(bot: Bot, person: Person) -> None:
    fits = f"<b>{'字' * 4094}&lt;&gt;</b>"
    assert len((await bot("sendMessage", chat_id=person.id, text=fits, parse_mode="HTML"))["text"]) == 4096
    for too_long in (f"x{fits}", "😀" * 2049):
        refused = await bot.refused("sendMessage", chat_id=person.id, text=too_long, parse_mode="HTML")
        assert refused == "Bad Request: message is too long"


@pytest.mark.parametrize("text", ["", "   ", "\n", "<b> </b>"])
async def test_a_text_that_shows_nothing_is_refused(bot: Bot, person: Person, text: str) -> None:
    refused = await bot.refused("sendMessage", chat_id=person.id, text=text, parse_mode="HTML")
    assert refused == "Bad Request: message text is empty"
