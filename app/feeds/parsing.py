"""From the cells of one row to what it says, by a mapping. Pure: no database, no clock."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from app.feeds import fields
from app.feeds.cells import Cells, Columns, Context, Getter
from app.feeds.fields import BadValueError
from app.feeds.mapping import FeedMapping
from app.feeds.models import FeedKind
from app.feeds.parsing_codes import codes_getter, link_getter
from app.feeds.parsing_identity import IDENTITY
from app.feeds.parsing_spells import SPELLS, Parser, last_day
from app.feeds.reader import Rows
from app.feeds.rows import AttendanceRow, IncidentRow, LeaverRow, PersonRow, PostingRow, Row
from app.feeds.specification import CHARACTERISTICS, LONG, SENSITIVE, SHORT, mendable
from app.incidents.framework import joined
from app.incidents.models import AttendanceRole
from app.people.models import CharacteristicKind, LeavingReason, PostingKind, StaffType

WHOLE = False
"""Of ``bare``: the row says more than that its record is withdrawn."""
AHEAD = timedelta(days=1)
"""Clocks differ; what happened more than this after now did not happen."""

NOT_LISTED = "This code is not in the mapping. Add it to the field's codes and import again."

Declared = tuple[tuple[str, str], ...]
Kept = dict[str, Any]
"""How a row that is set aside can be read again: ``version`` of the file it came in, ``cells`` by
column and, once the steward has begun to repair it, ``words`` by field."""


def _unfit(cell: str) -> bool:
    return len(cell) > fields.LONGEST_CELL or bool(fields.UNFIT.search(cell))


class RowReader:
    """Understands the rows of one file.

    Raises:
        MappingError: the mapping leads to something that does not exist.
        FileRefusedError: the file lacks a column that the mapping names.
    """

    def __init__(self, table: Rows, mapping: FeedMapping, context: Context) -> None:
        self.mapping = mapping
        self._columns = Columns(table, mapping, context)
        own = "person_ref" if mapping.kind is FeedKind.LEAVERS else "ref"
        self.ref = self._columns.reference(own)
        self.version = self._columns.version()
        self._parse = PARSERS[mapping.kind](self._columns)
        (self._person,) = self._columns.positions.get("person_ref", [-1])

    def parse(self, number: int, cells: Cells) -> Row:
        """What a row says.

        Raises:
            BadValueError: one of its values cannot be used.
        """
        if max(map(len, cells)) > fields.LONGEST_CELL:
            self._columns.refuse_long(cells)
        return self._parse(number, cells)

    def about(self, cells: Cells) -> str:
        """The person that a row names, as it names them; nothing if it names nobody."""
        return cells[self._person] if -1 < self._person < len(cells) else ""

    def mapped(self, cells: Cells) -> list[str]:
        """The cells that the mapping names, and no others."""
        return [cells[at] for at in self._columns.mapped]

    def kept(self, cells: Cells, field: str) -> Kept:
        """What it takes to read a row again once a field of it has been put right.

        Nothing, if nobody may put that field right, or if a cell must not or cannot be kept.
        """
        named = self.mapping.columns
        if mendable(self.mapping.kind, field) is None:
            return {}
        whole = {
            name: cells[at]
            for field, names in named.items()
            for name, at in zip(names, self._columns.positions[field], strict=True)
        }
        if not named.keys().isdisjoint(SENSITIVE) or any(map(_unfit, whole.values())):
            return {}
        return {"version": self._columns.context.version, "cells": whole}


# --- People ---------------------------------------------------------------------------------------


def _people(columns: Columns) -> Parser:
    ref, version, digest = columns.reference(), columns.version(), columns.digest
    given_name, family_name = columns.text("given_name"), columns.text("family_name")
    rank, joined = columns.text("rank"), columns.text("joined_on")
    joined_on = fields.day_parser(columns.mapping, "joined_on")
    staff_type = columns.code("staff_type")
    staff_types = fields.choice_parser(
        columns.mapping, "staff_type", {item.value: item for item in StaffType}
    )
    characteristics = _characteristics(columns)

    def parse(number: int, cells: Cells) -> PersonRow:
        own = fields.reference("ref", ref(cells), SHORT)
        start = joined(cells)
        said = (
            fields.text("given_name", given_name(cells), SHORT),
            fields.text("family_name", family_name(cells), SHORT),
            staff_types(staff_type(cells)) or StaffType.NOT_RECORDED,
            fields.text("rank", rank(cells), SHORT),
            fields.planned_day("joined_on", joined_on(start), start) if start else None,
            characteristics(cells),
        )
        seal = digest(*map(str, said))
        return PersonRow(number, own, version(cells), seal, *said)

    return parse


def _characteristics(columns: Columns) -> Callable[[Cells], Declared]:
    wanted = [
        (CharacteristicKind(field), *_characteristic(columns, field))
        for field in CHARACTERISTICS
        if columns.has(field)
    ]

    def parse(cells: Cells) -> Declared:
        values = ((kind, read(get(cells))) for kind, get, read in wanted)
        return tuple((kind.value, value) for kind, value in values if value)

    return parse


def _characteristic(columns: Columns, field: str) -> tuple[Getter, Callable[[str], str | None]]:
    mapping = columns.mapping
    codes = mapping.codes.get(field)
    if codes:
        own = {value: value for value in codes.values() if value}
        return columns.code(field), _unsaid(fields.choice_parser(mapping, field, own))
    if field == CharacteristicKind.BIRTH_YEAR:
        latest = columns.context.now.year
        return columns.text(field), _unsaid(lambda raw: fields.birth_year(field, raw, latest))
    return columns.text(field), _unsaid(lambda raw: fields.text(field, raw, SHORT))


def _unsaid(read: Callable[[str], str | None]) -> Callable[[str], str | None]:
    """What is wrong with a characteristic is said without the value, which is kept nowhere else."""

    def parse(raw: str) -> str | None:
        try:
            return read(raw)
        except BadValueError as error:
            reason = error.reason.replace(fields.unknown_code(error.field, raw), NOT_LISTED)
            raise BadValueError(error.field, reason) from None

    return parse


# --- Postings and leavers -------------------------------------------------------------------------


def _postings(columns: Columns) -> Parser:
    ref, version, digest = columns.reference(), columns.version(), columns.digest
    person, unit = columns.text("person_ref"), columns.text("unit_ref")
    unit_name, kind, start = (
        columns.text("unit_name"),
        columns.code("kind"),
        columns.text("starts_on"),
    )
    starts_on = fields.day_parser(columns.mapping, "starts_on")
    ends_on = last_day(columns)
    kinds = fields.choice_parser(
        columns.mapping, "kind", {item.value: item for item in PostingKind}
    )
    is_withdrawn = columns.withdrawn()

    def parse(number: int, cells: Cells) -> PostingRow:
        own = fields.reference("ref", ref(cells), LONG)
        withdrawn = is_withdrawn(cells)
        if withdrawn and not (person(cells) and unit(cells) and start(cells)):
            return PostingRow(number, own, version(cells), digest("withdrawn"))
        first = starts_on(start(cells))
        said = (
            fields.reference("person_ref", person(cells), SHORT),
            fields.reference("unit_ref", unit(cells), SHORT),
            fields.text("unit_name", unit_name(cells), LONG),
            kinds(kind(cells)) or PostingKind.SUBSTANTIVE,
            fields.planned_day("starts_on", first, start(cells)),
            ends_on(cells, first),
            withdrawn,
        )
        seal = digest(*map(str, said))
        return PostingRow(number, own, version(cells), seal, *said, bare=False)

    return parse


def _leavers(columns: Columns) -> Parser:
    ref, version, digest = columns.reference("person_ref"), columns.version(), columns.digest
    left, reason = columns.text("left_on"), columns.code("reason")
    left_on = fields.day_parser(columns.mapping, "left_on")
    reasons = fields.choice_parser(
        columns.mapping, "reason", {item.value: item for item in LeavingReason}
    )
    is_withdrawn = columns.withdrawn()

    def parse(number: int, cells: Cells) -> LeaverRow:
        person = fields.reference("person_ref", ref(cells), SHORT)
        if is_withdrawn(cells):
            return LeaverRow(number, person, version(cells), digest("withdrawn"), None, None)
        raw = left(cells)
        day = fields.planned_day("left_on", left_on(raw), raw)
        why = reasons(reason(cells)) or LeavingReason.NOT_RECORDED
        return LeaverRow(number, person, version(cells), digest(str(day), why), day, why)

    return parse


# --- Incidents ------------------------------------------------------------------------------------


def _incidents(columns: Columns) -> Parser:
    ref, version, digest = columns.reference(), columns.version(), columns.digest
    by_framework = columns.mapping.codes_from == "framework"
    moment, codes_of, link_of = _moment_getter(columns), codes_getter(columns), link_getter(columns)
    type_of = _left_open if by_framework else _type_getter(columns)
    area, is_withdrawn = columns.text("area"), columns.withdrawn()
    latest = columns.context.now + AHEAD

    def parse(number: int, cells: Cells) -> IncidentRow:
        own = fields.reference("ref", ref(cells), SHORT)
        withdrawn = is_withdrawn(cells)
        link = link_of(cells, own)
        also: tuple[str, ...] = link if any(link) else ()
        try:
            code, codes = type_of(cells), codes_of(cells)
            at = fields.past_moment("occurred_at", moment(cells), latest)
        except BadValueError as error:
            if withdrawn and error.reason is fields.MISSING:
                seal = digest("withdrawn", *also)
                bare = IncidentRow(number, own, version(cells), seal)
                return bare._replace(same_as_system=link[0], same_as_ref=link[1])
            raise
        # Of an incident that is not relevant we keep only enough to know it again, should a
        # later code make it so.
        place = "" if code is None else fields.text("area", area(cells), SHORT)
        withdrawn = withdrawn or code is None
        said = (codes.closing, codes.opening, joined(codes.qualifiers))
        also = (*link, *said) if any(codes) else also
        seal = digest(at.isoformat(), code or "", place, str(withdrawn), *also)
        about = (at, code or "", place, withdrawn)
        return IncidentRow(number, own, version(cells), seal, *about, WHOLE, *link, *said)

    return parse


def _left_open(_cells: Cells) -> str:
    """No type yet: the framework in force when the row is stored gives it."""
    return ""


def _moment_getter(columns: Columns) -> Callable[[Cells], datetime]:
    if columns.has("occurred_at"):
        whole = columns.text("occurred_at")
        parse = fields.moment_parser(columns.mapping, "occurred_at")
        return lambda cells: parse(whole(cells))
    day, clock = columns.text("occurred_date"), columns.text("occurred_time")
    days = fields.day_parser(columns.mapping, "occurred_date")
    times = fields.time_parser(columns.mapping, "occurred_time")
    zone = ZoneInfo(columns.mapping.time_zone)

    def moment(cells: Cells) -> datetime:
        return fields.as_utc(datetime.combine(days(day(cells)), times(clock(cells))), zone)

    return moment


def _type_getter(columns: Columns) -> Callable[[Cells], str | None]:
    """The type by the closing code, else the opening code, else the type column or default.

    ``None`` stands for a code that the mapping calls not relevant.
    """
    mapping = columns.mapping
    own = {code: code for code in sorted(columns.context.known_types)}
    found: list[tuple[Getter, Callable[[str], str | None]]] = []
    for field in ("closing_code", "opening_code", "type"):
        if field in columns.positions:
            codes = mapping.codes.get(field, mapping.codes.get("type", {}))
            found.append(
                (columns.code(field), fields.choice_parser(mapping, field, own, codes=codes))
            )
    default = fields.choice_parser(mapping, "type", own)("")

    def type_of(cells: Cells) -> str | None:
        for get, parse in found:
            raw = get(cells)
            if raw:
                return parse(raw)
        if default is None:
            raise BadValueError(field="type", reason=fields.MISSING)
        return default

    return type_of


# --- Attendance -----------------------------------------------------------------------------------


def _attendance(columns: Columns) -> Parser:
    ref, version, digest = columns.reference(), columns.version(), columns.digest
    person, incident = columns.text("person_ref"), columns.text("incident_ref")
    role, unit = columns.code("role"), columns.text("unit_ref")
    roles = fields.choice_parser(
        columns.mapping, "role", {item.value: item for item in AttendanceRole}
    )
    is_withdrawn = columns.withdrawn()

    def parse(number: int, cells: Cells) -> AttendanceRow:
        own = fields.reference("ref", ref(cells), LONG)
        withdrawn = is_withdrawn(cells)
        who, what = person(cells), incident(cells)
        if withdrawn and not (who and what):
            return AttendanceRow(number, own, version(cells), digest("withdrawn"))
        who = fields.reference("person_ref", who, SHORT)
        what = fields.reference("incident_ref", what, SHORT)
        how = roles(role(cells))
        if how is None:
            raise BadValueError(field="role", reason=fields.MISSING)
        where = fields.text("unit_ref", unit(cells), SHORT)
        seal = digest(who, what, how, where, str(withdrawn))
        return AttendanceRow(
            number, own, version(cells), seal, who, what, how, where, withdrawn, bare=False
        )

    return parse


PARSERS: dict[FeedKind, Callable[[Columns], Parser]] = {
    FeedKind.PEOPLE: _people,
    FeedKind.POSTINGS: _postings,
    FeedKind.LEAVERS: _leavers,
    FeedKind.INCIDENTS: _incidents,
    FeedKind.ATTENDANCE: _attendance,
    **SPELLS,
    **IDENTITY,
}
