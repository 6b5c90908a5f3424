"""`alliance-bot check`: facts in, a report out."""

import json
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Final

import typer

from bot.commands import Refusal
from bot.commands.catalogue import day_named, settings
from bot.commands.catalogue import offers as resolved
from bot.commands.text_input import standard_input, text_of
from bot.views.check_groups import said
from bot.views.check_report import Beside, details
from bot.views.other_edition import EditionOffers
from rules.assessment import Assessment
from rules.edition import Edition
from rules.facts import FactError, day_of, left_aside, parse_facts
from rules.report import Report

LONGEST_WHOLE: Final = 100
"""Digits."""


class BadFacts(Exception):
    """Not a JSON object of facts; the message names the fault."""


def check_file(file: Path, *, as_json: bool, edition: str | None, on: str | None) -> str:
    """The report on the facts in `file`, as text or JSON. Raises Refusal."""
    offers, day = _asked(edition, on)
    try:
        return _shown(offers, text_of(file), day, as_json=as_json)
    except (BadFacts, FactError) as error:
        raise Refusal(f"{file}: {error}") from None


def check_lines(*, as_json: bool, edition: str | None, on: str | None) -> Iterator[tuple[str, bool]]:
    """For each line of standard input: a line to print, and whether the input was good. Raises Refusal."""
    offers, day = _asked(edition, on)
    for number, line in enumerate(standard_input(), start=1):
        if not line.strip():
            continue
        try:
            shown = _shown(offers, line, day, as_json=as_json)
            yield shown if as_json else " ".join(shown.split()), True
        except (BadFacts, FactError) as error:
            yield json.dumps({"line": number, "error": str(error)}, ensure_ascii=False), False


def _asked(edition: str | None, on: str | None) -> tuple[EditionOffers, date]:
    chosen = settings()
    return resolved(chosen, edition), day_named(on, datetime.now(chosen.zone).date())


def _shown(offers: EditionOffers, text: str, default_on: date, *, as_json: bool) -> str:
    edition, raw = offers.answering, _object(text)
    aside = left_aside(edition, offers.catalogue.editions, raw, day_of(raw, default_on))
    facts, on = parse_facts(edition, {name: raw[name] for name in raw if name not in aside}, default_on)
    now = Assessment(edition, facts, on)
    if as_json:
        beside = {"left_aside": list(aside)} if aside else {}
        return json.dumps(report_json(edition, now.entry) | beside, ensure_ascii=False)
    if aside:
        typer.echo(f"left aside, as edition {edition.name} does not ask for it: {', '.join(aside)}", err=True)
    return details(now, "", Beside(offer=offers.beside_check(edition))).plain


def report_json(edition: Edition, report: Report) -> dict[str, object]:
    """The object that `check --json` prints."""
    criteria = [
        {
            "id": finding.id,
            "status": finding.status.value,
            "quote": edition.clause(finding.clause).text,
            "because": said(edition, finding),
            "clears_on": finding.clears_on.isoformat() if finding.clears_on else None,
        }
        for finding in report.findings
    ]
    return {
        "edition": report.edition,
        "on": report.on.isoformat(),
        "verdict": report.verdict.value,
        "criteria": criteria,
        "missing": list(report.missing),
        "earliest_on": report.earliest_on.isoformat() if report.earliest_on else None,
        "standing": report.standing.value if report.standing else None,
    }


def _object(text: str) -> dict[str, object]:
    """The JSON object, numbers exact. Raises BadFacts, also for a name given twice, of which a value would be lost."""
    try:
        value = json.loads(
            text, parse_float=Decimal, parse_int=_whole, parse_constant=_no_constant, object_pairs_hook=_unique
        )
    except RecursionError:
        raise BadFacts("not a JSON object of facts: too deep") from None
    except (json.JSONDecodeError, InvalidOperation, ValueError) as error:
        raise BadFacts(f"not JSON: {error}" if isinstance(error, json.JSONDecodeError) else str(error)) from None
    if not isinstance(value, dict):
        raise BadFacts('not a JSON object of facts; wants e.g. {"score": "4.2"}')
    return value


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    names = [name for name, _ in pairs]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise BadFacts(f'"{twice}" is given twice')
    return dict(pairs)


def _whole(digits: str) -> int | Decimal:
    """A whole number; of more than LONGEST_WHOLE digits a Decimal, so the fact refuses the value by name."""
    return int(digits) if len(digits) <= LONGEST_WHOLE else Decimal(digits)


def _no_constant(name: str) -> object:
    raise BadFacts(f"{name} is not a number")
