"""What stands in a chat after messages, and which of its buttons may be typed."""

from bot.telegram.messages import buttons, edit, remove, say, screen, shown_last
from bot.views.render import Button, Rendered

ASKED = Rendered(
    "删吗", ((Button("删除这家店", "rm|1|1", "danger"), Button("不删", "sh|1")), (Button("抄", "copy:x"),))
)


def test_the_last_message_that_stays_is_what_is_shown() -> None:
    first, second = (*say(7, Rendered("一")), *say(7, ASKED))
    assert shown_last([first, second, remove(7, "check")]) == second
    assert shown_last([remove(7, "check")]) is None


def test_a_deletion_and_a_copy_are_not_typed() -> None:
    (asked,) = say(7, ASKED)
    assert buttons(asked) == {"不删": "sh|1"}


def test_an_edit_to_the_same_text_and_buttons_is_the_same_screen() -> None:
    (said,), (edited,), (other,) = say(7, ASKED), edit(7, ASKED, "x"), edit(7, Rendered("删吗"), "x")
    assert screen(said) == screen(edited) != screen(other)
