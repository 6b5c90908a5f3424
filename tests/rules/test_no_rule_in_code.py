"""No number of any rule stands in the code that applies the rules, only in the editions' data."""

import ast
import re
from decimal import Decimal
from pathlib import Path

import pytest

import rules
from rules.edition import Catalogue

HOME = Path(rules.__file__).parent
APPLYING = [file for folder in (".", "catalogue", "lint") for file in sorted((HOME / folder).glob("*.py"))]
BY_CHANCE = {
    "answers.py": {Decimal(60)},  # characters of an answer
    "checked.py": {Decimal(30)},  # days until a text is compared again
    "days.py": {Decimal(3), Decimal(30)},  # days of half a week, of a month
    "lines.py": {Decimal(3), Decimal(4)},  # the numbers of levels in the database
    "load.py": {Decimal(20)},  # problems shown at once
    "notices.py": {Decimal(60), Decimal(80)},  # days after which a list is quiet, characters of a name
    "outlook.py": {Decimal(3), Decimal(4)},  # steps of a fall, points of a trend
    "references.py": {Decimal(3)},  # buttons of an answer
    "sources.py": {Decimal(3)},  # days until a feed lags
    "watch.py": {Decimal(3)},  # steps of a wobble
}
"""Numbers of the program's own that happen to be a figure too."""
COMMON = {Decimal(3), Decimal(4), Decimal(5), Decimal(20), Decimal(30), Decimal(60), Decimal(63)}
"""What any program counts with: buttons, seconds of waiting, rows of a page, days of a month, bits of a number."""
OF_ITS_OWN = {
    "rules/understanding/numbers_in_text.py": {Decimal(365)},  # a year said in words
    "bot/journeys/told_scores.py": {Decimal(365)},  # how far back a score may be told
    "bot/proxies.py": {Decimal(80)},  # the port of HTTP
    "bot/web/http_server.py": {Decimal(75)},  # seconds of a kept connection
    "rules/notices.py": {Decimal(80)},  # characters of a name
    "rules/understanding/phrasings.py": {Decimal(80)},  # characters of a phrasing
    "storage/retention.py": {Decimal(90)},  # days for which rows are kept
    "storage/schema/rule_tables.py": {Decimal(80)},  # characters of a name
}
"""Numbers that happen to be a figure too, by module."""
SMALL = 2
"""A plain 0, 1 or 2 is arithmetic, not a rule."""


def numbers(file: Path) -> set[Decimal]:
    """The numbers of a module, also numbers written as text."""
    constants = (node.value for node in ast.walk(ast.parse(file.read_text("utf-8"))) if isinstance(node, ast.Constant))
    plain = (str(value) for value in constants if isinstance(value, str | int | float) and not isinstance(value, bool))
    return {Decimal(text) for text in plain if text.replace(".", "", 1).isdigit() and text.isascii()}


@pytest.mark.parametrize("file", APPLYING, ids=lambda file: file.name)
def test_no_figure_of_an_edition_is_in_the_code(packaged: Catalogue, file: Path) -> None:
    figures = {number for edition in packaged.editions for number in edition.figures.values() if number > SMALL}
    assert figures
    assert numbers(file) & figures - BY_CHANCE.get(file.name, set()) == set()


def everywhere() -> list[Path]:
    """Every module of the program; the sandbox knows nothing of rules, a migration is history."""
    found = (file for folder in ("rules", "bot", "storage") for file in sorted((HOME.parent / folder).rglob("*.py")))
    return [file for file in found if not {"sandbox", "migrations"} & set(file.relative_to(HOME.parent).parts)]


def test_no_telling_figure_of_an_edition_is_in_any_module(packaged: Catalogue) -> None:
    figures = {number for edition in packaged.editions for number in edition.figures.values() if number > SMALL}
    known = {str(file.relative_to(HOME.parent)): numbers(file) & figures - COMMON for file in everywhere()}
    assert len(known) > 100
    assert {name: found - OF_ITS_OWN.get(name, set()) for name, found in known.items() if found} == {
        name: set() for name, found in known.items() if found
    }


def spoken(template: str) -> set[Decimal]:
    """The numbers said by a template, also in quotes inside tags; not in comments and data."""
    text = re.sub(r"\{#.*?#\}| => \S+", " ", template, flags=re.DOTALL)
    quoted = [word for tag in re.findall(TAG, text, re.DOTALL) for word in re.findall(r'"[^"]*"', tag)]
    said = " ".join([re.sub(TAG, " ", text, flags=re.DOTALL), *quoted])
    return {Decimal(number) for number in re.findall(r"(?<![A-Za-z_0-9.])[0-9]+(?:\.[0-9]+)?", said)}


TAG = r"\{%.*?%\}|\{\{.*?\}\}"
TEMPLATES = sorted((HOME.parent / "bot/messages").rglob("*.*"))
WINDOWS = {
    "questions.html.j2": {Decimal(30)},
    "chart_caption.html.j2": {Decimal(30)},
    "chart_empty.html.j2": {Decimal(30)},
    "chart_subtitle.html.j2": {Decimal(30)},
    "help.html.j2": {Decimal(3), Decimal(4)},
}
"""Numbers of the bot's own that happen to be a figure too: how far back a picture goes, the places of a list."""


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: file.name)
def test_no_figure_of_an_edition_and_no_fraction_is_in_a_template(packaged: Catalogue, file: Path) -> None:
    figures = {number for edition in packaged.editions for number in edition.figures.values() if number > SMALL}
    said = {number for number in spoken(file.read_text("utf-8")) if number in figures or number.as_tuple().exponent}
    assert said - WINDOWS.get(file.name, set()) == set()


def test_the_search_does_find_a_number_in_a_template() -> None:
    said = '{# 3.5 #}低于 3.8 分{{ x[:70] }}{% if x > 65 %}，近365天{% endif %}{{ "不到 4.0" if x }}\n60 天 => c|73'
    assert spoken(said) == {Decimal("3.8"), Decimal(365), Decimal(60), Decimal("4.0")}


def test_there_are_templates() -> None:
    assert len(TEMPLATES) > 50


def test_most_figures_are_telling(packaged: Catalogue) -> None:
    """What any program counts with is left out of the search; the figures by which one knows the rules are not."""
    figures = {number for edition in packaged.editions for number in edition.figures.values() if number > SMALL}
    assert figures - COMMON >= {
        Decimal(each) for each in ("3.5", "3.8", "65", "70", "72", "73", "75", "80", "90", "365")
    }


def test_the_search_does_find_a_number_in_code(tmp_path: Path) -> None:
    (tmp_path / "rule.py").write_text('LIMIT = Decimal("3.8")\nDAYS = 365\n', "utf-8")
    assert numbers(tmp_path / "rule.py") == {Decimal("3.8"), Decimal(365)}
