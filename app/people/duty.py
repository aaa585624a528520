"""Who is asked to talk to somebody: pure, from who leads what and who is here today.

A *rung* is the people asked at one unit. The first rung is the supervisors of somebody's own unit,
or whoever stands in for them; the next is that of the nearest unit above which has anybody new.
Where no rung is left, the wellbeing leads are asked, so that nobody is without.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import NamedTuple

from app.people.models import SupervisionKind

LIMIT = timedelta(hours=24)
"""So long after a prompt was due is it passed on as well."""
PLAN_REACH = timedelta(days=7)
"""A plan for a day no further away than this is an answer for now."""


class Lead(NamedTuple):
    """That somebody leads or covers a unit on the day in question."""

    unit_id: int
    person_id: int
    kind: SupervisionKind


class Ask(NamedTuple):
    """Whom a prompt is about and what was arranged. ``unit_id``: ``None`` for nobody's unit."""

    person_id: int
    unit_id: int | None
    handed_to: int | None = None
    late: bool = False


@dataclass(frozen=True)
class Turn:
    """Who is asked about one prompt. Whoever is named anywhere here may open and answer it."""

    asked: frozenset[int] = frozenset()
    passed: frozenset[int] = frozenset()
    """Asked as well, because nobody answered in time."""
    watching: frozenset[int] = frozenset()
    """Would be asked, had they not handed it to somebody."""
    handed: bool = False
    leads: bool = False
    """The wellbeing leads are asked: nobody else is, or nobody answered in time."""
    late: bool = False

    @property
    def everybody(self) -> frozenset[int]:
        """All who may answer it, wellbeing leads apart."""
        return self.asked | self.passed | self.watching


def is_late(now: datetime, *, since: datetime, planned_on: date | None, today: date) -> bool:
    """Whether a prompt that is open has waited longer than ``LIMIT`` after ``since``, which is when
    it was due, or when it opened again if that is later."""
    planned = planned_on is not None and today <= planned_on <= today + PLAN_REACH
    return not planned and now - since > LIMIT


@dataclass(frozen=True)
class Duties:
    """Who leads what on one day, and who of them is here."""

    parents: Mapping[int, int | None] = field(default_factory=dict)
    leads: Mapping[int, Sequence[Lead]] = field(default_factory=dict)
    """By unit."""
    leading: Mapping[int, frozenset[int]] = field(default_factory=dict)
    """By person: units of which they are the supervisor, and not merely a deputy."""
    present: frozenset[int] = frozenset()
    """Those of them who are at work today and can sign in as supervisors."""
    chosen: Mapping[int, Sequence[int]] = field(default_factory=dict)
    """By person who is away: the deputies they chose."""
    homes: Mapping[int, frozenset[int]] = field(default_factory=dict)
    """By person who leads: the unit they are posted to and every one above it."""

    def up(self, unit_id: int | None) -> list[int]:
        """A unit and those above it, the nearest first."""
        path: list[int] = []
        while unit_id is not None and unit_id not in path:
            path.append(unit_id)
            unit_id = self.parents.get(unit_id)
        return path

    def turn(self, ask: Ask) -> Turn:
        """Who is asked about one prompt."""
        rungs = list(self._rungs(ask))
        handed = ask.handed_to is not None and any(
            ask.handed_to in group for group in self._helpers(ask)
        )
        first = rungs[0] if rungs else frozenset()
        asked = frozenset({ask.handed_to or 0}) if handed else first
        passed = rungs[1] if ask.late and len(rungs) > 1 else frozenset()
        return Turn(
            asked=asked,
            passed=passed - asked,
            watching=first - asked - passed if handed else frozenset(),
            handed=handed,
            leads=not asked or (ask.late and not passed),
            late=ask.late,
        )

    def helpers(self, ask: Ask) -> list[int]:
        """Whom a conversation may be handed to: those who lead or cover the unit, then those of
        the nearest unit above that has anybody."""
        found = [group for group in self._helpers(ask) if group]
        return list(dict.fromkeys(person for group in found[:2] for person in group))

    def _path(self, ask: Ask) -> list[int]:
        """The units whose leaders come into question: above everything that the person leads."""
        path, own = self.up(ask.unit_id), self.leading.get(ask.person_id, frozenset())
        led = [place for place, unit in enumerate(path) if unit in own]
        return path[led[-1] + 1 :] if led else path

    def _may(self, person_id: int, ask: Ask) -> bool:
        # Nobody is asked about themselves, nor about somebody who supervises them.
        below = self.homes.get(person_id, frozenset()) & self.leading.get(
            ask.person_id, frozenset()
        )
        return person_id != ask.person_id and person_id in self.present and not below

    def _rungs(self, ask: Ask) -> Iterator[frozenset[int]]:
        so_far: frozenset[int] = frozenset()
        for unit in self._path(ask):
            group = self._asked_at(unit, ask) - so_far
            if group:
                yield group
                so_far |= group

    def _asked_at(self, unit: int, ask: Ask) -> frozenset[int]:
        """The unit's supervisors; if none is here whom they chose, else the unit's deputies."""
        rows = self.leads.get(unit, ())
        supervisors = [row.person_id for row in rows if row.kind is SupervisionKind.SUPERVISOR]
        chosen = [deputy for person in supervisors for deputy in self.chosen.get(person, ())]
        deputies = [row.person_id for row in rows if row.kind is SupervisionKind.DEPUTY]
        for group in (supervisors, chosen, deputies):
            here = frozenset(person for person in group if self._may(person, ask))
            if here:
                return here
        return frozenset()

    def _helpers(self, ask: Ask) -> Iterator[list[int]]:
        for unit in self._path(ask):
            rows = self.leads.get(unit, ())
            people = [row.person_id for row in rows]
            people += [
                deputy
                for row in rows
                if row.kind is SupervisionKind.SUPERVISOR
                for deputy in self.chosen.get(row.person_id, ())
            ]
            yield [person for person in people if self._may(person, ask)]
