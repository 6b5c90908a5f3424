"""What the bot remembers of a conversation between two updates. It lives in the database, one row a chat."""

from collections.abc import Collection
from datetime import datetime, timedelta
from functools import reduce

from pydantic import Field

from rules.reading import Reading
from rules.requirements import Frozen

SUBJECT_LASTS = timedelta(minutes=10)
"""For how long a follow-up ("那3.6呢") keeps the subject of the question before it."""
THROTTLE_WINDOW = timedelta(minutes=1)


class CheckUnderway(Frozen):
    """A check between its first question and its result, or a finished one that is being changed.

    `answers` are facts as JSON holds them; `unsure` those that the merchant cannot tell; `step` counts every move, so
    that a button of an earlier move is known as old; `key` names the message that shows it. `is_changing`: one answer
    of a finished check is open again. A preview, by another edition than the one that answers, is not kept.
    """

    id: str
    edition: str
    step: int = 0
    answers: dict[str, object] = Field(default_factory=dict)
    unsure: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    current: str | None = None
    key: str
    typed: int = 0
    finished: bool = False
    is_changing: bool = False
    is_preview: bool = False


class Window(Frozen):
    """What came in the running minute, weighed, for the throttle."""

    since: datetime
    count: int


class Subject(Frozen):
    """The question before, for follow-ups."""

    reading: Reading
    at: datetime


class Wanted(Frozen):
    """The command that waits for the answer whether anything may be kept."""

    command: str
    text: str


class Dialogue(Frozen):
    """Everything remembered of one chat. `preview`: a check by another edition beside the merchant's own."""

    check: CheckUnderway | None = None
    preview: CheckUnderway | None = None
    subject: Subject | None = None
    window: Window | None = None
    wanted: Wanted | None = None
    exported_at: datetime | None = None

    def counted(self, now: datetime, weight: int) -> "Dialogue":
        """This dialogue with one more thing of this weight in its minute."""
        running = self.window is not None and now - self.window.since < THROTTLE_WINDOW
        window = self.window if running and self.window else Window(since=now, count=0)
        return self.model_copy(update={"window": Window(since=window.since, count=window.count + weight)})

    @property
    def open_check(self) -> CheckUnderway | None:
        """The check whose question is open: a preview was begun later than the merchant's own."""
        return next((check for check in (self.preview, self.check) if check and not check.finished), None)

    def holding(self, check: CheckUnderway) -> "Dialogue":
        """This dialogue with the check in its place."""
        return self.model_copy(update={"preview" if check.is_preview else "check": check})

    def without(self, check: CheckUnderway | None) -> "Dialogue":
        """This dialogue with this check forgotten; None: with the merchant's own."""
        return self.model_copy(update={"preview" if check and check.is_preview else "check": None})

    def knowing(self, editions: Collection[str]) -> "Dialogue":
        """This dialogue without the checks whose edition is in no catalogue any more."""
        gone = [check for check in (self.check, self.preview) if check and check.edition not in editions]
        return reduce(Dialogue.without, gone, self)

    def subject_at(self, now: datetime) -> Reading | None:
        """The reading of the question before, when it is recent enough to be meant."""
        return self.subject.reading if self.subject and now - self.subject.at <= SUBJECT_LASTS else None
