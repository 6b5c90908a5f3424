"""The revisions of the rules of which no text is known: what changed, and how sure that is."""

from datetime import date
from enum import StrEnum

from pydantic import Field

from rules.requirements import Frozen, Table


class Known(StrEnum):
    """How a revision is known, from the surest on."""

    STORED = "stored"
    """A stored copy of the announcement was read."""
    TITLE = "title"
    """Only the title of the announcement is known."""
    REPORTED = "reported"
    """Others report it."""


class Revision(Frozen):
    """A change of the rules known by figures or a title alone. `until`: the end of the span of the change, if any.

    `title`: a few words. `what`: one or two sentences. `known`: how, None where nobody says so.
    """

    on: date
    until: date | None = None
    title: str
    what: str
    figures: Table = Field(default={}, validate_default=True)
    known: Known | None = None
    source_name: str
    source_url: str = ""
    confidence: str


class History(Frozen):
    """The known revisions, the oldest first. `read_until`: the day after which nothing could be read, if any."""

    read_until: date | None = None
    revisions: tuple[Revision, ...] = Field(default=(), alias="revision")


NOTHING_KNOWN = History()
