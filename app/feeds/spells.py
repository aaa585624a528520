"""Spells of something that people have: what each one refers to, and what it holds."""

from collections.abc import Sequence
from datetime import date
from typing import Any, ClassVar

from app.feeds.models import FeedKind
from app.feeds.people_named import RefersToPeople
from app.feeds.records import Missing, Store
from app.feeds.rows import HoursRow, SupervisorRow
from app.feeds.units import ensure_units
from app.incidents.models import PastKind
from app.incidents.past import Told
from app.people.models import AbsenceSpell, ContractedHours, Skill, Supervision


class SpellStore(RefersToPeople):
    """Base of the four. ``said``: what the table holds as the row says it."""

    held_columns: ClassVar[tuple[str, ...]] = ("person_id",)
    said: ClassVar[tuple[str, ...]]

    def missing(self, row: Any) -> Missing | None:
        """The person."""
        return self.missing_person(row.person_ref)

    def columns(self, row: Any) -> dict[str, Any]:
        """Whose it is, what it is, and whether it was taken back."""
        return self.who(row) | {name: getattr(row, name) for name in (*self.said, "withdrawn")}


class SupervisorStore(SpellStore):
    """Who leads what. A live page of the unit shows it at once."""

    noun = "supervision"
    model = Supervision
    held_columns = ("person_id", "unit_id")
    past = (
        PastKind.SUPERVISORS,
        Told(Supervision, ("person_id", "unit_id", "kind", "starts_on", "ends_on", "withdrawn")),
    )
    said = ("kind", "starts_on", "ends_on")

    def prepare(self, rows: Sequence[SupervisorRow]) -> None:
        """Look up the people, and the units, named."""
        super().prepare(rows)
        named = [(row.unit_ref, row.version, "") for row in rows if not row.bare]
        self.units = ensure_units(
            self.session, system=self.source.unit_system, kind=self.source.unit_kind, named=named
        )

    def columns(self, row: SupervisorRow) -> dict[str, Any]:
        """Who, what, from when to when."""
        return super().columns(row) | {"unit_id": self.units[row.unit_ref]}

    def note(self, id_: int | None, columns: dict[str, Any]) -> None:  # noqa: ARG002
        """The unit it was, or is, about."""
        if columns:
            self.unit_ids.add(columns["unit_id"])


class SkillStore(SpellStore):
    """What people are trained for."""

    noun = "skill"
    model = Skill
    said = ("name", "starts_on", "ends_on")


class AbsenceStore(SpellStore):
    """When people were away."""

    noun = "absence"
    model = AbsenceSpell
    said = ("starts_on", "ends_on", "psychological", "hours_lost")

    def new(self) -> dict[str, Any]:
        """When we first heard of it."""
        return {"recorded_at": self.now}


class HoursStore(SpellStore):
    """How long people were to work."""

    noun = "hours"
    model = ContractedHours
    said = ("month", "hours")

    def day_of(self, row: HoursRow) -> date | None:
        """The first of the month."""
        return row.month


SPELL_STORES: dict[FeedKind, type[Store]] = {
    FeedKind.SUPERVISORS: SupervisorStore,
    FeedKind.SKILLS: SkillStore,
    FeedKind.ABSENCES: AbsenceStore,
    FeedKind.HOURS: HoursStore,
}
