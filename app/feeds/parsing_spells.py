"""From the cells of a row to a spell of something: of leading, of a skill, of absence. Pure."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from app.feeds import fields
from app.feeds.cells import Cells, Columns
from app.feeds.fields import BadValueError
from app.feeds.models import FeedKind
from app.feeds.rows import AbsenceRow, HoursRow, Row, SkillRow, SupervisorRow
from app.feeds.specification import LONG, SHORT
from app.people.models import SupervisionKind

Parser = Callable[[int, Cells], Row]
NOT_LISTED = "This code is not in the mapping. Add it to codes.psychological and import again."
"""Without the code: it may be a diagnosis, which is kept nowhere."""


def last_day(columns: Columns) -> Callable[[Cells, date], date | None]:
    """The last day of a spell that begins on a day, or ``None`` while it lasts."""
    get, parse = columns.text("ends_on"), fields.day_parser(columns.mapping, "ends_on")

    def ends_on(cells: Cells, first: date) -> date | None:
        raw = get(cells)
        last = parse(raw) if raw else fields.OPEN_END
        if last >= fields.OPEN_END:
            return None
        if last < first:
            reason = "This ends before it starts. Correct the dates at the source."
            raise BadValueError(field="ends_on", reason=reason, value=raw)
        return last

    return ends_on


def first_day(columns: Columns, field: str = "starts_on") -> Callable[[Cells], date]:
    """A day that must be there."""
    get, parse = columns.text(field), fields.day_parser(columns.mapping, field)

    def day(cells: Cells) -> date:
        raw = get(cells)
        return fields.planned_day(field, parse(raw), raw)

    return day


def person_ref(columns: Columns) -> Callable[[Cells], str]:
    """Whom the row names."""
    get = columns.text("person_ref")
    return lambda cells: fields.reference("person_ref", get(cells), SHORT)


def spell(
    columns: Columns,
    row: Callable[..., Row],
    said: Callable[[Cells], tuple[object, ...]],
    longest: int = LONG,
) -> Parser:
    """A parser of rows that say some things, or only that the record is withdrawn."""
    ref, version, digest = columns.reference(), columns.version(), columns.digest
    is_withdrawn = columns.withdrawn()

    def parse(number: int, cells: Cells) -> Row:
        own = fields.reference("ref", ref(cells), longest)
        withdrawn = is_withdrawn(cells)
        try:
            values = (*said(cells), withdrawn)
        except BadValueError as error:
            if withdrawn and error.reason is fields.MISSING:
                return row(number, own, version(cells), digest("withdrawn"))
            raise
        return row(number, own, version(cells), digest(*map(str, values)), *values, bare=False)

    return parse


def _supervisors(columns: Columns) -> Parser:
    person, unit, kind = person_ref(columns), columns.text("unit_ref"), columns.code("kind")
    starts_on, ends_on = first_day(columns), last_day(columns)
    kinds = fields.choice_parser(
        columns.mapping, "kind", {item.value: item for item in SupervisionKind}
    )

    def said(cells: Cells) -> tuple[object, ...]:
        who, where = person(cells), fields.reference("unit_ref", unit(cells), SHORT)
        first = starts_on(cells)
        what = kinds(kind(cells)) or SupervisionKind.SUPERVISOR
        return who, where, what, first, ends_on(cells, first)

    return spell(columns, SupervisorRow, said)


def _skills(columns: Columns) -> Parser:
    person, starts_on, ends_on = person_ref(columns), first_day(columns), last_day(columns)
    name, codes = columns.code("name"), columns.mapping.codes.get("name", {})
    own = {value: value for value in codes.values() if value}
    names = fields.choice_parser(columns.mapping, "name", own) if codes else lambda raw: raw

    def said(cells: Cells) -> tuple[object, ...]:
        who, first = person(cells), starts_on(cells)
        what = fields.reference("name", names(name(cells)) or "", SHORT)
        return who, what, first, ends_on(cells, first)

    return spell(columns, SkillRow, said)


def _absences(columns: Columns) -> Parser:
    person, starts_on, ends_on = person_ref(columns), first_day(columns), last_day(columns)
    reason, lost = columns.code("psychological"), columns.text("hours_lost")
    answers = fields.choice_parser(columns.mapping, "psychological", {"yes": True, "no": False})
    hours = fields.hours_parser("hours_lost")

    def psychological(raw: str) -> bool:
        try:
            found = answers(raw)
        except BadValueError:
            raise BadValueError(field="psychological", reason=NOT_LISTED) from None
        if found is None:
            raise BadValueError(field="psychological", reason=fields.MISSING)
        return found

    def said(cells: Cells) -> tuple[object, ...]:
        who, first = person(cells), starts_on(cells)
        raw = lost(cells)
        why = psychological(reason(cells))
        return who, first, ends_on(cells, first), why, hours(raw) if raw else Decimal(0)

    return spell(columns, AbsenceRow, said)


def _hours(columns: Columns) -> Parser:
    person, month, hours = person_ref(columns), first_day(columns, "month"), columns.text("hours")
    number = fields.hours_parser("hours")

    def said(cells: Cells) -> tuple[object, ...]:
        return person(cells), month(cells).replace(day=1), number(hours(cells))

    return spell(columns, HoursRow, said)


SPELLS: dict[FeedKind, Callable[[Columns], Parser]] = {
    FeedKind.SUPERVISORS: _supervisors,
    FeedKind.SKILLS: _skills,
    FeedKind.ABSENCES: _absences,
    FeedKind.HOURS: _hours,
}
