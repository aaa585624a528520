"""Rows that are set aside, kept so that they can be read again; and the mappings they came with.

A repair is what the row would say had its source sent it so: the same mapping reads it, with the
data steward's words added to its code lists, and the same intake judges it.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any, NamedTuple

from sqlmodel import Session, col, select

from app.feeds.mapping import FeedMapping, MappingError, parse_mapping
from app.feeds.models import FeedKind, MappingDocument
from app.feeds.parsing import Kept
from app.feeds.reader import FileRefusedError, Record

NOT_RELEVANT = "-"
"""What the steward chooses for a code of no concern; a mapping says ``null``."""
TYPES = "type"
"""The code list that closing and opening codes fall back to."""
TYPED = frozenset({"closing_code", "opening_code"})
READ_ALIKE = (
    "columns",
    "formats",
    "time_zone",
    "numeric",
    "person_system",
    "incident_system",
    "unit_system",
    "unit_kind",
)
"""Two mappings that agree in these get the same text out of a row, and understand codes alone
differently."""


def remember(session: Session, mapping: FeedMapping) -> int:
    """The number under which a mapping is kept; it is kept once."""
    document = _document(mapping)
    digest = sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()
    known = select(MappingDocument.id).where(
        MappingDocument.system == mapping.system,
        MappingDocument.kind == mapping.kind,
        MappingDocument.version == mapping.version,
        MappingDocument.digest == digest,
    )
    found = session.exec(known).first()
    if found is not None:
        return found
    row = MappingDocument(
        system=mapping.system,
        kind=mapping.kind,
        version=mapping.version,
        digest=digest,
        document=document,
    )
    session.add(row)
    session.flush()
    return row.id or 0


def _document(mapping: FeedMapping) -> dict[str, Any]:
    document = mapping.model_dump(mode="json")
    # Sets come in no order, and the digest needs one.
    return {name: sorted(document[name]) for name in ("yes", "no", "numeric")} | {
        name: value for name, value in document.items() if name not in {"yes", "no", "numeric"}
    }


class Mappings:
    """The mappings of one kind from one system, to read rows again with."""

    def __init__(self, session: Session, *, system: str, kind: FeedKind) -> None:
        rows = session.exec(
            select(MappingDocument)
            .where(MappingDocument.system == system, MappingDocument.kind == kind)
            .order_by(col(MappingDocument.version).desc(), col(MappingDocument.id).desc())
        ).all()
        self.by_id = {row.id: found for row in rows if (found := _read(row.document))}

    def of(self, mapping_id: int | None) -> FeedMapping | None:
        """How to read a row now that was read with this mapping.

        That is the newest one that gets the same text out of it, because its code lists are the
        force's present word; ``None`` when another version of the site wrote it down otherwise.
        """
        own = self.by_id.get(mapping_id)
        if own is None:
            return None
        alike = (one for one in self.by_id.values() if _reads_alike(one, own))
        return next(alike, own)


def _read(document: Mapping[str, Any]) -> FeedMapping | None:
    try:
        return parse_mapping(document)
    except MappingError:
        return None


def _reads_alike(one: FeedMapping, other: FeedMapping) -> bool:
    return all(getattr(one, name) == getattr(other, name) for name in READ_ALIKE)


def column_of(mapping: FeedMapping, field: str) -> str | None:
    """The one column in which a field stands; of a moment in two, that of the day."""
    if field == "occurred_at" and field not in mapping.columns:
        field = "occurred_date"
    names = mapping.columns.get(field, ())
    return names[0] if len(names) == 1 else None


def raw(mapping: FeedMapping, field: str, kept: Kept) -> str:
    """What a row says in a field, as its source wrote it."""
    column = column_of(mapping, field)
    return str(kept["cells"].get(column, "")).strip() if column else ""


def with_words(mapping: FeedMapping, kept: Kept) -> FeedMapping:
    """The mapping as if it already had the steward's words for what this row says."""
    codes = {field: dict(listed) for field, listed in mapping.codes.items()}
    defaults = dict(mapping.defaults)
    for field, word in kept.get("words", {}).items():
        said = raw(mapping, field, kept)
        if not said:
            # That nothing is of no concern cannot be said: then the row keeps its fault.
            if word != NOT_RELEVANT:
                defaults[field] = word
            continue
        if field in TYPED:
            codes.setdefault(field, dict(mapping.codes.get(TYPES, {})))
        codes.setdefault(field, {})[said] = None if word == NOT_RELEVANT else word
    return mapping.model_copy(update={"codes": codes, "defaults": defaults})


class OneRow(NamedTuple):
    """A row that was kept, in the shape in which the intake takes rows."""

    number: int
    kept: Kept


class KeptRows:
    """Rows with the same columns, handed out as a file would hand them out."""

    def __init__(self, rows: Sequence[OneRow]) -> None:
        self.rows = rows
        self.columns = list(rows[0].kept["cells"])
        self.size = len(rows)
        self.done = 0

    def position(self, column: str) -> int:
        """Where a column stands.

        Raises:
            FileRefusedError: the rows were kept without it.
        """
        if column not in self.columns:
            message = f"The rows were kept without the column {column}. Send them again."
            raise FileRefusedError(message)
        return self.columns.index(column)

    def __iter__(self) -> Iterator[Record]:
        for row in self.rows:
            self.done += 1
            yield Record(row.number, [row.kept["cells"][column] for column in self.columns])

    def close(self) -> None:
        """Nothing is held open."""
