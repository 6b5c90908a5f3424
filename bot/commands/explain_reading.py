"""`alliance-bot ask --explain`: what was read of a question, fact by fact."""

from collections.abc import Iterator

from bot.commands import Refusal
from bot.commands.catalogue import edition as resolve
from bot.commands.catalogue import settings
from rules.said import Claim, Said, Told
from rules.side import Side
from rules.understanding import TooLong, Understanding
from rules.understanding.reader import Opinion

SIGNS = {Side.AT: "", Side.BELOW: "below ", Side.ABOVE: "from "}


def explained(question: str, edition: str | None) -> Iterator[str]:
    """What was read, a line each: the text, the topics with what decided, facts with their roles. Raises Refusal."""
    chosen = resolve(settings(), edition)
    reader = Understanding(chosen)
    try:
        found = reader.explained(question)
    except TooLong as error:
        raise Refusal(f"not read: {error}") from None
    topics = ", ".join(part.topic for part in found.reading.parts) or "none"
    yield f"read as: {found.text}"
    yield f"kind: {found.reading.kind.value}"
    yield f"topics: {topics} (by: {found.by.value})"
    yield _second(reader.opinion(found.said))
    yield from _said(found.reading.said)


def _second(opinion: Opinion) -> str:
    likeliest = ", ".join(f"{label} {share:.0%}" for label, share in opinion.likeliest)
    return f"second opinion: {likeliest} (by: {', '.join(map(repr, opinion.by)) or 'nothing known'})"


def _said(said: Said) -> Iterator[str]:
    yield from (f"told: {_told(one)}" for one in said.told)
    yield from (f"claimed: {_claim(one)}" for one in said.claims)
    yield from (f"beside: {aside.value}" for aside in said.asides)
    yield f"asked: {', '.join(ask.value for ask in said.asks) or 'nothing of a shop'}"
    if said.points:
        yield f"points: {', '.join(said.points)}"
    if said.newest:
        yield "by: the newest rules"


def _told(one: Told) -> str:
    flag = {True: "yes", False: "no"}.get(one.holds) if one.holds is not None else ""
    number = f"{SIGNS[one.side]}{one.number}" if one.number is not None else ""
    number += f" ({one.low} to {one.high})" if one.high is not None else ""
    value = " ".join(filter(None, (number, flag, one.choice, one.day))) or "no value"
    return f"{one.fact} = {value}{' (supposed)' if one.is_supposed else ''}"


def _claim(one: Claim) -> str:
    number = f" {SIGNS[one.side]}{one.number}" if one.number is not None else ""
    return f"{one.about.value}{number}{' (denied)' if one.denies else ''}"
