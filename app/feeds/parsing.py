"""From the cells of one row to what it says, by a mapping. Pure: no database, no clock."""

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from app.feeds import fields
from app.feeds.cells import Cells, Columns, Context, Getter
from app.feeds.fields import BadValueError
from app.feeds.mapping import FeedMapping
from app.feeds.models import FeedKind
from app.feeds.parsing_identity import IDENTITY
from app.feeds.parsing_spells import SPELLS, Parser, last_day
from app.feeds.reader import Rows
from app.feeds.rows import AttendanceRow, IncidentRow, LeaverRow, PersonRow, PostingRow, Row
from app.feeds.specification import CHARACTERISTICS, LONG, SHORT
from app.incidents.models import AttendanceRole
from app.people.models import CharacteristicKind, LeavingReason, PostingKind, StaffType

AHEAD = timedelta(days=1)
"""Clocks differ; what happened more than this after now did not happen."""

Declared = tuple[tuple[str, str], ...]


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
        self._parse = PARSERS[mapping.kind](self._columns)

    def parse(self, number: int, cells: Cells) -> Row:
        """What a row says.

        Raises:
            BadValueError: one of its values cannot be used.
        """
        if max(map(len, cells)) > fields.LONGEST_CELL:
            self._columns.refuse_long(cells)
        return self._parse(number, cells)

    def mapped(self, cells: Cells) -> list[str]:
        """The cells that the mapping names, and no others."""
        return [cells[at] for at in self._columns.mapped]


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
        return columns.code(field), fields.choice_parser(mapping, field, own)
    if field == CharacteristicKind.BIRTH_YEAR:
        latest = columns.context.now.year
        return columns.text(field), lambda raw: fields.birth_year(field, raw, latest)
    return columns.text(field), lambda raw: fields.text(field, raw, SHORT)


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
    moment, type_of = _moment_getter(columns), _type_getter(columns)
    area, is_withdrawn = columns.text("area"), columns.withdrawn()
    latest = columns.context.now + AHEAD

    def parse(number: int, cells: Cells) -> IncidentRow:
        own = fields.reference("ref", ref(cells), SHORT)
        withdrawn = is_withdrawn(cells)
        try:
            code = type_of(cells)
            at = fields.past_moment("occurred_at", moment(cells), latest)
        except BadValueError as error:
            if withdrawn and error.reason is fields.MISSING:
                return IncidentRow(number, own, version(cells), digest("withdrawn"))
            raise
        # Of an incident that is not relevant we keep only enough to know it again, should a
        # later code make it so.
        place = fields.text("area", area(cells), SHORT) if code else ""
        withdrawn = withdrawn or code is None
        seal = digest(at.isoformat(), code or "", place, str(withdrawn))
        return IncidentRow(
            number, own, version(cells), seal, at, code or "", place, withdrawn, bare=False
        )

    return parse


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
