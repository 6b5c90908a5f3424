"""The buttons of a message as Telegram gets them."""

from bot.views.render import Button, Rendered

OFFER, NEXT, DELETE = (
    Button("同意", "ok", "primary"),
    Button("记下", "s|1", "primary"),
    Button("删除", "rm|1", "danger"),
)


def test_only_the_first_of_several_next_steps_stands_out() -> None:
    shown = Rendered("", ((OFFER,), (NEXT, DELETE), (Button("复制", "copy:A"), Button("看", "https://a.example"))))
    assert shown.markup["inline_keyboard"] == [
        [{"text": "同意", "style": "primary", "callback_data": "ok"}],
        [{"text": "记下", "callback_data": "s|1"}, {"text": "删除", "style": "danger", "callback_data": "rm|1"}],
        [{"text": "复制", "copy_text": {"text": "A"}}, {"text": "看", "url": "https://a.example"}],
    ]
