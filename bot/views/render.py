"""Words: a template with values becomes a message text and buttons. Every word stands in `messages/<locale>/`.

A template is Telegram HTML, values escaped. After a line `%% buttons` each line is a row of `label => data`, several of
a row apart by ` | `; ` !primary` after the data marks the next step, ` !danger` a deletion. Telegram shows 4,096
characters at most: a longer text is split between paragraphs, never inside.
"""

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import NamedTuple

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from bot.conversation.presses import LONGEST_DATA
from bot.views.compiled import beside
from bot.views.shop_name import harmless

MESSAGES = Path(__file__).parents[1] / "messages"
LONGEST_MESSAGE = 4096
BUTTONS = "%% buttons"
COPY = "copy:"
NEXT = "primary"
_TAG = re.compile(r"<[^>]*>")
_OPENING = re.compile(r"<[a-z]")
_BLANK_LINES = re.compile(r"\n{3,}")


class Button(NamedTuple):
    """`data` comes back on a press (64 bytes at most), or is an address to open, or after `copy:` a text to copy.

    `style`: "primary", "danger" or "" for the usual one.
    """

    label: str
    data: str
    style: str = ""

    def as_json(self) -> dict[str, object]:
        """Telegram's InlineKeyboardButton. Raises ValueError for data over 64 bytes."""
        shown = {"text": self.label, **({"style": self.style} if self.style else {})}
        if self.data.startswith("https://"):
            return {**shown, "url": self.data}
        if self.data.startswith(COPY):
            return {**shown, "copy_text": {"text": self.data.removeprefix(COPY)}}
        if len(self.data.encode()) > LONGEST_DATA:
            raise ValueError(f"button data over {LONGEST_DATA} bytes: {self.data}")
        return {**shown, "callback_data": self.data}


Row = tuple[Button, ...]


@dataclass(frozen=True)
class Rendered:
    """The HTML of a message, and the rows of buttons."""

    html: str
    rows: tuple[Row, ...] = ()

    @property
    def plain(self) -> str:
        """The text for the merchant's eyes, without markup."""
        return html.unescape(_TAG.sub("", self.html))

    @property
    def markup(self) -> dict[str, object]:
        """Telegram's InlineKeyboardMarkup of the rows; without rows, the buttons of a message are taken away.

        Only the first of several next steps stands out.
        """
        first = next((button for row in self.rows for button in row if button.style == NEXT), None)
        return {"inline_keyboard": [[_beside(button, first).as_json() for button in row] for row in self.rows]}

    def parts(self) -> Iterator["Rendered"]:
        """The message in pieces short enough for Telegram, split between paragraphs; the buttons go with the last."""
        *first, last = _pieces(self.html)
        yield from (Rendered(piece) for piece in first)
        yield Rendered(last, self.rows)


def _beside(button: Button, first: Button | None) -> Button:
    return button._replace(style="") if button.style == NEXT and button is not first else button


def render(name: str, **values: object) -> Rendered:
    """The message of a template. Raises jinja2.UndefinedError for a missing value: a bug, found by the tests."""
    text, _, buttons = _environment().get_template(f"{name}.html.j2").render(**values).partition(BUTTONS)
    return Rendered(_BLANK_LINES.sub("\n\n", text).strip(), tuple(_rows(html.unescape(buttons))))


def words(name: str, **values: object) -> str:
    """The plain text of a template: for toasts, button menus and pictures, where Telegram takes no markup."""
    return render(name, **values).plain


def mark(text: str, number: int, repeat: bool) -> str:
    """The HTML text with the message's number; a repeat begins with a line saying so."""
    return render("frame/mark", text=Markup(text), number=number, repeat=repeat).html  # noqa: S704  (our own HTML)


def _rows(buttons: str) -> Iterator[Row]:
    for line in filter(None, map(str.strip, buttons.splitlines())):
        yield tuple(_button(part) for part in line.split(" | "))


def _button(part: str) -> Button:
    label, _, wanted = part.partition("=>")
    data, _, style = wanted.partition(" !")
    return Button(label.strip(), data.strip(), style.strip())


def shown_length(text: str) -> int:
    """Telegram's length of the HTML: UTF-16 units of the text without markup."""
    return len(html.unescape(_TAG.sub("", text)).encode("utf-16-le")) // 2


def _pieces(text: str) -> list[str]:
    """The text in pieces that Telegram takes, split between paragraphs; a longer paragraph between its lines."""
    return list(_joined(text.split("\n\n"), "\n\n"))


def _joined(parts: Iterable[str], between: str) -> Iterator[str]:
    """As many of the parts together as fit into a message."""
    piece = ""
    for part in parts:
        joined = f"{piece}{between}{part}" if piece else part
        if shown_length(joined) <= LONGEST_MESSAGE:
            piece = joined
            continue
        if piece:
            yield piece
        *whole, piece = _fitting(part)
        yield from whole
    yield piece


def _fitting(part: str) -> list[str]:
    """The part, or where it is too long its lines, each whole with its markup; of a longer line what fits, plain."""
    if shown_length(part) <= LONGEST_MESSAGE:
        return [part]
    lines = _closed_lines(part)
    if len(lines) > 1:
        return list(_joined(lines, "\n"))
    plain = html.unescape(_TAG.sub("", part))
    return [html.escape(plain[at : at + LONGEST_MESSAGE // 2]) for at in range(0, len(plain), LONGEST_MESSAGE // 2)]


def _closed_lines(text: str) -> list[str]:
    """The lines, those with the lines after them in which a tag of theirs ends."""
    lines: list[str] = []
    is_open = 0
    for line in text.split("\n"):
        if is_open:
            lines[-1] += f"\n{line}"
        else:
            lines.append(line)
        is_open += len(_OPENING.findall(line)) - line.count("</")
    return lines


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FunctionLoader(_sources().get),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_without_marker,
        bytecode_cache=beside(Path(__file__).parent),
    )
    environment.filters.update(day=day, points=points, apart=apart, harmless=harmless, packed=packed)
    return environment


def _sources() -> dict[str, tuple[str, str, None]]:
    """By name, what each template says and its file. All are read at once: a later version on disk is not taken."""
    root = MESSAGES / "zh-Hans"
    files = {file.relative_to(root).as_posix(): file for file in root.rglob("*.j2")}
    return {name: (file.read_text("utf-8"), str(file), None) for name, file in files.items()}


def _without_marker(value: object) -> object:
    """A value unable to begin the buttons of a message: only a template may."""
    return value.replace("%%", "％％") if isinstance(value, str) and "%%" in value else value


def packed(text: str) -> str:
    """A block of a template without its empty lines."""
    return type(text)("".join(f"{line}\n" for line in text.splitlines() if line.strip()))


def day(value: date) -> str:
    """A day for merchants: 2023-01-05."""
    return value.isoformat()


def points(value: object) -> str:
    """A score or count without needless zeros: 3.70 is 3.7, 4.00 is 4.0, 85 and 85.00 are 85."""
    short = apart(value)
    is_whole = isinstance(value, Decimal) and "." not in short and "." in str(value)
    return f"{short}.0" if is_whole and len(short.lstrip("-")) == 1 else short


def apart(value: object) -> str:
    """How far two scores are apart: 0.30 is 0.3, 8.00 is 8."""
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)
