"""Plainer forms: a part less, and the words always stay."""

import pytest

from bot.telegram.plainer import SHORTENED, Part, plainer, words_alone

BUTTONS = {"inline_keyboard": [[{"text": "查看", "callback_data": "x"}]]}
HTML = {"text": "<b>好</b> &lt;1&gt;", "parse_mode": "HTML", "link_preview_options": {"is_disabled": True}}


def test_of_a_photo_the_caption_stays_with_its_buttons() -> None:
    photo = {"photo": {"points": []}, "caption": "<b>好</b>", "parse_mode": "HTML", "reply_markup": BUTTONS}
    assert plainer("sendPhoto", photo) == (
        "sendMessage",
        {"text": "<b>好</b>", "parse_mode": "HTML", "reply_markup": BUTTONS},
    )


def test_an_edit_becomes_a_new_message() -> None:
    assert plainer("editMessageText", {**HTML, "message_id": 7}) == ("sendMessage", HTML)
    assert plainer("editMessageReplyMarkup", {"reply_markup": BUTTONS, "message_id": 7}, Part.EDIT) is None


def test_the_words_alone_are_as_they_were_read() -> None:
    words = ("sendMessage", {"text": "好 <1>", "link_preview_options": {"is_disabled": True}})
    assert words_alone("sendMessage", {**HTML, "reply_markup": BUTTONS}) == words
    assert words_alone("sendMessage", {**HTML, "reply_markup": {"inline_keyboard": []}}) is not None
    assert words_alone("sendMessage", words[1]) is None
    assert words_alone("sendMessage", {"text": "好", "reply_markup": BUTTONS}) == ("sendMessage", {"text": "好"})


def test_a_document_is_not_sent_without_the_document() -> None:
    assert plainer("sendDocument", {"document": {"name": "a.json", "text": "{}"}, "caption": "导出"}) is None


def test_a_picture_without_a_caption_has_no_words() -> None:
    assert plainer("sendPhoto", {"photo": {}}) is None


def test_a_topic_and_a_reply_are_left_out_one_after_the_other() -> None:
    payload = {"text": "好", "message_thread_id": 3, "reply_parameters": {"message_id": 4}}
    first = plainer("sendMessage", payload)
    assert first == ("sendMessage", {"text": "好", "reply_parameters": {"message_id": 4}})
    assert plainer(*first) == ("sendMessage", {"text": "好"})


@pytest.mark.parametrize("text", ["😀" * 4096, "a" + "😀" * 4096])
def test_a_text_that_is_too_long_is_cut_between_characters(text: str) -> None:
    found = plainer("sendMessage", {"text": f"<b>{text}</b>", "parse_mode": "HTML"}, Part.LENGTH)
    assert found is not None
    said = found.payload["text"]
    assert len(said.encode("utf-16-le")) // 2 in (SHORTENED, SHORTENED - 1)
    assert text.startswith(said[:-1])
    assert said[-1] == "…"
    assert plainer(*found, Part.LENGTH) is None
    assert plainer("sendMessage", {"text": text[:100]}, Part.LENGTH) is None


@pytest.mark.parametrize("part", list(Part))
@pytest.mark.parametrize("method", ["answerCallbackQuery", "deleteMessage", "setMyCommands"])
def test_a_call_without_words_has_no_plainer_form(method: str, part: Part) -> None:
    assert plainer(method, {"callback_query_id": "7"}, part) is None
    assert plainer(method, {"callback_query_id": "7"}) is None
