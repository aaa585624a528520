"""Pages of figures as files: CSV, a workbook and tagged pages. Pure: the same bytes each time.

Every file says what was asked, the date of the data, which release the figures are from and how
they are protected; and its figures are the strings that the page shows.
"""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from io import BytesIO, StringIO
from itertools import count
from typing import Any

from app.figures.tables import Table, View
from app.web import pdf

ABOUT = "About"
WIDEST = 60
LONGEST_NAME = 31
"""Characters that the name of a sheet may have."""
MARKING = "OFFICIAL"
NUMBER = re.compile(r"(0|[1-9]\d{0,2}(,\d{3})*)%?")
"""Strings that a workbook can keep as a number and show just so."""
BEGINS_FORMULA = tuple("=+-@\t\r\n|＝＋－＠")  # noqa: RUF001 - wide letters begin formulas too
NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\']")
OPTIONS = {
    # Otherwise it keeps what it writes in files of its own.
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}


class Kind(StrEnum):
    """In which form; the value is how the file's name ends."""

    CSV = "csv"
    SHEETS = "xlsx"
    PDF = "pdf"


MEDIA = {
    Kind.CSV: "text/csv; charset=utf-8",
    Kind.SHEETS: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Kind.PDF: "application/pdf",
}


@dataclass(frozen=True)
class Document:
    """What goes into one file."""

    title: str
    views: tuple[View, ...]
    release: int
    """The number of the release that the figures are from."""
    published_at: datetime
    """When it was published: the file says that it was made then, whoever makes it whenever."""
    notes: tuple[str, ...] = ()
    """Sentences about all of it."""

    @property
    def from_release(self) -> str:
        """Which release, in words."""
        return f"{self.release}, published on {_day(self.published_at)}"


def make(kind: Kind, document: Document) -> bytes:
    """The whole file, in memory alone."""
    if kind is Kind.CSV:
        return as_csv(document)
    return as_pages(document) if kind is Kind.PDF else as_workbook(document)


def file_name(what: str, document: Document, kind: Kind) -> str:
    """A name that says where the figures are from and nothing of what was asked."""
    return f"{what}-release-{document.release}.{kind.value}"


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _facts(document: Document) -> Iterator[tuple[str, str]]:
    """What stands above the figures of every file."""
    yield "What", document.title
    if len(document.views) == 1:
        yield from _of_view(document.views[0])
    yield "Release", document.from_release
    yield "Marking", MARKING
    for note in document.notes:
        yield "Note", note


def _asked(view: View) -> Iterator[tuple[str, str]]:
    yield "Question", view.question
    yield "Date of data", _day(view.day)


def _of_view(view: View) -> Iterator[tuple[str, str]]:
    yield from _asked(view)
    for note in view.notes:
        yield "Note", note


# --- CSV ------------------------------------------------------------------------------------------


def as_csv(document: Document) -> bytes:
    """Table after table, each below its caption; with the mark by which spreadsheets know UTF-8."""
    text = StringIO()
    writer = csv.writer(text)
    writer.writerows(map(_inert, _lines(document)))
    return text.getvalue().encode("utf-8-sig")


def _lines(document: Document) -> Iterator[Sequence[str]]:
    yield from _facts(document)
    for view in document.views:
        if len(document.views) > 1:
            yield ()
            yield "Part", view.title
            yield from _of_view(view)
        for table in view.tables:
            yield ()
            yield "Table", table.caption
            yield from (table.columns, *table.rows)
            yield from (("Note", note) for note in table.notes)


def _inert(row: Sequence[str]) -> list[str]:
    """Cells that no spreadsheet takes for a formula, whatever a unit is called."""
    return [f"'{cell}" if cell.startswith(BEGINS_FORMULA) else cell for cell in row]


# --- A workbook -----------------------------------------------------------------------------------


def as_workbook(document: Document) -> bytes:
    """One table a sheet, every sheet to be seen, nothing that calculates and no word on who."""
    # Used for downloads alone, so no page waits for it to load.
    import xlsxwriter  # noqa: PLC0415

    parts = [(view, table) for view in document.views for table in view.tables]
    names = list(_names([table for _view, table in parts]))
    file = BytesIO()
    with xlsxwriter.Workbook(file, OPTIONS) as book:
        # It takes no moment that knows its zone.
        made = document.published_at.replace(tzinfo=None, microsecond=0)
        book.set_properties({"title": document.title, "created": made})
        forms = _Forms.of(book)
        _write_about(book.add_worksheet(ABOUT), document, names, forms)
        for (view, table), name in zip(parts, names, strict=True):
            _write(book.add_worksheet(name), view, table, forms)
    return file.getvalue()


@dataclass(frozen=True)
class _Forms:
    bold: Any
    text: Any
    number: Any
    percent: Any

    @classmethod
    def of(cls, book: Any) -> "_Forms":
        top: dict[str, object] = {"valign": "top"}
        return cls(
            book.add_format({**top, "bold": True, "text_wrap": True}),
            book.add_format({**top, "text_wrap": True}),
            book.add_format({**top, "num_format": "#,##0"}),
            book.add_format({**top, "num_format": "0%"}),
        )


def _names(tables: Sequence[Table]) -> Iterator[str]:
    for number, table in zip(count(1), tables, strict=False):
        words = NOT_IN_NAMES.sub(" ", table.caption)
        yield f"{number} {words}"[:LONGEST_NAME].strip()


def _write_about(sheet: Any, document: Document, names: Sequence[str], forms: _Forms) -> None:
    captions = [table.caption for view in document.views for table in view.tables]
    rows = [
        *_facts(document),
        *((f"Sheet {name}", caption) for name, caption in zip(names, captions, strict=True)),
    ]
    for down, (what, words) in enumerate(rows):
        sheet.write_string(down, 0, what, forms.bold)
        sheet.write_string(down, 1, words, forms.text)
    sheet.set_column(0, 0, LONGEST_NAME)
    sheet.set_column(1, 1, 90)
    _on_paper(sheet)


def _write(sheet: Any, view: View, table: Table, forms: _Forms) -> None:
    """What it is about stands above the table, so that a sheet copied out still says so."""
    above = [("Table", table.caption), ("Part", view.title), *_of_view(view)]
    above += [("Note", note) for note in table.notes]
    for down, (what, words) in enumerate(above):
        sheet.write_string(down, 0, what, forms.bold)
        sheet.write_string(down, 1, words)
    top = len(above) + 1
    for place, heading in enumerate(table.columns):
        sheet.write_string(top, place, heading, forms.bold)
        sheet.set_column(place, place, _width(table, place))
    for down, row in enumerate(table.rows, top + 1):
        for place, cell in enumerate(row):
            _write_cell(sheet, (down, place), cell, forms)
    sheet.repeat_rows(top)
    _on_paper(sheet)


def _write_cell(sheet: Any, at: tuple[int, int], cell: str, forms: _Forms) -> None:
    if at[1] == 0 or not NUMBER.fullmatch(cell):
        sheet.write_string(*at, cell, forms.text)
    elif cell.endswith("%"):
        sheet.write_number(*at, int(cell[:-1].replace(",", "")) / 100, forms.percent)
    else:
        sheet.write_number(*at, int(cell.replace(",", "")), forms.number)


def _width(table: Table, place: int) -> int:
    longest = max((len(row[place]) for row in table.rows), default=0)
    return min(max(longest, len(table.columns[place]) // 2, 12) + 2, WIDEST)


def _on_paper(sheet: Any) -> None:
    sheet.set_paper(9)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&RPage &P of &N")


# --- Pages ----------------------------------------------------------------------------------------


def as_pages(document: Document) -> bytes:
    """Tagged pages (PDF/UA-1). A drawing stands above its table, and says the same."""
    values = {
        "title": document.title,
        "release": document.from_release,
        "marking": MARKING,
        "notes": document.notes,
        "parts": [
            {
                "title": view.title,
                "facts": list(_asked(view)),
                "notes": view.notes,
                "tables": [_drawn(table) for table in view.tables],
            }
            for view in document.views
        ],
    }
    return pdf.pages("figures/figures.typ", values=values, made_at=document.published_at)


def _drawn(table: Table) -> dict[str, Any]:
    bars: list[tuple[str, str, int | None]] = []
    if table.chart is not None:
        place = table.chart.columns[0]
        points = table.points(place)
        bars = [(row[0], row[place], point) for row, point in zip(table.rows, points, strict=True)]
    return {
        "caption": table.caption,
        "columns": table.columns,
        "rows": table.rows,
        "notes": table.notes,
        "bars": bars,
        "alt": "; ".join(f"{label}: {words}" for label, words, _point in bars),
    }
