"""A long list in pages, with the buttons that turn them (pure)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from bot.conversation.presses import Press

T = TypeVar("T")


@dataclass(frozen=True)
class Paged(Generic[T]):
    """A page of a list. `number` and `pages` count from 1. `before`, `here`, `after`: the buttons that turn to it."""

    shown: Sequence[T]
    number: int
    pages: int
    before: Press | None
    here: Press
    after: Press | None


def paged(every: Sequence[T], wanted: int, size: int, turn_to: Callable[[int], Press]) -> Paged[T]:
    """The wanted page, counted from 1, of `size` each: the first for 0, the last for a number too high."""
    pages = max(1, -(-len(every) // size))
    number = min(max(wanted, 1), pages)
    return Paged(
        every[(number - 1) * size : number * size],
        number,
        pages,
        turn_to(number - 1) if number > 1 else None,
        turn_to(number),
        turn_to(number + 1) if number < pages else None,
    )
