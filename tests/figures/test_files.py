"""Each file read back: the strings of the page, what was asked, and nothing else."""

import csv
from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO, StringIO
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from app.figures.files import ABOUT, Document, Kind, file_name, make
from app.figures.tables import Chart, Drawing, Table, View

HOSTILE = ("=1+1", "+44", "-2", "@SUM(A1)", "\t=1", "＝1")  # noqa: RUF001
VIEW = View(
    title="Offered support, by ethnicity",
    question="Of people who had a supportive conversation, July to September 2026, in District 3: "
    "how many were offered support?",
    day=date(2026, 9, 30),
    tables=(
        Table(
            "Offered support",
            ("Ethnicity", "People", "Of", "Share", "Range"),
            (
                ("Asian", "35", "120", "29%", "21% to 38%"),
                ("Black", "fewer than 10", "55", "fewer than 10", ""),
                ("White", "1,480", "12,345", "12%", "11% to 13%"),
                *((name, "0", "100", "100%", "") for name in HOSTILE),
            ),
            Chart(Drawing.SIDEWAYS, (3,), "% of people"),
            ("Fewer than 10: we do not show a result about fewer than 10 people.",),
        ),
        Table("Month by month", ("Month", "People"), (("October 2026", "1,005"), ("2026", "2025"))),
    ),
    notes=("We never show a group of fewer than 30 people.", "No one can ask about fewer."),
)
DOCUMENT = Document(
    VIEW.title, (VIEW,), release=7, published_at=datetime(2026, 11, 20, 9, 5, 1, 77, tzinfo=UTC)
)
PACK = replace(
    DOCUMENT, title="Board pack", views=(VIEW, replace(VIEW, title="Again")), notes=("All of it.",)
)


def lines(body: bytes) -> list[list[str]]:
    """The rows of a CSV file as a spreadsheet reads them."""
    return list(csv.reader(StringIO(body.decode("utf-8-sig"))))


def sheets(body: bytes) -> dict[str, list[list[str]]]:
    """The cells of a workbook as somebody who opens it sees them."""
    book = load_workbook(BytesIO(body))
    return {sheet.title: [[seen(cell) for cell in row] for row in sheet] for sheet in book}


def seen(cell) -> str:
    if cell.value is None or isinstance(cell.value, str):
        return cell.value or ""
    assert cell.number_format in {"0%", "#,##0"}
    return f"{cell.value:.0%}" if cell.number_format == "0%" else f"{cell.value:,}"


def words(body: bytes) -> str:
    return " ".join(" ".join(p.extract_text() for p in PdfReader(BytesIO(body)).pages).split())


def inert(row) -> list[str]:
    return [f"'{cell}" if cell in HOSTILE else cell for cell in row]


@pytest.mark.parametrize("document", [DOCUMENT, PACK], ids=["one", "pack"])
def test_every_file_shows_the_very_strings_of_the_page(document):
    in_csv = lines(make(Kind.CSV, document))
    in_sheets = list(sheets(make(Kind.SHEETS, document)).values())[1:]
    tables = [(view, table) for view in document.views for table in view.tables]
    at = 0
    for (_view, table), sheet in zip(tables, in_sheets, strict=True):
        rows = [list(table.columns), *map(list, table.rows)]
        at = in_csv.index(["Table", table.caption], at) + 1
        assert in_csv[at : at + len(rows)] == [inert(row) for row in rows]
        width = len(table.columns)
        assert [row[:width] for row in sheet[-len(rows) :]] == rows


def test_the_pages_show_them_too():
    text = words(make(Kind.PDF, DOCUMENT))
    for table in VIEW.tables:
        for row in table.rows:
            said = " ".join(cell.strip() for cell in row if cell)
            assert said.replace("＝", "?") in text  # noqa: RUF001 - a letter without a typeface
    assert text.count("29%") == 2, "drawn, and in the table"


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("document", [DOCUMENT, PACK], ids=["one", "pack"])
def test_what_was_asked_and_how_it_is_protected_is_inside(kind, document):
    body = make(kind, document)
    found = {
        Kind.CSV: lambda: " ".join(" ".join(row) for row in lines(body)),
        Kind.SHEETS: lambda: " ".join(
            cell for sheet in sheets(body).values() for row in sheet for cell in row
        ),
        Kind.PDF: lambda: words(body),
    }[kind]()
    for view in document.views:
        notes = (note for table in view.tables for note in table.notes)
        for said in (view.question, "30 September 2026", *view.notes, *notes):
            assert said in found, said
    assert "7, published on 20 November 2026" in found
    assert document.title in found
    assert all(note in found for note in document.notes)


@pytest.mark.parametrize("kind", Kind)
def test_the_same_figures_are_the_same_bytes(kind):
    assert make(kind, PACK) == make(kind, PACK)


def test_a_workbook_hides_nothing_and_calculates_nothing():
    body = make(Kind.SHEETS, PACK)
    book = load_workbook(BytesIO(body))
    assert book.sheetnames[0] == ABOUT
    assert len({name.lower() for name in book.sheetnames}) == 5
    for sheet in book:
        assert sheet.sheet_state == "visible"
        assert not any(one.hidden for one in sheet.row_dimensions.values())
        assert not any(one.hidden for one in sheet.column_dimensions.values())
        assert all(cell.data_type != "f" for row in sheet for cell in row)
        assert all(cell.comment is None and cell.hyperlink is None for row in sheet for cell in row)
    held = book.properties
    assert held.title == "Board pack"
    assert (held.creator or "", held.lastModifiedBy or "", held.description) == ("", "", None)
    assert held.created == datetime(2026, 11, 20, 9, 5, 1)  # noqa: DTZ001 - as openpyxl gives it
    parts = ZipFile(BytesIO(body)).namelist()
    assert not [name for name in parts if "extern" in name or "pivot" in name or "vba" in name]


def test_the_pages_are_tagged_and_titled():
    reader = PdfReader(BytesIO(make(Kind.PDF, PACK)))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en-GB"
    assert b"pdfuaid" in root["/Metadata"].get_data()
    assert (reader.metadata.title, reader.metadata.author) == ("Board pack", None)


def test_a_name_says_nothing_of_what_was_asked():
    assert file_name("figures", DOCUMENT, Kind.SHEETS) == "figures-release-7.xlsx"
