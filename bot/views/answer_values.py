"""The values of an answer: what is asked, and what each edition answers."""

from dataclasses import dataclass
from datetime import date

from bot.conversation.presses import Press
from bot.views.instead import in_force
from bot.views.lead import Say
from bot.views.other_edition import EditionOffers
from bot.views.pages import Paged
from rules.case import Case
from rules.edition import Clause, Edition, Topic
from rules.reading import Reading
from storage.shops import Shop

EMPTY = Case()


@dataclass(frozen=True)
class OfShops:
    """Which shop of a chat with several is asked about: `about`, else one of `choices`, each with its button.

    `unnamed`: how many more there are. `edition`: of the scores of all, None where they differ or there are none.
    `pages`: the buttons to the others.
    """

    about: Shop | None = None
    choices: tuple[tuple[Shop, Press], ...] = ()
    unnamed: int = 0
    edition: Edition | None = None
    pages: Paged[Shop] | None = None


NO_SHOP = OfShops()


@dataclass(frozen=True)
class PartView:
    """A part of the answer. `lead`: "" where what is said of the shop answers.

    `beside`: what the edition in force says instead, "" for nothing.
    """

    topic: Topic
    lead: str
    clauses: tuple[Clause, ...]
    beside: str = ""


@dataclass(frozen=True)
class Block:
    """What one edition answers. `says`: of the shop; `is_second`: only the quotes, behind another edition's answer.

    `beside`: what the edition in force says instead of what is said, "" for nothing.
    """

    edition: Edition
    parts: tuple[PartView, ...]
    says: tuple[Say, ...] = ()
    beside: str = ""
    is_second: bool = False

    @property
    def quotes(self) -> bool:
        """Whether a provision is quoted."""
        return any(part.clauses for part in self.parts)

    @property
    def names_other(self) -> bool:
        """Whether the edition in force is named already."""
        return bool(self.beside) or any(part.beside for part in self.parts)

    @property
    def goes_on(self) -> bool:
        """Whether what is said of the shop and the sentence of the only topic are one lead."""
        return bool(self.says and len(self.parts) == 1 and self.parts[0].lead and not self.tells_change)

    @property
    def tells_change(self) -> bool:
        """Whether the editions are named by what is said."""
        return any(one.key == "changed" for one in self.says)


@dataclass(frozen=True)
class Asking:
    """A question to be answered on a day. `case`: what is known of the shop of the chat.

    `of_shops`: which of several shops is asked about.
    """

    edition: Edition
    reading: Reading
    offers: EditionOffers | None
    today: date
    case: Case = EMPTY
    of_shops: OfShops = NO_SHOP

    @property
    def is_preview(self) -> bool:
        return self.offers is not None and self.offers.is_preview(self.edition)

    @property
    def in_force(self) -> Edition | None:
        """The edition in force today, None when none is known."""
        return in_force(self.offers.catalogue, self.today) if self.offers else None
