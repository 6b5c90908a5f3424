"""Names of shops as a file has them."""

from typing import Final

from bot.feeds.cells import Trouble
from bot.feeds.notes import TOTALS

LONGEST_NAME: Final = 40
_NO_NAME_BEGINS: Final = ("=", "#")
_DAMAGED: Final = "\ufffd"


def plain_name(written: str) -> str:
    """The name with single spaces."""
    return " ".join(written.split())


def name_trouble(name: str) -> Trouble | None:
    """Why a plain name can't be kept: wanted are 1 to 40 printable characters that are no formula."""
    if not name:
        return Trouble.EMPTY
    if name in TOTALS:
        return Trouble.NOTE
    if len(name) > LONGEST_NAME:
        return Trouble.NAME_TOO_LONG
    is_name = name.isprintable() and _DAMAGED not in name and not name.startswith(_NO_NAME_BEGINS)
    return None if is_name else Trouble.NOT_A_NAME
