"""A server in trouble: when it is so, who may call, and how often it is asked."""

from bot.delivery.trouble import FAILURES, Trouble

USUAL = 10


def troubled(chats: int = FAILURES) -> Trouble:
    """A server that failed each of the chats, at the instant 0."""
    trouble = Trouble()
    for chat_id in range(FAILURES):
        trouble.failed(chat_id % chats, 0.0)
    return trouble


def test_a_few_failures_are_no_trouble():
    trouble = Trouble()
    for chat_id in range(FAILURES - 1):
        trouble.failed(chat_id, 0.0)
    assert (trouble.is_on, trouble.slots(USUAL), trouble.is_to_be_asked(100.0)) == (False, USUAL, False)


def test_failures_with_an_answer_between_them_are_no_trouble():
    trouble = Trouble()
    for chat_id in range(10):
        trouble.failed(chat_id, 0.0)
        trouble.answered()
    assert not trouble.is_on


def test_in_trouble_nobody_calls_and_the_server_is_asked_after_a_wait():
    trouble = troubled()
    assert (trouble.slots(USUAL), trouble.is_to_be_asked(0.9), trouble.is_to_be_asked(1.0)) == (0, False, True)


def test_each_question_that_fails_waits_longer_but_never_long():
    trouble, now, waits = troubled(), 0.0, []
    for _ in range(8):
        wait_s = next(wait for wait in range(100) if trouble.is_to_be_asked(now + wait))
        waits.append(wait_s)
        now += wait_s
        trouble.asked(False, now)
    assert waits == [1, 2, 4, 8, 10, 10, 10, 10]


def test_after_a_good_answer_one_message_is_tried_and_when_it_fails_nobody_calls_again():
    trouble = troubled()
    trouble.asked(True, 1.0)
    assert (trouble.slots(USUAL), trouble.is_to_be_asked(1.0)) == (1, False)
    trouble.failed(7, 21.0)
    assert (trouble.slots(USUAL), trouble.is_to_be_asked(22.9), trouble.is_to_be_asked(23.0)) == (0, False, True)


def test_after_a_message_that_is_answered_everybody_calls():
    trouble = troubled()
    trouble.asked(True, 1.0)
    assert trouble.answered()
    assert (trouble.is_on, trouble.slots(USUAL)) == (False, USUAL)


def test_calls_that_began_before_the_trouble_do_not_make_it_last_longer():
    trouble = troubled()
    for chat_id in range(50):
        trouble.failed(chat_id, 0.5)
    assert trouble.is_to_be_asked(1.0)


def test_the_trouble_of_one_chat_alone_ends_no_pauses_of_others():
    trouble = troubled(chats=1)
    assert trouble.is_on
    assert not trouble.answered()
