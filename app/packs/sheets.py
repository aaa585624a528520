"""A pack as a workbook: one table a sheet, every sheet to be seen, and nothing that calculates."""

from datetime import date
from io import BytesIO
from typing import Any

from app.packs.tables import Cell, Contents, Table

ABOUT = "About"
WIDEST = 60
DATE_FORMAT = "d mmm yyyy"
OPTIONS = {
    # Otherwise it keeps what it writes in files of its own, in clear.
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}


def workbook(contents: Contents) -> bytes:
    """The whole file.

    What is text stays text, whatever it looks like: a name such as ``=1+1`` is shown as that name.
    """
    # Used by the job that makes packs, so no page waits for it to load.
    import xlsxwriter  # noqa: PLC0415

    file = BytesIO()
    with xlsxwriter.Workbook(file, OPTIONS) as book:
        book.set_properties(
            {
                "title": f"{contents.title}: {contents.team}",
                "comments": contents.marking,
                # It takes no moment that knows its zone.
                "created": contents.made_at.replace(tzinfo=None),
            }
        )
        for table in (_about(contents), *contents.tables):
            _write(book, table, contents)
    return file.getvalue()


def _about(contents: Contents) -> Table:
    facts = (
        ("What", contents.title),
        ("Team", f"{contents.team}, {contents.above}" if contents.above else contents.team),
        ("Period", contents.period),
        ("Date of data", contents.as_of),
        ("Marking", contents.marking),
        *(("Note", sentence) for sentence in contents.opening),
        *((f"Sheet {table.sheet}", f"{table.title}. {table.note}") for table in contents.tables),
    )
    return Table(ABOUT, ABOUT, "", ("About this pack", "In words"), facts, "")


def _write(book: Any, table: Table, contents: Contents) -> None:
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
    text = book.add_format({"text_wrap": True, "valign": "top"})
    dated = book.add_format({"num_format": DATE_FORMAT, "align": "left", "valign": "top"})
    sheet = book.add_worksheet(table.sheet)
    rows = table.rows or ((table.empty,),)
    for place, heading in enumerate(table.headings):
        sheet.write_string(0, place, heading, bold)
        sheet.set_column(place, place, _width(table, place))
    for down, row in enumerate(rows, 1):
        for place, cell in enumerate(row):
            _write_cell(sheet, (down, place), cell, dated if isinstance(cell, date) else text)
    sheet.freeze_panes(1, 1 if len(table.headings) > 2 else 0)  # noqa: PLR2004
    sheet.repeat_rows(0)
    sheet.set_paper(9)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_header(f"&L{_plain(contents.team)}&R{_plain(contents.marking)}")
    sheet.set_footer(f"&L{_plain(contents.as_of)}&RPage &P of &N")


def _plain(words: str) -> str:
    # In headers and footers of sheets this character begins a command.
    return words.replace("&", "&&")


def _write_cell(sheet: Any, at: tuple[int, int], cell: Cell, form: Any) -> None:
    if isinstance(cell, date):
        sheet.write_datetime(*at, cell, form)
    elif isinstance(cell, int):
        sheet.write_number(*at, cell, form)
    else:
        sheet.write_string(*at, cell, form)


def _width(table: Table, place: int) -> int:
    cells = [row[place] for row in table.rows if place < len(row)]
    longest = max((len(str(cell)) for cell in cells), default=0)
    return min(max(longest, len(table.headings[place]) // 2, 10) + 2, WIDEST)
