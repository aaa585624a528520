"""Incidents, and who attended them: what rows of each refer to and hold, and whom they touch."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import cached_property
from typing import Any

from app.common.clock import day_in_words, local_date
from app.exposure.service import take_turns
from app.feeds import queries, resettling
from app.feeds.fields import UNFIT
from app.feeds.people_named import RefersToPeople
from app.feeds.records import (
    OUTCOMES,
    PLAIN,
    Missing,
    Outcome,
    Result,
    Store,
    record_key,
)
from app.feeds.rows import AttendanceRow, IncidentRow
from app.feeds.truth import Held, Verdict
from app.incidents import disposed
from app.incidents.coding import INCIDENTS, typed
from app.incidents.framework import Codes
from app.incidents.linking import relink
from app.incidents.models import Attendance, Incident, PastKind
from app.incidents.past import Told
from app.incidents.queries import Frameworks, Meaning, frameworks

INCIDENT = "incident"
"""How an incident is called in what a row waits for."""
CODE = "code"
"""How a code that no version of the framework knows is called there."""
PERIOD = "period"
"""How it is called there that an incident is past its period; that never comes."""


def unknown_codes(system: str, codes: Codes) -> Missing:
    """What an incident waits for whose codes no version of the framework knows."""
    field, code = next((name, value) for name, value in codes._asdict().items() if value)
    if field == "qualifiers":
        field, code = "qualifiers", codes.qualifiers[0]
    shown = UNFIT.sub("\N{REPLACEMENT CHARACTER}", code[:60])
    reason = (
        f"No version of the framework knows the code \u201c{shown}\u201d. The row is used when one "
        "that does is activated."
    )
    ours = {"closing": "closing_code", "opening": "opening_code"}.get(field, field)
    return Missing(record_key(CODE, system, f"{field}:{code}"), ours, reason)


def too_old(row: IncidentRow, system: str, since: datetime) -> Missing:
    """What an incident lacks that happened before the days of which incidents are kept."""
    reason = (
        f"Incidents of before {day_in_words(local_date(since))} are past their period, and not "
        "kept. If the date is wrong, the row is used once its source has corrected it."
    )
    return Missing(record_key(PERIOD, system, row.ref), "occurred_at", reason)


class IncidentStore(Store):
    """Incidents. One whose code is not relevant is kept as withdrawn, without type or area."""

    noun = INCIDENT
    model = Incident
    is_addressed = True
    past = (PastKind.INCIDENTS, INCIDENTS)
    _meaning: Meaning | None = None
    """What the codes of the row that is being settled mean."""

    def prepare(self, rows: Sequence[IncidentRow]) -> None:  # noqa: ARG002
        """Wait for an activation under way, so that no type is given by what no longer holds."""
        take_turns(self.session)
        self.kept_from = disposed.kept_from(self.session)

    def _is_too_old(self, row: IncidentRow) -> bool:
        return self.kept_from is not None and not row.bare and row.occurred_at < self.kept_from

    def is_over(self, row: IncidentRow) -> bool:
        """Also a newer version of one that was removed, unless it happened after all within the
        days that are kept."""
        known = row.ref in self.gone and row.ref not in self.held
        return super().is_over(row) or (known and self._is_too_old(row))

    @cached_property
    def _frameworks(self) -> Frameworks:
        return frameworks(self.session)

    def settle(self, row: IncidentRow) -> Result:
        """Ask the framework for the type, where it decides, and judge the row."""
        day = local_date(row.occurred_at) if row.is_coded else None
        self._meaning = (
            self._frameworks.meaning(self.source.system, day, row.codes) if day else None
        )
        return super().settle(row)

    def missing(self, row: IncidentRow) -> Missing | None:
        """A day of which incidents are kept; a version of the framework that knows a code."""
        if self.kept_from is not None and self._is_too_old(row):
            return too_old(row, self.source.system, self.kept_from)
        if self._meaning or row.withdrawn or not row.is_coded:
            return None
        return unknown_codes(self.source.system, row.codes)

    def columns(self, row: IncidentRow) -> dict[str, Any]:
        """What, when, where, and which other record is the same event."""
        follows = typed(self._meaning, withdrawn=row.withdrawn)
        if not row.is_coded:
            follows |= {"type_code": row.type_code, "withdrawn": row.withdrawn}
        return {
            "occurred_at": row.occurred_at,
            "area": row.area if follows["type_code"] else "",
            "same_as_system": row.same_as_system or None,
            "same_as_ref": row.same_as_ref or None,
            "closing_code": row.closing_code,
            "opening_code": row.opening_code,
            "qualifiers": row.qualifiers,
            **follows,
        }

    def taken_back(self, held: Held, row: IncidentRow) -> dict[str, Any]:
        """It no longer counts, nor belongs to another's event unless the row itself says so."""
        return {
            **held.columns,
            "withdrawn": True,
            "source_withdrawn": True,
            "same_as_system": row.same_as_system or None,
            "same_as_ref": row.same_as_ref or None,
        }

    def save(self) -> list[str]:
        """Write incidents, then which of them are one event."""
        arrived = super().save()
        numbers = queries.incident_ids(
            self.session, system=self.source.system, refs=self.changed.keys()
        )
        self.incident_ids |= relink(self.session, set(numbers.values()))
        return arrived

    def new(self) -> dict[str, Any]:
        """When we first heard of it."""
        return {"received_at": self.now}

    def note(self, id_: int | None, columns: dict[str, Any]) -> None:  # noqa: ARG002
        """Those who attended it; nobody has attended one that is new."""
        if id_ is not None:
            self.incident_ids.add(id_)

    def follow(self) -> None:
        """An incident of another day may have been attended by the next holder of a number."""
        if self.incident_ids:
            resettling.attendance_of(self.session, self.incident_ids)

    def outcome(self, row: IncidentRow, verdict: Verdict) -> Outcome:
        """A code that is not relevant counts as ignored, whatever became of the row."""
        code = self._meaning.type_code if self._meaning else row.type_code
        known = code or row.bare or (self._meaning is None and row.is_coded)
        return OUTCOMES[verdict] if known else Outcome.IGNORED


class AttendanceStore(RefersToPeople):
    """Who was at, sent to or dealing with what."""

    noun = "attendance"
    model = Attendance
    held_columns = ("incident_id", "person_id")
    past = (
        PastKind.ATTENDANCE,
        Told(Attendance, ("incident_id", "person_id", "role", "unit_ref", "withdrawn")),
    )

    def prepare(self, rows: Sequence[AttendanceRow]) -> None:
        """Look up the people and the incidents named."""
        super().prepare(rows)
        self.incidents = queries.incident_ids(
            self.session,
            system=self.source.incident_system,
            refs={row.incident_ref for row in rows if not row.bare},
        )
        self.gone_incidents = disposed.gone(
            self.session,
            INCIDENT,
            system=self.source.incident_system,
            refs={row.incident_ref for row in rows if not row.bare} - self.incidents.keys(),
        )
        self.days = (
            queries.incident_days(self.session, incident_ids=self.incidents.values())
            if self.numbers.depend_on_days
            else {}
        )

    def settle(self, row: AttendanceRow) -> Result:
        """Leave alone what is about an incident that was removed."""
        if self.gone_incidents and not row.bare and row.incident_ref in self.gone_incidents:
            return PLAIN[Outcome.IGNORED]
        return super().settle(row)

    def day_of(self, row: AttendanceRow) -> date | None:
        """The incident's."""
        return self.days.get(self.incidents[row.incident_ref])

    def missing(self, row: AttendanceRow) -> Missing | None:
        """The person, or the incident."""
        missing = self.missing_person(row.person_ref)
        if missing or row.incident_ref in self.incidents:
            return missing
        key = record_key(INCIDENT, self.source.incident_system, row.incident_ref)
        reason = "This incident is not known yet. The row is used when it arrives."
        return Missing(key, "incident_ref", reason)

    def columns(self, row: AttendanceRow) -> dict[str, Any]:
        """Who, what, how close."""
        return {
            "incident_id": self.incidents[row.incident_ref],
            **self.who(row),
            "role": row.role,
            "unit_ref": row.unit_ref,
            "withdrawn": row.withdrawn,
        }

    def new(self) -> dict[str, Any]:
        """When we first heard of it."""
        return {"received_at": self.now}

    def note(self, id_: int | None, columns: dict[str, Any]) -> None:  # noqa: ARG002
        """The incident it was, or is, about."""
        if columns:
            self.incident_ids.add(columns["incident_id"])
