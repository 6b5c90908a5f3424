"""Which provisions an answer shows of each part under a verdict, what decides first."""

from collections.abc import Sequence
from dataclasses import replace

from bot.views.answer_values import PartView
from bot.views.lead import Say
from rules.edition import Clause, Edition

NOT_JUDGED = frozenset(("asked_back", "off_scale"))
"""Sayings of a score that the edition can't judge, under which its provisions of the score are enough."""
SEVERAL = 2
"""From so many conditions on, a verdict is quoted in their order."""


def under_verdict(edition: Edition, views: Sequence[PartView], said: Sequence[Say]) -> tuple[PartView, ...]:
    """The parts with their provisions, those first that the verdict answers."""
    if said[0].key in NOT_JUDGED:
        views = [view if view.lead else _of_score_alone(edition, view) for view in views]
    answered_first = sorted(_in_one(edition, tuple(views), said), key=lambda view: bool(view.lead))
    return _backed(edition, answered_first, said)


def _in_one(edition: Edition, views: tuple[PartView, ...], said: Sequence[Say]) -> tuple[PartView, ...]:
    """The parts; those that a verdict on several conditions answers as one, quoted in the order of the conditions."""
    answered = [view for view in views if not view.lead]
    more = [clause.id for view in answered for clause in view.clauses]
    found = [one.clauses for say in said for one in say.conditions if one.clauses]
    clauses = dict.fromkeys(next((name for name in names if name in more), names[0]) for names in found)
    if not answered or not clauses or (len(clauses) < SEVERAL and clauses.keys() <= set(more)):
        return views
    quoted = tuple(edition.clause(name) for name in dict.fromkeys((*clauses, *more)))
    elsewhere = {clause.id for view in views if view.lead for clause in view.clauses}
    one = replace(answered[0], clauses=tuple(clause for clause in quoted if clause.id not in elsewhere))
    return (one, *(view for view in views if view.lead))


def _of_score_alone(edition: Edition, view: PartView) -> PartView:
    """The part with the provisions of the main score alone, else with its first one."""
    score = edition.main_score.id
    entering = {one.clause for one in edition.criteria if score in one.facts}
    of_score = entering | {line.clause for line in edition.lines if line.fact == score}
    kept = tuple(clause for clause in view.clauses if clause.id in of_score)
    return replace(view, clauses=kept or view.clauses[:1])


def _backed(edition: Edition, views: Sequence[PartView], said: Sequence[Say]) -> tuple[PartView, ...]:
    """The parts, the last one with the provisions of closing that what is said rests on and no part quotes.

    In each part those stand first that the verdict rests on.
    """
    spoken = dict.fromkeys(clause for one in said for clause in one.backing)
    quoted = {clause.id for view in views for clause in view.clauses}
    missing = tuple(edition.clause(name) for name in spoken if name not in quoted)
    *before, last = views
    verdict = said[0].decisive
    every = (*before, replace(last, clauses=(*last.clauses, *missing)))
    return tuple(replace(view, clauses=_first(view.clauses, verdict)) for view in every)


def _first(clauses: Sequence[Clause], named: Sequence[str]) -> tuple[Clause, ...]:
    return tuple(sorted(clauses, key=lambda clause: clause.id not in named))
