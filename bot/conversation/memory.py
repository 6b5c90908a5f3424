"""The memory of a chat between two updates, kept in the database, a row for each chat."""

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import reduce

from pydantic import ConfigDict, Field

from rules.case import LONG_AGO
from rules.memory import Memory
from rules.requirements import Frozen
from rules.sources import Source

SUBJECT_LASTS = timedelta(minutes=10)
"""For how long after the last message a follow-up ("那3.6呢") keeps its subject, and a shop waits for a new name."""
THROTTLE_WINDOW = timedelta(minutes=1)
MOST_HEARD = 6
"""Messages of which a correction is known as one."""


def _lasts(at: datetime, now: datetime) -> bool:
    """Whether what is of `at` still holds; what is of an instant ahead was kept by a clock that was wrong."""
    return abs(now - at) <= SUBJECT_LASTS


class Given(Frozen):
    """Of an answer: the day that the value is of, from where, and the instant of being told."""

    on: date
    source: Source
    at: datetime = LONG_AGO


class CheckUnderway(Frozen):
    """A check from the first question to the result, and while a finished check is changed.

    `shop`: the number of the shop; 0: the chat's own, not made yet. `answers`: facts as JSON holds facts, asked in this
    check (`asked`) or taken over from the shop's case. `unsure`: facts that the merchant cannot tell. `given`: of each
    answer and of each unsure fact. `fresh`: facts not written to the shop's case yet. `again`: facts to ask whatever
    the other answers are. `step`: the count of moves, so that a button of an earlier move is known as old. `key`: the
    name of the check's message. `typed`: written by earlier versions, of no use. `is_changing`: an answer of a
    finished check is open again. `is_preview`: by another edition, not kept.
    """

    id: str
    edition: str
    shop: int = 0
    step: int = 0
    answers: dict[str, object] = Field(default_factory=dict)
    unsure: tuple[str, ...] = ()
    given: dict[str, Given] = Field(default_factory=dict)
    fresh: tuple[str, ...] = ()
    again: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    current: str | None = None
    key: str
    typed: int = 0
    finished: bool = False
    is_changing: bool = False
    is_preview: bool = False


class Window(Frozen):
    """The weight of all that came in the running minute, for the throttle."""

    since: datetime
    count: int


class Subject(Memory):
    """The messages before, for follow-ups. `at`: of the last one."""

    at: datetime

    @property
    def memory(self) -> Memory:
        """What is remembered, without the instant."""
        return Memory(**{name: value for name, value in self if name != "at"})


class Wanted(Frozen):
    """The command waiting for consent to keep anything."""

    command: str
    text: str


class Naming(Frozen):
    """A shop that waits for a new name, or a name that waits for a shop."""

    at: datetime
    shop: int = 0
    name: str = ""


class Shown(Frozen):
    """The message said last: the buttons, data by label, for a label may be typed; `screen` tells it from others."""

    at: datetime
    buttons: dict[str, str]
    screen: str = ""


class PendingScores(Frozen):
    """The main scores of several shops, by shop, in a question. `at`: its instant in epoch ms, as in its buttons."""

    at: int
    day: date
    scores: tuple[tuple[int, Decimal], ...]


class Heard(Frozen):
    """A message of the chat, to know a correction of it. `said`: tells its words from others. `on`: its day.

    What it was taken as: the answer to `fact` in the check, the name of the shop `named`, the text of the announcement
    `draft`. `before`: the subject that it was read under, of the newest message alone.
    """

    message: int
    said: str
    on: date
    check: str = ""
    fact: str = ""
    named: int = 0
    draft: int = 0
    before: Subject | None = None


class Dialogue(Frozen):
    """The memory of a chat. `preview`: a check by another edition beside the merchant's own.

    `replaced`: the buttons that give back a score which another one of the same day replaced, the newest last.
    `pending`: of the newest question about several shops. `album`: of the newest pictures sent together. `heard`: the
    newest messages, the newest last. What a newer version remembers beside is left out.
    """

    model_config = ConfigDict(extra="ignore")

    check: CheckUnderway | None = None
    preview: CheckUnderway | None = None
    subject: Subject | None = None
    window: Window | None = None
    wanted: Wanted | None = None
    naming: Naming | None = None
    exported_at: datetime | None = None
    replaced: tuple[str, ...] = ()
    shown: Shown | None = None
    pending: PendingScores | None = None
    album: str = ""
    heard: tuple[Heard, ...] = ()

    def counted(self, at: datetime, weight: int) -> "Dialogue":
        """The dialogue with `weight` more in the minute of `at`, when the message was written or corrected."""
        window = self.window
        if window is None or abs(at - window.since) >= THROTTLE_WINDOW:
            window = Window(since=at, count=0)
        return self.model_copy(update={"window": Window(since=window.since, count=window.count + weight)})

    def hearing(self, message: Heard) -> "Dialogue":
        """The dialogue with the message heard; of those before no subject is needed any more."""
        others = (one.model_copy(update={"before": None}) for one in self.heard if one.message != message.message)
        return self.model_copy(update={"heard": (*others, message)[-MOST_HEARD:]})

    def heard_as(self, message: int | None) -> Heard | None:
        """The message as it was heard; None for one that is too long ago, or was not answered."""
        return next((one for one in self.heard if one.message == message), None)

    @property
    def open_check(self) -> CheckUnderway | None:
        """The check with an open question, the preview first, for previews are begun later; None without one."""
        return next((check for check in (self.preview, self.check) if check and not check.finished), None)

    def holding(self, check: CheckUnderway) -> "Dialogue":
        """The dialogue with the check as the preview or the merchant's own."""
        return self.model_copy(update={"preview" if check.is_preview else "check": check})

    def without(self, check: CheckUnderway | None) -> "Dialogue":
        """The dialogue without the check; for None without the merchant's own."""
        return self.model_copy(update={"preview" if check and check.is_preview else "check": None})

    def knowing(self, editions: Collection[str]) -> "Dialogue":
        """The dialogue without checks under an edition not in `editions`."""
        gone = [check for check in (self.check, self.preview) if check and check.edition not in editions]
        return reduce(Dialogue.without, gone, self)

    def naming_at(self, now: datetime) -> Naming | None:
        """The shop or name that waits, None after `SUBJECT_LASTS`."""
        return self.naming if self.naming and _lasts(self.naming.at, now) else None

    def buttons_at(self, now: datetime) -> Mapping[str, str]:
        """The buttons of the message said last, none after `SUBJECT_LASTS`."""
        return self.shown.buttons if self.shown and _lasts(self.shown.at, now) else {}

    def memory_at(self, now: datetime) -> Memory:
        """What is remembered of the messages before, nothing after `SUBJECT_LASTS`."""
        return self.subject.memory if self.subject and _lasts(self.subject.at, now) else Memory()

    def remembering(self, memory: Memory, now: datetime) -> "Dialogue":
        """The dialogue with what is remembered now."""
        return self.model_copy(update={"subject": None if memory == Memory() else Subject(**dict(memory), at=now)})

    @property
    def settled(self) -> "Dialogue":
        """The dialogue after something was kept of a shop, whose case counts from then on, not what was told."""
        subject = self.subject and self.subject.without().model_copy(update={"kept": True})
        return self.model_copy(update={"subject": subject})
