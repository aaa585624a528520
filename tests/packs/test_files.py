"""The two files, read back: tagged pages, inert sheets, and nobody in the anonymous version."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from app.database import reading
from app.packs import briefing, named, sheets
from app.packs.contents import gather
from app.packs.making import contents_of, pages_of
from app.packs.models import Version
from app.packs.tables import Contents, Table
from tests.conftest import NOW
from tests.packs.conftest import NAMES

ODD = NAMES[-1]


@pytest.fixture
def facts(team_on_sqlite):
    """What there is to say of the last 91 days."""
    team = team_on_sqlite
    with reading(team.engine) as session:
        return gather(
            team.viewer(),
            session,
            unit=team.led(session),
            first=NOW.date() - timedelta(days=90),
            last=NOW.date(),
            now=NOW,
        )


def words(body: bytes) -> str:
    """Everything that can be read on the pages."""
    return " ".join(
        " ".join(page.extract_text() for page in PdfReader(BytesIO(body)).pages).split()
    )


def cells(body: bytes) -> dict[str, list[list[object]]]:
    """Every sheet's rows."""
    book = load_workbook(BytesIO(body))
    return {sheet.title: [[cell.value for cell in row] for row in sheet] for sheet in book}


def test_the_pages_are_tagged_titled_and_marked(facts):
    reader = PdfReader(BytesIO(pages_of(contents_of(facts, Version.NAMED))))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en-GB"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert b"pdfuaid" in root["/Metadata"].get_data()
    assert reader.metadata.title == "Team pack: Response A & B"
    assert reader.metadata.author is None
    for page in reader.pages:
        text = page.extract_text()
        assert "OFFICIAL - SENSITIVE: PERSONAL" in text
        assert "25 August 2026 to 23 November 2026" in text
        assert "As held on 23 November 2026 at 9:30am" in text


def alternatives(reader: PdfReader) -> list[str]:
    """What is said instead of each drawing."""
    found, waiting = [], [reader.trailer["/Root"]["/StructTreeRoot"]]
    while waiting:
        node = waiting.pop().get_object()
        if isinstance(node, list):
            waiting += node
        elif isinstance(node, dict):
            found += [str(node["/Alt"])] if "/Alt" in node else []
            waiting += [node["/K"]] if "/K" in node else []
    return found


def test_every_drawing_is_told_in_words(facts):
    reader = PdfReader(BytesIO(pages_of(contents_of(facts, Version.NAMED))))
    told = alternatives(reader)
    assert any("Nov 2026: 8" in one for one in told)
    assert any("72 hours: 0%" in one for one in told)


def test_pages_and_sheets_say_the_same(facts):
    contents = contents_of(facts, Version.NAMED)
    page, found = words(pages_of(contents)), cells(sheets.workbook(contents))
    assert list(found) == ["About", *(table.sheet for table in contents.tables)]
    for name in NAMES:
        assert name in page
    amy = next(row for row in found["People"] if row[0] == "Amy Ash")
    assert amy == ["Amy Ash", "Constable", 2, 4, 4, 4, 1, "Not yet"]
    assert "Amy Ash Constable 2 4 4 4 1 Not yet" in page
    assert ["Suicide", 2, 2, 2, 2] in found["Team by type"]
    assert ["Sudden or unexplained death", 6, 18, 18, 18] in found["Team by type"]
    assert ["All types", 8, 20, 20, 20] in found["Team by type"]
    assert ["Amy Ash", "Suicide", 1, 1, 1, 1] in found["People by type"]
    assert sum(row[1] for row in found["By month"][1:]) == 20


def test_a_name_that_looks_like_a_formula_stays_a_name(facts):
    body = sheets.workbook(contents_of(facts, Version.NAMED))
    book = load_workbook(BytesIO(body))
    found = [cell for sheet in book for row in sheet for cell in row if cell.value == ODD]
    assert found
    assert all(cell.data_type == "s" for cell in found)
    assert {sheet.sheet_state for sheet in book} == {"visible"}
    for sheet in book:
        assert sheet.freeze_panes
        assert sheet.print_title_rows == "$1:$1"
    parts = ZipFile(BytesIO(body))
    text = "".join(parts.read(name).decode() for name in parts.namelist())
    assert "<f>" not in text
    assert "hyperlink" not in text
    assert not [name for name in parts.namelist() if "vba" in name or "external" in name.lower()]
    about = parts.read("docProps/core.xml").decode() + parts.read("docProps/app.xml").decode()
    assert not [name for name in (*NAMES, "Jo Stone") if name in about]
    # Typst would set this in bold, if it were ever markup.
    assert "#strong[x]" in words(pages_of(contents_of(facts, Version.NAMED)))


def test_in_the_anonymous_version_nobody_is_named_and_nothing_small_is_counted(facts):
    contents = contents_of(facts, Version.BRIEFING)
    page, found = words(pages_of(contents)), cells(sheets.workbook(contents))
    everything = page + repr(found)
    for name in (*NAMES, "Jo Stone", "Amy", "Ash"):
        assert name not in everything
    # Eighteen of six people, and two of two.
    assert ["Sudden or unexplained death", 20] in found["By type"]
    assert "Suicide" not in everything
    assert ["Every other type, each", "fewer than 5 people"] in found["By type"]
    shown = {cell for rows in found.values() for row in rows for cell in row}
    assert {cell for cell in shown if isinstance(cell, int)} <= {5, 10, 15, 20}
    assert "OFFICIAL" in page
    assert "PERSONAL" not in page


@pytest.mark.parametrize(
    ("count", "people", "said"),
    [(0, 0, briefing.FEW), (99, 4, briefing.FEW), (5, 5, 5), (7, 6, 5), (8, 5, 10)],
)
def test_nobody_and_four_are_said_alike(count, people, said):
    assert briefing.careful(count, people) == said


@pytest.mark.parametrize(("people", "spoken"), [(9, 4), (9, 9), (9, 5), (4, 0)])
def test_that_everybody_spoke_is_not_told_of_each_of_them(facts, people, spoken):
    counted = replace(
        facts.timeliness, prompted=people, people=people, held=spoken, people_held=spoken
    )
    tables = briefing.tables(replace(facts, timeliness=counted))
    told = next(table for table in tables if table.sheet == "Conversations").rows
    assert told[1] == ("Prompts that led to one", briefing.FEW_OR_NEARLY_ALL)


def test_a_team_of_nobody_has_a_pack_that_says_so(facts):
    empty = replace(facts, members=[], counts={}, types={}, in_period={}, waiting={}, contacts={})
    for version in Version:
        contents = contents_of(empty, version)
        assert words(pages_of(contents))
        assert sheets.workbook(contents)
    assert named.NOBODY in words(pages_of(contents_of(empty, Version.NAMED)))


@pytest.mark.parametrize(
    "name", ["名前 عربي \U0001f46e", "a\x07b\u202ec", 'q"\\ \u2019', "Łukasz Ŵyn"]
)
def test_whatever_somebody_is_called_there_is_a_file(name):
    contents = Contents(
        title="Pack",
        team=name,
        above="",
        period="",
        as_of="",
        made_at=datetime(2026, 11, 23, 9, 30, 1, 999, tzinfo=UTC),
        marking="",
        opening=(),
        tables=(Table("T", "T", "", ("A", "B"), ((name, date(2026, 11, 3)),), ""),),
    )
    assert "3 Nov 2026" in words(pages_of(contents))
    (row,) = cells(sheets.workbook(contents))["T"][1:]
    assert row[1] == datetime(2026, 11, 3)  # noqa: DTZ001 - as sheets have it
    if name.startswith("Łu"):
        assert name in words(pages_of(contents))
