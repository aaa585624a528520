"""From cells to what an incident says of its codes and of other records of its event. Pure."""

import re
from collections.abc import Callable

from app.feeds import fields
from app.feeds.cells import Cells, Columns
from app.feeds.fields import BadValueError
from app.feeds.mapping import RESERVED_SYSTEMS
from app.feeds.specification import LONGEST_LIST, SHORT
from app.incidents.framework import Codes, joined, separated

SYSTEM = re.compile(r"[a-z][a-z0-9_-]{0,39}")
Link = tuple[str, str]
"""The system and the reference of another record of the same event; both empty for none."""
NO_LINK: Link = ("", "")
NOT_READ = (
    "Qualifiers are read only where the framework's code map gives the type. "
    "Set codes_from to framework, or leave them out."
)


def link_getter(columns: Columns) -> Callable[[Cells, str], Link]:
    """Reads which other record a row says is the same event; naming itself says nothing."""
    ref, system = columns.text("same_as_ref"), columns.text("same_as_system")
    own = columns.mapping.system

    def link(cells: Cells, row_ref: str) -> Link:
        other = fields.text("same_as_ref", ref(cells), SHORT)
        where = (system(cells) or own) if other else ""
        if where and (where in RESERVED_SYSTEMS or not SYSTEM.fullmatch(where)):
            reason = (
                "This is no name of a feed's system: a small letter, then up to 39 small letters, "
                "digits, _ or -. Give it as the feed of that system does."
            )
            raise BadValueError(field="same_as_system", reason=reason, value=where)
        return NO_LINK if not other or (where, other) == (own, row_ref) else (where, other)

    return link


def codes_getter(columns: Columns) -> Callable[[Cells], Codes]:
    """Reads the codes by which the framework decides; refused where it does not decide."""
    closing, opening = columns.code("closing_code"), columns.code("opening_code")
    qualifiers, ours = columns.code("qualifiers"), columns.code("type")

    def codes(cells: Cells) -> Codes:
        if ours(cells):
            reason = "The framework's code map gives the type here. Leave this out."
            raise BadValueError(field="type", reason=reason, value=ours(cells))
        found = Codes(
            fields.text("closing_code", closing(cells), SHORT),
            fields.text("opening_code", opening(cells), SHORT),
            _qualifiers(qualifiers(cells)),
        )
        if not any(found):
            raise BadValueError(field="closing_code", reason=fields.MISSING)
        return found

    def none(cells: Cells) -> Codes:
        if qualifiers(cells):
            raise BadValueError(field="qualifiers", reason=NOT_READ, value=qualifiers(cells))
        return Codes()

    return codes if columns.mapping.codes_from == "framework" else none


def _qualifiers(raw: str) -> tuple[str, ...]:
    found = separated(fields.text("qualifiers", raw, fields.LONGEST_CELL))
    if len(joined(found)) > LONGEST_LIST or any(len(one) > SHORT for one in found):
        reason = (
            f"Qualifiers may have {SHORT} characters each and {LONGEST_LIST} together. "
            "Send those that the code map speaks of."
        )
        raise BadValueError(field="qualifiers", reason=reason, value=raw)
    return found
