"""From the cells of a row to a unit, or to a number somebody goes by. Pure."""

import re
from collections.abc import Callable

from app.feeds import fields
from app.feeds.cells import Cells, Columns
from app.feeds.fields import BadValueError
from app.feeds.models import FeedKind
from app.feeds.parsing_spells import Parser, last_day, person_ref, spell
from app.feeds.rows import IdentifierRow, UnitRow
from app.feeds.specification import LONG, SHORT
from app.people.models import UnitKind

SYSTEM = re.compile(r"[a-z][a-z0-9_-]{0,39}")


def _units(columns: Columns) -> Parser:
    name, kind, closed = columns.text("name"), columns.code("kind"), columns.text("closed_on")
    above, into = columns.text("parent_ref"), columns.text("becomes_ref")
    kinds = fields.choice_parser(columns.mapping, "kind", {item.value: item for item in UnitKind})
    day, usual = fields.day_parser(columns.mapping, "closed_on"), columns.mapping.unit_kind

    def said(cells: Cells) -> tuple[object, ...]:
        called = fields.reference("name", name(cells), LONG)
        parent = fields.text("parent_ref", above(cells), SHORT)
        successor, raw = fields.text("becomes_ref", into(cells), SHORT), closed(cells)
        last = day(raw) if raw else fields.OPEN_END
        if successor and last >= fields.OPEN_END:
            reason = "This says what the unit became and not when. Give the unit's last day."
            raise BadValueError(field="closed_on", reason=reason)
        closing = None if last >= fields.OPEN_END else last
        return called, kinds(kind(cells)) or UnitKind(usual), parent, closing, successor

    return spell(columns, UnitRow, said, SHORT)


def _identifiers(columns: Columns) -> Parser:
    who, system, called = person_ref(columns), columns.text("system"), columns.text("number")
    start, ends_on = columns.text("starts_on"), last_day(columns)
    starts_on = fields.day_parser(columns.mapping, "starts_on")

    def said(cells: Cells) -> tuple[object, ...]:
        person, where = who(cells), fields.reference("system", system(cells), SHORT)
        if not SYSTEM.fullmatch(where):
            reason = "This is no name of a system, such as cad. Correct it at the source."
            raise BadValueError(field="system", reason=reason, value=where)
        if columns.mapping.system not in {where, columns.mapping.person_system}:
            reason = "One system cannot say whose another's numbers are. Let that one or HR say it."
            raise BadValueError(field="system", reason=reason, value=where)
        number, raw = fields.reference("number", called(cells), SHORT), start(cells)
        first = fields.planned_day("starts_on", starts_on(raw), raw) if raw else fields.EARLIEST
        return person, where, number, first, ends_on(cells, first)

    return spell(columns, IdentifierRow, said)


IDENTITY: dict[FeedKind, Callable[[Columns], Parser]] = {
    FeedKind.UNITS: _units,
    FeedKind.IDENTIFIERS: _identifiers,
}
