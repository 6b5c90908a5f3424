"""Whether the texts of the catalogue were compared with their sources of late."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final

from rules.edition import Catalogue, Edition
from rules.other_text import OtherText

COMPARED_EVERY: Final = 30
"""Days after which a text has to be compared with its source again: the rules change about once a month."""

Text = Edition | OtherText
"""A text with a source; `checked`: the day on which somebody last compared the two."""


def overdue(texts: Iterable[Text], on: date) -> tuple[Text, ...]:
    """The texts that on the day were last compared with their source more than `COMPARED_EVERY` days ago."""
    return tuple(text for text in texts if on - text.checked > timedelta(COMPARED_EVERY))


def in_use(catalogue: Catalogue, answering: Edition, on: date) -> tuple[Text, ...]:
    """The editions that are not over on the day, the one that answers, and the texts that are no edition."""
    editions = (one for one in catalogue.editions if one.name == answering.name or not one.is_over(on))
    return (*editions, *catalogue.texts)
