"""How much of a message is read: what holds more is refused whole, to be asked in parts.

The time that a reading takes grows with what is found in the text, and that is counted before the readers run: the
same text is refused on every machine. 1,100 steps are about 25 ms; the whole text of an edition's rules takes 900, and
of 38,000 questions of merchants the longest takes 145.
"""

from typing import Final

MOST_STEPS: Final = 1_100
_OF_A_FIND: Final = 2
"""Steps of a concept or a number; a character takes one."""


class TooLong(ValueError):
    """A text holds more than is read of one message. Raised by the text alone: the same text is always refused."""

    def __init__(self) -> None:
        super().__init__("the text holds more than is read at once; ask in parts")


def spend(characters: int, concepts: int, numbers: int) -> None:
    """Raise TooLong if a text with so many characters, concepts and numbers would take too many steps."""
    if characters + _OF_A_FIND * (concepts + numbers) > MOST_STEPS:
        raise TooLong
