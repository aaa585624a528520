"""From the records of a delivery to rows that can be used, and those that cannot."""

from contextlib import suppress

from app.feeds import quarantine
from app.feeds.fields import BadValueError
from app.feeds.parsing import RowReader
from app.feeds.quarantine import NOTHING_KNOWN, Aside, Known
from app.feeds.reader import WHOLE_ROW, Record
from app.feeds.rows import Row


def understand(reader: RowReader, found: list[Record]) -> tuple[list[Row], list[Aside]]:
    """What rows say, and those that cannot be used whatever is held."""
    rows: list[Row] = []
    asides: list[Aside] = []
    for number, cells, problem, field in found:
        if problem:
            error = BadValueError(field, problem)
            if field == WHOLE_ROW:
                mark = [str(number), *cells]
                asides.append(quarantine.rejected(number, mark, NOTHING_KNOWN, error))
            else:
                known, kept = _known(reader, cells), reader.kept(cells, field)
                asides.append(quarantine.rejected(number, cells, known, error, kept))
            continue
        try:
            rows.append(reader.parse(number, cells))
        except BadValueError as error:
            mapped, kept = reader.mapped(cells), reader.kept(cells, error.field)
            asides.append(quarantine.rejected(number, mapped, _known(reader, cells), error, kept))
    return rows, asides


def _known(reader: RowReader, cells: list[str]) -> Known:
    ref, version = "", None
    with suppress(BadValueError):
        ref = reader.ref(cells)
    with suppress(BadValueError):
        version = reader.version(cells)
    return Known(ref, version)
